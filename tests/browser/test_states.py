"""Every page in every state: valid and light HTML; no obstacle (axe, focus, size of targets, reflow at 320 px)."""

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.core.assets import ICONS
from tests.browser.acts import TITLE
from tests.browser.conftest import ARTEFACTS
from tests.browser.html import Reader
from tests.browser.server import ROOT
from tests.browser.state import State
from tests.browser.states import STATES, Sites, enter
from tests.browser.visitor import WIDE, Crowd, Visitor

LIGHT = 25_000  # bytes, as the server compresses them
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
NARROW = {"width": 360, "height": 740}


class Regulars:
    """On each site one person who goes from state to state, each time as somebody new; a fault shows them out."""

    def __init__(self, chromium: Browser, sites: Sites) -> None:
        self.chromium, self.sites = chromium, sites
        self.crowds: dict[str, Crowd] = {}

    @contextmanager
    def at(self, state: State, session: pytest.Session) -> Iterator[Visitor]:
        """Somebody in this state; raises what its pages did wrong, after their pictures if a test failed."""
        crowd = self.crowds.pop(state.site, None) or self._crowd(state.site)
        visitor, before = crowd.visitors[0], session.testsfailed
        try:
            visitor.give_way()
            enter(visitor, state, self.sites.facts)
            yield visitor
            if session.testsfailed > before:
                crowd.keep_pictures(ARTEFACTS / "states", state.name)
            assert not visitor.watch.faults, "\n".join(dict.fromkeys(visitor.watch.faults))
            self.crowds[state.site] = crowd
        finally:
            if state.site not in self.crowds:
                visitor.context.close()

    def _crowd(self, site: str) -> Crowd:
        crowd = Crowd(self.chromium, self.sites.server(site))
        crowd.visitor()
        return crowd

    def leave(self) -> None:
        """Close every browser."""
        for crowd in self.crowds.values():
            crowd.leave()


@pytest.fixture(scope="module")
def regulars(chromium: Browser, sites: Sites) -> Iterator[Regulars]:
    """Who visits the states."""
    people = Regulars(chromium, sites)
    yield people
    people.leave()


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """Who reads the HTML."""
    opened = Reader()
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=STATES, ids=lambda state: state.name)
def visitor(request: pytest.FixtureRequest, regulars: Regulars) -> Iterator[Visitor]:
    """Somebody in one state, brought there once for all the checks of this file, which set what they need."""
    with regulars.at(request.param, request.session) as somebody:
        yield somebody


@pytest.fixture(scope="module")
def page(visitor: Visitor) -> Page:
    """What they see."""
    return visitor.page


@pytest.fixture(scope="module")
def html(visitor: Visitor) -> str:
    """What the server sent."""
    return visitor.answers[-1].text()


def _look(page: Page, size: Any, scheme: Any) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")


def _check(page: Page, script: str) -> None:
    found = page.evaluate(script)
    assert not found, "\n".join(found)


def _unknown_icons(html: str) -> set[str]:
    return set(re.findall(r"#i-([\w-]+)", html)) - set(ICONS)


def _load_axe(page: Page) -> None:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)


def test_the_html_is_valid(html: str, reader: Reader) -> None:
    faults = reader.faults(html)
    assert not faults, "\n".join(faults)


def test_the_html_holds_in_25_kilobytes_once_compressed(html: str) -> None:
    size = len(gzip.compress(html.encode(), 4))
    assert size < LIGHT, f"{size} bytes"


def test_every_icon_is_one_of_those_drawn(html: str) -> None:
    assert not _unknown_icons(html)


def test_axe_finds_nothing_on_a_wide_light_screen(page: Page) -> None:
    _look(page, WIDE, "light")
    _load_axe(page)
    _check(page, RUN_AXE)


def test_the_focus_is_always_seen(page: Page) -> None:
    _look(page, WIDE, "light")
    page.keyboard.press("Tab")
    _check(page, UNSEEN_FOCUS)


def test_axe_finds_nothing_on_a_narrow_dark_screen(page: Page) -> None:
    _look(page, NARROW, "dark")
    _load_axe(page)
    _check(page, RUN_AXE)


def test_fingers_find_every_target(page: Page) -> None:
    _look(page, NARROW, "dark")
    _check(page, TOO_SMALL)


def test_nothing_scrolls_sideways_at_320_pixels(page: Page) -> None:
    _look(page, {"width": 320, "height": 640}, "light")
    _check(page, TOO_WIDE)


def test_the_reader_sees_faults_and_lets_written_roles_pass(reader: Reader) -> None:
    page = "<!DOCTYPE html>\n<html lang='fr'><head><title>Une page</title></head><body>{}</body></html>"
    assert not reader.faults(page.format("<table role='table'><tbody><tr><td>1</td></tr></tbody></table>"))
    faults = reader.faults(page.format("<p id='a'>1</p>\n<p id='a'>2</p><img src='a.png'><div><p></div>"))
    assert _unknown_icons("<use href='/icons.svg#i-mail'/><use href='/icons.svg#i-send'/>") == {"send"}
    for rule in ("no-dup-id", "wcag/h37", "no-implicit-close"):
        assert any(rule in fault for fault in faults), f"{rule}: {faults}"


def test_nobody_leaves_anything_to_who_comes_next(readers: Crowd) -> None:
    visitor = readers.signed_in("resident")
    page = visitor.go("/besoins/nouveau")
    page.get_by_label("En une phrase").fill(TITLE)  # a draft, kept when the page goes
    page.evaluate("() => sessionStorage.setItem('kept', '1')")
    visitor.give_way()
    assert not visitor.context.cookies() and page.evaluate("() => localStorage.length + sessionStorage.length") == 0
    visitor.go("/besoins/nouveau")
    expect(page.get_by_label("En une phrase")).to_have_value("")
    expect(page.get_by_role("link", name="Se connecter")).to_be_visible()


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
