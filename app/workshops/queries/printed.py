"""Reads of the codes printed for a room, and of who sits at its tables."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from app.workshops.models import Seat, Ticket


def tickets(db: Session, workshop_id: int) -> Sequence[Ticket]:
    """The codes printed for this room, oldest first."""
    return db.exec(select(Ticket).where(Ticket.workshop_id == workshop_id).order_by(col(Ticket.id))).all()


def tickets_used(db: Session, workshop_id: int) -> int:
    """How many of them gave a seat."""
    statement = select(func.count(func.distinct(Seat.ticket_id))).where(Seat.workshop_id == workshop_id)
    return int(db.exec(statement).one())


def seats_at(db: Session, workshop_id: int) -> dict[int, int]:
    """How many seats each table has, by its id."""
    taken = select(Seat.table_id, func.count()).where(Seat.workshop_id == workshop_id, col(Seat.table_id).is_not(None))
    return dict(db.execute(taken.group_by(col(Seat.table_id))).all())
