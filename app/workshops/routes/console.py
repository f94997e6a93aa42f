"""The console: who leads sees how many answered, never who, and what they alone may see before it is shown."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db, now
from app.core.errors import ConflictError
from app.core.forms import Filled, Form, blank, read
from app.core.i18n import gettext as _
from app.core.i18n import local
from app.core.security import PRIVATE
from app.core.web import go, page
from app.identity.access import Me
from app.workshops import counting, queries, service
from app.workshops.access import ConductWorkshop, LeadWorkshop, RunWorkshop
from app.workshops.forms import ActForm
from app.workshops.forms.console import EndForm, HeadsForm, PagesForm, ScreenForm
from app.workshops.models import Ballot, Step, Workshop
from app.workshops.queries import cards, crew, paper
from app.workshops.queries import console as reads
from app.workshops.queries.report import list_objections
from app.workshops.routes.stage import room_context
from app.workshops.service import projecting
from app.workshops.service.room import pages_topic_of
from app.workshops.states import ASKING, VOTES, Screen, StepKind, StepStatus

router = APIRouter()
Act = Annotated[Filled[ActForm], Depends(read(ActForm))]


@router.get("/ateliers/{workshop_id:int}/regie", name="workshops.console")
def console(request: Request, db: Db, workshop: RunWorkshop) -> Response:
    """Where the facilitator leads the room."""
    return show(request, db, workshop)


def show(
    request: Request, db: Db, workshop: Workshop, *, status: int = 200, end: Filled[EndForm] | None = None,
    heads: Filled[HeadsForm] | None = None,
) -> Response:  # fmt: skip
    """The whole console, with a form that was refused if any."""
    context = room_context(request, db, workshop)
    context |= _counts(request, db, context) | _preview(db, context) | _left(db, context)
    step, kept = context["step"], reads.heads(db, workshop.id or 0)
    closes = step.closes_at if step and step.status == StepStatus.OPEN else None
    return page(
        request, "workshops/console.html", status=status, headers=PRIVATE, nav="workshops",
        team=crew.team(db, workshop), run=reads.forecast(workshop, context["steps"], now()), asking=ASKING,
        closes=closes, reopens=service.may_reopen_until(workshop, now()),
        end=end or blank(EndForm, until=f"{local(closes):%H:%M}" if closes else ""),
        heads=heads or blank(HeadsForm, **kept), heads_total=sum(kept.values()), **context,
    )  # fmt: skip


def _counts(request: Request, db: Db, context: dict[str, Any]) -> dict[str, Any]:
    """How people answer, at which table, and what is online."""
    workshop, step = context["workshop"], context["step"]
    asked = step.id if step and context["is_vote"] else None
    going = next((s for s in context["steps"] if s.status == StepStatus.OPEN), None)
    return {
        "channels": reads.channels(db, asked) if asked else {},
        "cards": cards.beside(db, context["steps"], step), "desk": paper.desk(db, workshop, step) if asked else None,
        "tables": reads.by_table(db, workshop.id or 0, asked), "online": _online(request, workshop.id or 0),
        "going": going if going is not step else None,
        "frozen": next((s for s in context["steps"] if s.id == workshop.screen_step_id), None),
        "stream": f"{context['stream']}?regie=1&pages=1", "pages": _pages(request, workshop, context["steps"]),
    }  # fmt: skip


def _pages(request: Request, workshop: Workshop, steps: Sequence[Step]) -> projecting.Pages | None:
    """The page that is projected, where there are several."""
    shown = workshop.screen_step_id if workshop.screen == Screen.FROZEN else workshop.step_id
    words = request.app.state.hub.said(pages_topic_of(workshop.id or 0))
    return projecting.pages_said(words, workshop, next((step for step in steps if step.id == shown), None))


def _online(request: Request, workshop_id: int) -> dict[str, int] | None:
    """Phones and projected pages that listen now; unknown where other processes hold some of them."""
    if not request.app.state.database.is_sqlite:
        return None
    hub = request.app.state.hub
    return {
        "phones": hub.listeners(service.topic_of(workshop_id), drawn=True),
        "screens": hub.listeners(service.screen_topic_of(workshop_id)),
    }


def _preview(db: Db, context: dict[str, Any]) -> dict[str, Any]:
    """What only the crew sees: results before they are shown, and the gap worth talking about."""
    step = context["step"]
    counted = context["result"]
    if step is not None and step.status == StepStatus.CLOSED and context["is_vote"]:
        counted = queries.results(db, [step], context["present_by"])[step.id]
    gap = counting.widest_gap(counted) if counted else None
    titles = {view.id: view.title for view in context["options"]}
    return {
        "preview": counted if context["result"] is None else None,
        "gap": gap and {
            "title": titles[gap.option], "low_college": gap.low, "low_percent": gap.low_percent,
            "high_college": gap.high, "high_percent": gap.high_percent,
        },
    }  # fmt: skip


def _left(db: Db, context: dict[str, Any]) -> dict[str, Any]:
    """What is left: paper ballots to read again, words written against a text, cards in no group, a step passed."""
    workshop, steps = context["workshop"], context["steps"]
    step, following = context["step"], context["next_step"]
    going = workshop.under_way
    votes = [each.id or 0 for each in steps if going and each.kind == StepKind.AGREEMENT]
    said: dict[int, list[Ballot]] = {each.id or 0: [] for each in steps}
    for ballot in list_objections(db, votes):
        said[ballot.step_id].append(ballot)
    return {
        "unread": paper.unread(db, steps) if going else [],
        "objections": said,
        "passed": reads.passed(steps, step, following) if going else None,
        "ungrouped": reads.left_out(db, steps, following) if going else 0,
    }


def do(
    request: Request, db: Db, me: Me, workshop: Workshop, form: Filled[Any], verb: Callable[..., None],
    words: str, *of: Step, anchor: str = "", **more: Any,
) -> Response:  # fmt: skip
    """Act on the state that its sender saw, or say what happened meanwhile; the present state is shown either way."""
    try:
        verb(db, workshop, *of, edited=form.ok.edited if form.ok else -1, by=me.person_id or 0, **more)
    except ConflictError as conflict:
        db.rollback()
        return back(request, workshop, conflict.message, "attention")
    return back(request, workshop, words, anchor=anchor)


def back(request: Request, workshop: Workshop, words: str, level: str = "ok", anchor: str = "") -> Response:
    """To the console."""
    return go(request, "workshops.console", workshop_id=workshop.id, flash=words, level=level, anchor=anchor)


def form_of(model: type[Form]) -> Any:
    """The body of an act that says more than which state it saw."""
    return Depends(read(model))


@router.post("/ateliers/{workshop_id:int}/salle", name="workshops.open_room")
def open_room(request: Request, db: Db, me: Me, workshop: ConductWorkshop, form: Act) -> Response:
    """Let people in."""
    return do(request, db, me, workshop, form, service.open_room, _("Salle ouverte."))


@router.get("/ateliers/{workshop_id:int}/fin", name="workshops.closing")
def closing(request: Request, db: Db, workshop: LeadWorkshop) -> Response:
    """Ask once more, saying what closing does to this room."""
    if not workshop.under_way:
        return go(request, "workshops.console", workshop_id=workshop.id)
    return page(
        request, "workshops/closing.html", headers=PRIVATE, nav="workshops", workshop=workshop, votes=VOTES,
        ends=reads.what_ends(db, workshop), unread=paper.unread(db, queries.steps(db, workshop.id or 0)),
        minutes=service.REGRET // timedelta(minutes=1),
    )  # fmt: skip


@router.post("/ateliers/{workshop_id:int}/fin", name="workshops.close_room")
def close_room(request: Request, db: Db, me: Me, workshop: LeadWorkshop, form: Act) -> Response:
    """End the workshop."""
    return do(request, db, me, workshop, form, service.close_room, _("Atelier terminé."))


@router.post("/ateliers/{workshop_id:int}/reprise", name="workshops.reopen_room")
def reopen_room(request: Request, db: Db, me: Me, workshop: LeadWorkshop, form: Act) -> Response:
    """Back to the room as it was left, when it was closed too soon."""
    return do(request, db, me, workshop, form, service.reopen_room, _("Atelier rouvert, là où il en était."))


_SCREEN = {
    Screen.LIVE: lambda: _("L’écran suit la salle."), Screen.BLANK: lambda: _("Écran noir."),
    Screen.FROZEN: lambda: _("Écran figé."),
}  # fmt: skip


@router.post("/ateliers/{workshop_id:int}/ecran", name="workshops.set_screen")
def set_screen(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop,
    form: Annotated[Filled[ScreenForm], form_of(ScreenForm)],
) -> Response:  # fmt: skip
    """Darken or freeze the projected page, or let it follow the room."""
    wanted = form.ok.screen if form.ok else Screen.LIVE
    return do(request, db, me, workshop, form, service.set_screen, _SCREEN[wanted](), screen=wanted)


@router.post("/ateliers/{workshop_id:int}/ecran/pages", name="workshops.turn_screen")
def turn_screen(
    request: Request, db: Db, workshop: ConductWorkshop, form: Annotated[Filled[PagesForm], form_of(PagesForm)]
) -> Response:  # fmt: skip
    """Turn the pages of what is projected, or let them turn by themselves."""
    if form.ok is None:
        return back(request, workshop, _("Cette page n’est plus à l’écran."), "attention")
    try:
        projecting.turn(db, workshop, projecting.Pages(**form.ok.model_dump()))
    except ConflictError as conflict:
        db.rollback()
        return back(request, workshop, conflict.message, "attention")
    if request.headers.get("hx-request") == "true":
        return Response(status_code=HTTPStatus.NO_CONTENT)  # the stream brings the rest
    return go(request, "workshops.console", workshop_id=workshop.id, anchor="console_pages")


@router.post("/ateliers/{workshop_id:int}/presents", name="workshops.count_heads")
def count_heads(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop,
    form: Annotated[Filled[HeadsForm], form_of(HeadsForm)],
) -> Response:  # fmt: skip
    """People present without a phone."""
    if form.ok is None:
        return show(request, db, workshop, status=422, heads=form)
    try:
        service.count_heads(db, workshop, form.ok.people, by=me.person_id or 0)
    except ConflictError as conflict:
        db.rollback()
        return back(request, workshop, conflict.message, "attention")
    return back(request, workshop, _("Personnes sans téléphone comptées."), anchor="sans-telephone")
