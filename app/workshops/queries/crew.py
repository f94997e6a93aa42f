"""Reads of who leads a workshop and who helps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from sqlmodel import Session, col, or_, select

from app.core.i18n import today
from app.identity.models import Person, Role
from app.identity.states import RoleKind
from app.workshops.models import Crew, Table, Workshop
from app.workshops.queries.rooms import one
from app.workshops.states import Duty

SHOWN = 200  # how many facilitators of a territory a choice holds at most


@dataclass(frozen=True)
class Member:
    """Somebody of the crew, as the crew sees them: a pseudonym, never an address."""

    id: int
    person_id: int
    name: str
    since: datetime
    table: Table | None = None


@dataclass(frozen=True)
class Team:
    """Who leads, who helps, who writes; ``offered_to``: who is asked to take the lead."""

    lead: str | None
    helpers: Sequence[Member]
    scribes: Sequence[Member]
    offered_to: str | None


def team(db: Session, workshop: Workshop) -> Team:
    """Everyone of the crew, in the order in which they came."""
    rows = db.execute(
        select(Crew, Person.pseudonym, Table)
        .join(Person, col(Person.id) == Crew.person_id)
        .outerjoin(Table, col(Table.id) == Crew.table_id)
        .where(Crew.workshop_id == workshop.id)
        .order_by(col(Crew.added_at), col(Crew.id))
    )
    found: dict[str, list[Member]] = {duty.value: [] for duty in Duty}
    for member, name, table in rows:
        found[member.duty].append(Member(member.id or 0, member.person_id, name, member.added_at, table))
    asked = next((m.name for m in found[Duty.CO_FACILITATOR] if m.person_id == workshop.offered_to_id), None)
    return Team(_name(db, workshop.lead_id), found[Duty.CO_FACILITATOR], found[Duty.SCRIBE], asked)


def _name(db: Session, person_id: int | None) -> str | None:
    return db.exec(select(Person.pseudonym).where(Person.id == person_id)).first() if person_id else None


def candidates(db: Session, workshop: Workshop) -> Sequence[Person]:
    """The facilitators of the territory today who do not lead yet, by name."""
    day = today()
    statement = (
        select(Person)
        .join(Role, col(Role.person_id) == Person.id)
        .where(
            Role.kind == RoleKind.FACILITATOR.value, col(Role.ended_at).is_(None), Role.starts_on <= day,
            or_(col(Role.ends_on).is_(None), col(Role.ends_on) >= day),
            or_(col(Role.territory_id).is_(None), Role.territory_id == workshop.territory_id),
            col(Person.closing_at).is_(None), col(Person.id).not_in(workshop.conductors),
        )
        .distinct()
        .order_by(col(Person.pseudonym), col(Person.id))
        .limit(SHOWN)
    )  # fmt: skip
    return db.exec(statement).all()


def member(db: Session, workshop: Workshop, member_id: int) -> Crew | None:
    """One person of this crew."""
    return db.exec(select(Crew).where(Crew.id == member_id, Crew.workshop_id == workshop.id)).first()


def by_crew_key(db: Session, workshop_id: int, key: str) -> Workshop | None:
    """The workshop that scribes join by this link."""
    workshop = one(db, workshop_id) if workshop_id < 2**31 else None
    right = workshop is not None and workshop.crew_key and compare_digest(workshop.crew_key.encode(), key.encode())
    return workshop if right else None


def of_scribe(db: Session, workshop_id: int, person_id: int | None) -> Workshop | None:
    """This workshop, if this person writes for one of its tables."""
    workshop = one(db, workshop_id) if workshop_id < 2**31 else None
    return workshop if workshop and person_id in workshop.scribes else None
