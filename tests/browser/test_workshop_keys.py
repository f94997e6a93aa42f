"""A workshop without a mouse: a judgment filled, cards put in a group, a ballot on paper typed."""

import pytest
from playwright.sync_api import expect

from app.places.queries import reference
from tests.browser.facts import Facts, reading, writing
from tests.browser.rooms import facts_of_rooms
from tests.browser.rooms_of_kinds import TITLES, facts_of_kinds, open_rooms_of_kinds
from tests.browser.server import Server
from tests.browser.states_rooms import prepared, sit
from tests.browser.test_keyboard import tab_to
from tests.browser.visitor import HOME, Crowd

PHONE = {"width": 360, "height": 740}
GROUP = "Attendre sans savoir"
IN_SIGHT = """() => {
  const { top, bottom } = document.activeElement.closest("label").getBoundingClientRect();
  const bar = document.querySelector(".phone-bar").getBoundingClientRect();
  return top >= 0 && bottom <= Math.min(innerHeight, bar.bottom > innerHeight ? innerHeight : bar.top) + 1;
}"""


@pytest.fixture
def rooms(own_server: Server) -> Facts:
    """A room for each kind of step, on the server of this test."""
    with writing(own_server.database_url) as db:
        open_rooms_of_kinds(db, HOME)
    with reading(own_server.database_url) as db:
        home = reference(db).by_slug[HOME].territory_id
        return facts_of_kinds(db) | facts_of_rooms(db, home, TITLES)


def test_a_judgment_is_filled_summed_up_and_sent_without_a_mouse(people: Crowd, rooms: Facts) -> None:
    visitor = people.visitor(viewport=PHONE)
    page = visitor.go("/a/{judging_code}".format_map(rooms))
    sit(visitor)
    prepared(page)
    said = []
    for rank, row in enumerate(page.locator(".vote").all()):
        option = row.get_attribute("data-option")
        tab_to(page, f"[name='grade-{option}']")
        for _grade in range(rank + 1):
            page.keyboard.press("ArrowDown")
        assert page.evaluate(IN_SIGHT), f"{row.get_attribute('data-vote')} is under the bar"
        said.append(page.evaluate("document.activeElement.dataset.said"))
    assert said == ["Excellent", "Très bien", "Bien", "Assez bien"]
    expect(page.locator("[data-bar]")).to_have_text("4 mentions sur 4")
    tab_to(page, "[data-check]")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Votre vote")
    expect(dialog.get_by_role("listitem")).to_have_count(4)
    tab_to(page, "[data-send]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-sent=recorded]")).to_be_visible()
    expect(page.locator("[data-line-grade]:visible")).to_have_text(said)


def test_cards_go_into_a_group_without_a_mouse(people: Crowd, rooms: Facts) -> None:
    page = people.signed_in("facilitator").go("/ateliers/{grouping_room}/cartes".format_map(rooms))
    expect(page.locator("[data-shortcuts=on]")).to_be_visible()
    alone, into = page.locator("[data-group='0'] [data-pick]"), page.get_by_role("region", name=GROUP)
    held = into.locator("[data-pick]").count()
    expect(alone).to_have_count(1)
    tab_to(page, "#cards_groups [data-group='0'] [data-pick]")
    page.keyboard.press("Space")
    page.keyboard.press("g")
    expect(page.get_by_label("ou dans un groupe qui existe")).to_be_focused()
    page.keyboard.type(GROUP)
    tab_to(page, "#pick button:not([name])")
    page.keyboard.press("Enter")
    expect(into.locator("[data-pick]")).to_have_count(held + 1)
    expect(alone).to_have_count(0)


def test_a_card_is_refused_with_its_reason_and_never_shown_by_enter(people: Crowd, rooms: Facts) -> None:
    page = people.signed_in("facilitator").go("/ateliers/{cards_room}/cartes".format_map(rooms))
    expect(page.locator("[data-shortcuts=on]")).to_be_visible()
    first, groups = page.locator("#cards_queue .card-item").first, page.locator("#groupes")
    words, told = first.locator(".card-words").inner_text(), groups.inner_text()
    left = page.locator("#cards_queue [data-pick]").count()
    page.keyboard.press("ArrowDown")
    expect(first.locator("[data-pick]")).to_be_focused()
    page.keyboard.press("x")
    reasons = page.locator("[data-refuse] input")
    expect(reasons.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    chosen = reasons.nth(1).get_attribute("value")
    with page.expect_request("**/cartes/refus") as asked:
        page.keyboard.press("Enter")
    assert f"reason={chosen}" in (asked.value.post_data or "")
    expect(page.locator("#cards_queue [data-pick]")).to_have_count(left - 1)
    expect(page.locator("#cards_queue .card-words").filter(has_text=words)).to_have_count(1)  # among those not kept
    expect(groups).to_have_text(told)
    expect(page.locator("#cards_queue [data-pick]").first).to_be_focused()


def test_a_ballot_on_paper_is_typed_without_a_mouse_and_the_next_one_comes(people: Crowd, rooms: Facts) -> None:
    visitor = people.signed_in("relay")
    page = visitor.go("/ateliers/{judging_room}/sequences/{judging_step}/bulletins".format_map(rooms))
    number = page.get_by_label("Numéro du bulletin")
    expect(number).to_be_focused()
    visitor.key("Enter")  # empty: the next number
    expect(page.get_by_role("heading", level=1)).to_have_text("P-0005")
    expect(page.get_by_label("Collège", exact=True)).to_be_focused()
    page.keyboard.type("h")
    for mention in ("e", "t", "b", "p"):
        page.keyboard.press("Tab")
        page.keyboard.type(mention)
    visitor.key("Control+Enter")
    expect(page.get_by_text("P-0005 est saisi")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("P-0006")
    expect(page.get_by_label("Collège", exact=True)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")  # another number, just before the form
    expect(page.get_by_label("Le papier porte un autre numéro")).to_be_focused()
    page.keyboard.type("8")
    visitor.key("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("P-0008")
