"""The pages of the wall turned from the console: seen on both within a second, by hand, by keys, and after a reload."""

import re

from playwright.sync_api import expect

from tests.browser import hall
from tests.browser.visitor import Crowd

LONG = "Une proposition qui tient sur deux lignes de l’écran, numéro"
DOTS = {
    "kind": "dots", "title": "Par quoi commencer ?", "minutes": 8, "dots": 5, "cap": 3,
    "typed": "\n".join(f"{LONG} {number}" for number in range(1, 13)),
}  # fmt: skip
AT_ONCE = 1_000  # ms


def test_the_wall_follows_the_console_page_by_page(people: Crowd) -> None:
    held = hall.build(people.server.database_url, [DOTS])
    amina, wall = hall.lead(people, held), hall.project(people, held)
    hall.begin(amina, str(DOTS["title"]))
    console, place = amina.page.locator("#console_pages"), wall.locator("[data-screen-place]")
    expect(place).to_have_text(re.compile("^1/[3-9]$"))
    last = int(place.inner_text()[2:])
    expect(console).to_contain_text(f"Page 1 sur {last}")
    switch = console.get_by_role("switch", name="Défilement automatique")
    expect(switch).to_have_attribute("aria-checked", "false")  # this wall wants no motion
    turn = console.get_by_role("button", name="Page suivante")
    turn.focus()
    amina.page.keyboard.press("Enter")
    expect(place).to_have_text(f"2/{last}", timeout=AT_ONCE)
    expect(console).to_contain_text(f"Page 2 sur {last}", timeout=AT_ONCE)
    expect(turn).to_be_focused()
    amina.page.keyboard.press("ArrowLeft")
    expect(place).to_have_text(f"1/{last}", timeout=AT_ONCE)
    expect(console).to_contain_text(f"Page 1 sur {last}")
    amina.page.keyboard.press("ArrowLeft")
    expect(place).to_have_text(f"{last}/{last}", timeout=AT_ONCE)
    wall.reload()
    expect(place).to_have_text(f"{last}/{last}")
    wall.keyboard.press("ArrowLeft")
    expect(console).to_contain_text(f"Page {last - 1} sur {last}", timeout=AT_ONCE)
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true", timeout=AT_ONCE)
    amina.press("Clore le vote")
    expect(console.get_by_role("button")).to_have_count(0)
