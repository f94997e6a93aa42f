"""People who say that they come, for the tests of workshops."""

import re
from datetime import timedelta

from sqlmodel import col, select

from app.core.db import now
from app.identity.models import Person
from app.workshops.models import Registration, Workshop
from app.workshops.states import Attendance
from tests.site import Site, Visitor
from tests.workshops.acts import room

WORDS = "Je me déplace en fauteuil"


def announced(site: Site, *, capacity: int | None = 2, mode: str = "onsite", emptied: bool = True) -> Workshop:
    """The announced workshop of the demonstration, with so many places, and nobody registered."""
    workshop = room(site, status="scheduled")
    with site.writing() as db:
        held = db.get_one(Workshop, workshop.id)
        held.registration, held.capacity, held.mode = True, capacity, mode
        held.link = "https://visio.example.org/salle"
        db.add(held)
        if emptied:
            for each in db.exec(select(Registration).where(Registration.workshop_id == held.id)):
                db.delete(each)
        return held


def come(visitor: Visitor, workshop: Workshop, **sent: object) -> str:
    """Say that one comes; the page that follows, its spaces plain."""
    return visitor.post(f"/ateliers/{workshop.id}/inscription", dict(sent)).text.replace("\u00a0", " ")


def statuses(site: Site, workshop: Workshop) -> list[str]:
    """Where each registration is, in the order in which they came."""
    with site.reading() as db:
        rows = select(Registration.status).where(Registration.workshop_id == workshop.id)
        return list(db.exec(rows.order_by(col(Registration.id))))


def own_link(site: Site, to: str) -> str:
    """The page that the last mail to this address gives to cancel."""
    return re.findall(r"http://localhost:8000(/inscriptions/\S+)", site.mails(to)[-1].body)[-1]


def filled(site: Site, workshop: Workshop, people: int, *, status: Attendance = Attendance.REGISTERED) -> list[int]:
    """So many of the crowd who registered two days ago; their ids."""
    with site.writing() as db:
        crowd = db.exec(select(Person).where(col(Person.demo_persona).is_(None)).order_by(col(Person.id)).limit(people))
        held = [
            Registration(
                workshop_id=workshop.id or 0,
                person_id=person.id or 0,
                status=status.value,
                token=f"jeton-{person.id}",
                queued_at=now() - timedelta(days=2),
            )
            for person in crowd
        ]
        db.add_all(held)
        db.flush()
        return [each.id or 0 for each in held]
