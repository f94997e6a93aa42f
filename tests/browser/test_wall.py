"""A projector by itself: its own size, pages that turn, what it tells to those who listen, and how it wakes."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import hall
from tests.browser.hall import DOTS, TALK, YES_NO, begin, come
from tests.browser.states import Sites
from tests.browser.visitor import Crowd

TURN, SAY, NAP = 12_000, 30_000, 5_000  # ms
AT_ONCE = 2_000  # ms of the page's own clock: all that it may wait
SOON = 12_000  # ms: what the machine may take besides, when it does something else meanwhile
SHOWN = "/ateliers/{shown_room}/ecran/{shown_key}"
VOTE = "/ateliers/{vote_room}/ecran/{vote_key}"
HEIGHT = "one => parseFloat(getComputedStyle(one).fontSize)"
# Streams that die without a word when the machine sleeps, as some do: those opened before never speak again.
MORTAL = """{
  window.sleeps = 0;
  const Alive = window.EventSource;
  window.EventSource = class extends Alive {
    born = window.sleeps;
    addEventListener(kind, act) { super.addEventListener(kind, (event) => this.born === window.sleeps && act(event)); }
  };
}"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def _place(page: Page) -> Locator:
    return page.locator("[data-screen-place]")


def test_each_projector_has_its_own_size_and_keeps_it(readers: Crowd, sites: Sites) -> None:
    near, far = (readers.visitor(viewport=hall.WALL) for _n in range(2))
    page = near.go(SHOWN.format_map(sites.facts))
    title = page.locator("h1")
    usual = title.evaluate(HEIGHT)
    page.keyboard.press("+")
    assert title.evaluate(HEIGHT) == pytest.approx(1.1 * usual, rel=0.01)
    page.reload()
    near.wake()
    assert title.evaluate(HEIGHT) == pytest.approx(1.1 * usual, rel=0.01)
    assert far.go(SHOWN.format_map(sites.facts)).locator("h1").evaluate(HEIGHT) == usual
    for _press in range(9):
        page.keyboard.press("-")
    assert title.evaluate(HEIGHT) == pytest.approx(0.8 * usual, rel=0.01), "never smaller"
    for _press in range(9):
        page.keyboard.press("+")
    assert title.evaluate(HEIGHT) == pytest.approx(1.25 * usual, rel=0.01), "nor larger"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator(".screen__join .qr")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_pages_turn_by_themselves_unless_motion_is_unwelcome(readers: Crowd, sites: Sites, motion: str) -> None:
    wall = readers.visitor(viewport=hall.WALL, reduced_motion=motion)
    page = wall.go_still(SHOWN.format_map(sites.facts))
    expect(_place(page)).to_have_text(re.compile("^1/[2-9]"))
    page.clock.fast_forward(TURN)
    expect(_place(page)).to_have_text(re.compile("^1/" if motion == "reduce" else "^2/"))


def test_who_listens_to_the_wall_is_told_how_many_answered(readers: Crowd, sites: Sites) -> None:
    wall = readers.visitor(viewport=hall.WALL)
    page = wall.go_still(VOTE.format_map(sites.facts))
    said = page.get_by_role("status").and_(page.locator("[data-said]"))
    shown = " ".join(page.locator("[data-screen-count]").inner_text().split())
    assert "ont répondu" in shown
    expect(said).to_be_empty()
    page.clock.fast_forward(SAY)
    expect(said).to_have_text(shown)


def test_a_wall_and_a_phone_that_slept_show_the_present_state_when_they_wake(people: Crowd) -> None:
    held = hall.build(people.server.database_url, [TALK, DOTS, YES_NO])
    amina, wall = hall.lead(people, held), people.visitor(viewport=hall.WALL)
    wall.context.add_init_script(MORTAL)
    with wall.page.expect_response(hall.STREAM):
        screen = wall.go_still(held.screen)  # else it looks by itself, every ten seconds
    (phone,) = come(people, held, "Jeunes")
    phone.context.add_init_script(MORTAL)
    hand = phone.go_still(held.phone)
    begin(amina, TALK["title"])
    for page in (screen, hand):
        expect(page.locator("h1")).to_have_text(TALK["title"])
        page.evaluate("window.sleeps += 1")
    hand.evaluate(HIDE, True)
    begin(amina, DOTS["title"])
    for page in (screen, hand):
        expect(page.locator("h1")).to_have_text(TALK["title"])
    screen.clock.fast_forward(NAP)
    hand.evaluate(HIDE, False)
    for page in (screen, hand):
        page.clock.run_for(AT_ONCE)
        expect(page.locator("h1")).to_have_text(DOTS["title"], timeout=SOON)
    amina.press("Clore le vote")
    expect(screen.locator("#screen_main")).to_contain_text("Le vote est clos", timeout=SOON)
    expect(hand.locator("#room_main")).to_contain_text("Vote clos", timeout=SOON)
