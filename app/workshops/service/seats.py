"""Verbs of the people who come into the room: a seat, a table, a borrowed device, a trace in one's own space."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, delete

from app.core import live
from app.core.db import IN_HAND, insert_once, now
from app.core.errors import ConflictError, ForbiddenError, NotFoundError
from app.core.i18n import gettext as _
from app.core.security import digest, token
from app.identity.states import College
from app.policy import WORKSHOP_JOIN
from app.policy.actor import ANONYMOUS
from app.workshops import queries
from app.workshops.models import Participation, Seat, Table, Ticket, Workshop
from app.workshops.service.room import count_topic
from app.workshops.states import Channel


@dataclass(frozen=True, slots=True)
class Held:
    """A seat as its device holds it: the secret that only the device keeps, and which of its people it is."""

    secret: str
    place: int


def check_joinable(workshop: Workshop) -> None:
    """Refuse a room that is not open, in words that say why.

    Raises:
        ForbiddenError: not open yet, over, or the calendar closed it.
    """
    if not ANONYMOUS.can(WORKSHOP_JOIN, workshop):
        raise ForbiddenError(_("Cet atelier n’est pas ouvert en ce moment : on ne peut ni y entrer ni y voter."))


def secret_of_form(workshop: Workshop, once: str | None, ticket: Ticket | None = None) -> str:
    """The secret of a device that has none yet: the same form sent twice gives the same one, hence one seat.

    With another printed code, it is another person who went back to the form.
    """
    return digest(f"{workshop.id} {once}" + (f" {ticket.code}" if ticket else "")) if once else token()


def take_seat(
    db: Session, workshop: Workshop, college: College, *, secret: str | None = None, place: int = 1,
    table: Table | None = None, ticket: Ticket | None = None,
) -> str:  # fmt: skip
    """A seat on this device; gives its secret, which only the device keeps. The same place twice is one seat.

    Raises:
        ForbiddenError: the room is not open.
        ConflictError: two printed codes at once for one place of a device.
    """
    check_joinable(workshop)
    secret = secret or token()
    taken = insert_once(
        db, Seat, workshop_id=workshop.id, digest=queries.seat_digest(secret, place), place=place,
        college=college.value, channel=Channel.LENT if ticket else Channel.PHONE,
        table_id=table.id if table else None, ticket_id=ticket.id if ticket else None, created_at=now(),
    )  # fmt: skip
    if ticket and not taken:
        raise ConflictError(_("Une autre personne vient de prendre cette place sur l’appareil. Recommencez."))
    if taken:
        live.publish(db, count_topic(workshop))
    return secret


def take_lent_seat(
    db: Session, workshop: Workshop, ticket: Ticket, college: College | None, *, secret: str | None,
    seats: Sequence[Seat], once: str | None = None,
) -> Held | None:  # fmt: skip
    """The seat of a printed code, on this device; the same code gives the same seat back, wherever it was.

    ``secret`` and ``seats``: what the device holds. Borrowed only, it forgets those who had it before; a device of
    one's own keeps its people. None: the code is new, and the collège must be asked first.
    """
    db.refresh(ticket, with_for_update=IN_HAND)
    seat = queries.seat_of_ticket(db, ticket.id or 0)
    here = next((each.place for each in seats if seat and each.id == seat.id), None)
    if here and secret:
        return Held(secret, here)
    own = any(each.channel != Channel.LENT for each in seats)
    held = Held(secret, free_place(seats)) if secret and own else Held(secret_of_form(workshop, once, ticket), 1)
    if seat is None:
        if college is None:
            return None
        take_seat(db, workshop, college, secret=held.secret, place=held.place, ticket=ticket)
    else:
        seat.digest, seat.place = queries.seat_digest(held.secret, held.place), held.place
        db.add(seat)
    return held


def give_back(db: Session, seats: Iterable[Seat]) -> None:
    """The secret of this device opens these seats no more, even derived again from the form that first gave it.

    They stay counted, with their ballots; a printed code still gives its own back.
    """
    for seat in seats:
        seat.digest = digest(token())
        db.add(seat)


def free_place(seats: Sequence[Seat]) -> int:
    """The first place that nobody has on a device.

    Raises:
        ConflictError: the device holds as many people as it may.
    """
    taken = {seat.place for seat in seats}
    free = next((place for place in range(1, queries.PLACES + 1) if place not in taken), None)
    if free is None:
        message = _("Cet appareil tient déjà %(n)s places : c’est le plus qu’il peut.")
        raise ConflictError(message % {"n": queries.PLACES})
    return free


def sit(db: Session, workshop: Workshop, seat: Seat, table: Table | None) -> None:
    """Sit at a table of this room, or at none, as long as the room is open."""
    check_joinable(workshop)
    if seat.workshop_id != workshop.id or (table and table.workshop_id != workshop.id):
        raise NotFoundError(_("Cette table n’est pas dans cette salle."))
    seat.table_id = table.id if table else None
    db.add(seat)
    live.publish(db, count_topic(workshop))


def count_table(db: Session, workshop: Workshop, table: Table, people: int) -> None:
    """How many people share the device of this table, as they say, as long as the room is open."""
    check_joinable(workshop)
    table.people = people
    db.add(table)
    live.publish(db, count_topic(workshop))


def keep_part(db: Session, workshop: Workshop, person_id: int) -> None:
    """A trace in one's own space; its moment is that of the workshop, so that it tells nothing of when one sat down."""
    insert_once(db, Participation, workshop_id=workshop.id, person_id=person_id, at=workshop.starts_at)


def forget_part(db: Session, workshop: Workshop, person_id: int) -> None:
    """Take the trace back; seats and ballots are untouched: nothing links them."""
    mine = delete(Participation).where(col(Participation.workshop_id) == workshop.id)
    db.execute(mine.where(col(Participation.person_id) == person_id))
