"""The projected page: its own address, always the present state, or the one the console keeps. It writes nothing."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from limits import parse
from starlette.responses import Response

from app.core.db import Db, now
from app.core.forms import Filled, read
from app.core.web import page
from app.identity.access import public
from app.workshops import counting, queries
from app.workshops.access import screen_of
from app.workshops.forms.console import PagesForm
from app.workshops.models import Step, Workshop
from app.workshops.queries import cards
from app.workshops.routes.stage import on_screen, qr
from app.workshops.service import projecting
from app.workshops.service.room import turn_topic_of
from app.workshops.states import KIND_LABELS, VOTES, Room, Screen, StepKind, StepStatus

router = APIRouter(dependencies=[Depends(public)])
PAGES_A_ROOM = parse("240/minute")  # several projected pages, each turned by hand
WORDS = {StepKind.PRESENTATION: "presentation", StepKind.DISCUSSION: "discussion", StepKind.PAUSE: "pause"}


@router.get("/ateliers/{workshop_id:int}/ecran/{key}", name="workshops.screen")
def screen(request: Request, db: Db, workshop: Annotated[Workshop, Depends(screen_of)]) -> Response:
    """What the room looks at."""
    step = _shown_step(db, workshop)
    context = _context(request, db, workshop, step)
    return page(request, "workshops/screen.html", view=_view(workshop, step, context["result"]), **context)


@router.post("/ateliers/{workshop_id:int}/ecran/{key}/pages", name="workshops.say_pages")
def say_pages(
    request: Request, db: Db, workshop: Annotated[Workshop, Depends(screen_of)],
    form: Annotated[Filled[PagesForm], Depends(read(PagesForm))],
) -> Response:  # fmt: skip
    """The projected page says which of its pages shows; nothing is written, the console is told."""
    request.app.state.limiter.hit(PAGES_A_ROOM, "pages", str(workshop.id))
    if form.ok is not None:
        projecting.say_pages(db, workshop, projecting.Pages(**form.ok.model_dump()))
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _shown_step(db: Db, workshop: Workshop) -> Step | None:
    """The present step, or the one on which the screen was frozen."""
    step_id = workshop.screen_step_id if workshop.screen == Screen.FROZEN else workshop.step_id
    return queries.step(db, step_id) if step_id else None


def _view(workshop: Workshop, step: Step | None, result: queries.Counted | None) -> str:
    """Which part of templates/workshops/_screen_*.html."""
    if workshop.over:
        return "end"
    if workshop.screen == Screen.BLANK:
        return "blank"
    if step is None or workshop.status != Room.RUNNING:
        return "lobby"
    if step.kind in (StepKind.CARDS, StepKind.GROUPING):
        return "cards"
    if step.kind not in VOTES:
        return WORDS[StepKind(step.kind)]
    if result is not None:
        return "result"
    return "vote" if step.status == StepStatus.OPEN else "closed"


def _context(request: Request, db: Db, workshop: Workshop, step: Step | None) -> dict[str, Any]:
    urls, present = request.app.state.urls, queries.present_by(db, workshop.id or 0)
    is_vote = step is not None and step.kind in VOTES
    address = request.app.state.settings.public_url + _way(urls, workshop)
    return {
        "workshop": workshop, "step": step, "present": sum(present.values()),
        "there": counting.together(present, present),
        "answered": sum(queries.answered_by(db, step.id or 0).values()) if step and is_vote else 0,
        "result": _result(db, step, present) if step and is_vote else None,
        "options": queries.options(db, [step.id or 0])[step.id or 0] if step else [],
        "join_address": address.split("://", 1)[1], "qr": qr(address), "now_iso": now().isoformat(),
        "local": request.app.state.settings.is_local,
        "stream": urls("workshops.stream", workshop_id=workshop.id, key=workshop.screen_key),
        "kind_labels": KIND_LABELS, "cards": cards.wall(db, step),
        "turned": projecting.page_wanted(request.app.state.hub.said(turn_topic_of(workshop.id or 0)), step),
    }  # fmt: skip


def _way(urls: Any, workshop: Workshop) -> str:
    """Where whoever scans the screen goes: the room, and once it is over the page where its report is."""
    if workshop.over:
        return str(urls("workshops.short", workshop_id=workshop.id))
    return str(urls("workshops.room", code=workshop.code))


def _result(db: Db, step: Step, present: dict[str, int]) -> queries.Counted | None:
    """The result, where the room may see it."""
    return queries.results(db, [step], present)[step.id or 0] if on_screen(step) else None
