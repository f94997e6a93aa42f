"""From a need being written to an association that speaks: the whole journey of an account."""

from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.acts import TEXT, TITLE, fill_need, mail_to
from tests.browser.visitor import Crowd, Visitor

NAME = "Les Ateliers de la Penzé"
ADDRESS = "azenor@exemple.fr"


def _need_kept(visitor: Visitor) -> None:
    page = visitor.page
    assert visitor.path == "/besoins/nouveau"
    expect(page.get_by_label("En une phrase")).to_have_value(TITLE)
    expect(page.get_by_label("Une situation vécue")).to_have_value(TEXT)


def _sign_in_while_writing(visitor: Visitor) -> None:
    page = visitor.go("/besoins/nouveau")
    fill_need(page)
    expect(page.locator("[data-draft-note]")).to_have_text("Brouillon gardé sur cet appareil.")
    visitor.follow(page.get_by_role("banner").get_by_role("link", name="Se connecter"))
    steps.identify(visitor, "Azénor, habitante inventée")


def _add_address(visitor: Visitor) -> None:
    page = visitor.go("/mon-espace/acces")
    visitor.click("Ajouter une adresse")
    page.get_by_label("La nouvelle adresse").fill(ADDRESS)
    visitor.press("Recevoir le lien")
    visitor.go(mail_to(visitor, ADDRESS))
    visitor.press("Confirmer cette adresse")
    expect(page.get_by_role("main")).to_contain_text(f"Envoyé à {ADDRESS}")


def test_a_need_begun_before_any_account_is_sent_in_the_name_of_an_association(people: Crowd) -> None:
    visitor, moderator, reader = people.visitor(), people.signed_in("moderator"), people.visitor()
    _sign_in_while_writing(visitor)
    _need_kept(visitor)
    _add_address(visitor)
    steps.declare(visitor, NAME)
    expect(visitor.go("/besoins/nouveau").get_by_role("radio", name=f"Au nom de {NAME}")).to_have_count(0)
    steps.verify(moderator, NAME)
    visitor.go("/besoins/nouveau")
    _need_kept(visitor)
    steps.send_in_name_of(visitor, NAME)
    steps.publish(moderator, TITLE)
    page = steps.find(reader, TITLE)
    reader.click(NAME)
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(page.get_by_role("region", name="Besoins dits (1)")).to_contain_text(TITLE)


def test_who_speaks_for_an_organisation_is_asked_a_college_in_their_own_name_only(readers: Crowd) -> None:
    page = readers.signed_in("association").go("/besoins/nouveau")
    college = page.get_by_role("radio", name="Habitantes et habitants")
    expect(college).to_be_visible()
    page.get_by_role("radio", name="Au nom de").check()
    expect(college).to_be_hidden()
    page.get_by_role("radio", name="En mon nom").check()
    expect(college).to_be_visible()
