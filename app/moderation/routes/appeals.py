"""An appeal: everything that was said and decided, and the answer of another person."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db, now
from app.core.errors import ConflictError, NotFoundError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.web import page
from app.identity.access import Me, Requires
from app.moderation.access import moderated
from app.moderation.forms.contesting import AppealDecisionForm
from app.moderation.models import Appeal
from app.moderation.queries import appeals as reads
from app.moderation.routes.context import context, onward
from app.moderation.routes.panel import panel, shared
from app.moderation.service import appeals
from app.moderation.states import APPEAL_LABELS, Kind
from app.needs.queries import PUBLIC
from app.policy import MODERATION_OPEN
from app.threads.states import REASON_LABELS

router = APIRouter(dependencies=[Depends(Requires(MODERATION_OPEN))])


def the_appeal(db: Db, me: Me, item_id: int) -> Appeal:
    """This appeal, if this moderator may answer it: never who took the decision."""
    item = moderated(db, me, Kind.APPEAL, item_id)
    if not isinstance(item, Appeal):
        raise NotFoundError
    return item


TheAppeal = Annotated[Appeal, Depends(the_appeal)]


def _show(
    request: Request, db: Db, me: Me, appeal: Appeal, form: Filled[AppealDecisionForm] | None = None, *,
    status: int = 200, late: str = "",
) -> Response:  # fmt: skip
    seen = reads.examined(db, appeal)
    return page(
        request, "moderation/index.html", status=status, kind=Kind.APPEAL.value, item=appeal, late=late, preview=None,
        form=form or blank(AppealDecisionForm), seen=seen, panel=panel(db, seen.about) if seen else None,
        appeal_labels=APPEAL_LABELS, reason_labels=REASON_LABELS, appeal_late=appeal.due_at < now(),
        elsewhere=reads.judged(db, appeal).elsewhere,
        **context(request, db, me) | shared(db, me, appeal),
    )  # fmt: skip


@router.get("/moderation/recours/{item_id:int}", name="moderation.appeal")
def open_appeal(request: Request, db: Db, me: Me, appeal: TheAppeal) -> Response:
    """The first words, the decision contested, what its author says of it."""
    return _show(request, db, me, appeal)


@router.post("/moderation/recours/{item_id:int}", name="moderation.decide_appeal")
def decide_appeal(
    request: Request, db: Db, me: Me, appeal: TheAppeal,
    form: Annotated[Filled[AppealDecisionForm], Depends(read(AppealDecisionForm))],
) -> Response:  # fmt: skip
    """Confirm the decision, or go back on it, with words."""
    seen = reads.examined(db, appeal)
    if seen is None:
        raise NotFoundError
    if form.ok is None:
        return _show(request, db, me, appeal, form, status=422)
    try:
        appeals.decide(db, appeal, seen.about, form.ok, by=me.person_id or 0)
    except ConflictError as first:
        return _show(request, db, me, appeal, form, status=409, late=first.message)
    reversed_words = _("Décision annulée : les mots sont publiés. Leur auteur le saura dans quelques secondes.")
    if seen.about.status not in PUBLIC:  # hidden by another decision, or taken back
        reversed_words = _(
            "Décision annulée, mais ces mots ne sont plus en ligne. Leur auteur le saura dans quelques secondes."
        )
    words = (
        reversed_words
        if form.ok.decision == "reverse"
        else _("Décision confirmée. Son auteur le saura dans quelques secondes.")
    )
    return onward(request, words, request.query_params.get("suite", ""))
