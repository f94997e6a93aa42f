"""What a batch of ballots is checked against: one query a table, whatever their number."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from app.accords.models import Accord
from app.workshops.models import Option, Seat, Step, Workshop


class SeatRow(NamedTuple):
    """What a ballot takes from its seat."""

    id: int
    workshop_id: int
    college: str
    channel: str


@dataclass(frozen=True)
class Ground:
    """The rooms by code, the steps and their options by id, the seats by digest."""

    rooms: dict[str, Workshop]
    steps: dict[int, Step]
    options: dict[int, set[int]]
    seats: dict[str, SeatRow]


def ground(db: Session, codes: Collection[str], step_ids: Collection[int], digests: Collection[str]) -> Ground:
    """Everything that these ballots name. A step in hand waits to close until they are kept."""
    calendar = joinedload(cast(Any, Workshop.accord)).selectinload(cast(Any, Accord.phases))
    locked = select(Step).where(col(Step.id).in_(step_ids)).order_by(col(Step.id)).with_for_update(read=True)
    steps = {step.id or 0: step for step in db.exec(locked).all()}
    rooms = db.exec(select(Workshop).where(col(Workshop.code).in_(codes)).options(calendar)).all()
    options: dict[int, set[int]] = {step_id: set() for step_id in steps}
    for step_id, option_id in db.execute(select(Option.step_id, Option.id).where(col(Option.step_id).in_(step_ids))):
        options[step_id].add(option_id)
    columns: tuple[Any, ...] = (Seat.digest, Seat.id, Seat.workshop_id, Seat.college, Seat.channel)
    seats = db.execute(select(*columns).where(col(Seat.digest).in_(digests)))
    by_digest = {digest: SeatRow(*row) for digest, *row in seats}
    return Ground({room.code: room for room in rooms}, steps, options, by_digest)
