"""The report of a workshop, and what is put right once it is published."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.web import go, page
from app.identity.access import Me, public
from app.policy import WORKSHOP_RUN
from app.threads.states import REASON_LABELS
from app.workshops.access import ReportedWorkshop, RunWorkshop
from app.workshops.forms import CorrectionForm
from app.workshops.models import Workshop
from app.workshops.queries import report as reports
from app.workshops.service import report as writing
from app.workshops.states import KIND_LABELS, ROOM_LABELS, Room

router = APIRouter(dependencies=[Depends(public)])


def _page(request: Request, db: Db, me: Me, workshop: Workshop, template: str, **more: Any) -> Response:
    found = reports.assemble(db, workshop)
    return page(
        request, template, nav="workshops", report=found, workshop=workshop, territory=found.territory,
        said=reports.said, results={key: vote.result for key, vote in found.votes.items()}, reasons=REASON_LABELS,
        brief=reports.in_brief((vote.step, vote.result, vote.options) for vote in found.votes.values()),
        measure=reports.said.measure(vote.result for vote in found.votes.values()), room_labels=ROOM_LABELS,
        kind_labels=KIND_LABELS, published=workshop.status == Room.PUBLISHED,
        may_run=me.can(WORKSHOP_RUN, workshop), **more,
    )  # fmt: skip


@router.get("/ateliers/{workshop_id:int}/compte-rendu", name="workshops.report")
def report(request: Request, db: Db, me: Me, workshop: ReportedWorkshop) -> Response:
    """Everything that happened, with the full distributions."""
    return _page(request, db, me, workshop, "workshops/report.html", form=blank(CorrectionForm))


@router.get("/ateliers/{workshop_id:int}/decisions", name="workshops.decisions")
def decisions(request: Request, db: Db, me: Me, workshop: ReportedWorkshop) -> Response:
    """The relevé de décisions alone."""
    return _page(request, db, me, workshop, "workshops/report_decisions.html")


@router.post("/ateliers/{workshop_id:int}/compte-rendu/rectifications", name="workshops.correct_report")
def correct(
    request: Request, db: Db, me: Me, workshop: RunWorkshop,
    form: Annotated[Filled[CorrectionForm], Depends(read(CorrectionForm))],
) -> Response:  # fmt: skip
    """Put something right in a published report; the report itself stays."""
    if form.ok is None:
        return _page(request, db, me, workshop, "workshops/report.html", status=422, form=form)
    writing.correct(db, workshop, form.ok, by=me.person_id or 0)
    return go(
        request, "workshops.report", workshop_id=workshop.id, anchor="rectifications",
        flash=_("Rectification publiée."),
    )  # fmt: skip
