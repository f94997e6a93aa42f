"""Contesting from Mon espace: any of one's words that were refused, hidden or masked."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.forms import Filled, blank, read
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.core.web import go, page
from app.identity.access import Me, Requires
from app.moderation.forms.contesting import AppealForm
from app.moderation.queries import appeals as reads
from app.moderation.queries.subjects import KIND_OF, KINDS, Subject, decision_against, place, subject
from app.moderation.service import appeals
from app.moderation.states import AGAINST_LABELS, APPEAL_DAYS, APPEAL_LABELS, KIND_LABELS
from app.policy import OWN_SPACE
from app.threads.states import MODERATION_LABELS, REASON_ARTICLES, REASON_LABELS, RefusalReason

router = APIRouter(dependencies=[Depends(Requires(OWN_SPACE))])


def mine(db: Db, me: Me, kind: str, item_id: int) -> Subject:
    """One's own words, or those of the organisation for which one speaks; others' do not exist here."""
    table = {k.value: t for k, t in KINDS.items()}.get(kind)
    about = subject(db, table, item_id) if table and item_id < 2**31 else None
    if about is None or not _is_mine(me, about):
        raise NotFoundError
    return about


def _is_mine(me: Me, about: Subject) -> bool:
    if about.organisation_id is not None:
        return me.speaks_for(about.organisation_id) is not None
    return me.person_id is not None and about.author_id == me.person_id


Mine = Annotated[Subject, Depends(mine)]


def _show(request: Request, db: Db, about: Subject, form: Filled[AppealForm], *, status: int = 200) -> Response:
    decided = decision_against(db, about)
    reason = RefusalReason(decided.reason) if decided and decided.reason else None
    return page(
        request, "portal/appeal.html", status=status, form=form, about=about, where=place(db, about), decided=decided,
        kind=KIND_OF[about.__tablename__], kinds=KIND_LABELS, labels=MODERATION_LABELS, verbs=AGAINST_LABELS,
        article=(REASON_ARTICLES[reason], _(REASON_LABELS[reason])) if reason else None, appeal_days=APPEAL_DAYS,
        appeals=reads.of_subject(db, about), appeal_labels=APPEAL_LABELS, until=reads.contestable_until(db, about),
    )  # fmt: skip


@router.get("/mon-espace/recours/{kind}/{item_id:int}", name="portal.appeal")
def appeal(request: Request, db: Db, about: Mine) -> Response:
    """The decision, what one answered, and the form to contest it while one may."""
    return _show(request, db, about, blank(AppealForm))


@router.post("/mon-espace/recours/{kind}/{item_id:int}", name="portal.send_appeal")
def send_appeal(
    request: Request, db: Db, me: Me, about: Mine, form: Annotated[Filled[AppealForm], Depends(read(AppealForm))]
) -> Response:
    """Ask another person to look at it again."""
    if form.ok is None:
        return _show(request, db, about, form, status=422)
    asked = appeals.contest(db, about, form.ok.text, by=me.person_id)
    words = _("Votre contestation est reçue. Une autre personne vous répond le %(date)s au plus tard.")
    kind = KIND_OF[about.__tablename__].value
    return go(
        request,
        "portal.appeal",
        kind=kind,
        item_id=about.id,
        anchor="flash",
        flash=words % {"date": fdate(asked.due_at)},
    )
