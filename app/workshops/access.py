"""Load-or-404-or-403 for workshops, and the seat of a phone."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.i18n import gettext as _
from app.identity.access import Me, check, cookie_name
from app.policy import WORKSHOP_READ
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


def step_of(db: Db, workshop: Workshop, step_id: int) -> Step:
    """A step of this workshop, or 404."""
    step = queries.step(db, step_id) if step_id < 2**31 else None
    if step is None or step.workshop_id != workshop.id:
        raise NotFoundError(_("Cette séquence n’existe pas dans cet atelier."))
    return step


class UnknownRoomError(NotFoundError):
    """No room has this code: whoever typed it in an address is led to where codes are typed."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(_("Aucun atelier ne porte ce code. Vérifiez les six caractères affichés dans la salle."))


def room_of_code(db: Db, _me: Me, code: str) -> Workshop:
    """The room of this code; a draft has none yet."""
    workshop = queries.by_code(db, code)
    if workshop is None or workshop.status == "draft":
        raise UnknownRoomError(code)
    return workshop


def seat_cookie(workshop: Workshop) -> str:
    """One cookie a room, so that a phone may come back to each of its seats."""
    return f"{cookie_name()}-place-{workshop.id}"


CodeRoom = Annotated[Workshop, Depends(room_of_code)]


def seat_here(request: Request, db: Db, workshop: CodeRoom) -> Seat | None:
    """The seat of this phone in this room, if it took one."""
    return queries.seat(db, workshop.id or 0, request.cookies.get(seat_cookie(workshop)))


MaybeSeat = Annotated[Seat | None, Depends(seat_here)]
