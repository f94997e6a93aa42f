"""Where a need is: on a map that asks nobody else for anything, by mouse, keyboard, or as numbers without script."""

import re

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.acts import TITLE, fill_need
from tests.browser.states_moderation import place
from tests.browser.test_keyboard import tab_to
from tests.browser.visitor import Crowd

DEGREES = re.compile(r"^-?\d{1,2},\d{1,4}$")
NOTE = "Devant l’arrêt de car"


def _point(page: Page) -> tuple[str, str]:
    return page.locator("#latitude").input_value(), page.locator("#longitude").input_value()


def test_a_point_is_put_and_moved_with_the_keyboard_and_nobody_else_is_asked(people: Crowd) -> None:
    visitor = people.visitor()
    page = visitor.go("/besoins/nouveau")
    fill_need(page)
    place(visitor)
    tab_to(page, "[data-pointing-map]")
    page.keyboard.press("Enter")
    said = page.get_by_role("status").filter(has_text="Point posé à")
    expect(said).to_contain_text("Taulé")
    before = _point(page)
    assert all(DEGREES.match(value) for value in before), before
    tab_to(page, ".pointing__mark")
    page.keyboard.press("ArrowUp")
    after = _point(page)
    assert after[0] > before[0] and after[1][:5] == before[1][:5], (before, after)
    page.get_by_label("L’endroit, en quelques mots").fill(NOTE)
    visitor.press("Envoyer mon besoin")
    steps.receipt(visitor)
    assert not visitor.watch.faults  # no other host, nothing that the content policy refuses


def test_a_click_on_the_map_says_which_commune_it_is(readers: Crowd) -> None:
    visitor = readers.visitor()
    page = visitor.go("/besoins/nouveau")
    page.get_by_role("radio", name="Une commune", exact=True).check()
    page.get_by_label("La commune concernée").select_option(label="Carantec")
    place(visitor)
    page.get_by_role("application", name="Sur la carte").click()
    expect(page.get_by_role("status").filter(has_text="Point posé à Carantec")).to_be_visible()
    page.get_by_role("button", name="Retirer le point").click()
    assert _point(page) == ("", "")
    expect(page.get_by_role("application", name="Sur la carte")).to_be_focused()


def test_without_script_the_same_point_is_given_as_numbers(people: Crowd) -> None:
    visitor = people.visitor(java_script_enabled=False)
    page = visitor.go("/besoins/nouveau")
    fill_need(page)
    page.get_by_role("radio", name="Un endroit précis").check()
    expect(page.locator("[data-pointing]")).to_be_hidden()
    page.get_by_label("L’endroit, en quelques mots").fill(NOTE)
    page.get_by_text("Vous avez des coordonnées ?").click()
    page.get_by_label("Latitude").fill("48,6050")
    page.get_by_label("Longitude").fill("-3,9010")
    visitor.press("Envoyer mon besoin")
    reference, _code = steps.receipt(visitor)
    moderator = people.signed_in("moderator")
    page = moderator.go("/moderation?nature=besoin")
    moderator.follow(page.locator(".queue__link").last)
    expect(page.get_by_role("main")).to_contain_text(reference)
    expect(page.get_by_role("main")).to_contain_text(NOTE)
    page.get_by_role("radio", name="Publier tel quel").check()
    moderator.press("Envoyer et continuer")
    drawing = steps.find(people.visitor(), TITLE).get_by_role("img", name="le point est à Taulé")
    expect(drawing).to_be_visible()
