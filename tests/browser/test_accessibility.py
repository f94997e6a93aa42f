"""No obstacle on any page in any state: axe, reflow at 320 px, size of targets, visible focus."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import ARTEFACTS
from tests.browser.server import ROOT
from tests.browser.states import STATES, Sites, State, enter
from tests.browser.visitor import Crowd

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
RUN_AXE = """async () => {
  const more = ["target-size", "label-content-name-mismatch", "focus-order-semantics"];
  const rules = Object.fromEntries(more.map((rule) => [rule, { enabled: true }]));
  const found = await axe.run(document, { resultTypes: ["violations"], rules });
  return found.violations.flatMap(({ id, help, nodes }) => nodes.map((node) =>
    `${id}: ${node.target.join(" ")} (${help}) ${node.any.map((check) => check.message).join(" ")}`));
}"""
TOO_WIDE = """() => {
  if (document.documentElement.scrollWidth <= 320) return [];
  const wide = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > 320.5);
  return [`${document.documentElement.scrollWidth} px`, ...wide.slice(0, 8).map((one) => `${one.tagName}.${one.className}`)];
}"""
TOO_SMALL = """() => {
  const boxes = "nav a, header a, button, .button, summary, select, input[type=text], input[type=email], " +
    "input[type=search], input[type=date], input[type=number], textarea, label:has(input)";
  return [...document.querySelectorAll(boxes)].flatMap((one) => {
    const { width, height } = one.getBoundingClientRect();
    const seen = one.checkVisibility({ visibilityProperty: true }) && width > 1;
    return seen && (width < 23.5 || height < 23.5)
      ? [`${one.tagName}.${one.className} « ${one.textContent.trim().slice(0, 30)} » ${width.toFixed()} × ${height.toFixed()}`] : [];
  });
}"""
UNSEEN_FOCUS = """() => {
  const marks = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderColor", "backgroundColor", "stroke", "strokeWidth", "fill"];
  const look = (one) => [one, ...one.querySelectorAll("*")].slice(0, 12).map((part) => {
    const style = getComputedStyle(part);
    return marks.map((mark) => style[mark]).join() + (style.outlineStyle === "none" ? "" : "!");
  }).join("|");
  const seen = new Set(), unseen = [];
  for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")) {
    const kind = `${one.tagName}.${one.getAttribute("class") ?? ""}${one.type ?? ""} in ${one.parentElement.getAttribute("class") ?? one.parentElement.tagName}`;
    if (seen.has(kind) || one.disabled || !one.checkVisibility({ visibilityProperty: true })) continue;
    seen.add(kind);
    document.activeElement?.blur();
    const before = look(one);
    one.focus({ preventScroll: true, focusVisible: true });
    if (document.activeElement === one && look(one) === before) unseen.push(kind);
  }
  return unseen;
}"""


@pytest.fixture(scope="module", params=STATES, ids=lambda state: state.name)
def page(request: pytest.FixtureRequest, chromium: Browser, sites: Sites) -> Iterator[Page]:
    """One state, opened once for all the checks of this file."""
    state: State = request.param
    crowd = Crowd(chromium, sites.server(state.site))
    yield enter(crowd, state, sites.facts).page
    if request.session.testsfailed:
        crowd.keep_pictures(ARTEFACTS / "states", state.name)
    crowd.leave()


def _axe(page: Page) -> Any:
    page.evaluate(AXE)
    return page.evaluate(RUN_AXE)


def test_axe_finds_nothing_on_a_wide_light_screen(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    assert _axe(page) == []


def test_axe_finds_nothing_on_a_narrow_dark_screen(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark")
    assert _axe(page) == []


def test_nothing_scrolls_sideways_at_320_pixels(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(TOO_WIDE) == []


def test_fingers_find_every_target(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate(TOO_SMALL) == []


def test_the_focus_is_always_seen(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.keyboard.press("Tab")
    assert page.evaluate(UNSEEN_FOCUS) == []
