"""A whole workshop without a mouse, from the door to the published report: the console and a phone."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import hall
from tests.browser.hall import DOTS, TALK, Hall, recorded
from tests.browser.visitor import Crowd, Visitor

FAR = 150  # presses of Tab before giving up
CARD, CHOICE = "Un car après 20 h", "Un car le soir"
CARDS = {"kind": "cards", "title": "Qu’est-ce qui vous manque ?", "minutes": 10, "cards": 3, "approve": True}
CONCLUSION = "La salle demande d’abord un car du soir."
FOCUSED = "one => one === document.activeElement"


@pytest.fixture
def held(people: Crowd) -> Hall:
    """A workshop of three steps, announced."""
    return hall.build(people.server.database_url, [TALK, CARDS, DOTS])


def _reach(target: Locator) -> None:
    """Press Tab until this has the focus."""
    expect(target).to_be_visible()
    for _press in range(FAR):
        target.page.keyboard.press("Tab")
        if target.evaluate(FOCUSED):
            return
    raise AssertionError(f"{target} is not reached by {FAR} presses of Tab")


def _act(visitor: Visitor, name: str, role: str = "button") -> None:
    """Reach what leads to another page, and press Enter."""
    _reach(visitor.page.get_by_role("link" if role == "link" else "button", name=name, exact=True).first)
    visitor.key("Enter")


def _key(console: Visitor, key: str, says: str) -> None:
    """A key of the console, which brings the focus; Enter acts."""
    expect(console.page.locator("[data-shortcuts=on]")).to_be_visible()
    console.page.keyboard.press(key)
    expect(console.page.locator(f"[data-key={key}]")).to_be_focused()
    console.key("Enter")
    expect(console.page.locator(".console-now")).to_contain_text(says)


def _enter(phone: Visitor, held: Hall) -> None:
    page = phone.go(held.phone)
    _reach(page.locator("[name=college]").first)
    page.keyboard.press("Space")
    _act(phone, "Entrer dans la salle")


def _write_card(page: Page) -> None:
    _reach(page.get_by_label("Votre carte"))
    page.keyboard.type(CARD)
    _reach(page.get_by_role("button", name="Envoyer cette carte"))
    page.keyboard.press("Enter")
    expect(page.locator("#my_cards")).to_contain_text(CARD)


def _show_card(console: Visitor) -> None:
    page = console.page
    _act(console, "Lire et regrouper les cartes", "link")
    expect(page.locator("[data-shortcuts=on]")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#cards_queue [data-pick]").first).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("#cards_groups")).to_contain_text(CARD)
    _act(console, "Régie", "link")


def _vote(page: Page) -> None:
    _reach(page.locator(".vote", has_text=CHOICE).get_by_role("button", name="Poser une gommette"))
    page.keyboard.press("Enter")
    _reach(page.get_by_role("button", name="Vérifier et valider"))
    page.keyboard.press("Enter")
    _reach(page.get_by_role("dialog").get_by_role("button", name="Envoyer mon vote"))
    page.keyboard.press("Enter")
    recorded(page)


def _publish(console: Visitor) -> None:
    page = console.page
    _act(console, "Clore l’atelier", "link")
    _act(console, "Clore l’atelier")
    _act(console, "Compte rendu", "link")
    _act(console, "Compléter et publier", "link")
    _reach(page.get_by_label("Ce que la salle conclut"))
    page.keyboard.type(CONCLUSION)
    _reach(page.get_by_label("J’ai relu la page"))
    page.keyboard.press("Space")
    _act(console, "Publier le compte rendu")


def test_a_whole_workshop_is_led_and_lived_without_a_mouse(people: Crowd, held: Hall) -> None:
    console, phone = people.signed_in("facilitator"), people.visitor(viewport=hall.PHONE)
    console.go(held.console)
    _act(console, "Ouvrir la salle")
    _enter(phone, held)
    _key(console, "n", TALK["title"])
    expect(phone.page.locator("#room_main h1")).to_have_text(TALK["title"])
    _key(console, "n", str(CARDS["title"]))
    _write_card(phone.page)
    _show_card(console)
    _key(console, "c", "Terminée")
    _key(console, "n", DOTS["title"])
    _vote(phone.page)
    expect(console.page.locator("#console_counts")).to_contain_text("1 vote reçu")
    _key(console, "c", "Terminée")
    _key(console, "r", "Résultats montrés")
    expect(phone.page.locator("#room_main")).to_contain_text(CHOICE)
    _publish(console)
    expect(phone.page.get_by_role("link", name="Lire le compte rendu")).to_be_visible()
    main = people.visitor().go(f"/ateliers/{held.room}/compte-rendu").locator("main")
    for words in (CONCLUSION, CARD, CHOICE):
        expect(main).to_contain_text(words)
