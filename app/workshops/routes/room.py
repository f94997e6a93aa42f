"""The room on a phone: what everybody looks at, and one's ballot."""

from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from app.core.db import Db, now
from app.core.errors import DomainError, ForbiddenError, NotFoundError
from app.core.forms import Filled, read
from app.core.security import PRIVATE
from app.core.web import go
from app.identity.access import Me, public, visitor
from app.workshops import queries
from app.workshops.access import CodeRoom, Here, device_here, room_of_code
from app.workshops.forms import BallotForm
from app.workshops.routes.light import cast as cast_together
from app.workshops.routes.light import room_at
from app.workshops.routes.phone import show_phone
from app.workshops.routes.stage import stage_state

router = APIRouter(dependencies=[Depends(public), Depends(room_of_code)])
apart = APIRouter()  # holds no session: a ballot waits for others, and they for the writer


@router.get("/a/{code}", name="workshops.room")
def room(
    request: Request, db: Db, me: Me, workshop: CodeRoom, device: Here, code: str, modifier: int = 0, personne: int = 1
) -> Response:  # fmt: skip
    """The way in, then what the room looks at."""
    here = at_place(personne)
    if code != workshop.code:
        return go(request, "workshops.room", code=workshop.code, **here)
    if here and device.at(1) is None:
        return go(request, "workshops.room", code=workshop.code)
    place = personne if here else 1
    return show_phone(request, db, workshop, device, me, place=place, editing=bool(modifier))


def at_place(place: int) -> dict[str, Any]:
    """The query that leads to this person of the device; the first needs none."""
    return {"personne": place} if 1 < place <= queries.PLACES else {}


@apart.post("/a/{code}/bulletin", name="workshops.cast")
async def cast(
    request: Request, code: str, form: Annotated[Filled[BallotForm], Depends(read(BallotForm))]
) -> Response:  # fmt: skip
    """Record a ballot; refused, its marks stay on the page with the reason, unless the room went on meanwhile."""
    _room, secret = await room_at(request.scope, code)
    refused: DomainError | None = None
    if form.ok is not None:
        try:
            await cast_together(request.scope, code, secret, form.ok.place, form.ok)
            return go(request, "workshops.room", code=code, **at_place(form.ok.place))
        except (ForbiddenError, NotFoundError):
            raise
        except DomainError as error:
            form.refuse("form", error.message)
            refused = error
    async with request.app.state.gate.reading:
        return await run_sync(_again, request, code, form, refused)


def _again(request: Request, code: str, form: Filled[BallotForm], refused: DomainError | None) -> Response:
    """The ballot that was refused, as it was filled."""
    with request.app.state.database.reading() as db:
        me = visitor(request, db)
        workshop = room_of_code(request, db, me, code)
        return show_phone(
            request, db, workshop, device_here(request, db, workshop), me, status=refused.status if refused else 422,
            place=form.data.place if form.data else 1, sent=form, retry_after=refused.retry_after if refused else None,
        )  # fmt: skip


@router.get("/a/{code}/etat", name="workshops.state")
def state(db: Db, workshop: CodeRoom) -> Response:
    """Where the room is, for a phone that hears nothing and wonders whether its stream still lives."""
    step = queries.step(db, workshop.step_id) if workshop.step_id else None
    said = stage_state(workshop, step) | {"now": now().isoformat()}
    return JSONResponse(said, headers=PRIVATE)


@router.get("/a/{code}/place", name="workshops.seat_form")
@router.get("/a/{code}/bulletin", name="workshops.ballot_form")
def back_to_the_room(request: Request, workshop: CodeRoom) -> Response:
    """The address of a form, opened again, leads to the room."""
    return go(request, "workshops.room", code=workshop.code)
