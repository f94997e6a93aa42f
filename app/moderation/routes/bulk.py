"""The same decision on everything that was ticked."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import DomainError
from app.core.forms import Filled, read
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.web import page
from app.identity.access import Me, Requires
from app.moderation.access import contribution
from app.moderation.forms.deciding import BulkForm
from app.moderation.queries.items import label_of
from app.moderation.queries.subjects import Subject
from app.moderation.routes.context import context, onward
from app.moderation.service.decisions import Verdict, decide_many
from app.moderation.states import Verb
from app.policy import MODERATION_OPEN

router = APIRouter(dependencies=[Depends(Requires(MODERATION_OPEN))])
NAMED = 5


@router.post("/moderation/lot", name="moderation.bulk")
def bulk(request: Request, db: Db, me: Me, form: Annotated[Filled[BulkForm], Depends(read(BulkForm))]) -> Response:
    """Publish or refuse what was ticked, with one reason; what changed meanwhile is left out, and named."""
    data = form.ok
    if data is None:
        everything = context(request, db, me) | {"bulk": form}
        return page(request, "moderation/index.html", status=422, kind=None, item=None, form=None, **everything)
    chosen: list[Subject] = []
    gone = 0
    for kind, item_id in data.chosen:
        try:
            chosen.append(contribution(db, me, kind, item_id))
        except DomainError:  # another territory's, one's own, or no longer there
            gone += 1
    reason = data.reason if data.decision == "refuse" else None
    verdict = Verdict(Verb(data.decision), reason, data.note, read_at=data.read_at)
    _batch, done, skipped = decide_many(db, chosen, verdict, by=me.person_id or 0)
    words = _words(data.decision, len(done), [subject for subject, _why in skipped], gone)
    return onward(request, words, level="ok" if len(done) and not (skipped or gone) else "attention")


def _words(decision: str, done: int, skipped: list[Subject], gone: int) -> str:
    """How many were decided, and which were not."""
    if decision == "publish":
        first = ngettext("%(n)s contribution publiée.", "%(n)s contributions publiées.", done) % {"n": done}
    else:
        first = ngettext("%(n)s contribution non publiée.", "%(n)s contributions non publiées.", done) % {"n": done}
    parts = [first]
    if skipped:
        named = ", ".join(f"« {label_of(subject)} »" for subject in skipped[:NAMED])
        more = _(" et %(n)s autres") % {"n": len(skipped) - NAMED} if len(skipped) > NAMED else ""
        parts.append(_("Laissées de côté, elles ont changé ou quelqu’un s’en occupe : %(named)s%(more)s.") % {
            "named": named, "more": more,
        })  # fmt: skip
    if gone:
        parts.append(ngettext("%(n)s n’est pas à vous.", "%(n)s ne sont pas à vous.", gone) % {"n": gone})
    return " ".join(parts)
