"""What a hand does in a room: cards dragged into a group, choices in one's own order, those never sent."""

from playwright.sync_api import Page, expect

from app.workshops import service
from tests.browser import hall
from tests.browser.hall import DOTS, TALK, begin, come, mention, place, recorded, send
from tests.browser.visitor import Crowd

CARDS = {"kind": "cards", "title": "Qu’est-ce qui vous manque ?", "minutes": 10, "cards": 3}
PATHS = [f"Piste numéro {n}" for n in range(1, 10)]
JUDGE = {"kind": "judgment", "title": "Que valent ces pistes ?", "minutes": 8, "typed": "\n".join(PATHS)}
RIDE = "Rentrer le soir"


def _order(page: Page) -> list[str]:
    """The choices, as this phone shows them."""
    rows = page.locator("form[data-ballot] [data-shuffle] > [data-option]")
    expect(rows).to_have_count(len(PATHS))
    return rows.evaluate_all("rows => rows.map((row) => row.dataset.option)")  # type: ignore[no-any-return]


def test_the_order_drawn_for_a_phone_stays_whoever_draws_it(people: Crowd) -> None:
    held = hall.build(people.server.database_url, [JUDGE])
    amina = hall.lead(people, held)
    one, other = come(people, held, "Jeunes", "Jeunes")
    begin(amina, JUDGE["title"])  # type: ignore[arg-type]
    streamed = _order(one.page)
    assert sorted(streamed) == sorted(str(option.id) for option in held.options(held.step()))
    assert _order(other.page) != streamed, "chance gives each person an order"
    assert _order(one.go(held.phone)) == streamed, "drawn by the server"
    mention(one.page, PATHS[4], "Bien")
    send(one.page)
    recorded(one.page)
    one.page.get_by_role("link", name="Modifier mon vote").click()
    assert _order(one.page) == streamed, "the ballot that one changes"


def test_a_card_is_dragged_into_a_group_with_those_ticked(people: Crowd) -> None:
    held = hall.build(people.server.database_url, [CARDS])
    held.act(service.open_room)
    held.act(service.open_step, held.steps()[0])
    (phone,) = come(people, held, "Jeunes")
    for words in ("Un car", "Un médecin", "Un arrêt"):
        phone.page.get_by_label("Votre carte").fill(words)
        phone.page.get_by_role("button", name="Envoyer cette carte").click()
        expect(phone.page.locator("#my_cards")).to_contain_text(words)
    amina = people.signed_in("facilitator")
    page = amina.go(f"/ateliers/{held.room}/cartes")
    groups = page.locator("#cards_groups")
    groups.get_by_role("checkbox", name="Un car").check()
    groups.get_by_label("Mettre les cartes cochées dans un nouveau groupe").fill(RIDE)
    groups.get_by_role("button", name="Créer et y mettre").click()
    into = groups.get_by_role("region", name=RIDE)
    expect(into.locator("[data-pick]")).to_have_count(1)
    for words in ("Un arrêt", "Un médecin"):
        groups.get_by_role("checkbox", name=words).check()
    groups.locator("[data-drag]", has_text="Un arrêt").drag_to(into)
    expect(into.locator("[data-pick]")).to_have_count(3)
    page.reload()
    for words in ("Un car", "Un arrêt", "Un médecin"):
        expect(into).to_contain_text(words)


def test_a_vote_that_closes_on_choices_not_sent_says_so(people: Crowd) -> None:
    held = hall.build(people.server.database_url, [DOTS, TALK])
    amina = hall.lead(people, held)
    (slow,) = come(people, held, "Jeunes")
    begin(amina, DOTS["title"])
    place(slow.page, "Un car le soir")
    amina.press("Clore le vote")
    expect(slow.page.locator("#room_main")).to_contain_text("Vos choix n’ont pas été envoyés")
    assert held.ballots() == []
