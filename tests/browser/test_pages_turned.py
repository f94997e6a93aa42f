"""The pages of the wall turned from the console: seen on both within a second, by hand, by keys, and after a reload."""

import re
from collections.abc import Callable
from time import perf_counter

from playwright.sync_api import expect

from tests.browser import hall
from tests.browser.visitor import Crowd

LONG = "Une proposition qui tient sur deux lignes de l’écran, numéro"
DOTS = {
    "kind": "dots", "title": "Par quoi commencer ?", "minutes": 8, "dots": 5, "cap": 3,
    "typed": "\n".join(f"{LONG} {number}" for number in range(1, 13)),
}  # fmt: skip
AT_ONCE = 1.0  # s


class _Watch:
    """Times what a gesture brings. A machine that does something else is late once, a page that waits is each time."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {"wall": [], "console": []}

    def see(self, where: str, act: Callable[[], None], look: Callable[[], None]) -> None:
        """Make the gesture, wait until it is seen there."""
        began = perf_counter()
        act()
        look()
        self.times[where].append(perf_counter() - began)


def test_the_wall_follows_the_console_page_by_page(people: Crowd) -> None:
    held = hall.build(people.server.database_url, [DOTS])
    amina, projector = hall.lead(people, held), people.visitor(viewport=hall.WALL)
    with projector.page.expect_response(hall.STREAM):
        wall = projector.go_still(held.screen)  # it says how many pages it has once the console listens
    hall.begin(amina, str(DOTS["title"]))
    console, place = amina.page.locator("#console_pages"), wall.locator("[data-screen-place]")
    expect(place).to_have_text(re.compile("^1/[3-9]$"))
    last = int(place.inner_text()[2:])
    wall.clock.resume()
    expect(console).to_contain_text(f"Page 1 sur {last}")
    switch = console.get_by_role("switch", name="Défilement automatique")
    expect(switch).to_have_attribute("aria-checked", "false")  # this wall wants no motion
    turn = console.get_by_role("button", name="Page suivante")
    keys, watch = amina.page.keyboard, _Watch()
    turn.focus()
    watch.see("wall", lambda: keys.press("Enter"), lambda: expect(place).to_have_text(f"2/{last}"))
    expect(console).to_contain_text(f"Page 2 sur {last}")
    expect(turn).to_be_focused()
    watch.see("console", lambda: keys.press("ArrowLeft"), lambda: expect(console).to_contain_text(f"Page 1 sur {last}"))
    expect(place).to_have_text(f"1/{last}")
    watch.see("wall", lambda: keys.press("ArrowLeft"), lambda: expect(place).to_have_text(f"{last}/{last}"))
    wall.reload()
    expect(place).to_have_text(f"{last}/{last}")
    before = re.compile(f"Page {last - 1} sur {last}")
    watch.see("console", lambda: wall.keyboard.press("ArrowLeft"), lambda: expect(console).to_contain_text(before))
    watch.see("console", switch.click, lambda: expect(switch).to_have_attribute("aria-checked", "true"))
    assert all(min(times) < AT_ONCE for times in watch.times.values()), watch.times
    amina.press("Clore le vote")
    expect(console.get_by_role("button")).to_have_count(0)
