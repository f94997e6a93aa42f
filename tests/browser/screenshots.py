"""Pictures of the main pages, for people to look at: ``python -m tests.browser.screenshots FOLDER``."""

import sys
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser

from tests.browser.state import State
from tests.browser.states import STATES, Sites, enter
from tests.browser.visitor import Crowd, open_chromium
from tests.databases import open_engine

WIDTHS = (360, 1280, 1920)
SCHEMES = ("light", "dark")
MAIN = [
    "home", "territories", "territory that collects needs", "needs", "needs, nothing found", "need answered",
    "need, forms unfolded", "new need", "new need, everything missing", "receipt", "tracking of an answered need",
    "sign-in", "sign-in, link sent", "my space", "moderation", "moderation, reason missing", "board of the département",
    "board of a territory", "priority", "voices", "follow-up of a need", "calendar", "priority edited", "open data",
    "charter", "demonstration", "mailbox", "404",
]  # fmt: skip


def _take(browser: Browser, sites: Sites, state: State, folder: Path) -> None:
    crowd = Crowd(browser, sites.server(state.site))
    visitor = crowd.visitor()
    enter(visitor, state, sites.facts)
    page = visitor.page
    for width, scheme in product(WIDTHS, SCHEMES):
        chosen: Any = scheme
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=chosen, reduced_motion="reduce")
        name = "".join(letter if letter.isalnum() else "-" for letter in state.name)
        page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
    crowd.leave()


def main() -> None:
    """Take every picture."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m tests.browser.screenshots FOLDER")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    by_name = {state.name: state for state in STATES}
    with ExitStack() as stack:
        work = Path(stack.enter_context(TemporaryDirectory()))
        engine = open_engine("sqlite", work)
        stack.callback(engine.close)
        sites = Sites(engine, work, stack)
        browser = stack.enter_context(open_chromium())
        for name in MAIN:
            _take(browser, sites, by_name[name], folder)
            print(name)


if __name__ == "__main__":
    main()
