"""Where things stand in a room: the code that a whole hall aims at, the buttons that do not move under the hand."""

import pytest

from tests.browser import hall
from tests.browser.hall import DOTS, TALK, begin
from tests.browser.states import Sites
from tests.browser.test_projector import SIZES
from tests.browser.visitor import Crowd

LEAST = 60  # % of the height: the drawn code of the lobby, without its white margin
CODE = "(path) => 100 * path.getBoundingClientRect().width / innerHeight"  # its lines: a box has no thickness across
TOPS = (
    "(all) => Object.fromEntries(all.map((one) => [one.textContent.trim(), one.getBoundingClientRect().top + scrollY]))"
)


def test_the_code_of_the_lobby_takes_sixty_percent_of_the_height(readers: Crowd, sites: Sites) -> None:
    page = readers.visitor().go("/ateliers/{lobby_room}/ecran/{lobby_key}".format_map(sites.facts))
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.locator(".screen__qr svg.qr path").last.evaluate(CODE) >= LEAST, (width, height)


@pytest.mark.parametrize("scripted", [True, False])
def test_the_buttons_of_the_console_stay_where_they_are_when_an_act_is_said(people: Crowd, scripted: bool) -> None:
    held = hall.build(people.server.database_url, [TALK, DOTS])
    begin(hall.lead(people, held), TALK["title"])
    amina = people.signed_in("facilitator", java_script_enabled=scripted)
    page = amina.go(held.console)
    before = page.locator("main button").evaluate_all(TOPS)
    amina.press("2 minutes")
    assert page.locator("#flash .notice").is_visible()
    after = page.locator("main button").evaluate_all(TOPS)
    same = before.keys() & after.keys()
    assert len(same) > 3 and {name: before[name] for name in same} == {name: after[name] for name in same}
