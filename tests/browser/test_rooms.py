"""A room without a mouse and without script: the phone, the projected page, the console."""

import re

from playwright.sync_api import Page, Route, expect

from app.workshops import service
from tests.browser import hall
from tests.browser.hall import DOTS, come, place, recorded, send
from tests.browser.states import Sites
from tests.browser.states_rooms import sit
from tests.browser.test_keyboard import tab_to
from tests.browser.visitor import Crowd, Visitor

RUNNING, STEP = "/a/{running_code}", "Par quoi commencer ?"
PAGES = ":root[data-size] [data-screen-pages]"


def _console(visitor: Visitor, sites: Sites) -> Page:
    page = visitor.go("/ateliers/{running_room}/regie".format_map(sites.facts))
    expect(page.locator("#en-cours")).to_have_text(STEP)
    return page


def test_a_ballot_is_filled_summed_up_and_sent_without_a_mouse(people: Crowd, sites: Sites) -> None:
    visitor = people.visitor(viewport={"width": 360, "height": 740})
    page = visitor.go(RUNNING.format_map(sites.facts))
    tab_to(page, "[name=college]")
    page.keyboard.press("Space")
    tab_to(page, "main button[type=submit]")
    visitor.key("Enter")
    expect(page.locator("[data-stepper]").first).to_be_visible()
    for _dot in range(2):
        tab_to(page, "[data-by='1']")
        page.keyboard.press("Enter")
    expect(page.locator("[data-bar]")).to_have_text(re.compile("^Il vous reste"))
    tab_to(page, "[data-check]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Votre vote")).to_be_visible()
    tab_to(page, "[data-send]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Votre vote")).to_be_visible()
    expect(page.locator("#room_main")).to_contain_text("Enregistré")


def test_a_ballot_is_sent_without_script(people: Crowd, sites: Sites) -> None:
    visitor = people.visitor(java_script_enabled=False)
    page = visitor.go(RUNNING.format_map(sites.facts))
    sit(visitor)
    page.locator("select[name=dots]").first.select_option(index=2)
    visitor.press("Envoyer mon vote")
    expect(page.locator("#room_main")).to_contain_text("Enregistré")
    visitor.click("Modifier mon vote")
    expect(page.locator("select[name=dots]").first).to_have_value(re.compile(":2$"))


def test_a_script_that_the_network_lost_is_asked_for_again(people: Crowd) -> None:
    held = hall.build(people.server.database_url, [DOTS])
    held.act(service.open_room)
    held.act(service.open_step, held.steps()[0])  # before anyone comes: the server does not hear what a test writes
    (phone,) = come(people, held, "Jeunes")
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.request.url)
        return route.abort()

    phone.watch.offline = True
    phone.page.route("**/js/room.*", lose_the_first)
    page = phone.go(held.phone)
    place(page, "Un car le soir")
    send(page)
    recorded(page)
    assert len(lost) == 1


def test_the_console_is_led_without_script(people: Crowd, sites: Sites) -> None:
    visitor = people.signed_in("facilitator", java_script_enabled=False)
    page = _console(visitor, sites)
    for button in ("Clore le vote", "Révéler les résultats", "Révéler quand même"):  # four ballots on paper wait
        visitor.follow(page.get_by_role("button", name=button))
    expect(page.locator(".console-now")).to_contain_text("Résultats montrés")


def test_the_console_is_led_by_keys(people: Crowd, sites: Sites) -> None:
    visitor = people.signed_in("facilitator")
    page = _console(visitor, sites)
    for key, state in (("c", "Terminée"), ("r", "Résultats montrés"), ("n", "En cours")):
        expect(page.locator("[data-shortcuts=on]")).to_be_visible()
        page.keyboard.press(key)
        expect(page.locator(f"[data-key={key}]")).to_be_focused()
        expect(page.locator("[data-sure]:visible")).to_have_text("Entrée pour confirmer")
        expect(page.locator(".console-now__state")).not_to_contain_text(state)
        visitor.key("Enter")
        if key == "r":
            visitor.follow(page.get_by_role("button", name="Révéler quand même"))
        expect(page.locator(".console-now__state")).to_contain_text(state)


def test_the_projected_page_turns_freezes_and_blackens_by_keys(readers: Crowd, sites: Sites) -> None:
    page = readers.visitor().go("/ateliers/{shown_room}/ecran/{shown_key}".format_map(sites.facts))
    place = page.locator("[data-screen-place]")
    expect(page.locator(PAGES)).to_be_visible()
    expect(place).to_have_text(re.compile("^1/[2-9]"))
    page.keyboard.press("ArrowRight")
    expect(place).to_have_text(re.compile("^2/"))
    page.keyboard.press("ArrowLeft")
    expect(place).to_have_text(re.compile("^1/"))
    page.keyboard.press("f")
    expect(page.get_by_text("Écran figé")).to_be_visible()
    page.keyboard.press("f")
    expect(page.get_by_text("Écran figé")).to_be_hidden()
    page.keyboard.press("b")
    expect(page.locator(":root[data-blank]")).to_be_attached()
