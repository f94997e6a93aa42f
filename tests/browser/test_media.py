"""On paper, without motion, in the dark, on a phone: the same words."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.states import Sites
from tests.browser.states_rooms import sit
from tests.browser.visitor import Crowd

MOVING = """() => [...document.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one);
  return style.animationName !== "none" || style.transitionDuration.split(",").some((time) => parseFloat(time) > 0.01);
}).map((one) => `${one.tagName}.${one.className}`)"""

# What forced colours would flatten: drawings without their own colours, buttons and choices without an edge.
FLAT = """() => [...document.querySelectorAll("main *")].filter((one) => {
  if (!one.checkVisibility({ visibilityProperty: true })) return false;
  const style = getComputedStyle(one);
  if (one.matches("svg.mark, svg.college-bar, svg.profile, svg.screen-bar__drawing, svg.qr")) return style.forcedColorAdjust === "auto";
  return one.matches("button, .button, .choice, .input") && (style.borderTopStyle === "none" || style.borderTopWidth === "0px");
}).map((one) => `${one.tagName}.${one.getAttribute("class")}`)"""


def test_on_paper_the_thread_stays_and_what_one_presses_goes(readers: Crowd, sites: Sites) -> None:
    page = readers.visitor().go("/besoins/{answered}".format_map(sites.facts))
    page.emulate_media(media="print")
    expect(page.locator(".thread")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for gone in (".site-nav", ".ribbon", ".breadcrumb", ".skip-links", "main .button", "main form"):
        for one in page.locator(gone).all():
            expect(one).to_be_hidden()


@pytest.mark.parametrize(
    "path",
    [
        "/territoires/{home}/priorites", "/priorites/{priority}", "/suivi/{answer_code}", "/fiches-actions/{sheet}",
        "/fiches-actions/{sheet}/versions", "/ateliers/{published_room}", "/ateliers/{published_room}/compte-rendu",
        "/ateliers/{graded_room}/compte-rendu", "/ateliers/{published_room}/decisions",
    ],
)  # fmt: skip
def test_working_pages_print_without_their_controls(readers: Crowd, sites: Sites, path: str) -> None:
    page = readers.visitor().go(path.format_map(sites.facts))
    page.emulate_media(media="print")
    for control in page.locator("button, select, textarea, .site-nav, main a.button").all():
        expect(control).to_be_hidden()


def test_nothing_moves_for_those_who_asked(readers: Crowd) -> None:
    page = readers.visitor(reduced_motion="reduce").go("/besoins")
    assert page.evaluate(MOVING) == []
    page.get_by_label("Trier par").select_option("soutenus")
    expect(page.locator("#resultats")).to_contain_text("les plus soutenus")
    assert page.evaluate(MOVING) == []
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


@pytest.mark.parametrize(
    "path",
    [
        "/a/{vote_code}", "/a/{judging_code}", "/a/{ranked_code}", "/ateliers/{published_room}",
        "/ateliers/{graded_room}/compte-rendu", "/ateliers/{shown_room}/ecran/{shown_key}",
        "/ateliers/{ranked_room}/ecran/{ranked_key}",
    ],
)  # fmt: skip
def test_in_the_colours_of_the_reader_shapes_and_edges_stay(readers: Crowd, sites: Sites, path: str) -> None:
    visitor = readers.visitor(forced_colors="active", viewport={"width": 1280, "height": 720})
    page = visitor.go(path.format_map(sites.facts))
    if path.startswith("/a/"):
        sit(visitor)
    assert page.evaluate(FLAT) == []


def test_the_dark_is_dark_and_the_light_is_light(readers: Crowd) -> None:
    page = readers.visitor().go("/")
    lightness: dict[str, float] = {}
    schemes: Any = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        lightness[scheme] = page.evaluate("""() => {
          const canvas = new OffscreenCanvas(1, 1).getContext("2d");
          canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
          canvas.fillRect(0, 0, 1, 1);
          return canvas.getImageData(0, 0, 1, 1).data.slice(0, 3).reduce((sum, part) => sum + part) / 765;
        }""")
    assert lightness["light"] > 0.8 and lightness["dark"] < 0.3, lightness


@pytest.mark.parametrize(
    "path",
    [
        "/besoins", "/fiches-actions", "/fiches-actions/{sheet}", "/ateliers", "/ateliers/{published_room}/compte-rendu",
        "/a/{lobby_code}",
    ],
)  # fmt: skip
def test_text_spaced_out_by_its_reader_is_never_cut(readers: Crowd, sites: Sites, path: str) -> None:
    page = readers.visitor(viewport={"width": 360, "height": 740}).go(path.format_map(sites.facts))
    page.evaluate("""() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
        p { margin-block-end: 2em !important }`);
      document.adoptedStyleSheets.push(sheet);
    }""")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert (
        page.evaluate("""() => [...document.querySelectorAll("main *, header *")].filter((one) => {
      if (one.matches(".visually-hidden")) return false;
      const hides = getComputedStyle(one).overflow === "hidden" && one.clientHeight > 4;
      return hides && (one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2);
    }).map((one) => `${one.tagName}.${one.className}`)""")
        == []
    )
