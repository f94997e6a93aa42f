"""Writing a report: each text is kept as it is typed, by small posts; then it is published."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db, now
from app.core.errors import NotFoundError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.security import PRIVATE
from app.core.web import go, page
from app.identity.access import Me
from app.places.queries import reference
from app.policy import WORKSHOP_CONDUCT, WORKSHOP_LEAD
from app.workshops import queries, service
from app.workshops.access import ConductWorkshop, LeadWorkshop, RunWorkshop, step_of
from app.workshops.forms import DirectionForm, OutcomeForm, ReportForm, ShownForm, TextsForm
from app.workshops.models import Outcome, Workshop
from app.workshops.queries import report as reports
from app.workshops.service import report as writing
from app.workshops.states import Room, StepKind

router = APIRouter()
Texts = Annotated[Filled[TextsForm], Depends(read(TextsForm))]
Line = Annotated[Filled[OutcomeForm], Depends(read(OutcomeForm))]
SAVED, STALE, WRONG = "saved", "stale", "wrong"


def _page(
    request: Request, db: Db, me: Me, workshop: Workshop, *, status: int = 200, texts: Filled[Any] | None = None,
    lines: dict[int, Filled[OutcomeForm]] | None = None, adding: Filled[OutcomeForm] | None = None, **state: Any,
) -> Response:  # fmt: skip
    """The page, with what was refused if anything; htmx takes the one block that it asked for."""
    rows = reports.list_outcomes(db, workshop.id or 0)
    steps = [s for s in queries.steps(db, workshop.id or 0) if s.kind == StepKind.AGREEMENT]
    crew = me.can(WORKSHOP_CONDUCT, workshop)
    said = reports.list_objections(db, [s.id or 0 for s in steps]) if crew else []
    return page(
        request, "workshops/report_edit.html", status=status, headers=PRIVATE, nav="workshops", workshop=workshop,
        territory=reference(db).by_id[workshop.territory_id], texts=texts or _texts(workshop), rows=rows,
        lines={row.id: _line(row) for row in rows} | (lines or {}),
        adding=adding or blank(OutcomeForm), fresh=blank(OutcomeForm),
        objections=[(s, [b for b in said if b.step_id == s.id]) for s in steps if any(b.step_id == s.id for b in said)],
        to_check=reports.to_check(db, workshop), published=workshop.status == Room.PUBLISHED,
        may_publish=me.can(WORKSHOP_LEAD, workshop),
        **({"state": "", "message": "", "stale": None, "seals": [], "focus": ""} | state),
    )  # fmt: skip


def _texts(workshop: Workshop) -> Filled[TextsForm]:
    texts = {"conclusion": workshop.conclusion, "next_steps": workshop.next_steps}
    return blank(TextsForm, **texts, **dict(_seals(workshop)))


def _seals(workshop: Workshop) -> list[tuple[str, str]]:
    return [
        ("conclusion_seen", reports.seal(workshop.conclusion)), ("next_steps_seen", reports.seal(workshop.next_steps))
    ]  # fmt: skip


def _line(row: Outcome) -> Filled[OutcomeForm]:
    return blank(
        OutcomeForm, text=row.text, holder=row.holder, due_on=row.due_on or "", seen=reports.seal_of(row)
    )  # fmt: skip


def _new(unresolved: bool) -> str:
    """The field in which the next line is typed."""
    return "new-points" if unresolved else "new-decisions"


def _saved() -> dict[str, Any]:
    return {"state": SAVED, "message": _("Enregistré à %(clock)s.") % {"clock": reports.said.clock(now())}}


def _stale(error: writing.StaleError, form: str) -> dict[str, Any]:
    return {"state": STALE, "message": error.message, "stale": {"text": error.stored, "seal": error.seal, "form": form}}


def _wrong(form: Filled[Any]) -> dict[str, Any]:
    return {"state": WRONG, "message": _("Pas encore enregistré. %(why)s") % {"why": " ".join(form.errors.values())}}


@router.get("/ateliers/{workshop_id:int}/compte-rendu/redaction", name="workshops.edit_report")
def edit(request: Request, db: Db, me: Me, workshop: RunWorkshop) -> Response:
    """Where the conclusion, the decisions and the rest are written, before people leave."""
    return _page(request, db, me, workshop)


@router.post("/ateliers/{workshop_id:int}/compte-rendu/textes", name="workshops.save_texts")
def save_texts(request: Request, db: Db, me: Me, workshop: RunWorkshop, form: Texts) -> Response:
    """Keep the conclusion and the next steps, as they are being written."""
    if form.ok is None:
        return _page(request, db, me, workshop, status=422, texts=form, **_wrong(form))
    try:
        writing.save_texts(db, workshop, form.ok)
    except writing.StaleError as error:
        return _page(request, db, me, workshop, status=409, texts=form, **_stale(error, "report_texts"))
    return _page(request, db, me, workshop, seals=_seals(workshop), **_saved())


@router.post("/ateliers/{workshop_id:int}/compte-rendu", name="workshops.publish_report")
def publish_report(
    request: Request, db: Db, me: Me, workshop: LeadWorkshop,
    form: Annotated[Filled[ReportForm], Depends(read(ReportForm))],
) -> Response:  # fmt: skip
    """Publish the report, with the texts as they are in the fields."""
    if form.ok is None:
        return _page(request, db, me, workshop, status=422, texts=form)
    try:
        service.publish_report(db, workshop, form.ok, by=me.person_id or 0)
    except writing.StaleError as error:
        return _page(request, db, me, workshop, status=409, texts=form, **_stale(error, "report_texts"))
    return go(request, "workshops.report", workshop_id=workshop.id, flash=_("Compte rendu publié."))


@router.post("/ateliers/{workshop_id:int}/decisions", name="workshops.add_outcome")
def add_outcome(request: Request, db: Db, me: Me, workshop: RunWorkshop, form: Line) -> Response:
    """One more line of the relevé de décisions."""
    if form.ok is None:
        return _page(request, db, me, workshop, status=422, adding=form, **_wrong(form))
    writing.add_outcome(db, workshop, form.ok)
    return _page(request, db, me, workshop, focus=_new(form.ok.unresolved), **_saved())


@router.post("/ateliers/{workshop_id:int}/decisions/{outcome_id:int}", name="workshops.save_outcome")
def save_outcome(
    request: Request, db: Db, me: Me, workshop: RunWorkshop, outcome_id: int, form: Line
) -> Response:  # fmt: skip
    """Change a line; nothing typed is lost when somebody changed or removed it meanwhile."""
    if form.ok is None:
        return _page(request, db, me, workshop, status=422, lines={outcome_id: form}, **_wrong(form))
    try:
        row = writing.save_outcome(db, workshop, outcome_id, form.ok)
    except writing.StaleError as error:
        stale = _stale(error, f"decision-{outcome_id}")
        return _page(request, db, me, workshop, status=409, lines={outcome_id: form}, **stale)
    except NotFoundError as error:
        return _page(request, db, me, workshop, status=404, adding=form, state=WRONG, message=error.message)
    return _page(request, db, me, workshop, seals=[(f"seen-{row.id}", reports.seal_of(row))], **_saved())


@router.post("/ateliers/{workshop_id:int}/decisions/{outcome_id:int}/retrait", name="workshops.remove_outcome")
def remove_outcome(request: Request, db: Db, me: Me, workshop: RunWorkshop, outcome_id: int) -> Response:
    """Take a line out."""
    unresolved = writing.remove_outcome(db, workshop, outcome_id)
    return _page(request, db, me, workshop, focus=_new(unresolved), **_saved())


@router.post("/ateliers/{workshop_id:int}/decisions/{outcome_id:int}/ordre", name="workshops.move_outcome")
def move_outcome(
    request: Request, db: Db, me: Me, workshop: RunWorkshop, outcome_id: int,
    form: Annotated[Filled[DirectionForm], Depends(read(DirectionForm))],
) -> Response:  # fmt: skip
    """Up or down."""
    if form.ok:
        writing.move_outcome(db, workshop, outcome_id, form.ok.offset)
    return _page(request, db, me, workshop, focus=str(outcome_id), **_saved())


@router.post("/ateliers/{workshop_id:int}/objections/{ballot_id:int}", name="workshops.show_objection")
def show_objection(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop, ballot_id: int,
    form: Annotated[Filled[ShownForm], Depends(read(ShownForm))],
) -> Response:  # fmt: skip
    """Show what somebody wrote, or hide it."""
    shown = form.ok is not None and form.ok.shown
    writing.show_objection(db, workshop, ballot_id, shown=shown, by=me.person_id or 0)
    if form.ok and form.ok.console:
        return go(request, "workshops.console", workshop_id=workshop.id, anchor=f"objection-{ballot_id}")
    return _page(request, db, me, workshop, focus=str(ballot_id), **_saved())


@router.post("/ateliers/{workshop_id:int}/sequences/{step_id:int}/objections", name="workshops.show_objections")
def show_objections(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop, step_id: int,
    form: Annotated[Filled[ShownForm], Depends(read(ShownForm))],
) -> Response:  # fmt: skip
    """Show or hide all those of one vote."""
    shown = form.ok is not None and form.ok.shown
    writing.show_objections(db, workshop, step_of(db, workshop, step_id), shown=shown)
    return _page(request, db, me, workshop, **_saved())
