"""The list of workshops, one workshop, its report."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.core.db import Db
from app.core.forms import Filled, blank, clean, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.web import go, page
from app.identity.access import Me, public
from app.places.queries import reference
from app.policy import WORKSHOP_JOIN, WORKSHOP_READ, WORKSHOP_REPORT, WORKSHOP_RUN
from app.workshops import queries, service
from app.workshops.access import workshop_for
from app.workshops.forms import ReportForm, normal_room_code
from app.workshops.models import Step, Workshop
from app.workshops.states import KIND_LABELS, ROOM_LABELS, STEP_LABELS, Room

router = APIRouter(dependencies=[Depends(public)])
ReadWorkshop = Annotated[Workshop, Depends(workshop_for(WORKSHOP_READ))]
CODES_ALLOWED = limit("room code", "60/minute")  # a whole hall may share one address: this only slows guessing


def _index(request: Request, db: Db, me: Me, territoire: str, *, status: int = 200, **code: Any) -> Response:
    places = reference(db)
    territory = places.by_slug.get(territoire)
    rooms = queries.rooms(db, me, territory.territory_id if territory else None)
    shown = [*rooms.live, *rooms.coming, *rooms.past]
    return page(
        request, "workshops/index.html", status=status, nav="workshops", territory=territory, places=places,
        find={"territoire": territoire if territory else ""}, live=rooms.live, coming=rooms.coming, past=rooms.past,
        drafts=rooms.drafts, seats=queries.seats(db, [w.id or 0 for w in shown]), room_labels=ROOM_LABELS,
        may_create=[t for t in places.territories if me.holds("facilitator", t.id)], **code,
    )  # fmt: skip


@router.get("/ateliers", name="workshops.index")
def index(request: Request, db: Db, me: Me, territoire: str = "") -> Response:
    """Workshops under way, to come, past; and the way in with a code."""
    return _index(request, db, me, territoire, typed="", code_error="")


@router.get("/a", name="workshops.find")
def find(request: Request, db: Db, me: Me, code: str = "") -> Response:
    """From a code as typed to its room."""
    CODES_ALLOWED.count(request)
    room = queries.by_code(db, code)
    if room is not None and room.status != Room.DRAFT:
        return go(request, "workshops.room", code=room.code)
    if normal_room_code(code):
        error = _("Aucun atelier ne porte ce code. Vérifiez les six caractères affichés dans la salle.")
    else:
        error = _("Écrivez les six caractères affichés dans la salle.")
    return _index(request, db, me, "", status=404, typed=clean(code)[:20], code_error=error)


@router.get("/ateliers/{workshop_id:int}", name="workshops.short")
def short(request: Request, workshop: ReadWorkshop) -> Response:
    """The short address leads to the readable one."""
    address = request.app.state.urls("workshops.show", workshop_id=workshop.id, slug=workshop.slug)
    return RedirectResponse(address, status_code=301)


def _context(db: Db, me: Me, workshop: Workshop) -> dict[str, Any]:
    steps = queries.steps(db, workshop.id or 0)
    present = queries.present_by(db, workshop.id or 0)
    revealed = queries.revealed(steps) if me.can(WORKSHOP_REPORT, workshop) or workshop.status == Room.RUNNING else []
    return {
        "nav": "workshops", "workshop": workshop, "territory": reference(db).by_id[workshop.territory_id],
        "steps": steps, "options": queries.options(db, [s.id or 0 for s in steps]),
        "results": queries.results(db, revealed, present), "present_by": present, "present": sum(present.values()),
        "room_labels": ROOM_LABELS, "kind_labels": KIND_LABELS, "step_labels": STEP_LABELS,
        "may_run": me.can(WORKSHOP_RUN, workshop), "join_open": me.can(WORKSHOP_JOIN, workshop),
        "period_closed": "workshop.join" not in workshop.open_verbs,
    }  # fmt: skip


@router.get("/ateliers/{workshop_id:int}-{slug}", name="workshops.show")
def show(request: Request, db: Db, me: Me, workshop: ReadWorkshop, slug: str) -> Response:
    """One workshop: where, when, its run sheet, its results once shown."""
    if slug != workshop.slug:
        return short(request, workshop)
    return page(request, "workshops/show.html", **_context(db, me, workshop))


def _agenda(steps: list[Step]) -> list[tuple[Step, datetime | None, datetime | None]]:
    return [(step, step.opened_at, step.closed_at) for step in steps]


def _report(
    request: Request, db: Db, me: Me, workshop: Workshop, form: Filled[ReportForm], status: int = 200
) -> Response:
    context = _context(db, me, workshop)
    return page(
        request, "workshops/report.html", status=status, form=form, agenda=_agenda(list(context["steps"])),
        published=workshop.status == Room.PUBLISHED, **context,
    )  # fmt: skip


@router.get("/ateliers/{workshop_id:int}/compte-rendu", name="workshops.report")
def report(
    request: Request, db: Db, me: Me, workshop: Annotated[Workshop, Depends(workshop_for(WORKSHOP_REPORT))]
) -> Response:
    """Everything that happened, with the full distributions."""
    form = blank(ReportForm, conclusion=workshop.conclusion, next_steps=workshop.next_steps)
    return _report(request, db, me, workshop, form)


@router.post("/ateliers/{workshop_id:int}/compte-rendu", name="workshops.publish_report")
def publish_report(
    request: Request, db: Db, me: Me, workshop: Annotated[Workshop, Depends(workshop_for(WORKSHOP_RUN))],
    form: Annotated[Filled[ReportForm], Depends(read(ReportForm))],
) -> Response:  # fmt: skip
    """Publish the report."""
    if form.ok is None:
        return _report(request, db, me, workshop, form, 422)
    service.publish_report(db, workshop, form.ok, by=me.person_id or 0)
    return go(request, "workshops.report", workshop_id=workshop.id, flash=_("Compte rendu publié."))
