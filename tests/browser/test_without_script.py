"""Without JavaScript everything that matters still works."""

import re
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.acts import TAULE, TEXT, TITLE, ask_link, fill_need, mail_to, say, unfold
from tests.browser.visitor import Crowd, Visitor

NAME = "Les Ateliers de la Penzé"
RESIDENT = "resident@demo.emglev.example"
COMMUNE = re.compile("^Commune")


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


def test_an_account_is_opened_by_franceconnect_and_its_profile_written(plain: _Plain) -> None:
    visitor = plain.visitor()
    page = visitor.go("/connexion?next=/mon-espace/profil")
    steps.identify(visitor, "Gildas, habitant inventé")
    assert visitor.path == "/mon-espace/profil"
    page.get_by_label("Pseudonyme").fill("Un voisin du port")
    page.get_by_label("Collège").select_option("habitants")
    page.get_by_label(COMMUNE).select_option(label=TAULE)
    page.get_by_role("checkbox", name="Montrer ma commune").check()
    visitor.press("Enregistrer")
    expect(page.get_by_role("banner")).to_contain_text("Un voisin du port")
    expect(page.get_by_label(COMMUNE)).to_have_value("29279")


def test_a_role_and_a_mandate_are_offered_and_accepted(plain: _Plain) -> None:
    resident, delegate = plain.signed_in("resident"), plain.signed_in("association")
    delegate.go("/organisations/tregor-a-velo/delegues").get_by_label("Son adresse e-mail").fill(RESIDENT)
    delegate.press("Inviter")
    page = resident.go("/mon-espace/organisations")
    resident.press("Accepter")
    expect(page.get_by_role("region", name="Vous parlez pour")).to_contain_text("Trégor à vélo")
    resident.go("/mon-espace/roles")
    resident.press("Accepter ce rôle")
    expect(page.get_by_role("region", name="Les rôles")).to_contain_text("Animation d’ateliers, Morlaix Communauté")


def test_an_organisation_is_declared_verified_and_spoken_for(plain: _Plain) -> None:
    resident, moderator = plain.signed_in("resident"), plain.signed_in("moderator")
    steps.declare(resident, NAME)
    steps.verify(moderator, NAME)
    fill_need(resident.go("/besoins/nouveau"))
    steps.send_in_name_of(resident, NAME)
    steps.publish(moderator, TITLE)
    expect(steps.find(plain.visitor(), TITLE).get_by_role("main").get_by_role("link", name=NAME)).to_be_visible()


def test_one_leaves_with_a_copy_and_comes_back(plain: _Plain) -> None:
    visitor = plain.signed_in("resident")
    page = visitor.go("/mon-espace/donnees")
    with page.expect_download() as copy:
        page.get_by_role("button", name="Télécharger mes données").click()
    assert zipfile.is_zipfile(copy.value.path())
    page = visitor.go("/mon-espace/fermeture")
    page.get_by_role("radio", name="Les effacer aussi").check()
    page.get_by_role("checkbox", name="Je ferme mon compte").check()
    visitor.press("Fermer mon compte")
    expect(page.get_by_role("banner").get_by_role("link", name="Se connecter")).to_be_visible()
    visitor.go("/connexion")
    ask_link(visitor, RESIDENT)
    visitor.go(mail_to(visitor, RESIDENT))
    visitor.press("Me connecter")
    visitor.press("Rouvrir mon compte")
    assert visitor.path == "/mon-espace"
