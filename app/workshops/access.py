"""Load-or-404-or-403 for workshops, and the seat of a phone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Annotated

from fastapi import Depends, Request

from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.identity.access import Me, check, cookie_name
from app.policy import (
    WORKSHOP_CONDUCT,
    WORKSHOP_LEAD,
    WORKSHOP_READ,
    WORKSHOP_REPORT,
    WORKSHOP_RUN,
    WORKSHOP_SCRIBE,
)
from app.workshops import queries
from app.workshops.models import Seat, Step, Workshop


def workshop_for(right: str) -> Callable[..., Workshop]:
    """A dependency: this workshop, if it may be read and the right is held on it."""

    def load(db: Db, me: Me, workshop_id: int) -> Workshop:
        workshop = queries.one(db, workshop_id) if workshop_id < 2**31 else None
        if workshop is None or not me.can(WORKSHOP_READ, workshop):
            raise NotFoundError(_("Cet atelier n’existe pas, ou n’est pas encore annoncé."))
        check(me, right, workshop)
        return workshop

    return load


ReadWorkshop = Annotated[Workshop, Depends(workshop_for(WORKSHOP_READ))]
RunWorkshop = Annotated[Workshop, Depends(workshop_for(WORKSHOP_RUN))]
ConductWorkshop = Annotated[Workshop, Depends(workshop_for(WORKSHOP_CONDUCT))]
LeadWorkshop = Annotated[Workshop, Depends(workshop_for(WORKSHOP_LEAD))]
ScribeWorkshop = Annotated[Workshop, Depends(workshop_for(WORKSHOP_SCRIBE))]
ReportedWorkshop = Annotated[Workshop, Depends(workshop_for(WORKSHOP_REPORT))]


def step_of(db: Db, workshop: Workshop, step_id: int) -> Step:
    """A step of this workshop, or 404."""
    step = queries.step(db, step_id) if 0 < step_id < 2**31 else None
    if step is None or step.workshop_id != workshop.id:
        raise NotFoundError(_("Cette séquence n’existe pas dans cet atelier."))
    return step


class UnknownRoomError(NotFoundError):
    """No room has this code: whoever typed it in an address is led to where codes are typed."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(_("Aucun atelier ne porte ce code. Vérifiez les six caractères affichés dans la salle."))


# A whole hall has one address: what counts is codes that no room has, never those that open one. An address that
# guessed this much is told nothing more for a while, but a phone that has its seat goes on.
WRONG_CODES = limit("room code", "120/minute")


def room_of_code(request: Request, db: Db, _me: Me, code: str) -> Workshop:
    """The room of this code; a draft has none yet."""
    workshop = queries.by_code(db, code)
    if workshop is None or workshop.status == "draft":
        WRONG_CODES.count(request)
        raise UnknownRoomError(code)
    check_guessing(request, workshop)
    return workshop


def check_guessing(request: Request, workshop: Workshop) -> None:
    """Tell nothing of a code that is right to an address that tried too many wrong ones.

    Raises:
        TooManyError: and the phone has no seat in this room.
    """
    if seat_cookie(workshop) not in request.cookies:
        WRONG_CODES.check(request)


def seat_cookie(workshop: Workshop) -> str:
    """One cookie a room, so that a phone may come back to each of its seats."""
    return seat_cookie_of(workshop.id or 0)


def seat_cookie_of(workshop_id: int) -> str:
    """As ``seat_cookie``, by the room's id."""
    return f"{cookie_name()}-place-{workshop_id}"


def screen_of(db: Db, workshop_id: int, key: str) -> Workshop:
    """The room whose projected page has this key."""
    workshop = queries.one(db, workshop_id) if workshop_id < 2**31 else None
    if workshop is None or not compare_digest(workshop.screen_key.encode(), key.encode()):
        raise NotFoundError(_("Cet écran n’existe pas, ou son adresse a changé. Ouvrez-le depuis la régie."))
    return workshop


CodeRoom = Annotated[Workshop, Depends(room_of_code)]


@dataclass(frozen=True)
class Device:
    """A phone in one room: its secret, and the seats of those who vote on it, in order of place."""

    secret: str | None
    seats: Sequence[Seat]

    def at(self, place: int) -> Seat | None:
        """The seat of the person at this place."""
        return next((seat for seat in self.seats if seat.place == place), None)


def device_here(request: Request, db: Db, workshop: CodeRoom) -> Device:
    """What this phone holds in this room."""
    secret = request.cookies.get(seat_cookie(workshop))
    return Device(secret, queries.device_seats(db, workshop.id or 0, secret) if secret else [])


Here = Annotated[Device, Depends(device_here)]
