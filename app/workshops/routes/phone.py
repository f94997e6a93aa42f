"""The page of a phone: its shell, which is one person's, around the stage, which is the room's."""

from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from starlette.responses import Response

from app.core.db import Db
from app.core.forms import Filled, Form, blank
from app.core.security import PRIVATE, token
from app.core.web import page
from app.places.queries import reference
from app.policy.actor import Actor
from app.workshops import queries
from app.workshops.access import Device
from app.workshops.forms import BallotForm, SeatForm
from app.workshops.models import Seat, Step, Table, Workshop
from app.workshops.routes.stage import stage_context
from app.workshops.states import Channel, Reveal, StepStatus


@dataclass(frozen=True)
class Mine:
    """What one phone knows of the present step and others do not; the stage that is sent to all has none."""

    seat: Seat
    marks: dict[int, int] = field(default_factory=dict)
    words: str = ""
    voted: bool = False
    late: bool = False
    editing: bool = False
    refused: Filled[BallotForm] | None = None

    @property
    def filling(self) -> bool:
        """Whether the ballot is on the screen, rather than what was sent."""
        return self.editing or not self.voted


def _mine(db: Db, seat: Seat, step: Step | None, editing: bool, sent: Filled[BallotForm] | None) -> Mine:
    cast = queries.ballot(db, step.id or 0, seat.id or 0) if step else None
    here = sent if sent and step and sent.values["step"] == str(step.id) else None
    marks = {int(option): mark for option, mark in cast.marks.items()} if cast else {}
    words = cast.words if cast else ""
    if here:
        marks, words = here.data.marks if here.data else {}, str(here.values["words"])
    return Mine(
        seat, marks, words, voted=cast is not None, late=bool(cast and cast.late), editing=editing or here is not None,
        refused=sent,
    )  # fmt: skip


def show_phone(
    request: Request, db: Db, workshop: Workshop, device: Device, me: Actor, *, place: int = 1, status: int = 200,
    editing: bool = False, sent: Filled[BallotForm] | None = None, retry_after: int | None = None,
) -> Response:  # fmt: skip
    """What the room looks at, or the door for whoever has no seat yet."""
    seat = device.at(place)
    if seat is None:
        return show_door(request, db, workshop, device, me, blank(SeatForm, once=token(), place=place), status=status)
    context = stage_context(db, workshop)
    step = context["step"]
    mine = _mine(db, seat, step, editing, sent)
    if step:
        context["options"] = queries.shuffled(step, context["options"], seat.id or 0)
    so_far = None
    if step and mine.voted and step.reveal == Reveal.AFTER_VOTE and step.status == StepStatus.OPEN:
        present = queries.present_by(db, workshop.id or 0)
        so_far = queries.results(db, [step], present)[step.id or 0]
    return _page(
        request, db, workshop, device, me, context, status=status, mine=mine, so_far=so_far, retry_after=retry_after
    )


def show_door(
    request: Request, db: Db, workshop: Workshop, device: Device, me: Actor, form: Filled[Any], *,
    door: str = "join", table: Table | None = None, status: int = 200,
) -> Response:  # fmt: skip
    """Where one comes in: with a collège, with a printed code, or at another table."""
    context = stage_context(db, workshop)
    return _page(request, db, workshop, device, me, context, status=status, door=door, form=form, asked_table=table)


def _page(
    request: Request, db: Db, workshop: Workshop, device: Device, me: Actor, context: dict[str, Any], *,
    status: int, mine: Mine | None = None, door: str = "", form: Filled[Form] | None = None,
    asked_table: Table | None = None, so_far: Any = None, retry_after: int | None = None,
) -> Response:  # fmt: skip
    room = workshop.id or 0
    here = mine.seat.table_id if mine else None
    tables = queries.tables(db, room)
    shared = bool(door) or any(seat.channel == Channel.LENT for seat in device.seats)
    headers = {"retry-after": str(retry_after)} if retry_after else {}
    return page(
        request, "workshops/phone.html", status=status, headers=headers | (PRIVATE if shared else {}),
        mine=mine, door=door, form=form, later=blank(SeatForm, once=token(), place=1), asked_table=asked_table,
        so_far=so_far, territory=reference(db).by_id[workshop.territory_id], people=device.seats, places=queries.PLACES,
        tables=tables, table=next((each for each in tables if each.id == here), None),
        took_part=queries.has_part(db, room, me.person_id) if mine else False, **context,
    )  # fmt: skip
