"""The console: the facilitator leads, sees who answered (never who), and the projected page."""

from collections.abc import Callable
from hmac import compare_digest
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import ConflictError, NotFoundError
from app.core.forms import Filled, read
from app.core.i18n import gettext as _
from app.core.live import Stream
from app.core.web import go, page
from app.identity.access import Me, public
from app.policy import WORKSHOP_RUN
from app.workshops import counting, queries, service
from app.workshops.access import step_of, workshop_for
from app.workshops.forms import ActForm
from app.workshops.models import Step, Workshop
from app.workshops.routes.stage import room_context
from app.workshops.states import StepStatus

router = APIRouter()
RunWorkshop = Annotated[Workshop, Depends(workshop_for(WORKSHOP_RUN))]
Act = Annotated[Filled[ActForm], Depends(read(ActForm))]


def screen_of(db: Db, workshop_id: int, key: str) -> Workshop:
    """The room whose projected page has this key."""
    workshop = queries.one(db, workshop_id) if workshop_id < 2**31 else None
    if workshop is None or not compare_digest(workshop.screen_key.encode(), key.encode()):
        raise NotFoundError(_("Cet écran n’existe pas, ou son adresse a changé. Ouvrez-le depuis la régie."))
    return workshop


Screen = Annotated[Workshop, Depends(screen_of)]


@router.get("/ateliers/{workshop_id:int}/ecran/{key}", name="workshops.screen", dependencies=[Depends(public)])
def screen(request: Request, db: Db, workshop: Screen) -> Response:
    """The projected page: read-only, always the present state."""
    context = room_context(request, db, workshop, live_results=True)
    return page(request, "workshops/screen.html", **context)


@router.get("/direct/ateliers/{workshop_id:int}/{key}", name="workshops.stream", dependencies=[Depends(public)])
def stream(request: Request, workshop: Screen) -> Response:
    """The room moved, or someone came or answered: look again."""
    return Stream(request.app.state.hub, [service.topic(workshop), service.count_topic(workshop)])


@router.get("/ateliers/{workshop_id:int}/regie", name="workshops.console")
def console(request: Request, db: Db, workshop: RunWorkshop) -> Response:
    """Where the facilitator leads the room."""
    context = room_context(request, db, workshop, live_results=True)
    return page(request, "workshops/console.html", **context | _preview(db, context))


def _preview(db: Db, context: dict[str, Any]) -> dict[str, Any]:
    """What only the facilitator sees: results before they are shown, and the gap worth talking about."""
    step = context["step"]
    counted = context["result"]
    if step is not None and step.status == StepStatus.CLOSED and context["is_vote"]:
        counted = queries.results(db, [step], context["present_by"])[step.id]
    gap = counting.widest_gap(counted) if counted else None
    titles = {view.id: view.title for view in context["options"]}
    return {
        "nav": "workshops", "preview": counted if context["result"] is None else None,
        "gap": gap and {
            "title": titles[gap.option], "low_college": gap.low, "low_percent": gap.low_percent,
            "high_college": gap.high, "high_percent": gap.high_percent,
        },
    }  # fmt: skip


Lead = Callable[..., None]


def _lead(
    request: Request, db: Db, me: Me, workshop: Workshop, form: Filled[ActForm], verb: Lead, words: str, *of: Step
) -> Response:  # fmt: skip
    """Do it on the state that its sender saw, or say what happened meanwhile; the present state is shown either way."""
    try:
        verb(db, workshop, *of, edited=form.ok.edited if form.ok else -1, by=me.person_id or 0)
    except ConflictError as conflict:
        db.rollback()
        return go(request, "workshops.console", workshop_id=workshop.id, flash=conflict.message, level="attention")
    return go(request, "workshops.console", workshop_id=workshop.id, flash=words)


def one_step(db: Db, workshop: RunWorkshop, step_id: int) -> Step:
    """The step of this address, if it is one of this workshop."""
    return step_of(db, workshop, step_id)


OneStep = Annotated[Step, Depends(one_step)]


@router.post("/ateliers/{workshop_id:int}/salle", name="workshops.open_room")
def open_room(request: Request, db: Db, me: Me, workshop: RunWorkshop, form: Act) -> Response:
    """Let people in."""
    return _lead(request, db, me, workshop, form, service.open_room, _("Salle ouverte."))


@router.post("/ateliers/{workshop_id:int}/fin", name="workshops.close_room")
def close_room(request: Request, db: Db, me: Me, workshop: RunWorkshop, form: Act) -> Response:
    """End the workshop."""
    return _lead(request, db, me, workshop, form, service.close_room, _("Atelier terminé."))


@router.post("/ateliers/{workshop_id:int}/sequences/{step_id:int}/ouverture", name="workshops.open_step")
def open_step(request: Request, db: Db, me: Me, workshop: RunWorkshop, step: OneStep, form: Act) -> Response:
    """Show this step to everyone."""
    return _lead(
        request, db, me, workshop, form, service.open_step, _("En cours : %(title)s") % {"title": step.title}, step
    )


@router.post("/ateliers/{workshop_id:int}/sequences/{step_id:int}/cloture", name="workshops.close_step")
def close_step(request: Request, db: Db, me: Me, workshop: RunWorkshop, step: OneStep, form: Act) -> Response:
    """End this step."""
    return _lead(request, db, me, workshop, form, service.close_step, _("Séquence terminée."), step)


@router.post("/ateliers/{workshop_id:int}/sequences/{step_id:int}/reouverture", name="workshops.reopen_step")
def reopen_step(request: Request, db: Db, me: Me, workshop: RunWorkshop, step: OneStep, form: Act) -> Response:
    """Open a closed vote again."""
    return _lead(request, db, me, workshop, form, service.reopen_step, _("Vote rouvert pour deux minutes."), step)


@router.post("/ateliers/{workshop_id:int}/sequences/{step_id:int}/prolongation", name="workshops.extend_step")
def extend_step(request: Request, db: Db, me: Me, workshop: RunWorkshop, step: OneStep, form: Act) -> Response:
    """Two more minutes."""
    return _lead(request, db, me, workshop, form, service.extend_step, _("Deux minutes de plus."), step)


@router.post("/ateliers/{workshop_id:int}/sequences/{step_id:int}/resultats", name="workshops.reveal_step")
def reveal_step(request: Request, db: Db, me: Me, workshop: RunWorkshop, step: OneStep, form: Act) -> Response:
    """Show the results to the room."""
    return _lead(request, db, me, workshop, form, service.reveal_step, _("Résultats montrés."), step)
