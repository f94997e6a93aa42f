"""Few bytes, no stranger, no jump: what the first view and the next ones cost."""

from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.states import Sites
from tests.browser.states_rooms import sit
from tests.browser.visitor import Crowd, Visitor

FIRST_VIEW = 100_000  # bytes over the network, headers and fonts included
NEXT_VIEW = 25_000
SHIFT = 0.01
KEEP_SHIFTS = """
  window.shifts = [];
  new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((entry) => entry.value)))
    .observe({ type: "layout-shift", buffered: true });
"""
PAINTED = "() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))))"
SETTLED = "[data-check]:has-text('Vérifier'), [data-size], [data-my-cards] h2"  # a live page, once its script has come
TOPS = """[...document.body.children].filter((each) => each.getClientRects().length)
  .map((each) => each.getBoundingClientRect().top + scrollY)"""
RURAL = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}


class _Meter:
    """Counts what comes over the network, as the browser counts it."""

    def __init__(self, visitor: Visitor) -> None:
        self.sizes: dict[str, int] = {}
        self.urls: dict[str, str] = {}
        self.devtools: CDPSession = visitor.context.new_cdp_session(visitor.page)
        self.devtools.on("Network.responseReceived", self._received)
        self.devtools.on("Network.loadingFinished", self._finished)
        self.devtools.send("Network.enable")

    def _received(self, event: Any) -> None:
        self.urls[event["requestId"]] = event["response"]["url"]

    def _finished(self, event: Any) -> None:
        self.sizes[event["requestId"]] = int(event["encodedDataLength"])

    @property
    def lines(self) -> list[str]:
        """One line a request, the heaviest first."""
        heaviest = sorted(self.sizes.items(), key=lambda item: -item[1])
        return [f"{size:>7} {self.urls.get(number, number)}" for number, size in heaviest if size]

    @property
    def total(self) -> int:
        """Bytes, headers included."""
        return sum(self.sizes.values())


def test_the_first_view_costs_less_than_100_kilobytes(readers: Crowd) -> None:
    visitor = readers.visitor()
    meter = _Meter(visitor)
    visitor.page.goto("/", wait_until="networkidle")
    print("\n".join(meter.lines), f"\n{meter.total:>7} bytes in {len(meter.sizes)} requests")
    assert any(".woff2" in line for line in meter.lines), "the fonts are counted"
    assert meter.total < FIRST_VIEW, "\n".join(meter.lines)


@pytest.mark.parametrize("path", ["/a/{judging_code}", "/ateliers/{picturing_room}"])
def test_the_first_view_of_a_room_costs_less_than_100_kilobytes(readers: Crowd, sites: Sites, path: str) -> None:
    visitor = readers.visitor()
    meter = _Meter(visitor)
    page = visitor.go(path.format_map(sites.facts))
    if path.startswith("/a/"):
        expect(page.locator("[data-connection=on]")).to_be_visible()
    page.evaluate(PAINTED)
    print("\n".join(meter.lines), f"\n{meter.total:>7} bytes in {len(meter.sizes)} requests")
    assert any(".woff2" in line for line in meter.lines), "the fonts are counted"
    assert meter.total < FIRST_VIEW, "\n".join(meter.lines)


def test_the_second_view_brings_little_more_than_its_html(readers: Crowd) -> None:
    visitor = readers.visitor()
    visitor.page.goto("/", wait_until="networkidle")
    meter = _Meter(visitor)
    visitor.page.goto("/besoins", wait_until="networkidle")
    print("\n".join(meter.lines))
    assert meter.total < NEXT_VIEW, "\n".join(meter.lines)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "path",
    [
        "/", "/besoins", "/besoins/{answered}", "/besoins/nouveau", "/territoires/{home}/priorites", "/fiches-actions",
        "/fiches-actions/{sheet}", "/ateliers", "/ateliers/{published_room}",
    ],
)  # fmt: skip
def test_nothing_jumps_while_a_page_arrives(readers: Crowd, sites: Sites, path: str, width: int) -> None:
    visitor = readers.visitor(viewport={"width": width, "height": 740})
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", RURAL)
    visitor.context.add_init_script(KEEP_SHIFTS)
    page = visitor.go(path.format_map(sites.facts))
    page.wait_for_load_state("networkidle")
    assert _shifts(page) <= SHIFT


def _shifts(page: Page) -> float:
    """How much the page has moved by itself, once it is painted."""
    for _frame in range(3):
        page.evaluate(PAINTED)
    return float(page.evaluate("window.shifts.reduce((sum, one) => sum + one, 0)"))


@pytest.mark.parametrize(
    "path",
    [
        "/a/{vote_code}", "/a/{judging_code}", "/a/{cards_code}", "/ateliers/{vote_room}/ecran/{vote_key}",
        "/ateliers/{ranked_room}/ecran/{ranked_key}", "/ateliers/{cards_room}/ecran/{cards_key}",
    ],
)  # fmt: skip
def test_nothing_jumps_while_a_live_page_arrives(readers: Crowd, sites: Sites, path: str) -> None:
    phone, screen = {"width": 360, "height": 740}, {"width": 1280, "height": 720}
    visitor = readers.visitor(viewport=phone if path.startswith("/a/") else screen)
    if path.startswith("/a/"):
        visitor.go(path.format_map(sites.facts))
        sit(visitor)
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", RURAL)
    visitor.context.add_init_script(KEEP_SHIFTS)
    page = visitor.go(path.format_map(sites.facts))
    expect(page.locator(SETTLED)).to_be_attached()
    assert _shifts(page) <= SHIFT
    tops = page.evaluate(TOPS)
    assert tops == sorted(tops), "what comes first stands first: else it is painted, then jumps, when a network is slow"
