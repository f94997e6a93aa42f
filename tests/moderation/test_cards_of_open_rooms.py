"""Cards while their room is open are the crew's, and what moderators decided is not decided again by the crew."""

import pytest
from sqlmodel import select

from app.moderation.models import Appeal
from app.workshops.models import Card, Step
from tests.moderation import desk
from tests.moderation.disputes import WHY, answer
from tests.moderation.test_cards import AGAINST, RUDE, a_room, followed, fresh, left_unread, queue
from tests.site import Site
from tests.workshops import walls
from tests.workshops.acts import act, shown


def the_step(site: Site, card: Card) -> Step:
    with site.reading() as db:
        return db.get_one(Step, card.step_id)


@pytest.mark.parametrize("status", ["lobby", "running"])
def test_moderators_neither_read_nor_decide_a_card_while_its_room_is_open(site: Site, status: str) -> None:
    _workshop, card = left_unread(site, status)
    moderator = site.signed_in("moderator")
    assert moderator.get(f"/moderation/carte/{card.id}").status_code in (403, 404)
    assert desk.decide(moderator, "carte", card.id or 0, "publish").status_code in (403, 404)
    moderator.post("/moderation/lot", {"decision": "publish", "items": [f"carte-{card.id}"]})
    moderator.post(f"/moderation/carte/{card.id}/prise", {})
    assert fresh(site, card).status == "pending" and not desk.log(site, "carte", card.id or 0)


def test_a_moderator_who_was_reading_when_the_room_opened_again_decides_nothing(site: Site) -> None:
    workshop, card = left_unread(site)
    moderator = site.signed_in("moderator")
    assert RUDE not in moderator.get(f"/moderation/carte/{card.id}").text
    assert "Atelier rouvert" in act(site, site.signed_in("facilitator"), workshop, "reprise").text
    assert f"carte-{card.id}" not in queue(moderator)
    desk.decide(moderator, "carte", card.id or 0, "refuse", reason="hors_sujet", note="")
    assert fresh(site, card).status == "pending"


def test_nobody_reports_a_card_of_a_room_that_is_open(site: Site) -> None:
    workshop, (_kept, rude) = a_room(site, "running")
    page = site.signed_in("facilitator").get(f"/ateliers/{workshop.id}/compte-rendu").text
    assert RUDE in page and "/signaler/carte/" not in page
    for who in (site.visitor(), site.signed_in("facilitator"), site.signed_in("resident")):
        assert who.get(f"/signaler/carte/{rude.id}").status_code == 404
        assert who.post(f"/signaler/carte/{rude.id}", {}).status_code == 404


def test_what_an_appeal_gave_back_the_crew_does_not_take_off_again(site: Site) -> None:
    workshop, card = left_unread(site)
    step, facilitator = the_step(site, card), site.signed_in("facilitator")
    path = followed(site, card)
    walls.act(facilitator, workshop, step, "refus", cards=walls.seen(card), reason="hors_sujet")
    site.visitor().post(f"{path}/cartes/{card.id}/contestation", {"text": WHY})
    with site.reading() as db:
        appeal = db.exec(select(Appeal).where(Appeal.subject_kind == "card")).one()
    answer(site, appeal, "reverse", by="moderator")
    assert fresh(site, card).status == "published"
    again = walls.act(facilitator, workshop, step, "refus", cards=walls.seen(card), reason="hors_sujet")
    assert "vient de s’occuper de" in shown(again)
    walls.act(facilitator, workshop, step, "annulation", cards=walls.seen(card))
    assert (fresh(site, card).status, fresh(site, card).reason) == ("published", None)


def test_a_restoration_taken_back_leaves_the_card_as_moderators_had_decided(site: Site) -> None:
    workshop, (_kept, rude) = a_room(site, "closed")
    moderator, step = site.signed_in("moderator"), the_step(site, rude)
    desk.decide(moderator, "carte", rude.id or 0, **AGAINST)
    desk.decide(moderator, "carte", rude.id or 0, "restore")
    desk.undo(moderator, desk.batch(site))
    assert fresh(site, rude).status == "hidden"
    walls.act(site.signed_in("facilitator"), workshop, step, "annulation", cards=walls.seen(rude))
    assert fresh(site, rude).status == "hidden"


def test_a_decision_taken_back_leaves_the_card_to_the_crew(site: Site) -> None:
    workshop, card = left_unread(site)
    moderator, step = site.signed_in("moderator"), the_step(site, card)
    desk.decide(moderator, "carte", card.id or 0, "publish")
    desk.undo(moderator, desk.batch(site))
    walls.act(site.signed_in("facilitator"), workshop, step, "affichage", cards=walls.seen(card))
    assert fresh(site, card).status == "published"
    walls.act(site.signed_in("facilitator"), workshop, step, "refus", cards=walls.seen(card), reason="hors_sujet")
    assert fresh(site, card).status == "hidden"
