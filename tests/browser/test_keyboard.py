"""Everything without a mouse."""

import re

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.acts import TEXT, TITLE
from tests.browser.visitor import Crowd

FAR = 120  # presses of Tab before giving up


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what this selector names has the focus."""
    for _press in range(FAR):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by {FAR} presses of Tab")


def _in_view(page: Page) -> bool:
    return bool(
        page.evaluate("""() => {
          const { top, bottom } = document.activeElement.getBoundingClientRect();
          return top >= 0 && bottom <= innerHeight;
        }""")
    )


def test_the_first_key_offers_to_skip_to_the_content(readers: Crowd) -> None:
    page = readers.visitor().go("/besoins")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Aller au contenu")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_a_need_is_said_without_a_mouse(people: Crowd) -> None:
    visitor = people.visitor()
    page = visitor.go("/besoins/nouveau")
    for selector, typed in (("#title", TITLE), ("#text", TEXT), ("#place", "Taulé"), ("#theme", "Bien vieillir")):
        tab_to(page, selector)
        assert _in_view(page), selector
        page.keyboard.type(typed)
    expect(page.locator("#place")).to_have_value("29279")
    tab_to(page, "[name=college]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Associations")).to_be_checked()
    tab_to(page, "[name=charter]")
    page.keyboard.press("Space")
    tab_to(page, "main button[type=submit]")
    visitor.key("Enter")
    steps.receipt(visitor)


def test_errors_are_reached_and_mended_without_a_mouse(readers: Crowd) -> None:
    visitor = readers.visitor()
    page = visitor.go("/connexion")
    tab_to(page, "#email")
    page.keyboard.type("katell")
    visitor.key("Enter")
    assert visitor.status == 422
    expect(page.get_by_role("alert")).to_be_focused()
    tab_to(page, ".error-summary a")
    page.keyboard.press("Enter")
    expect(page.locator("#email")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type("@exemple.fr")
    visitor.key("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lisez vos messages")


def test_every_territory_of_the_map_is_reached_and_named(readers: Crowd) -> None:
    visitor = readers.visitor()
    page = visitor.go("/")
    shapes = page.locator(".map__territory")
    names = [shape.get_attribute("aria-label") or "" for shape in shapes.all()]
    assert len(names) == 23 and all(re.fullmatch(r".+\u00a0: .+", name) for name in names), names
    tab_to(page, ".map__territory")
    reached = set()
    for _shape in names:
        reached.add(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        page.keyboard.press("Tab")
    assert reached == set(names)
    page.keyboard.press("Shift+Tab")
    last = page.evaluate("document.activeElement.getAttribute('href')")
    visitor.key("Enter")
    assert visitor.path == last


def test_the_shortcuts_are_listed_and_can_be_switched_off(readers: Crowd) -> None:
    visitor = readers.signed_in("moderator")
    page = visitor.go("/moderation")
    expect(page.locator("[data-shortcuts=on]")).to_be_visible()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Raccourcis clavier")
    expect(dialog).to_be_visible()
    dialog.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("p")
    expect(page.get_by_role("radio", name="Publier tel quel")).not_to_be_checked()
    page.reload()
    expect(page.locator("[data-shortcuts=off]")).to_be_visible()
    page.get_by_role("button", name="Raccourcis clavier").click()
    page.get_by_role("dialog").get_by_role("checkbox").check()
    page.get_by_role("button", name="Fermer").click()
    page.keyboard.press("p")
    expect(page.get_by_role("radio", name="Publier tel quel")).to_be_checked()


def test_a_refusal_takes_two_keys_and_a_reason_implies_it(readers: Crowd) -> None:
    page = readers.signed_in("moderator").go("/moderation")
    expect(page.locator("[data-shortcuts=on]")).to_be_visible()
    page.keyboard.press("3")
    expect(page.get_by_role("radio", name="Ne pas publier")).to_be_checked()
    expect(page.get_by_role("radio", name=re.compile("Donnée privée"))).to_be_checked()


def test_no_key_acts_while_one_writes(readers: Crowd) -> None:
    page = readers.signed_in("moderator").go("/moderation")
    expect(page.locator("[data-shortcuts=on]")).to_be_visible()
    address = page.url
    note = page.get_by_label("Message à la personne")
    note.press_sequentially("jkpr?")
    expect(note).to_have_value("jkpr?")
    assert page.url == address
    expect(page.get_by_role("radio", name="Publier tel quel")).not_to_be_checked()
