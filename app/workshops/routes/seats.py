"""Coming in: a seat, a table, a borrowed device, several people on one; and a trace in one's own space."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from limits import parse
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import ForbiddenError, NotFoundError
from app.core.forms import Filled, blank, clean, read
from app.core.i18n import gettext as _
from app.core.limits import address_of
from app.core.security import token
from app.core.settings import get_settings
from app.core.web import go
from app.identity.access import Me, Requires, public
from app.policy import OWN_SPACE
from app.workshops import queries, service
from app.workshops.access import CodeRoom, Device, Here, room_of_code, seat_cookie
from app.workshops.forms import LentForm, PeopleForm, SeatForm, TableForm, normal_room_code
from app.workshops.models import Seat, Table, Workshop
from app.workshops.routes.phone import show_door
from app.workshops.routes.room import at_place
from app.workshops.states import Channel

router = APIRouter(dependencies=[Depends(public), Depends(room_of_code)])
KEPT = 2 * 86400  # seconds during which a phone comes back to its seat
# Of one room, from one address: a hall is one address, and whoever hammers from elsewhere closes it to nobody there.
SEATS_A_ROOM = parse("600/minute")
WRONG_TICKETS = parse("60/minute")
SeatFilled = Annotated[Filled[SeatForm], Depends(read(SeatForm))]
LentFilled = Annotated[Filled[LentForm], Depends(read(LentForm))]


def _into(request: Request, workshop: Workshop, secret: str, place: int) -> Response:
    """To the room, with the seat that was just taken."""
    response = go(request, "workshops.room", code=workshop.code, flash=_("Vous êtes dans la salle."), **at_place(place))
    response.set_cookie(
        seat_cookie(workshop), secret, max_age=KEPT, path="/", httponly=True, samesite="lax",
        secure=get_settings().is_https,
    )  # fmt: skip
    return response


@router.post("/a/{code}/place", name="workshops.take_seat")
def take_seat(
    request: Request, db: Db, me: Me, workshop: CodeRoom, device: Here, form: SeatFilled
) -> Response:  # fmt: skip
    """Take a seat; each person of a phone takes one."""
    data = form.data
    place = data.place if data else 1
    if device.at(place) is not None:
        return go(request, "workshops.room", code=workshop.code, **at_place(place))
    if data is None:
        return show_door(request, db, workshop, device, me, form, status=422)
    table = queries.table(db, workshop.id or 0, data.table) if data.table else None
    request.app.state.limiter.hit(SEATS_A_ROOM, "seat", str(workshop.id), address_of(request.scope))
    first = device.at(1)
    if first is None:
        secret = service.take_seat(
            db, workshop, data.college, secret=service.secret_of_form(workshop, data.once), table=table
        )
        return _into(request, workshop, secret, 1)
    service.take_seat(
        db, workshop, data.college, secret=device.secret, place=place, table=table or _table_of(db, first)
    )
    return _into(request, workshop, device.secret or "", place)


def _table_of(db: Db, seat: Seat) -> Table | None:
    return queries.table(db, seat.workshop_id, seat.table_id) if seat.table_id else None


def seated(device: Here, personne: int = 1) -> Seat:
    """The seat of this phone, without which nothing is to be done here."""
    seat = device.at(personne)
    if seat is None:
        raise ForbiddenError(_("Prenez d’abord une place dans la salle."))
    return seat


Seated = Annotated[Seat, Depends(seated)]


@router.get("/a/{code}/table/{key}", name="workshops.table_door")
def table_door(request: Request, db: Db, me: Me, workshop: CodeRoom, device: Here, key: str) -> Response:
    """The address on the card of a table: come in at this table, or move to it."""
    table = queries.table_of_key(db, workshop.id or 0, key)
    if table is None:
        raise NotFoundError(_("Cette table n’est pas dans cette salle."))
    seat = device.at(1)
    if seat is not None and seat.table_id == table.id:
        return go(request, "workshops.room", code=workshop.code)
    if seat is not None:
        form: Filled[Any] = blank(TableForm, table=table.id)
        return show_door(request, db, workshop, device, me, form, door="table", table=table)
    form = blank(SeatForm, once=token(), place=1, table=table.id)
    return show_door(request, db, workshop, device, me, form, table=table)


@router.post("/a/{code}/table", name="workshops.sit")
def sit(
    request: Request, db: Db, workshop: CodeRoom, device: Here, _seat: Seated,
    form: Annotated[Filled[TableForm], Depends(read(TableForm))],
) -> Response:  # fmt: skip
    """Move to a table, with everyone who votes on this device."""
    table = queries.table(db, workshop.id or 0, form.ok.table) if form.ok else None
    if table is None:
        raise NotFoundError(_("Cette table n’est pas dans cette salle."))
    for seat in device.seats:
        service.sit(db, workshop, seat, table)
    return go(
        request, "workshops.room", code=workshop.code, flash=_("Vous êtes à la table %(n)s.") % {"n": table.number}
    )


@router.post("/a/{code}/table/personnes", name="workshops.count_table")
def count_table(
    request: Request, db: Db, workshop: CodeRoom, seat: Seated,
    form: Annotated[Filled[PeopleForm], Depends(read(PeopleForm))],
) -> Response:  # fmt: skip
    """How many people share the device of one's table."""
    table = _table_of(db, seat)
    here = at_place(seat.place)
    if table is None or form.ok is None:
        message = form.errors.get("people") or _("Prenez d’abord place à une table.")
        return go(request, "workshops.room", code=workshop.code, flash=message, level="attention", **here)
    service.count_table(db, workshop, table, form.ok.people)
    return go(request, "workshops.room", code=workshop.code, flash=_("C’est noté."), **here)


@router.get("/a/{code}/pret", name="workshops.lent_door")
def lent_door(request: Request, db: Db, me: Me, workshop: CodeRoom, device: Here, ticket: str = "") -> Response:
    """Where the printed code of a borrowed device is typed."""
    form = blank(LentForm, once=token(), code=clean(ticket)[:40])
    return show_door(request, db, workshop, device, me, form, door="lent")


@router.post("/a/{code}/pret", name="workshops.take_lent_seat")
def take_lent_seat(
    request: Request, db: Db, me: Me, workshop: CodeRoom, device: Here, form: LentFilled
) -> Response:  # fmt: skip
    """The seat of a printed code: the same code gives the same seat back, on any device."""
    data = form.ok
    limiter, tried = request.app.state.limiter, ("ticket", str(workshop.id), address_of(request.scope))
    limiter.check(WRONG_TICKETS, *tried)
    found = queries.ticket(db, workshop.id or 0, normal_room_code(data.code)) if data else None
    if data is not None and found is None:
        limiter.hit(WRONG_TICKETS, *tried)
        form.refuse("code", _("Ce code n’est pas un code de cette salle. Vérifiez ses huit caractères."))
    if data is None or found is None:
        return show_door(request, db, workshop, device, me, form, door="lent", status=422)
    held = service.take_lent_seat(
        db, workshop, found, data.college, secret=device.secret, seats=device.seats, once=data.once
    )
    if held is None:
        form.refuse("college", _("Choisissez votre collège : ce code sert pour la première fois."))
        return show_door(request, db, workshop, device, me, form, door="lent", status=422)
    return _into(request, workshop, held.secret, held.place)


@router.post("/a/{code}/rendre", name="workshops.give_back")
def give_back(request: Request, db: Db, workshop: CodeRoom, device: Here) -> Response:
    """The device forgets its people; their seats and ballots stay."""
    service.give_back(db, device.seats)
    lent = any(seat.channel == Channel.LENT for seat in device.seats)
    where = "workshops.lent_door" if lent else "workshops.room"
    response = go(request, where, code=workshop.code, flash=_("Cet appareil ne garde plus votre place."))
    response.delete_cookie(seat_cookie(workshop), path="/", httponly=True, samesite="lax")
    return response


own = APIRouter(dependencies=[Depends(Requires(OWN_SPACE)), Depends(room_of_code)])


@own.post("/a/{code}/trace", name="workshops.keep_part")
def keep_part(request: Request, db: Db, me: Me, workshop: CodeRoom, device: Here) -> Response:
    """Keep a trace of one's participation in one's own space; nothing links it to the seat."""
    _check_came(device)
    service.keep_part(db, workshop, me.person_id or 0)
    return go(request, "workshops.room", code=workshop.code, flash=_("Noté dans votre espace."))


def _check_came(device: Device) -> None:
    if not device.seats:
        raise ForbiddenError(_("Prenez d’abord une place dans la salle."))


@own.post("/a/{code}/trace/retrait", name="workshops.forget_part")
def forget_part(request: Request, db: Db, me: Me, workshop: CodeRoom) -> Response:
    """Take this trace back."""
    service.forget_part(db, workshop, me.person_id or 0)
    return go(request, "portal.my_space", flash=_("Retiré de votre espace."))
