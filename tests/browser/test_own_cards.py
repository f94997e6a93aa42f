"""One's own cards on a phone follow what the crew decides, without being loaded again and without telling all phones."""

from playwright.sync_api import expect
from sqlmodel import select

from app.workshops.models import Card
from app.workshops.service import cards as verbs
from tests.browser import hall
from tests.browser.facts import reading, writing
from tests.browser.visitor import Crowd

ROWS = [{"kind": "cards", "title": "Qu’est-ce qui vous manque ?", "minutes": 10, "cards": 3, "approve": True}]
SPACED = 20_500  # ms: two looks are never further apart
ASK = "fetch('/healthz').then((answer) => answer.text())"


def test_a_card_that_was_read_is_said_on_its_phone_and_then_nothing_is_asked(people: Crowd) -> None:
    held = hall.build(people.server.database_url, ROWS)
    hall.begin(hall.lead(people, held), str(ROWS[0]["title"]))
    (visitor,) = hall.come(people, held, "Jeunes")
    phone = visitor.go_still(held.phone)
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url) if "mes-cartes" in request.url else None)
    phone.get_by_label("Votre carte").fill("Un car le soir")
    phone.get_by_role("button", name="Envoyer cette carte").click()
    mine = phone.locator("#my_cards")
    expect(mine).to_contain_text("En attente")
    phone.get_by_text("Savoir ce que deviennent mes cartes").click()
    phone.locator("h1").click()
    before = len(asked)
    with phone.expect_response(lambda answer: "mes-cartes" in answer.url) as answer:
        phone.clock.fast_forward(SPACED)
    answer.value.finished()
    phone.evaluate(ASK)  # what came before is shown, and the next look is set
    expect(mine.get_by_role("button", name="Garder un code pour mes cartes")).to_be_visible()
    with reading(held.url) as db:
        card = db.exec(select(Card.id).where(Card.step_id == held.step().id)).one() or 0
    with writing(held.url) as db:
        verbs.approve(db, held.workshop(), held.step(), [card], by=held.workshop().lead_id or 0)
    phone.clock.fast_forward(SPACED)
    expect(mine).to_contain_text("Affichée")
    expect(phone.locator("[data-card-said]")).to_have_text("Affichée\u00a0: Un car le soir")
    assert len(asked) == before + 2
    phone.clock.fast_forward(4 * SPACED)
    phone.evaluate(ASK)
    assert len(asked) == before + 2
