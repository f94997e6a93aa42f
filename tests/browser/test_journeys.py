"""From a word to its answer, seen by everyone who takes part."""

import csv
import re

from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.acts import TEXT, TITLE, fill_need, support
from tests.browser.visitor import PATIENCE, Crowd, Visitor

MAIL, NEIGHBOUR = "soazig@exemple.fr", "voisine@exemple.fr"


def _say_with_a_slip(resident: Visitor) -> tuple[str, str]:
    """Forget the theme, be told, mend it, send."""
    resident.go("/")
    resident.click("Dire un besoin")
    page = resident.page
    fill_need(page, email=MAIL)
    page.get_by_label("Le thème").select_option("")
    resident.press("Envoyer mon besoin")
    assert resident.status == 422
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Une situation vécue")).to_have_value(TEXT)
    expect(page.get_by_label("Votre adresse e-mail")).to_have_value(MAIL)
    page.get_by_role("alert").get_by_role("link", name=re.compile("Le thème")).click()
    expect(page.get_by_label("Le thème")).to_be_focused()
    page.get_by_label("Le thème").select_option("vieillir")
    resident.press("Envoyer mon besoin")
    reference, code = steps.receipt(resident)
    steps.confirm_by_mail(resident, MAIL, "Confirmer mon besoin")
    return reference, code


def _become_by_pressing(visitor: Visitor, name: str) -> Visitor:
    visitor.go("/")
    visitor.click("Choisir un personnage")
    visitor.press(f"Devenir {name}")
    return visitor


def test_a_need_is_said_published_shared_attached_answered_and_its_author_sees_it(people: Crowd) -> None:
    resident, neighbour = people.visitor(), people.visitor()
    reference, code = _say_with_a_slip(resident)
    moderator = _become_by_pressing(people.visitor(), "Nolwenn")
    assert moderator.path == "/moderation"
    steps.publish_with_the_keyboard(moderator, TITLE)

    steps.find(neighbour, TITLE)
    support(neighbour, NEIGHBOUR)
    steps.confirm_by_mail(neighbour, NEIGHBOUR, "Confirmer mon soutien")
    neighbour.click("Voir ce besoin")
    expect(neighbour.page.locator("#soutiens")).to_contain_text("1 personne")

    words = "À Plouénan aussi, le banc de la place a disparu."
    steps.write_comment(people.signed_in("association"), TITLE, words)
    steps.publish_with_the_keyboard(moderator, words)
    expect(steps.find(neighbour, TITLE).locator("#commentaires")).to_contain_text(words)

    technician = _become_by_pressing(people.visitor(), "Clarisse")
    before = {title: steps.figures(neighbour, title) for title in _titles(neighbour)}
    priority = steps.attach(technician, TITLE)
    needs, voices = before[priority]
    assert steps.figures(neighbour, priority) == (needs + 1, voices + 2)
    steps.answer(technician, TITLE)

    page = steps.track(resident, code)
    expect(page.locator(".thread")).to_contain_text(steps.ANSWER)
    expect(page.locator(".thread")).to_contain_text("Retenu")
    expect(page.get_by_text(f"Référence {reference}", exact=False).first).to_be_visible()
    subjects = resident.go("/demo/messagerie").locator(".mail", has_text=MAIL).get_by_role("heading")
    assert "Une réponse à votre besoin" in subjects.first.inner_text()
    _download(neighbour, reference)


def _titles(visitor: Visitor) -> list[str]:
    return visitor.go(steps.BOARD).locator(".priority-card__title a").all_inner_texts()


def _download(visitor: Visitor, reference: str) -> None:
    page = visitor.go("/donnees")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger les besoins (CSV)").click()
    rows = list(csv.reader(download.value.path().read_text("utf-8").splitlines()))
    row = next(row for row in rows if reference in row)
    assert TITLE in row
    assert not any(address in "".join(row) for address in (MAIL, NEIGHBOUR))


def test_every_figure_of_the_board_leads_to_a_list_of_that_length(readers: Crowd) -> None:
    visitor = readers.visitor()
    # A vote in a workshop has no list behind it: its figure leads to the section that says how it was counted.
    links = visitor.go(steps.BOARD).locator(".priority-card__facts a:not([href$='#ateliers'])")
    figures = [(link.get_attribute("href") or "", steps.number_in(link.inner_text())) for link in links.all()]
    assert figures
    for path, number in figures:
        heading = visitor.go(path).locator("#resultats")
        assert steps.number_in(heading.inner_text()) == number, path


def test_every_voice_of_the_board_has_its_row(readers: Crowd) -> None:
    visitor = readers.visitor()
    links = visitor.go(steps.BOARD).locator(".priority-card a[href*='/voix']")
    figures = [(link.get_attribute("href") or "", steps.number_in(link.inner_text())) for link in links.all()]
    assert figures
    for path, number in figures:
        assert visitor.go(path).locator("tbody tr").count() == min(number, 100), path


def test_the_figures_of_the_home_page_are_those_of_the_lists(readers: Crowd) -> None:
    visitor = readers.visitor()
    heads = visitor.go("/").locator(".thread-wide__count")
    shown = [(one.locator("a").get_attribute("href") or "", steps.number_in(one.inner_text())) for one in heads.all()]
    listed = [(path, number) for path, number in shown if path.startswith("/besoins")]
    assert len(listed) == 2
    for path, number in listed:
        assert steps.number_in(visitor.go(path).locator("#resultats").inner_text()) == number, path


def test_a_refused_need_tells_its_author_why(people: Crowd) -> None:
    resident, moderator = people.visitor(), people.signed_in("moderator")
    fill_need(resident.go("/besoins/nouveau"))
    resident.press("Envoyer mon besoin")
    _reference, code = steps.receipt(resident)
    moderator.go("/moderation")
    moderator.follow(moderator.page.locator(".queue__link", has_text=TITLE))
    moderator.page.get_by_role("radio", name="Ne pas publier").check()
    moderator.press("Envoyer et continuer")
    assert moderator.status == 422
    moderator.page.get_by_role("radio", name=re.compile("Sans rapport")).check()
    moderator.page.get_by_label("Message à la personne").fill("Ce banc relève de la commune voisine.")
    moderator.press("Envoyer et continuer")
    thread = steps.track(resident, code).locator(".thread")
    expect(thread).to_contain_text("article 8")
    expect(thread).to_contain_text("Ce banc relève de la commune voisine.")


def test_the_demonstration_starts_afresh(people: Crowd) -> None:
    visitor = people.signed_in("resident")
    fill_need(visitor.go("/besoins/nouveau"))
    visitor.press("Envoyer mon besoin")
    page = visitor.go("/demo")
    page.get_by_text("Remettre la démonstration à zéro").click()
    with page.expect_event("load", timeout=4 * PATIENCE):  # everything is made again: eight seconds of work at best
        page.get_by_role("button", name="Tout effacer et recommencer").click(timeout=4 * PATIENCE)
    expect(page.locator("#flash")).to_contain_text("revenue à son début")
    moderator = people.signed_in("moderator")
    expect(moderator.go("/moderation").locator(".queue")).not_to_contain_text(TITLE)
