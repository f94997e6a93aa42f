"""What a batch of ballots is checked against: one query a table, whatever their number."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from sqlalchemy import bindparam
from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from app.accords.models import Accord
from app.core.db import rows_among
from app.workshops.models import Option, Seat, Step, Workshop


class SeatRow(NamedTuple):
    """What a ballot takes from its seat."""

    id: int
    workshop_id: int
    college: str
    channel: str


_GIVEN: Any = bindparam("given", expanding=True)
_LOCKED = select(Step).where(col(Step.id).in_(_GIVEN)).order_by(col(Step.id)).with_for_update(read=True)
_CALENDAR = joinedload(cast(Any, Workshop.accord)).joinedload(cast(Any, Accord.phases))
_ROOMS = select(Workshop).where(col(Workshop.code).in_(_GIVEN)).options(_CALENDAR)


@dataclass(frozen=True)
class Ground:
    """The rooms by code, the steps and their options by id, the seats by digest."""

    rooms: dict[str, Workshop]
    steps: dict[int, Step]
    options: dict[int, set[int]]
    seats: dict[str, SeatRow]


def ground(db: Session, codes: Collection[str], step_ids: Collection[int], digests: Collection[str]) -> Ground:
    """Everything that these ballots name. A step in hand waits to close until they are kept."""
    steps = {step.id or 0: step for step in db.exec(_LOCKED, params={"given": list(step_ids)}).all()}
    rooms = db.exec(_ROOMS, params={"given": list(codes)}).unique().all()
    options: dict[int, set[int]] = {step_id: set() for step_id in steps}
    for step_id, option_id in rows_among(db, Option, ("step_id", "id"), "step_id", steps):
        options[step_id].add(option_id)
    seats = rows_among(db, Seat, ("digest", *SeatRow._fields), "digest", digests)
    by_digest = {digest: SeatRow(*row) for digest, *row in seats}
    return Ground({room.code: room for room in rooms}, steps, options, by_digest)
