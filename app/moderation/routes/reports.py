"""A report, and the demand of an author to take words back: read it, decide."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import ConflictError, NotFoundError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.web import page
from app.identity.access import Me, Requires
from app.moderation import notices
from app.moderation.access import moderated
from app.moderation.forms.contesting import ReportDecisionForm
from app.moderation.models import Report
from app.moderation.queries import reports as reads
from app.moderation.routes.context import context, onward
from app.moderation.routes.panel import shared
from app.moderation.service import reports
from app.moderation.states import OUTCOME_LABELS, REPORT_LABELS, REPORT_REASONS, Kind, ReportOutcome
from app.policy import MODERATION_OPEN
from app.threads.states import REASON_ARTICLES, REASON_LABELS

router = APIRouter(dependencies=[Depends(Requires(MODERATION_OPEN))])


def the_report(db: Db, me: Me, item_id: int) -> Report:
    """This report, if this moderator may decide on it."""
    item = moderated(db, me, Kind.REPORT, item_id)
    if not isinstance(item, Report):
        raise NotFoundError
    return item


TheReport = Annotated[Report, Depends(the_report)]


def _show(
    request: Request, db: Db, me: Me, report: Report, form: Filled[ReportDecisionForm] | None = None, *,
    status: int = 200, late: str = "",
) -> Response:  # fmt: skip
    articles: list[tuple[str, Any]] = [
        (r.value, _("Article %(n)s. %(label)s") % {"n": REASON_ARTICLES[r], "label": _(REASON_LABELS[r])})
        for r in REASON_LABELS
    ]
    return page(
        request, "moderation/index.html", status=status, kind=Kind.REPORT.value, item=report, late=late, preview=None,
        form=form or blank(ReportDecisionForm), seen=reads.examined(db, report), report_labels=REPORT_LABELS,
        report_reasons=REPORT_REASONS, outcomes=OUTCOME_LABELS, reason_choices=articles,
        **context(request, db, me) | shared(db, me, report),
    )  # fmt: skip


@router.get("/moderation/signalement/{item_id:int}", name="moderation.report")
def open_report(request: Request, db: Db, me: Me, report: TheReport) -> Response:
    """What is reported, in which words, and what else is reported of the same thing."""
    return _show(request, db, me, report)


@router.post("/moderation/signalement/{item_id:int}", name="moderation.decide_report")
def decide_report(
    request: Request, db: Db, me: Me, report: TheReport,
    form: Annotated[Filled[ReportDecisionForm], Depends(read(ReportDecisionForm))],
) -> Response:  # fmt: skip
    """Keep, mask, hide, or withdraw as its author asked; whoever reported is told."""
    about = reads.examined(db, report)
    if about is None:
        raise NotFoundError
    if (
        form.data
        and form.data.outcome == ReportOutcome.MASKED
        and not notices.holds(about.where.words + "\n" + getattr(about.about, "title", ""), form.data.passage)
    ):
        form.refuse("passage", _("Ce passage n’est pas dans le texte, ou n’est pas fait de mots entiers."))
    if form.ok is None:
        return _show(request, db, me, report, form, status=422)
    try:
        reports.decide(db, report, about.about, form.ok, by=me.person_id or 0)
    except ConflictError as first:
        return _show(request, db, me, report, form, status=409, late=first.message)
    words = _("%(done)s. La réponse est envoyée.") % {"done": _(OUTCOME_LABELS[form.ok.outcome])}
    return onward(request, words, request.query_params.get("suite", ""))
