"""What every screen of a room shows: the step, who is there, how to join."""

from typing import Any

import segno
from fastapi import Request
from markupsafe import Markup

from app.core.db import Db, now
from app.places.queries import reference
from app.workshops import queries, service
from app.workshops.models import Step, Workshop
from app.workshops.states import KIND_LABELS, ROOM_LABELS, STEP_LABELS, VOTES, Reveal, StepStatus


def qr(address: str) -> Markup:
    """A QR code as inline SVG, without any style: its size is its container's."""
    drawn = segno.make(address, error="m").svg_inline(omitsize=True, svgclass="qr", lineclass=None, border=2)
    return Markup(drawn)  # our own drawing of our own address


def _next(steps: list[Step], current: Step | None) -> Step | None:
    """The first step that has not started, after the present one."""
    later = [s for s in steps if s.status == StepStatus.WAITING and (current is None or s.position > current.position)]
    return later[0] if later else next((s for s in steps if s.status == StepStatus.WAITING), None)


def room_context(request: Request, db: Db, workshop: Workshop, *, live_results: bool) -> dict[str, Any]:
    """The same for the phone, the projector and the console; results only where they may be seen."""
    steps = list(queries.steps(db, workshop.id or 0))
    step = next((s for s in steps if s.id == workshop.step_id), None)
    present = queries.present_by(db, workshop.id or 0)
    is_vote = step is not None and step.kind in VOTES
    answered = queries.answered_by(db, step.id or 0) if step and is_vote else {}
    result = None
    if step and is_vote and _shown(step, live_results=live_results):
        result = queries.results(db, [step], present)[step.id or 0]
    urls, public_url = request.app.state.urls, request.app.state.settings.public_url
    address = public_url + urls("workshops.room", code=workshop.code)
    return {
        "workshop": workshop, "territory": reference(db).by_id[workshop.territory_id], "step": step, "steps": steps,
        "next_step": _next(steps, step), "is_vote": is_vote, "result": result,
        "options": queries.options(db, [step.id or 0])[step.id or 0] if step else [],
        "answered_by": answered, "answered": sum(answered.values()), "present_by": present,
        "present": sum(present.values()), "join_address": address.split("://", 1)[1], "qr": qr(address),
        "now_iso": now().isoformat(), "topic": service.topic(workshop),
        "stream": urls("workshops.phone_stream", code=workshop.code) if not live_results
        else urls("workshops.stream", workshop_id=workshop.id, key=workshop.screen_key),
        "room_labels": ROOM_LABELS, "step_labels": STEP_LABELS, "kind_labels": KIND_LABELS,
    }  # fmt: skip


def _shown(step: Step, *, live_results: bool) -> bool:
    if step.status == StepStatus.REVEALED:
        return True
    return live_results and step.reveal == Reveal.LIVE and step.status != StepStatus.WAITING
