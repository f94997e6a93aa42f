"""Cards of a table on a phone: asked where one sits, said for one card at a time, forgotten with the device."""

from playwright.sync_api import expect
from sqlmodel import col, select

from app.workshops.models import Card, Table
from tests.browser import hall
from tests.browser.facts import reading, writing
from tests.browser.visitor import Crowd

ROWS = [
    {"kind": "cards", "title": "Qu’est-ce qui vous manque ?", "minutes": 10, "cards": 3, "signed": "table"},
]  # fmt: skip
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('emglev-'))"


def test_the_table_speaks_by_one_card_at_a_time_and_a_device_given_back_keeps_none(people: Crowd) -> None:
    held = hall.build(people.server.database_url, ROWS)
    with writing(held.url) as db:
        db.add(Table(workshop_id=held.room, number=3, key=f"cle-{held.room}-3"))
    console = hall.lead(people, held)
    (visitor,) = hall.come(people, held, "Jeunes")
    phone = visitor.page
    hall.begin(console, str(ROWS[0]["title"]))
    whole = phone.get_by_label("Au nom de toute notre table")
    expect(phone.get_by_label("Votre carte")).to_be_visible()
    expect(whole).to_be_hidden()
    phone.locator("#room_main").get_by_role("button", name="M’y asseoir").click()
    expect(whole).to_be_visible()
    phone.wait_for_selector("html[data-awake]")
    send = phone.get_by_role("button", name="Envoyer cette carte")
    phone.get_by_label("Votre carte").fill("Nous voulons un car")
    whole.check()
    send.click()
    expect(whole).not_to_be_checked()
    phone.get_by_label("Votre carte").fill("Moi, une halle")
    send.click()
    expect(phone.locator("#my_cards [data-card]")).to_have_count(2)
    with reading(held.url) as db:
        cards = db.exec(select(Card).where(Card.step_id == held.step().id).order_by(col(Card.id))).all()
    assert [(card.text, card.college) for card in cards] == [
        ("Nous voulons un car", None),
        ("Moi, une halle", "jeunes"),
    ]
    visitor.watch.offline = True
    phone.route("**/cartes", lambda route: route.abort())
    phone.get_by_label("Votre carte").fill("Celle que personne ne lira")
    send.click()
    expect(phone.locator("[data-unsent-cards]")).to_contain_text("Celle que personne ne lira")
    phone.get_by_text("Ce téléphone et ma table").click()
    phone.get_by_role("button", name="Oublier ma place sur ce téléphone").click()
    expect(phone.get_by_role("button", name="Entrer dans la salle")).to_be_visible()
    assert phone.evaluate(KEPT) == []
