"""The queue of a moderator moves by itself, and never under their hands."""

import re

from playwright.sync_api import Page, expect

from tests.browser.acts import TITLE, say
from tests.browser.steps import number_in, publish
from tests.browser.visitor import Crowd, Visitor

COUNT = "#file"


def _at_work(moderator: Visitor) -> tuple[Page, int]:
    """The page of the queue, once it listens; how many wait."""
    with moderator.page.expect_response(re.compile("/direct/moderation")):
        page = moderator.go("/moderation")
    page.evaluate("window.sameDocument = true")
    return page, number_in(page.locator(COUNT).inner_text())


def _expect_count(page: Page, number: int) -> None:
    expect(page.locator(COUNT)).to_have_text(re.compile(rf"^{number} contributions? atten"))
    assert page.evaluate("window.sameDocument"), "the page was loaded anew"


def test_a_new_need_is_counted_on_every_open_page(people: Crowd) -> None:
    pages = [_at_work(people.signed_in("moderator")) for _n in range(2)]
    say(people.visitor())
    for page, before in pages:
        _expect_count(page, before + 1)
        expect(page.locator(".queue")).to_contain_text(TITLE)


def test_the_decision_being_written_is_not_touched(people: Crowd) -> None:
    page, before = _at_work(people.signed_in("moderator"))
    page.get_by_role("radio", name="Ne pas publier").check()
    note = page.get_by_label("Message à la personne")
    note.press_sequentially("Un numéro de téléphone ")
    say(people.visitor())
    _expect_count(page, before + 1)
    note.press_sequentially("figure dans ce texte.")
    expect(note).to_be_focused()
    expect(note).to_have_value("Un numéro de téléphone figure dans ce texte.")
    expect(page.get_by_role("radio", name="Ne pas publier")).to_be_checked()


def test_what_one_moderator_decides_leaves_the_others_queue(people: Crowd) -> None:
    say(people.visitor())
    page, before = _at_work(people.signed_in("moderator"))
    publish(people.signed_in("moderator"), TITLE)
    _expect_count(page, before - 1)
    expect(page.locator(".queue")).not_to_contain_text(TITLE)


def test_the_shortcuts_still_work_on_a_queue_that_moved(people: Crowd) -> None:
    moderator = people.signed_in("moderator")
    page, before = _at_work(moderator)
    say(people.visitor())
    _expect_count(page, before + 1)
    moderator.key("j")
    expect(page.locator(".queue__link").nth(1)).to_have_attribute("aria-current", "true")


def test_after_a_cut_the_queue_catches_up(people: Crowd) -> None:
    moderator = people.signed_in("moderator")
    page, before = _at_work(moderator)
    moderator.cut()
    say(people.visitor())
    moderator.back_online()
    _expect_count(page, before + 1)


def test_the_queue_of_another_territory_does_not_move_this_one(people: Crowd) -> None:
    brest = people.signed_in("moderator", "brest-metropole")
    page, before = _at_work(brest)
    say(people.visitor())
    fresh = people.visitor()
    say(fresh, "Un autre banc, devant la poste")
    with page.expect_response(re.compile("/moderation")):
        page.evaluate("document.querySelector('[data-live]').dispatchEvent(new CustomEvent('live'))")
    _expect_count(page, before)
