"""Reads of who is in a room."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, func, select

from app.core.security import digest
from app.workshops.forms.room import MOST_PEOPLE
from app.workshops.models import Ballot, Headcount, Participation, Seat, Table, Ticket, Workshop

PLACES = MOST_PEOPLE  # that one device may hold, one after the other


def seat_digest(secret: str, place: int = 1) -> str:
    """What recognises the seat of this place on this device."""
    return digest(secret if place == 1 else f"{secret} {place}")


def present_by(db: Session, workshop_id: int) -> dict[str, int]:
    """How many people of each collège are there: those who took a seat, and those counted without a device."""
    return present_in(db, [workshop_id])[workshop_id]


def present_in(db: Session, workshop_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """As ``present_by``, of several rooms."""
    found: dict[int, dict[str, int]] = {key: {} for key in workshop_ids}
    taken = select(Seat.workshop_id, Seat.college, func.count()).where(col(Seat.workshop_id).in_(found))
    counted = select(Headcount.workshop_id, Headcount.college, Headcount.people)
    for rows in (
        taken.group_by(col(Seat.workshop_id), col(Seat.college)),
        counted.where(col(Headcount.workshop_id).in_(found), Headcount.people > 0),
    ):
        for workshop_id, college, people in db.execute(rows):
            found[workshop_id][college] = found[workshop_id].get(college, 0) + people
    return found


def seats(db: Session, workshop_ids: Iterable[int]) -> dict[int, int]:
    """How many people are or were in each of these rooms."""
    ids = list(workshop_ids)
    found: dict[int, int] = {}
    for key, n in (
        (Seat.workshop_id, func.count()),
        (Headcount.workshop_id, func.sum(Headcount.people)),
    ):
        for workshop_id, people in db.execute(select(key, n).where(col(key).in_(ids)).group_by(col(key))):
            found[workshop_id] = found.get(workshop_id, 0) + int(people)
    return {workshop_id: people for workshop_id, people in found.items() if people}


def answered_by(db: Session, step_id: int) -> dict[str, int]:
    """How many people of each collège answered this step, on a phone or on paper."""
    statement = select(Ballot.college, func.count()).where(Ballot.step_id == step_id).group_by(Ballot.college)
    return dict(db.execute(statement).all())


def seat(db: Session, workshop_id: int, secret: str | None, place: int = 1) -> Seat | None:
    """The seat of this device in this room, for the person at this place."""
    if not secret:
        return None
    wanted = seat_digest(secret, place)
    return db.exec(select(Seat).where(Seat.digest == wanted, Seat.workshop_id == workshop_id)).first()


def device_seats(db: Session, workshop_id: int, secret: str) -> Sequence[Seat]:
    """Everyone whom this device holds, in order of place."""
    wanted = [seat_digest(secret, place) for place in range(1, PLACES + 1)]
    statement = select(Seat).where(col(Seat.digest).in_(wanted), Seat.workshop_id == workshop_id)
    return db.exec(statement.order_by(col(Seat.place))).all()


def tables(db: Session, workshop_id: int) -> Sequence[Table]:
    """The tables of a room, by number."""
    return db.exec(select(Table).where(Table.workshop_id == workshop_id).order_by(col(Table.number))).all()


def table(db: Session, workshop_id: int, table_id: int) -> Table | None:
    """One table of this room."""
    return db.exec(select(Table).where(Table.id == table_id, Table.workshop_id == workshop_id)).first()


def table_of_key(db: Session, workshop_id: int, key: str) -> Table | None:
    """The table on which this key stands."""
    return db.exec(select(Table).where(Table.key == key, Table.workshop_id == workshop_id)).first()


def ticket(db: Session, workshop_id: int, code: str) -> Ticket | None:
    """The printed code of a borrowed device, if it is of this room."""
    return db.exec(select(Ticket).where(Ticket.code == code, Ticket.workshop_id == workshop_id)).first()


def seat_of_ticket(db: Session, ticket_id: int) -> Seat | None:
    """The seat that a printed code gave."""
    return db.exec(select(Seat).where(Seat.ticket_id == ticket_id)).first()


def has_part(db: Session, workshop_id: int, person_id: int | None) -> bool:
    """Whether this person keeps a trace of this workshop."""
    if person_id is None:
        return False
    mine = (Participation.workshop_id == workshop_id, col(Participation.person_id) == person_id)
    return db.exec(select(Participation.id).where(*mine)).first() is not None


def took_part(db: Session, person_id: int) -> Sequence[Workshop]:
    """The workshops of which this person keeps a trace, the latest first."""
    mine = select(Participation.workshop_id).where(Participation.person_id == person_id)
    found = select(Workshop).where(col(Workshop.id).in_(mine))
    return db.exec(found.order_by(col(Workshop.starts_at).desc(), col(Workshop.id))).all()
