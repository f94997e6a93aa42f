"""A room that somebody forgot closes itself, with its results and its report to write."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from app.core import jobs
from app.core.db import now
from app.core.machine import Event
from app.identity.models import Person
from app.worker import REGULAR
from app.workshops import service
from app.workshops.jobs import LEFT_OPEN, next_quarter
from app.workshops.models import Workshop, WorkshopRate
from app.workshops.service.ending import is_left_open
from tests.site import Site
from tests.workshops.acts import act, current, options, prepared, room, seated, steps, stored, vote


def left(site: Site, workshop: Workshop, *, ended: timedelta, quiet: timedelta) -> None:
    """Its planned end and its last act are this far behind."""
    with site.writing() as db:
        mine = db.get_one(Workshop, workshop.id)
        mine.starts_at = now() - ended - timedelta(minutes=mine.minutes)
        mine.opened_at, mine.acted_at = mine.starts_at, now() - quiet
        db.add(mine)


def lead_mails(site: Site) -> list[str]:
    """The subjects of what Amina received."""
    with site.reading() as db:
        email = db.exec(select(Person.email).where(Person.demo_persona == "facilitator")).one()
    return [mail.subject.replace("\u00a0", " ") for mail in site.mails(email)]


def test_a_room_left_open_closes_itself_and_tells_who_led_it(site: Site) -> None:
    workshop = room(site)
    step, phone = current(site, workshop), seated(site, workshop)
    vote(phone, workshop, step, {options(site, step)[0]: 1})
    left(site, workshop, ended=timedelta(hours=3), quiet=timedelta(hours=2))
    before = lead_mails(site)
    assert service.close_left_open(site.database) == 1
    closed = stored(site, workshop)
    assert (closed.status, closed.closed_alone) == ("closed", True) and closed.closed_at
    with site.reading() as db:
        assert db.get_one(type(step), step.id).status == "revealed"
        assert db.exec(select(WorkshopRate).where(WorkshopRate.step_id == step.id)).first()
        wanted = select(Event).where(Event.subject_kind == "workshop", Event.subject_id == workshop.id)
        closing = [event for event in db.exec(wanted) if event.verb == "close_room"]
        assert [event.actor_id for event in closing] == [None]
    told = [f"Compte rendu à compléter : {workshop.title}".replace("\u00a0", " ")]
    assert lead_mails(site)[len(before) :] == told
    amina = site.signed_in("facilitator")
    assert amina.get(f"/ateliers/{workshop.id}/compte-rendu").status_code == 200
    assert service.close_left_open(site.database) == 0


def test_a_room_without_anybody_to_lead_it_closes_too(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    left(site, workshop, ended=timedelta(hours=3), quiet=timedelta(hours=2))
    with site.writing() as db:
        mine = db.get_one(Workshop, workshop.id)
        mine.lead_id = None
        db.add(mine)
    before = lead_mails(site)
    assert service.close_left_open(site.database) == 1
    assert stored(site, workshop).status == "closed" and lead_mails(site) == before
    assert [s.status for s in steps(site, workshop)] == ["waiting", "waiting"]


@pytest.mark.parametrize(
    ("ended", "quiet", "opened", "wanted"),
    [
        (2.1, 1.1, 5, True), (1.9, 1.1, 5, False), (2.1, 0.9, 5, False), (2.1, None, 5, True), (2.1, None, 0.9, False),
        (-50, 0.1, 24.1, True), (-50, 0.1, 23.9, False), (30, 0.1, 24.1, True),
    ],
)  # fmt: skip
def test_only_what_nobody_leads_any_more_is_left_open(
    ended: float, quiet: float | None, opened: float, wanted: bool
) -> None:
    moment = now()
    room_ = Workshop(
        accord_id=1, territory_id=1, title="Atelier", place="Salle", minutes=60, code="AAAAAA", screen_key="k",
        status="running", starts_at=moment - timedelta(hours=ended, minutes=60), opened_at=moment - timedelta(hours=opened),
        acted_at=None if quiet is None else moment - timedelta(hours=quiet),
    )  # fmt: skip
    assert is_left_open(room_, moment) is wanted


def test_an_act_keeps_a_room_open(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), room(site)
    left(site, workshop, ended=timedelta(hours=3), quiet=timedelta(hours=2))
    act(site, amina, workshop, f"sequences/{current(site, workshop).id}/prolongation")
    assert service.close_left_open(site.database) == 0
    assert stored(site, workshop).status == "running"


def test_two_workers_close_a_room_once_and_one_mail_leaves(site: Site) -> None:
    workshop = room(site)
    left(site, workshop, ended=timedelta(hours=3), quiet=timedelta(hours=2))
    before = len(lead_mails(site))
    closed: list[int] = []
    threads = [
        threading.Thread(target=lambda: closed.append(service.close_left_open(site.database))) for _n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(closed) == [0, 0, 0, 1]
    assert len(lead_mails(site)) == before + 1
    assert stored(site, workshop).status == "closed"


def test_the_worker_looks_each_quarter_of_an_hour(site: Site) -> None:
    moment = datetime.fromisoformat("2026-11-22T18:47:31+00:00")
    assert next_quarter(moment) == datetime.fromisoformat("2026-11-22T19:00:00+00:00")
    assert next_quarter(next_quarter(moment)) == datetime.fromisoformat("2026-11-22T19:15:00+00:00")
    assert LEFT_OPEN in {regular.kind for regular in REGULAR}
    workshop = room(site)
    left(site, workshop, ended=timedelta(hours=3), quiet=timedelta(hours=2))
    with site.writing() as db:
        jobs.enqueue(db, LEFT_OPEN, {})
    jobs.run_due(site.database)
    assert stored(site, workshop).status == "closed"
