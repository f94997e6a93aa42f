"""A moderator's desk: a queue cleared without a mouse, second thoughts, masking, keys that keep out of the way."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlmodel import col, select

from app.needs.models import Need
from tests.browser.acts import TEXT, TITLE, say
from tests.browser.facts import reading, writing
from tests.browser.readings import MAIL, NOTICED_TEXT, PHONE, wait
from tests.browser.states_moderation import ready
from tests.browser.steps import find
from tests.browser.test_keyboard import tab_to
from tests.browser.visitor import Crowd, Visitor

FORTY = 40
NEEDS = "/moderation?nature=besoin"
MASKED, REFUSED = "Un numéro à rappeler", "Une publicité pour des fenêtres"


class _Fingers:
    """Somebody's hands on a keyboard: every key is counted."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.keys = 0

    def press(self, *keys: str) -> None:
        """Press one key after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def send(self) -> None:
        """Press Enter; the page of the next contribution comes, its keys at work."""
        self.visitor.key("Enter")
        self.keys += 1
        self.page.locator("[data-shortcuts=on]").wait_for()


def _fill_the_queue(url: str) -> None:
    """One need in ten holds a telephone number, one in ten sells something, and one waits already."""
    with writing(url) as db:
        for number in range(2, FORTY + 1):
            kind = {0: MASKED, 5: REFUSED}.get(number % 10, "Un besoin bien dit")
            text = NOTICED_TEXT.replace(MAIL, "moi") if kind == MASKED else f"{TEXT} C’est la même chose au {number}."
            wait(db, f"{kind}, numéro {number}", text)


def _decide(fingers: _Fingers, heading: str) -> None:
    if heading.startswith(MASKED):
        fingers.press("m", "3")
    else:
        fingers.press("6" if heading.startswith(REFUSED) else "p")
    fingers.send()


def test_a_moderator_clears_a_queue_of_forty_with_the_keyboard_alone(
    people: Crowd, record_property: Callable[[str, object], None]
) -> None:
    _fill_the_queue(people.server.database_url)
    visitor = people.signed_in("moderator")
    page = visitor.go(NEEDS)
    expect(page.locator(".queue__link")).to_have_count(FORTY)
    ready(visitor)
    fingers, began = _Fingers(visitor), time.perf_counter()
    for _item in range(FORTY):
        _decide(fingers, page.locator("#a-lire").inner_text())
    seconds = round(time.perf_counter() - began, 1)
    expect(page.get_by_role("main")).to_contain_text("Rien ici")
    with reading(people.server.database_url) as db:
        found = list(db.exec(select(Need.status).where(col(Need.title).contains(", numéro "))))
    assert {status: found.count(status) for status in set(found)} == {"published": 31, "masked": 4, "refused": 4}
    record_property("keystrokes", fingers.keys)
    record_property("seconds", seconds)
    print(f"{FORTY} contributions: {fingers.keys} keystrokes, {seconds} s")
    assert fingers.keys <= 2 * FORTY + 4


def _focus_is_on(page: Page, words: str) -> None:
    expect(page.locator("#a-lire")).to_be_focused()
    expect(page.locator("#a-lire")).to_contain_text(words)


def test_a_decision_is_taken_back_by_one_key_and_nobody_was_told(people: Crowd) -> None:
    resident, moderator = people.signed_in("resident"), people.signed_in("moderator")
    say(resident)
    page = moderator.go(NEEDS)
    moderator.follow(page.locator(".queue__link", has_text=TITLE))
    ready(moderator)
    page.keyboard.press("p")
    moderator.key("Enter")
    undo = page.get_by_role("button", name="Annuler")
    expect(undo).to_be_visible()
    ready(moderator)
    moderator.key("u")
    expect(page.locator("#flash")).to_contain_text("Aucun message n’est parti")
    _focus_is_on(page, TITLE)
    expect(undo).to_have_count(0)
    expect(resident.go("/mon-espace").get_by_role("main")).to_contain_text("En attente de relecture")
    expect(moderator.go("/demo/messagerie").get_by_role("main")).not_to_contain_text("Votre besoin est publié")


def test_what_the_machine_noticed_is_masked_by_one_key(people: Crowd) -> None:
    moderator = people.signed_in("moderator")
    with writing(people.server.database_url) as db:
        path = f"/moderation/besoin/{wait(db, TITLE, NOTICED_TEXT).id}"
    page = moderator.go(path)
    ready(moderator)
    page.keyboard.press("m")
    expect(page.get_by_role("link", name=re.compile(PHONE))).to_be_focused()  # the next one
    expect(page.get_by_role("checkbox", name=re.compile(MAIL))).to_be_checked()
    expect(page.get_by_role("radio", name="Publier en masquant")).to_be_checked()
    page.keyboard.press("m")
    expect(page.get_by_role("checkbox", name=re.compile(PHONE))).to_be_checked()
    page.keyboard.press("3")
    moderator.key("Enter")
    words = find(people.visitor(), TITLE).locator("blockquote.words").first
    expect(words).to_contain_text("Répondez à [passage masqué] ou au [passage masqué]")


def test_the_list_of_keys_gives_the_focus_back(readers: Crowd) -> None:
    visitor = readers.signed_in("moderator")
    page = visitor.go("/moderation")
    ready(visitor)
    tab_to(page, "[name=decision]")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Raccourcis clavier")
    expect(dialog).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.evaluate("document.activeElement.name") == "decision"
    expect(page.get_by_role("radio", name="Ne pas publier")).not_to_be_checked()
