"""« Signaler »: what anybody may do about what is public, and the page of its receipt."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import NotFoundError, TooManyError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.security import SECRET, normal_code, spaced
from app.core.web import go, page
from app.identity.access import Me, public
from app.moderation.access import reported
from app.moderation.forms.contesting import ReportForm
from app.moderation.models import Report
from app.moderation.queries import reports as reads
from app.moderation.queries.subjects import KIND_OF, Subject, is_public, place, subject
from app.moderation.service import reports
from app.moderation.states import KIND_LABELS, OUTCOME_LABELS, REPORT_LABELS, REPORT_REASONS, ReportReason
from app.threads import service as threads

router = APIRouter(dependencies=[Depends(public)])
SENT = limit("report", "10/hour")
LOOKUPS = Depends(limit("report-receipt", "30/10minute"))
Reported = Annotated[Subject, Depends(reported)]


def _form(
    request: Request, db: Db, me: Me, about: Subject, form: Filled[ReportForm], *, status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    where = place(db, about)
    choices = [(r.value, _(words)) for r, words in REPORT_REASONS.items() if r != ReportReason.WITHDRAWAL]
    return page(
        request, "moderation/reporting.html", status=status, headers=headers, form=form, where=where, about=about,
        kind=KIND_OF[about.__tablename__], kinds=KIND_LABELS, choices=choices,
        address=request.app.state.settings.public_url + where.path,
    )  # fmt: skip


@router.get("/signaler/{kind}/{item_id:int}", name="moderation.reporting")
def reporting(request: Request, db: Db, me: Me, about: Reported) -> Response:
    """A blank report about this need, comment or file."""
    return _form(request, db, me, about, blank(ReportForm, once=threads.submission_key()))


@router.post("/signaler/{kind}/{item_id:int}", name="moderation.report_it")
def report_it(
    request: Request, db: Db, me: Me, about: Reported, form: Annotated[Filled[ReportForm], Depends(read(ReportForm))]
) -> Response:
    """Record what is wrong; whatever must be taken again, what was typed stays."""
    if form.ok is None:
        if "once" in form.errors:
            form.values["once"] = threads.submission_key()
        return _form(request, db, me, about, form, status=422)
    try:
        SENT.count(request)
        _written, code = reports.report(db, about, form.ok, by=me.person_id)
    except TooManyError as fast:
        form.refuse("form", fast.message)
        return _form(request, db, me, about, form, status=429, headers={"retry-after": str(fast.retry_after)})
    if code is None:
        words = _("Vous l’aviez déjà signalé. Ce qu’il devient se lit ici.")
        return go(request, "portal.my_space", flash=words, anchor="signalements")
    return go(request, "moderation.receipt", code=spaced(code), recu=1)


def _held(db: Db, code: str) -> Report:
    report = reads.by_receipt(db, normal_code(code)) if len(code) < 40 else None
    if report is None:
        raise NotFoundError(_("Ce code ne correspond à aucun signalement. Vérifiez chaque caractère."))
    return report


@router.get("/signalement/{code}", name="moderation.receipt", dependencies=[LOOKUPS])
def receipt(request: Request, db: Db, me: Me, code: str, recu: int = 0) -> Response:
    """What became of a report, for whoever holds its code."""
    report = _held(db, code)
    about = subject(db, report.subject_kind, report.subject_id)
    where = place(db, about) if about and is_public(db, about) else None
    return page(
        request, "moderation/receipt.html", headers=SECRET, report=report, code=spaced(normal_code(code)), where=where,
        received=bool(recu), labels=REPORT_LABELS, reasons=REPORT_REASONS, outcomes=OUTCOME_LABELS,
    )  # fmt: skip
