"""Parts of pages that change by themselves leave Back, reload and addresses as people expect them."""

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.steps import BOARD
from tests.browser.visitor import Crowd, Visitor

RESULTS = "#resultats"


def _filtered(visitor: Visitor) -> Page:
    """The list, narrowed to a territory by htmx."""
    page = visitor.go("/besoins")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Territoire", exact=True).select_option("morlaix-communaute")
    expect(page.get_by_role("list", name="Filtres actifs")).to_contain_text("Morlaix Communauté")
    assert page.evaluate("window.sameDocument"), "the page was loaded anew"
    return page


def _expect_whole(page: Page) -> None:
    for landmark in ("banner", "main", "contentinfo"):
        expect(page.get_by_role(landmark)).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.locator("#need_list")).to_have_count(1)


def test_a_choice_narrows_the_list_in_place_and_its_address_follows(readers: Crowd) -> None:
    visitor = readers.visitor()
    page = _filtered(visitor)
    assert "territoire=morlaix-communaute" in visitor.path
    _expect_whole(page)
    expect(page.get_by_label("Commune", exact=True)).to_be_visible()


def test_the_answer_of_htmx_is_what_a_fresh_load_shows(readers: Crowd) -> None:
    visitor = readers.visitor()
    page = _filtered(visitor)
    part = page.locator("#need_list").inner_text()
    page.reload()
    assert page.locator("#need_list").inner_text() == part


def test_back_shows_whole_pages(readers: Crowd) -> None:
    visitor = readers.visitor()
    everything = visitor.go("/besoins").locator(RESULTS).inner_text()
    page = _filtered(visitor)
    narrowed = page.locator(RESULTS).inner_text()
    visitor.follow(page.locator(".need-row__title a").first)
    page.go_back()
    expect(page.locator(RESULTS)).to_have_text(narrowed)
    _expect_whole(page)
    page.go_back()
    expect(page.locator(RESULTS)).to_have_text(everything)
    expect(page.get_by_label("Territoire", exact=True)).to_have_value("")
    _expect_whole(page)
    page.go_forward()
    expect(page.locator(RESULTS)).to_have_text(narrowed)
    expect(page.get_by_label("Territoire", exact=True)).to_have_value("morlaix-communaute")
    _expect_whole(page)


def test_a_filtered_list_opened_in_another_tab_is_the_same(readers: Crowd) -> None:
    visitor = readers.visitor()
    narrowed = _filtered(visitor).locator(RESULTS).inner_text()
    address = visitor.path
    visitor.open_tab()
    page = visitor.go(address)
    expect(page.locator(RESULTS)).to_have_text(narrowed)
    expect(page.get_by_label("Territoire", exact=True)).to_have_value("morlaix-communaute")
    _expect_whole(page)


def test_after_a_choice_the_focus_goes_to_the_results(readers: Crowd) -> None:
    expect(_filtered(readers.visitor()).locator(RESULTS)).to_be_focused()


def test_choices_add_up_and_each_can_be_taken_away(readers: Crowd) -> None:
    visitor = readers.visitor()
    page = _filtered(visitor)
    page.get_by_label("Commune", exact=True).select_option(label="Taulé")
    chips = page.get_by_role("list", name="Filtres actifs")
    expect(chips).to_contain_text("Taulé")
    page.get_by_label("Trier par").select_option("soutenus")
    expect(page).to_have_url(re.compile("(?=.*tri=soutenus)(?=.*commune=29279)"))
    visitor.follow(chips.get_by_role("link", name="Enlever le filtre : Taulé"))
    expect(chips).not_to_contain_text("Taulé")
    expect(chips).to_contain_text("Morlaix Communauté")


def test_the_second_page_comes_in_place_and_back_leaves_it(readers: Crowd) -> None:
    visitor = readers.visitor()
    page = visitor.go("/besoins")
    first = page.locator(".need-row__title").first.inner_text()
    page.get_by_role("link", name="Besoins suivants").click()
    expect(page.get_by_role("link", name="Besoins précédents")).to_be_visible()
    expect(page.locator(".need-row__title").first).not_to_have_text(first)
    _expect_whole(page)
    page.go_back()
    expect(page.locator(".need-row__title").first).to_have_text(first)
    _expect_whole(page)


def test_the_board_narrows_in_place_too(readers: Crowd) -> None:
    visitor = readers.visitor()
    page = visitor.go(BOARD)
    whole = page.locator(".priority-card").count()
    page.get_by_label("Thème", exact=True).select_option("logement")
    page.get_by_role("button", name="Filtrer").click()
    expect(page).to_have_url(re.compile("theme=logement$"))
    expect(page.locator("#resume")).to_be_focused()
    expect(page.locator(".priority-card")).to_have_count(1)
    page.go_back()
    expect(page.locator(".priority-card")).to_have_count(whole)


def test_without_network_a_choice_says_so_and_changes_nothing(readers: Crowd) -> None:
    visitor = readers.visitor()
    page = visitor.go("/besoins")
    before = page.locator(RESULTS).inner_text()
    page.wait_for_load_state("networkidle")
    visitor.cut()
    page.get_by_label("Trier par").select_option("soutenus")
    expect(page.locator("#flash")).to_contain_text("Pas de réseau")
    expect(page.locator(RESULTS)).to_have_text(before)
    visitor.back_online()
    page.get_by_label("Trier par").select_option("anciens")
    expect(page.locator(RESULTS)).to_contain_text("attendent depuis longtemps")


def _break(route: Route) -> None:
    route.fulfill(status=503, body="<p>En panne</p>", content_type="text/html")


def test_a_failure_of_the_server_is_said_in_words(readers: Crowd) -> None:
    visitor = readers.visitor()
    visitor.watch.statuses = {503}
    page = visitor.go("/besoins")
    page.route("**/besoins?**", _break)
    page.get_by_label("Trier par").select_option("soutenus")
    expect(page.locator("#flash")).to_contain_text("L’envoi n’a pas abouti")
    expect(page.locator("#need_list")).to_have_count(1)


def test_a_refusal_through_htmx_lands_in_the_messages(readers: Crowd) -> None:
    visitor = readers.visitor()
    page = visitor.go("/besoins")
    page.evaluate("htmx.ajax('POST', '/besoins/999999/soutiens', { target: '#need_list' })")
    expect(page.locator("#flash")).to_contain_text("Ce besoin n’existe pas")
    expect(page.locator("#need_list")).to_have_count(1)
    assert page.locator("#flash").get_attribute("aria-live") == "polite"


def test_a_form_refused_through_htmx_comes_back_with_its_errors(readers: Crowd) -> None:
    visitor = readers.visitor()
    page = visitor.go("/besoins/nouveau")
    page.get_by_label("En une phrase").fill("Court")
    page.evaluate("""() => {
      const form = document.querySelector("#besoin");
      form.setAttribute("hx-post", form.getAttribute("action"));
      form.setAttribute("hx-target", "#contenu");
      form.setAttribute("hx-select", "#contenu");
      htmx.process(form);
    }""")
    page.get_by_role("button", name="Envoyer mon besoin").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("En une phrase")).to_have_value("Court")
    expect(page.get_by_role("main")).to_have_count(1)
