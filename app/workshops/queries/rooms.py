"""Reads of rooms and run sheets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, or_, select

from app.accords.models import Accord
from app.policy.actor import Actor
from app.workshops.forms import normal_room_code
from app.workshops.models import Crew, Step, Workshop
from app.workshops.states import ROOM_OVER, ROOM_UNDER_WAY, Duty, Room

PAST_SHOWN = 20


@dataclass(frozen=True)
class Rooms:
    """The list of workshops of a page."""

    live: Sequence[Workshop]
    coming: Sequence[Workshop]
    past: Sequence[Workshop]
    drafts: Sequence[Workshop]


def loaded() -> tuple[Any, ...]:
    """What every verb needs of a workshop: its calendar, and who is in its crew."""
    accord = joinedload(cast(Any, Workshop.accord)).selectinload(cast(Any, Accord.phases))
    return accord, selectinload(cast(Any, Workshop.crew))


def one(db: Session, workshop_id: int) -> Workshop | None:
    """One workshop, with its calendar and crew."""
    return db.exec(select(Workshop).where(Workshop.id == workshop_id).options(*loaded())).first()


def on_stage(db: Session, workshop_id: int) -> Workshop | None:
    """One workshop as everybody sees it: with its calendar, without its crew. One query: a whole hall waits for it."""
    calendar = joinedload(cast(Any, Workshop.accord)).joinedload(cast(Any, Accord.phases))
    return db.exec(select(Workshop).where(Workshop.id == workshop_id).options(calendar)).unique().first()


def same_draft(db: Session, accord_id: int, title: str, starts_at: datetime) -> Workshop | None:
    """The workshop of this title at this moment, if it is still in preparation."""
    return db.exec(
        select(Workshop).where(
            Workshop.accord_id == accord_id, Workshop.title == title, Workshop.starts_at == starts_at,
            Workshop.status == Room.DRAFT.value,
        )
    ).first()  # fmt: skip


def announced(db: Session, accord_id: int) -> Sequence[Workshop]:
    """The workshops of an accord that are or were announced, newest first: their run sheets may begin others."""
    return db.exec(
        select(Workshop)
        .where(Workshop.accord_id == accord_id, Workshop.status != Room.DRAFT.value)
        .order_by(col(Workshop.starts_at).desc(), col(Workshop.id).desc())
        .limit(30)
    ).all()


def by_code(db: Session, typed: str) -> Workshop | None:
    """The workshop of a code as typed or read aloud."""
    return db.exec(select(Workshop).where(Workshop.code == normal_room_code(typed)).options(*loaded())).first()


def rooms(db: Session, me: Actor, territory_id: int | None) -> Rooms:
    """Workshops under way, to come, past, and the drafts of a facilitator."""
    statement = select(Workshop).order_by(col(Workshop.starts_at), col(Workshop.id))
    if territory_id is not None:
        statement = statement.where(Workshop.territory_id == territory_id)
    live = db.exec(statement.where(col(Workshop.status).in_(ROOM_UNDER_WAY))).all()
    coming = db.exec(statement.where(Workshop.status == Room.SCHEDULED.value).limit(50)).all()
    past = db.exec(
        statement.order_by(None)
        .order_by(col(Workshop.starts_at).desc(), col(Workshop.id).desc())
        .where(col(Workshop.status).in_(ROOM_OVER))
        .limit(PAST_SHOWN)
    ).all()
    return Rooms(live, coming, past, _drafts(db, me, territory_id))


def _drafts(db: Session, me: Actor, territory_id: int | None) -> Sequence[Workshop]:
    held = me.territories("facilitator")
    if held is not None and not held:
        return []
    statement = select(Workshop).where(Workshop.status == Room.DRAFT.value).order_by(col(Workshop.starts_at))
    if held is not None:
        statement = statement.where(col(Workshop.territory_id).in_(held))
    if territory_id is not None:
        statement = statement.where(Workshop.territory_id == territory_id)
    return db.exec(statement.limit(50)).all()


def led_by(db: Session, person_id: int | None) -> set[int]:
    """The workshops that this person leads or co-leads."""
    if person_id is None:
        return set()
    helping = select(Crew.workshop_id).where(Crew.person_id == person_id, Crew.duty == Duty.CO_FACILITATOR.value)
    mine = or_(col(Workshop.lead_id) == person_id, col(Workshop.id).in_(helping))
    return {found or 0 for found in db.exec(select(Workshop.id).where(mine))}


def steps(db: Session, workshop_id: int) -> Sequence[Step]:
    """The run sheet, in order."""
    return db.exec(select(Step).where(Step.workshop_id == workshop_id).order_by(col(Step.position), col(Step.id))).all()


def step(db: Session, step_id: int) -> Step | None:
    """One step."""
    return db.get(Step, step_id)
