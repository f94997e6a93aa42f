"""Nothing typed is lost: no network, a closed tab, a second thought."""

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.browser.acts import TEXT, TITLE, fill_need, say
from tests.browser.visitor import Crowd, Visitor

NOTE = "[data-draft-note]"
FORM = "/besoins/nouveau"
# Kept after the last field, which fill_need ticks: a slow hand is kept on the way as well.
KEPT = """() => Object.keys(localStorage).some((key) =>
  key.startsWith("emglev-draft:") && "charter" in JSON.parse(localStorage.getItem(key)).values)"""


def _written(visitor: Visitor) -> Page:
    """A need filled in, and kept on the device."""
    page = visitor.go(FORM)
    fill_need(page, email="katell@exemple.fr")
    page.wait_for_function(KEPT)
    expect(page.locator(NOTE)).to_have_text("Brouillon gardé sur cet appareil.")
    return page


def _expect_draft(page: Page) -> None:
    expect(page.locator(NOTE)).to_contain_text("Voici ce que vous aviez commencé")
    expect(page.get_by_label("En une phrase")).to_have_value(TITLE)
    expect(page.get_by_label("Une situation vécue")).to_have_value(TEXT)
    expect(page.get_by_label("Le thème")).to_have_value("vieillir")
    expect(page.get_by_label("Votre adresse e-mail")).to_have_value("katell@exemple.fr")
    expect(page.get_by_role("radio", name="Habitantes et habitants")).to_be_checked()
    expect(page.get_by_role("checkbox")).to_be_checked()


def test_a_tab_closed_by_mistake_gives_the_draft_back(readers: Crowd) -> None:
    visitor = readers.visitor()
    _written(visitor).close()
    visitor.open_tab()
    _expect_draft(visitor.go(FORM))


def test_sent_without_network_the_text_is_still_there_when_one_comes_back(people: Crowd) -> None:
    visitor = people.visitor()
    page = _written(visitor)
    visitor.cut()
    page.get_by_role("button", name="Envoyer mon besoin").click()
    page.wait_for_url("chrome-error://**")  # else this page, coming late, would take the place of the next one
    visitor.back_online()
    _expect_draft(visitor.go(FORM))
    visitor.press("Envoyer mon besoin")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre besoin est reçu")


def test_while_the_network_is_away_the_page_says_that_the_text_is_kept(readers: Crowd) -> None:
    visitor = readers.visitor()
    page = visitor.go(FORM)
    page.wait_for_function("() => document.querySelector('form[data-draft]').draftStarted")  # else nothing can tell
    visitor.cut()
    page.get_by_label("En une phrase").fill(TITLE)
    expect(page.locator(NOTE)).to_contain_text("Pas de réseau")
    visitor.back_online()
    expect(page.locator(NOTE)).to_have_text("Brouillon gardé sur cet appareil.")
    expect(page.get_by_label("En une phrase")).to_have_value(TITLE)


def test_words_typed_just_before_leaving_are_kept_too(readers: Crowd) -> None:
    visitor = readers.visitor()
    page = _written(visitor)
    page.get_by_label("En une phrase").fill("Un autre titre, le dernier mot")
    visitor.click("Besoins")
    expect(visitor.go(FORM).get_by_label("En une phrase")).to_have_value("Un autre titre, le dernier mot")


def test_words_typed_before_the_script_arrived_are_kept_too(readers: Crowd) -> None:
    page = readers.visitor().page
    held: list[Route] = []
    page.route("**/js/draft.*.js", lambda route: held.append(route))
    with page.expect_request("**/js/draft.*.js"):
        page.goto(FORM)
    page.get_by_label("En une phrase").fill(TITLE)
    held[0].continue_()
    expect(page.locator(NOTE)).to_have_text("Brouillon gardé sur cet appareil.")
    page.unroute_all()
    page.reload()
    expect(page.get_by_label("En une phrase")).to_have_value(TITLE)


def test_once_sent_the_draft_is_forgotten(people: Crowd) -> None:
    visitor = people.visitor()
    say(visitor)
    visitor.page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.includes('draft'))")
    page = visitor.go(FORM)
    expect(page.get_by_label("En une phrase")).to_have_value("")
    expect(page.locator(NOTE)).to_be_hidden()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('draft'))") == []


def test_what_the_server_gives_back_wins_over_the_draft(readers: Crowd) -> None:
    visitor = readers.visitor()
    page = _written(visitor)
    page.get_by_label("En une phrase").fill("Court")
    visitor.press("Envoyer mon besoin")
    assert visitor.status == 422
    expect(page.get_by_label("En une phrase")).to_have_value("Court")
    expect(page.get_by_label("Une situation vécue")).to_have_value(TEXT)


def test_going_back_to_a_form_finds_it_as_it_was(readers: Crowd) -> None:
    visitor = readers.visitor()
    page = _written(visitor)
    visitor.click("charte de contribution")
    page.go_back()
    expect(page.get_by_label("Une situation vécue")).to_have_value(TEXT)


def test_where_nothing_may_be_kept_the_form_still_works(readers: Crowd) -> None:
    visitor = readers.visitor()
    visitor.context.add_init_script("""
      const refuse = { get() { throw new DOMException("no", "SecurityError"); } };
      for (const store of ["localStorage", "sessionStorage"]) Object.defineProperty(window, store, refuse);
    """)
    page = visitor.go(FORM)
    with pytest.raises(Error, match="SecurityError"):
        page.evaluate("localStorage.length")
    fill_need(page)
    page.get_by_label("En une phrase").fill("Court")
    visitor.press("Envoyer mon besoin")
    assert visitor.status == 422
