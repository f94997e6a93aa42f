"""Without JavaScript everything that matters still works."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.acts import TEXT, TITLE, fill_need, say, unfold
from tests.browser.visitor import Crowd, Visitor


class _Plain:
    """A crowd whose browsers run no script."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd

    def visitor(self) -> Visitor:
        return self.crowd.visitor(java_script_enabled=False)

    def signed_in(self, persona: str) -> Visitor:
        return self.crowd.signed_in(persona, java_script_enabled=False)


@pytest.fixture
def plain(people: Crowd) -> Iterator[_Plain]:
    """People whose browsers run no script."""
    yield _Plain(people)


def test_a_need_goes_from_its_first_word_to_its_answer(plain: _Plain) -> None:
    resident, technician = plain.visitor(), plain.signed_in("technician")
    say(resident)
    _reference, code = steps.receipt(resident)
    steps.publish(plain.signed_in("moderator"), TITLE)
    priority = steps.attach(technician, TITLE)
    steps.answer(technician, TITLE)
    thread = steps.track(resident, code).locator(".thread")
    expect(thread).to_contain_text(priority)
    expect(thread).to_contain_text(steps.ANSWER)


def test_what_was_typed_comes_back_with_its_errors(plain: _Plain) -> None:
    visitor = plain.visitor()
    fill_need(visitor.go("/besoins/nouveau"), title="Court")
    visitor.press("Envoyer mon besoin")
    assert visitor.status == 422
    expect(visitor.page.get_by_label("En une phrase")).to_have_value("Court")
    expect(visitor.page.get_by_label("En une phrase")).to_have_attribute("aria-invalid", "true")
    expect(visitor.page.get_by_label("Une situation vécue")).to_have_value(TEXT)


def test_the_list_is_filtered_by_a_button(plain: _Plain) -> None:
    visitor = plain.visitor()
    page = visitor.go("/besoins")
    page.get_by_label("Thème", exact=True).select_option("logement")
    visitor.press("Appliquer")
    assert "theme=logement" in visitor.path
    expect(page.get_by_role("list", name="Filtres actifs")).to_contain_text("Logement")


def test_fiches_and_workshops_are_filtered_by_a_button(plain: _Plain) -> None:
    visitor = plain.visitor()
    page = visitor.go("/fiches-actions")
    unfold(visitor)
    page.get_by_label("Thème", exact=True).select_option("logement")
    visitor.press("Appliquer")
    assert "theme=logement" in visitor.path
    page = visitor.go("/ateliers")
    page.get_by_label("Territoire", exact=True).select_option("brest-metropole")
    visitor.press("Appliquer")
    assert visitor.path == "/ateliers?territoire=brest-metropole"


def test_the_board_is_filtered_by_a_button(plain: _Plain) -> None:
    visitor = plain.visitor()
    visitor.go(steps.BOARD).get_by_label("Thème", exact=True).select_option("logement")
    visitor.press("Filtrer")
    assert visitor.path.endswith("theme=logement")


def test_on_a_phone_the_menu_is_a_link_to_the_foot_of_the_page(people: Crowd) -> None:
    visitor = people.visitor(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = visitor.go("/")
    page.get_by_role("link", name="Menu", exact=True).click()
    link = page.get_by_role("navigation", name="Menu, en bas de page").get_by_role("link", name="Besoins")
    expect(link).to_be_in_viewport()
    visitor.follow(link)
    assert visitor.path == "/besoins"


def test_nothing_is_shown_that_only_a_script_could_serve(plain: _Plain) -> None:
    visitor = plain.signed_in("moderator")
    expect(visitor.go("/moderation").get_by_role("button", name="Raccourcis clavier")).to_be_hidden()
    say(visitor)
    unfold(visitor)
    for words in ("Copier le code", "Imprimer cette page"):
        expect(visitor.page.get_by_role("button", name=words)).to_be_hidden()
