"""No obstacle on any page in any state: axe, reflow at 320 px, size of targets, visible focus."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import ARTEFACTS
from tests.browser.server import ROOT
from tests.browser.state import State
from tests.browser.states import STATES, Sites, enter
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
  const width = document.documentElement.scrollWidth;
  return [`${width} px`, ...wide.slice(0, 8).map((one) => `${one.tagName}.${one.className}`)];
}"""
TOO_SMALL = """() => {
  const boxes = "nav a, .site-header a, button, .button, summary, select, input[type=text], input[type=email], " +
    "input[type=search], input[type=date], input[type=number], textarea, label:has(input)";
  return [...document.querySelectorAll(boxes)].flatMap((one) => {
    const { width, height } = one.getBoundingClientRect();
    const seen = one.checkVisibility({ visibilityProperty: true }) && width > 1;
    const words = `${one.tagName}.${one.className} « ${one.textContent.trim().slice(0, 30)} »`;
    return seen && Math.min(width, height) < 24 ? [`${words} ${width.toFixed(1)} × ${height.toFixed(1)}`] : [];
  });
}"""
UNSEEN_FOCUS = """() => {
  const marks = ["outlineStyle", "outlineWidth", "boxShadow", "borderColor", "backgroundColor", "stroke", "strokeWidth"];
  const look = (one) => [one, ...one.querySelectorAll("*")].slice(0, 12).map((part) => {
    const style = getComputedStyle(part);
    return marks.map((mark) => style[mark]).join();
  }).join("|");
  const classes = (one) => `${one.tagName}.${one.getAttribute("class") ?? ""}`;
  const reached = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const seen = new Set(), unseen = [];
  for (const one of document.querySelectorAll(reached)) {
    const kind = `${classes(one)} ${one.type ?? ""} in ${classes(one.parentElement)}`;
    if (seen.has(kind) || one.disabled || !one.checkVisibility({ visibilityProperty: true })) continue;
    seen.add(kind);
    document.activeElement?.blur();
    const before = look(one);
    one.focus({ preventScroll: true, focusVisible: true });
    if (document.activeElement === one && look(one) === before) unseen.push(kind);
  }
  return unseen;
}"""
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="module", params=STATES, ids=lambda state: state.name)
def page(request: pytest.FixtureRequest, chromium: Browser, sites: Sites) -> Iterator[Page]:
    """One state, opened once for all the checks of this file, which set what they need."""
    state: State = request.param
    crowd = Crowd(chromium, sites.server(state.site))
    before = request.session.testsfailed
    yield enter(crowd, state, sites.facts).page
    if request.session.testsfailed > before:
        crowd.keep_pictures(ARTEFACTS / "states", state.name)
    crowd.leave()


def _look(page: Page, size: Any, scheme: Any) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")


def _check(page: Page, script: str) -> None:
    found = page.evaluate(script)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_on_a_wide_light_screen(page: Page) -> None:
    _look(page, WIDE, "light")
    page.evaluate(AXE)
    _check(page, RUN_AXE)


def test_the_focus_is_always_seen(page: Page) -> None:
    _look(page, WIDE, "light")
    page.keyboard.press("Tab")
    _check(page, UNSEEN_FOCUS)


def test_axe_finds_nothing_on_a_narrow_dark_screen(page: Page) -> None:
    _look(page, NARROW, "dark")
    page.evaluate(AXE)
    _check(page, RUN_AXE)


def test_fingers_find_every_target(page: Page) -> None:
    _look(page, NARROW, "dark")
    _check(page, TOO_SMALL)


def test_nothing_scrolls_sideways_at_320_pixels(page: Page) -> None:
    _look(page, {"width": 320, "height": 640}, "light")
    _check(page, TOO_WIDE)


def test_the_checks_see_what_they_look_for(readers: Crowd) -> None:
    page = readers.visitor().go("/aide")
    page.evaluate("""() => {
      document.querySelector("main").innerHTML =
        "<nav><a href='#' id='bad'>x</a></nav><p id='faint'>Un texte trop pâle</p><img src='data:,'>";
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`#bad { all: unset !important; position: absolute !important; inline-size: 900px !important;
          block-size: 9px !important }
        #faint { color: #ddd; background: #fff }`);
      document.adoptedStyleSheets.push(sheet);
    }""")
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate(AXE)
    rules = " ".join(page.evaluate(RUN_AXE))
    assert "image-alt" in rules and "color-contrast: #faint" in rules
    for script in (UNSEEN_FOCUS, TOO_SMALL, TOO_WIDE):
        assert any("A." in found for found in page.evaluate(script)), script
