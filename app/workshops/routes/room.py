"""The room on a phone: take a seat, vote, see where the room is."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from limits import parse
from starlette.responses import JSONResponse, Response

from app.core.db import Db, now
from app.core.errors import DomainError, ForbiddenError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.limits import Limiter
from app.core.live import Stream
from app.core.settings import get_settings
from app.core.web import go, page
from app.identity.access import public
from app.workshops import queries, service
from app.workshops.access import CodeRoom, MaybeSeat, room_of_code, seat_cookie, step_of
from app.workshops.forms import BallotForm, SeatForm
from app.workshops.models import Seat, Workshop
from app.workshops.routes.stage import room_context
from app.workshops.states import Reveal, StepStatus

router = APIRouter(dependencies=[Depends(public), Depends(room_of_code)])
DAY = 86400  # seconds
# Per seat and per room, never per address: a hall is one address.
SEATS_A_ROOM = parse("600/minute")
BALLOTS_A_SEAT = parse("30/minute")


def _phone(
    request: Request, db: Db, workshop: Workshop, seat: Seat | None, *, status: int = 200, editing: bool = False,
    form: Filled[SeatForm] | None = None, ballot_form: Filled[BallotForm] | None = None,
) -> Response:  # fmt: skip
    context = room_context(request, db, workshop, live_results=False)
    step = context["step"]
    cast = queries.ballot(db, step.id, seat.id or 0) if seat and step else None
    refused = ballot_form if ballot_form and step and ballot_form.values["step"] == str(step.id) else None
    if seat and step:
        context["options"] = queries.shuffled(step, context["options"], seat.id or 0)
    if cast and step.reveal == Reveal.AFTER_VOTE and step.status == StepStatus.OPEN:
        context["result"] = queries.results(db, [step], context["present_by"])[step.id]
    marks = refused.values["marks"] if refused else {int(k): v for k, v in (cast.marks if cast else {}).items()}
    return page(
        request, "workshops/phone.html", status=status, seat=seat, marks=marks, voted=cast is not None,
        editing=editing or refused is not None, form=form or blank(SeatForm), ballot_form=ballot_form,
        spare=max(0, step.dots - sum(marks.values())) if step else 0, **context,
    )  # fmt: skip


@router.get("/a/{code}", name="workshops.room")
def room(request: Request, db: Db, workshop: CodeRoom, seat: MaybeSeat, code: str, modifier: int = 0) -> Response:
    """The way in, then what the room looks at."""
    if code != workshop.code:
        return go(request, "workshops.room", code=workshop.code)
    return _phone(request, db, workshop, seat, editing=bool(modifier))


@router.post("/a/{code}/place", name="workshops.take_seat")
def take_seat(
    request: Request, db: Db, workshop: CodeRoom, seat: MaybeSeat,
    form: Annotated[Filled[SeatForm], Depends(read(SeatForm))],
) -> Response:  # fmt: skip
    """Take a seat, once a phone."""
    if seat is not None:
        return go(request, "workshops.room", code=workshop.code)
    if form.ok is None:
        return _phone(request, db, workshop, None, status=422, form=form)
    _count(request, SEATS_A_ROOM, "seat", str(workshop.id))
    secret = service.take_seat(db, workshop, form.ok.college)
    response = go(request, "workshops.room", code=workshop.code, flash=_("Vous êtes dans la salle."))
    response.set_cookie(
        seat_cookie(workshop), secret, max_age=DAY * 2, path="/", httponly=True, samesite="lax",
        secure=get_settings().is_https,
    )  # fmt: skip
    return response


def _count(request: Request, rule: Any, *keys: str) -> None:
    limiter: Limiter = request.app.state.limiter
    limiter.hit(rule, *keys)


@router.post("/a/{code}/bulletin", name="workshops.cast")
def cast(
    request: Request, db: Db, workshop: CodeRoom, seat: MaybeSeat,
    form: Annotated[Filled[BallotForm], Depends(read(BallotForm))],
) -> Response:  # fmt: skip
    """Record a ballot; refused, its marks stay on the page with the reason, unless the room went on meanwhile."""
    if seat is None:
        raise ForbiddenError(_("Prenez d’abord une place dans la salle : rien n’a été compté."))
    form.values["marks"] = form.data.marks if form.data else {}
    _count(request, BALLOTS_A_SEAT, "ballot", str(seat.id))
    data = form.ok
    if data is None:
        return _phone(request, db, workshop, seat, status=422, ballot_form=form)
    step = step_of(db, workshop, data.step)
    try:
        service.cast_ballot(db, workshop, step, seat, data.marks)
    except DomainError as refusal:
        if type(refusal) is ForbiddenError:
            raise
        form.refuse("form", refusal.message)
        return _phone(request, db, workshop, seat, status=int(refusal.status), ballot_form=form)
    return go(request, "workshops.room", code=workshop.code)


@router.get("/a/{code}/etat", name="workshops.state")
def state(db: Db, workshop: CodeRoom) -> Response:
    """Where the room is, for a phone that wonders whether to look again."""
    step = queries.step(db, workshop.step_id) if workshop.step_id else None
    return JSONResponse(
        {
            "room": workshop.status, "step": step.id if step else None, "status": step.status if step else None,
            "closes_at": step.closes_at.isoformat() if step and step.closes_at else None, "now": now().isoformat(),
        },
        headers={"cache-control": "no-store"},
    )  # fmt: skip


@router.get("/direct/a/{code}", name="workshops.phone_stream")
def phone_stream(request: Request, workshop: CodeRoom) -> Response:
    """The room looks at something else: look again. Others' votes are not told."""
    return Stream(request.app.state.hub, [service.topic(workshop)])


@router.get("/a/{code}/place", name="workshops.seat_form")
@router.get("/a/{code}/bulletin", name="workshops.ballot_form")
def back_to_the_room(request: Request, workshop: CodeRoom) -> Response:
    """The address of a form, opened again, leads to the room."""
    return go(request, "workshops.room", code=workshop.code)
