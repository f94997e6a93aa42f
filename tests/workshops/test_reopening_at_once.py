"""A room that opens again while something else is done with it: one of the two holds, never half of both."""

from datetime import timedelta

from sqlmodel import select

from app.core.db import now
from app.core.jobs import Job
from app.workshops.models import Workshop
from app.workshops.service import close_left_open
from app.workshops.service.report import TELL
from tests.identity.test_hostile_at_once import race
from tests.site import Site
from tests.workshops.acts import act, ballots, colleague, options, person_id, prepared, seated, stored, vote
from tests.workshops.closed_rooms import WORDS, base, closed
from tests.workshops.console_acts import again, press, verbs
from tests.workshops.papers import Room


def moves(site: Site, workshop: Workshop) -> list[str]:
    with site.reading() as db:
        return verbs(db, "workshop", workshop.id)


def told(site: Site) -> int:
    with site.reading() as db:
        return len(db.exec(select(Job.id).where(Job.kind == TELL)).all())


def test_a_report_published_while_the_room_opens_again_is_one_or_the_other(site: Site) -> None:
    workshop, lead = closed(site), site.signed_in("facilitator")
    with site.reading() as db:
        edited = db.get_one(Workshop, workshop.id).edited
    text = {
        "conclusion": WORDS,
        "next_steps": "",
        "conclusion_seen": "",
        "next_steps_seen": "",
        "replace": "",
        "sure": "true",
    }
    back = {"edited": str(edited)}
    race(site, [(lead, f"{base(workshop)}/compte-rendu", text), (lead, f"{base(workshop)}/reprise", back)])
    kept = stored(site, workshop)
    assert (kept.status, bool(kept.published_at), bool(kept.closed_at), moves(site, workshop)) in (
        ("published", True, True, ["publish"]), ("lobby", False, False, ["reopen_lobby"]),
    )  # fmt: skip


def test_a_room_opened_again_twice_at_once_is_opened_once(site: Site) -> None:
    workshop, lead = closed(site), site.signed_in("facilitator")
    sent = {"edited": str(stored(site, workshop).edited)}
    race(site, [(lead, f"{base(workshop)}/reprise", sent), (lead, f"{base(workshop)}/reprise", sent)])
    assert stored(site, workshop).status == "lobby" and moves(site, workshop) == ["reopen_lobby"]


def test_a_stale_report_does_not_publish_a_room_that_is_open_again(site: Site) -> None:
    workshop, lead = closed(site), site.signed_in("facilitator")
    before = told(site)
    act(site, lead, workshop, "reprise")
    answer = lead.post(f"{base(workshop)}/compte-rendu", {"conclusion": WORDS, "sure": "true"})
    assert answer.status_code == 409 and stored(site, workshop).status == "lobby" and told(site) == before
    assert stored(site, workshop).published_at is None


def test_a_room_that_closed_itself_and_was_opened_again_is_not_closed_at_once(site: Site) -> None:
    ago = now() - timedelta(hours=5)
    workshop = closed(site, closed_alone=True, starts_at=ago, opened_at=ago)
    act(site, site.signed_in("facilitator"), workshop, "reprise")
    close_left_open(site.app.state.database)
    kept = stored(site, workshop)
    assert (kept.status, kept.closed_alone) == ("lobby", False)


def test_no_answer_is_taken_between_the_close_and_the_return_nor_after_for_what_was_shown(site: Site) -> None:
    here = Room(site)
    here.print()
    phone = seated(site, here.workshop)
    choice = options(site, here.step)[0]
    assert vote(phone, here.workshop, here.step, {choice: 1}).status_code == 200
    here.type(here.katell, 1, {0: 2})
    act(site, here.amina, here.workshop, "fin")
    for _moment in ("closed", "open again"):
        assert vote(phone, here.workshop, here.step, {choice: 2}).status_code in (403, 409)
        assert here.type(here.amina, 1, {0: 2}).status_code == 409
        assert here.amina.post(f"{here.base}/1/nul", {"reason": "damaged"}).status_code == 409
        press(site, here.amina, here.workshop, here.step, "reouverture")
        press(site, here.amina, here.workshop, here.step, "ouverture")
        press(site, here.amina, here.workshop, here.step, "prolongation")
        press(site, here.amina, here.workshop, here.step, "barres", shown="true")
        assert again(site, here.step).status == "revealed" and not here.counted()
        assert [ballot.marks for ballot in ballots(site, here.step)] == [{str(choice): 1}]
        act(site, here.amina, here.workshop, "reprise")
        assert stored(site, here.workshop).status == "running"


def test_a_lead_who_gave_the_room_away_does_not_open_it_again(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    act(site, amina, workshop, "fin")
    other = colleague(site)
    with site.writing() as db:
        db.get_one(Workshop, workshop.id).lead_id = person_id(db, "elected")
    assert act(site, amina, workshop, "reprise").status_code == 403
    assert "Atelier rouvert" in act(site, other, workshop, "reprise").text
