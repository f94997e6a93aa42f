"""What every screen of a room shows: the step, who is there, how to join."""

import json
from hashlib import blake2b
from typing import Any

import segno
from fastapi import Request
from markupsafe import Markup

from app.core.db import Db, now
from app.core.live import Draw, Drawn
from app.core.security import token
from app.places.queries import reference
from app.policy.actor import ANONYMOUS
from app.workshops import queries, service
from app.workshops.models import Step, Workshop
from app.workshops.states import (
    KIND_LABELS,
    OBJECTING,
    ROOM_LABELS,
    STEP_LABELS,
    VOTES,
    Reveal,
    Room,
    Signed,
    StepKind,
    StepStatus,
)

STAGE = "workshops/_stage.html"
_HOUR = token(12)  # stands for the hour in what is drawn; nobody can have typed it


def qr(address: str) -> Markup:
    """A QR code as inline SVG, without any style: its size is its container's."""
    drawn = segno.make(address, error="m").svg_inline(omitsize=True, svgclass="qr", lineclass=None, border=2)
    return Markup(drawn)  # our own drawing of our own address


def _next(steps: list[Step], current: Step | None) -> Step | None:
    """The first step that has not started, after the present one."""
    waiting = [s for s in steps if s.status == StepStatus.WAITING and not s.skipped]
    later = [s for s in waiting if current is None or s.position > current.position]
    return next(iter(later or waiting), None)


def stage_context(db: Db, workshop: Workshop) -> dict[str, Any]:
    """What the room looks at, the same for everybody: nothing here depends on who reads.

    It is drawn once a change (``templates/workshops/_stage.html``) and sent to every phone as the same bytes.
    """
    steps = list(queries.steps(db, workshop.id or 0))
    step = next((s for s in steps if s.id == workshop.step_id), None)
    is_vote = step is not None and step.kind in VOTES
    result = None
    if step and is_vote and step.status == StepStatus.REVEALED:
        result = queries.results(db, [step], queries.present_by(db, workshop.id or 0))[step.id or 0]
    return {
        "workshop": workshop, "step": step, "steps": steps, "next_step": _next(steps, step), "is_vote": is_vote,
        "result": result, "options": queries.options(db, [step.id or 0])[step.id or 0] if step else [],
        "now_iso": now().isoformat(), "room_labels": ROOM_LABELS, "step_labels": STEP_LABELS,
        "asked_tables": queries.tables(db, workshop.id or 0) if step and asks_table(step) else [],
        "kind_labels": KIND_LABELS, "grades": step.offered if step else {}, "objecting": OBJECTING,
    }  # fmt: skip


def asks_table(step: Step) -> bool:
    """Whether people now write what their table signs: whoever sits at none is asked where they are."""
    return step.kind == StepKind.CARDS and step.status == StepStatus.OPEN and step.signed == Signed.TABLE


def stage_of(app: Any, workshop_id: int) -> Draw:
    """Draws the stage of a room, for a thread of its own: one session, closed before anything is sent."""

    def draw() -> Drawn | None:
        with app.state.database.reading() as db:
            workshop = queries.on_stage(db, workshop_id)
            if workshop is None or workshop.status == Room.DRAFT:
                return None
            context = stage_context(db, workshop)
            html = app.state.env.get_template(STAGE).render(context | {"me": ANONYMOUS, "now_iso": _HOUR})
            return _drawn(workshop, context["step"], html)

    return draw


def _drawn(workshop: Workshop, step: Step | None, html: str) -> Drawn:
    """One JSON line. Its hour is that of its sending: the countdowns of phones are set by it."""
    said = {"now": _HOUR} | stage_state(workshop, step) | {"kind": step.kind if step else None, "html": html}
    line = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    key = blake2b(line.replace(_HOUR, "").encode(), digest_size=9).hexdigest()
    return Drawn(key, lambda: line.replace(_HOUR, now().isoformat()))


def stage_state(workshop: Workshop, step: Step | None) -> dict[str, Any]:
    """Where the room is, for a phone that wonders whether it shows the right thing."""
    return {
        "room": workshop.status, "step": step.id if step else None, "status": step.status if step else None,
        "closes_at": step.closes_at.isoformat() if step and step.closes_at else None,
    }  # fmt: skip


def room_context(request: Request, db: Db, workshop: Workshop) -> dict[str, Any]:
    """The stage, and who is there and how to join: for the console, which also sees what only the screen shows."""
    stage = stage_context(db, workshop)
    step, present = stage["step"], queries.present_by(db, workshop.id or 0)
    answered = queries.answered_by(db, step.id or 0) if stage["is_vote"] else {}
    if stage["is_vote"] and stage["result"] is None and on_screen(step):
        stage["result"] = queries.results(db, [step], present)[step.id or 0]
    urls, public_url = request.app.state.urls, request.app.state.settings.public_url
    address = public_url + urls("workshops.room", code=workshop.code)
    return stage | {
        "territory": reference(db).by_id[workshop.territory_id], "answered_by": answered,
        "answered": sum(answered.values()), "present_by": present, "present": sum(present.values()),
        "join_address": address.split("://", 1)[1], "qr": qr(address), "topic": service.topic(workshop),
        "local": request.app.state.settings.is_local,
        "stream": urls("workshops.stream", workshop_id=workshop.id, key=workshop.screen_key),
    }  # fmt: skip


def on_screen(step: Step) -> bool:
    """Whether the screen shows what this vote says: once revealed, or live."""
    live = step.reveal == Reveal.LIVE and step.status != StepStatus.WAITING
    return live or step.status == StepStatus.REVEALED
