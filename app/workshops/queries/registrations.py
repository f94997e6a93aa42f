"""Reads of who said they would come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, and_, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from app.identity.models import Person
from app.workshops.models import Registration, Workshop
from app.workshops.states import Attendance, Room

REMIND_BEFORE = timedelta(hours=48)
TOLD_LATELY = timedelta(hours=24)  # whoever registered since then has the date fresh in mind
COMING = (Attendance.REGISTERED.value, Attendance.WAITING.value)


@dataclass(frozen=True)
class Places:
    """How many registered on site and at a distance, how many wait, and how many places there are (None: any)."""

    onsite: int = 0
    remote: int = 0
    waiting: int = 0
    capacity: int | None = None

    @property
    def left(self) -> int | None:
        """Places that somebody may still take on site; none while others wait."""
        if self.capacity is None:
            return None
        return 0 if self.waiting else max(0, self.capacity - self.onsite)


@dataclass(frozen=True)
class Announced:
    """What the crew knows of those who said they would come: figures and needs, never who."""

    places: Places
    by_college: dict[str, int] = field(default_factory=dict)
    unknown: int = 0
    notes: Sequence[tuple[bool, str]] = ()  # at a distance or not, what was written


def places(db: Session, workshops: Iterable[Workshop]) -> dict[int, Places]:
    """The places of these workshops, in one query."""
    kept = {workshop.id or 0: workshop for workshop in workshops if workshop.registration}
    if not kept:
        return {}
    rows = db.execute(
        select(Registration.workshop_id, Registration.status, Registration.remote, func.count())
        .where(col(Registration.workshop_id).in_(kept), col(Registration.status).in_(COMING))
        .group_by(col(Registration.workshop_id), col(Registration.status), col(Registration.remote))
    )
    found = {key: {"onsite": 0, "remote": 0, "waiting": 0} for key in kept}
    for workshop_id, status, remote, n in rows:
        found[workshop_id]["waiting" if status == Attendance.WAITING else "remote" if remote else "onsite"] += n
    return {key: Places(**counted, capacity=kept[key].capacity) for key, counted in found.items()}


def places_of(db: Session, workshop: Workshop) -> Places:
    """The places of one workshop."""
    return places(db, [workshop]).get(workshop.id or 0, Places(capacity=workshop.capacity))


def onsite(db: Session, workshop_id: int) -> int:
    """How many have a place in the hall."""
    held = [Registration.workshop_id == workshop_id, Registration.status == Attendance.REGISTERED.value]
    return int(db.exec(select(func.count()).where(*held, col(Registration.remote).is_(False))).one())


def queue(db: Session, workshop_id: int) -> Sequence[Registration]:
    """Who waits for a place, first come first."""
    statement = select(Registration).where(
        Registration.workshop_id == workshop_id, Registration.status == Attendance.WAITING.value
    )
    return db.exec(statement.order_by(col(Registration.queued_at), col(Registration.id))).all()


def rank(db: Session, waiting: Registration) -> int:
    """The place of one who waits, 1 for the next one let in."""
    before = or_(
        col(Registration.queued_at) < waiting.queued_at,
        and_(col(Registration.queued_at) == waiting.queued_at, col(Registration.id) < waiting.id),
    )
    mine = [Registration.workshop_id == waiting.workshop_id, Registration.status == Attendance.WAITING.value]
    return 1 + int(db.exec(select(func.count()).where(*mine, before)).one())


def of_person(db: Session, workshop_id: int, person_id: int | None) -> Registration | None:
    """What somebody said, if they said anything."""
    if person_id is None:
        return None
    statement = select(Registration).where(
        Registration.workshop_id == workshop_id, Registration.person_id == person_id
    )  # fmt: skip
    return db.exec(statement).first()


def by_token(db: Session, token: str) -> Registration | None:
    """The registration that a mail's link opens."""
    return db.exec(select(Registration).where(Registration.token == token)).first() if len(token) <= 40 else None


def all_of(db: Session, person_id: int) -> Sequence[tuple[Registration, Workshop]]:
    """Where somebody said they would come, the next workshop first."""
    statement = (
        select(Registration, Workshop)
        .join(Workshop, col(Workshop.id) == Registration.workshop_id)
        .where(Registration.person_id == person_id, col(Registration.status).in_(COMING))
        .order_by(col(Workshop.starts_at), col(Workshop.id))
    )
    return [(held, workshop) for held, workshop in db.execute(statement)]


def registered(db: Session, workshop: Workshop) -> Sequence[Person]:
    """The persons who have a place, to write to them."""
    statement = (
        select(Person)
        .join(Registration, col(Registration.person_id) == Person.id)
        .where(Registration.workshop_id == workshop.id, Registration.status == Attendance.REGISTERED.value)
    )
    return db.exec(statement.order_by(col(Person.id))).all()


def coming(db: Session, workshop: Workshop) -> Sequence[tuple[Registration, Person]]:
    """Those who have a place and those who wait for one."""
    statement = (
        select(Registration, Person)
        .join(Person, col(Person.id) == Registration.person_id)
        .where(Registration.workshop_id == workshop.id, col(Registration.status).in_(COMING))
        .order_by(col(Registration.queued_at), col(Registration.id))
    )
    return [(held, person) for held, person in db.execute(statement)]


def announced(db: Session, workshop: Workshop) -> Announced:
    """What the crew may know before the day."""
    by_college: dict[str, int] = {}
    unknown, notes = 0, []
    for held, person in coming(db, workshop):
        if held.note:
            notes.append((held.remote, held.note))
        if held.status != Attendance.REGISTERED:
            continue
        if person.college:
            by_college[person.college] = by_college.get(person.college, 0) + 1
        else:
            unknown += 1
    return Announced(places_of(db, workshop), by_college, unknown, sorted(notes))


def to_remind(moment: datetime, *, limit: int) -> SelectOfScalar[Registration]:
    """Registrations whose workshop starts within ``REMIND_BEFORE``, and who were not told of it lately."""
    return (
        select(Registration)
        .join(Workshop, col(Workshop.id) == Registration.workshop_id)
        .where(
            Workshop.status == Room.SCHEDULED.value, col(Workshop.starts_at) > moment,
            col(Workshop.starts_at) <= moment + REMIND_BEFORE, Registration.status == Attendance.REGISTERED.value,
            col(Registration.reminded_at).is_(None), col(Registration.queued_at) <= moment - TOLD_LATELY,
        )
        .order_by(col(Registration.id))
        .limit(limit)
    )  # fmt: skip
