"""The projected page: read from the last row, never cut, and back by itself within two seconds."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import hall
from tests.browser.hall import DOTS, STREAM, TALK, YES_NO, Hall, begin, come, place, recorded, send
from tests.browser.rooms_of_kinds import TITLES as KINDS
from tests.browser.states import Sites
from tests.browser.visitor import Crowd, Visitor

ROOMS = ("lobby", "talk", "vote", "hands", "counted", "shown", "finished", *KINDS)
UNSEEN = {"coming", "watched", "offered"}  # not open, or as another room is
SIZES = ((1024, 768), (1280, 720), (1920, 1080))
LEAST = 4  # % of the height
PARTS = {".screen__question": 7, ".screen-bar__title, .screen__option > :first-child, .screen__subject": 5.5}  # as well
BARS = 6  # at most on one page
AT_ONCE = 2_000  # ms
VISIBLE = """(one) => one.checkVisibility() && !one.closest(".visually-hidden, dialog, svg.qr")
  && getComputedStyle(one).clipPath === "none\""""
CUT = f"""() => [...document.querySelectorAll(".screen *")].filter(({VISIBLE})).filter((one) => {{
  if (one.closest("svg") && !one.matches("text")) return false;
  const pages = one.closest("[data-screen-pages]");
  if (pages && pages !== one) {{
    if (getComputedStyle(one).display === "inline" || one.matches("text")) return false;
    const {{ top, bottom }} = one.getBoundingClientRect(), box = pages.getBoundingClientRect();
    return one.scrollWidth > one.clientWidth + 1 || top < box.top - 1
      || bottom > box.bottom + 1 && !one.closest(".screen__pages--text");
  }}
  const {{ right, bottom }} = one.getBoundingClientRect();
  return right > innerWidth + 1 || bottom > innerHeight + 1;
}}).map((one) => `${{one.tagName}}.${{one.getAttribute("class")}}`)"""
SMALL = f"""(least) => {{
  const found = new Set(), walker = document.createTreeWalker(document.querySelector("[data-screen]"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {{
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !({VISIBLE})(one)) continue;
    const size = 100 * parseFloat(getComputedStyle(one).fontSize) / innerHeight;
    if (size < least) found.add(`${{one.tagName}}.${{one.getAttribute("class")}} ${{size.toFixed(2)}} % « ${{walker.currentNode.data.trim()}} »`);
  }}
  return [...found];
}}"""

PART = """(parts) => parts.filter((one) => 100 * parseFloat(getComputedStyle(one).fontSize) / innerHeight < %s)
  .map((one) => one.textContent.trim())"""
SHOWN = """(bars) => bars.filter((one) => {
  const { left, right } = one.getBoundingClientRect();
  return right > 0 && left < innerWidth && one.checkVisibility();
}).length"""


def _look(page: Page, room: str) -> list[str]:
    """What cannot be read of a projected page, at each size."""
    faults = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        faults += [f"{room} at {width} × {height}, cut: {one}" for one in page.evaluate(CUT)]
        faults += [f"{room} at {width} × {height}, small: {one}" for one in page.evaluate(SMALL, LEAST)]
        for part, least in PARTS.items():
            small = page.locator(part).evaluate_all(PART % least)
            faults += [f"{room} at {width} × {height}, under {least} %: {one}" for one in small]
        bars = page.locator(".screen-bar").evaluate_all(SHOWN)
        faults += [f"{room} at {width} × {height}: {bars} bars"] * (bars > BARS)
    return faults


def test_everything_projected_is_read_from_the_last_row_and_nothing_is_cut(readers: Crowd, sites: Sites) -> None:
    page, faults = readers.visitor().page, list[str]()
    for room in (name for name in ROOMS if name not in UNSEEN):
        page.goto(f"/ateliers/{{{room}_room}}/ecran/{{{room}_key}}".format_map(sites.facts))
        expect(page.locator(":root[data-size]")).to_be_attached()
        faults += _look(page, room)
    assert not faults, "\n".join(faults)


def test_the_six_degrees_of_an_agreement_are_on_one_page_after_what_they_are_about(
    readers: Crowd, sites: Sites
) -> None:
    page = readers.visitor().page
    for room in ("agreeing", "agreed"):
        page.goto(f"/ateliers/{{{room}_room}}/ecran/{{{room}_key}}".format_map(sites.facts))
        expect(page.locator(":root[data-size]")).to_be_attached()
        degrees = page.locator(".screen__paragraph + .screen__whole")
        expect(degrees.locator("li")).to_have_count(6)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert degrees.evaluate("(one) => one.getClientRects().length") == 1, (room, width)


@pytest.fixture
def led(people: Crowd) -> Iterator[tuple[Hall, Visitor, Visitor]]:
    """A room under way: its console, and its wall."""
    held = hall.build(people.server.database_url, [TALK, DOTS, YES_NO])
    amina, wall = hall.lead(people, held), people.visitor(viewport=hall.WALL)
    with wall.page.expect_response(STREAM):
        wall.go(held.screen)
    begin(amina, TALK["title"])
    expect(wall.page.locator("h1")).to_have_text(TALK["title"])
    yield held, amina, wall


def test_the_wall_shows_the_present_state_two_seconds_after_it_is_loaded_again(
    people: Crowd, led: tuple[Hall, Visitor, Visitor]
) -> None:
    held, amina, wall = led
    begin(amina, DOTS["title"])
    (phone,) = come(people, held, "Jeunes")
    place(phone.page, "Un chemin")
    send(phone.page)
    recorded(phone.page)
    with wall.page.expect_response(STREAM):  # it listens, before anything else happens
        wall.page.reload(wait_until="commit")
        expect(wall.page.locator("h1")).to_have_text(DOTS["title"], timeout=AT_ONCE)
        expect(wall.page.locator("[data-screen-count]")).to_contain_text("1 sur 1 a répondu", timeout=AT_ONCE)
    amina.press("Clore le vote")
    expect(wall.page.locator("#screen_main")).to_contain_text("Le vote est clos", timeout=AT_ONCE)


def test_the_wall_shows_the_present_state_two_seconds_after_the_network_comes_back(
    led: tuple[Hall, Visitor, Visitor],
) -> None:
    _held, amina, wall = led
    wall.cut()
    begin(amina, DOTS["title"])
    amina.press("Clore le vote")
    begin(amina, YES_NO["title"])
    expect(wall.page.locator("h1")).to_have_text(TALK["title"])
    with wall.page.expect_response(STREAM):
        wall.back_online()
        expect(wall.page.locator("h1")).to_have_text(YES_NO["title"], timeout=AT_ONCE)
    amina.press("Clore le vote")
    expect(wall.page.locator("#screen_main")).to_contain_text("Le vote est clos", timeout=AT_ONCE)


def test_the_console_blackens_and_freezes_the_wall_and_nothing_else(
    people: Crowd, led: tuple[Hall, Visitor, Visitor]
) -> None:
    held, amina, wall = led
    (phone,) = come(people, held, "Jeunes")
    seen = wall.page.locator("#screen_main")
    amina.press("Écran noir")
    expect(wall.page.locator(".screen--blank")).to_be_visible()
    expect(seen).not_to_contain_text(TALK["title"])
    expect(phone.page.locator("h1")).to_have_text(TALK["title"])
    amina.press("Rallumer l’écran")
    expect(seen).to_contain_text(TALK["title"])
    amina.press("Figer l’écran")
    expect(seen).to_contain_text("Écran figé")
    begin(amina, DOTS["title"])
    expect(phone.page.locator("h1")).to_have_text(DOTS["title"])
    wall.page.reload()
    expect(wall.page.locator("h1")).to_have_text(TALK["title"])
    expect(amina.page.locator(".console-screen")).to_contain_text(f"L’écran est figé sur « {TALK['title']} »")
    amina.press("Ne plus figer")
    expect(wall.page.locator("h1")).to_have_text(DOTS["title"])
    expect(seen).not_to_contain_text("Écran figé")


def test_what_moves_between_the_drawing_of_a_page_and_its_stream_is_not_missed(
    people: Crowd, led: tuple[Hall, Visitor, Visitor]
) -> None:
    held, amina, _wall = led
    begin(amina, DOTS["title"])
    late: list[Route] = []
    amina.page.route(STREAM, lambda route: late.append(route), times=1)  # Playwright refuses a bare method of a list
    with amina.page.expect_request(STREAM):
        amina.page.reload()
    (phone,) = come(people, held, "Jeunes")
    place(phone.page, "Un chemin")
    send(phone.page)
    recorded(phone.page)
    counts = amina.page.locator("#console_counts")
    expect(counts).to_contain_text("0 vote")
    late[0].continue_()
    expect(counts).to_contain_text("1 vote")
