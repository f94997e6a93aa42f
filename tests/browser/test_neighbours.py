"""« On vous a peut-être devancé »: while one types, or once without script; no word typed is lost."""

from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.acts import fill_need
from tests.browser.readings import NOTICED, NOTICED_TEXT
from tests.browser.states_moderation import neighbours
from tests.browser.visitor import Crowd, Visitor

SAME = "Dix mois sur douze les volets sont fermés dans ma rue"
ADDRESS = "gwenn@exemple.fr"


def _choose(visitor: Visitor) -> None:
    """« C’est aussi mon besoin », at the need that says the same."""
    near = visitor.page.locator("#voisins").get_by_role("listitem").filter(has_text=SAME)
    visitor.follow(near.get_by_role("button", name="C’est aussi mon besoin"))
    expect(visitor.page.get_by_role("main")).to_contain_text(SAME)


def test_somebody_finds_their_need_said_already_and_keeps_their_words(people: Crowd) -> None:
    visitor = people.visitor()
    page = visitor.go("/besoins/nouveau")
    neighbours(visitor)
    _choose(visitor)
    expect(page.get_by_label("Vos mots, en commentaire")).to_have_value(f"{NOTICED}\n\n{NOTICED_TEXT}")
    visitor.press("Revenir à mon besoin")
    expect(page.get_by_label("En une phrase")).to_have_value(NOTICED)
    expect(page.get_by_label("Une situation vécue")).to_have_value(NOTICED_TEXT)
    neighbours(visitor)
    _choose(visitor)
    page.get_by_role("radio", name="Habitantes et habitants").check()
    page.get_by_label("Votre adresse e-mail").fill(ADDRESS)
    visitor.press("Ajouter ma voix et garder mes mots")
    steps.confirm_by_mail(visitor, ADDRESS, "Confirmer mon soutien")
    queue = people.signed_in("moderator").go("/moderation?nature=commentaire")
    expect(queue.locator("#moderation_queue")).to_contain_text(NOTICED[:30])


def test_without_script_one_is_asked_once_then_heard(people: Crowd) -> None:
    visitor = people.visitor(java_script_enabled=False)
    page = visitor.go("/besoins/nouveau")
    fill_need(page, NOTICED)
    page.get_by_label("Une situation vécue").fill(NOTICED_TEXT)
    visitor.press("Envoyer mon besoin")
    assert visitor.status == 422
    expect(page.get_by_role("region", name="Votre besoin n’est pas encore envoyé")).to_contain_text(SAME)
    expect(page.get_by_label("Une situation vécue")).to_have_value(NOTICED_TEXT)
    visitor.press("Envoyer quand même mon besoin")
    steps.receipt(visitor)
