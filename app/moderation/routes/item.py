"""One contribution: everything around it, a preview, a decision."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import ConflictError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.web import page
from app.identity.access import Me, Requires
from app.moderation import notices
from app.moderation.access import contribution
from app.moderation.forms.deciding import DecisionForm
from app.moderation.queries.queue import Queue
from app.moderation.queries.subjects import Subject
from app.moderation.routes.context import context, kind_of, onward
from app.moderation.routes.panel import panel, shared
from app.moderation.service import decisions, originals
from app.moderation.service.decisions import Verdict
from app.moderation.states import DONE_LABELS, REASONED, Verb
from app.needs.models import Need
from app.needs.service.moderating import Words
from app.policy import MODERATION_OPEN
from app.threads.models import Comment
from app.threads.states import Moderation
from app.workshops.models import Card

router = APIRouter(dependencies=[Depends(Requires(MODERATION_OPEN))])
Contribution = Annotated[Subject, Depends(contribution)]
Decided = Annotated[Filled[DecisionForm], Depends(read(DecisionForm))]


def show(
    request: Request, db: Db, me: Me, item: Subject, form: Filled[DecisionForm] | None = None, *,
    status: int = 200, preview: Words | None = None, late: str = "", held: Queue | None = None,
) -> Response:  # fmt: skip
    """The workspace with this contribution open; ``late``: what somebody else did first, in words; ``held``: the queue,
    if it was read already."""
    everything = context(request, db, me, held) | shared(db, me, item) | {"panel": panel(db, item)}
    if form is None:
        form = blank(DecisionForm, masked=[])
    return page(
        request, "moderation/index.html", status=status, kind=kind_of(item).value, item=item, form=form,
        preview=preview, late=late, **everything,
    )  # fmt: skip


@router.get("/moderation/{kind}/{item_id:int}", name="moderation.item")
def open_item(request: Request, db: Db, me: Me, item: Contribution) -> Response:
    """One contribution, to decide on."""
    return show(request, db, me, item)


def _check_passages(item: Subject, form: Filled[DecisionForm]) -> None:
    """Each passage to mask must stand in the words, as whole words."""
    data = form.data
    if data is None or data.decision != Verb.MASK or not isinstance(item, Need | Comment):
        return
    written = originals.words(item)
    whole = "\n".join((written.title, written.text, written.place))
    known = {decisions.POINT} if written.point else set()
    missing = [passage for passage in data.chosen if passage not in known and not notices.holds(whole, passage)]
    if missing:
        words = _("Ce passage n’est pas dans le texte, ou n’est pas fait de mots entiers : « %(passage)s ».")
        form.refuse("passages", words % {"passage": missing[0][:80]})


@router.post("/moderation/{kind}/{item_id:int}", name="moderation.decide")
def decide(request: Request, db: Db, me: Me, item: Contribution, form: Decided) -> Response:
    """Decide; or show first what readers would read. Somebody who decided meanwhile is told of, word for word."""
    _check_passages(item, form)
    data = form.ok
    form.values["masked"] = data.masked if data else form.values.get("masked") or []
    if data is None:
        return show(request, db, me, item, form, status=422)
    if data.preview and isinstance(item, Need | Comment):
        passages = data.chosen if data.decision == Verb.MASK else ()
        return show(request, db, me, item, form, preview=decisions.hidden_words(item, passages))
    waited = item.status == Moderation.PENDING
    reason = data.reason if data.decision in REASONED else None
    verdict = Verdict(data.decision, reason, data.note, data.chosen, data.seen)
    try:
        decisions.decide(db, item, verdict, by=me.person_id or 0)
    except ConflictError as first:
        return show(request, db, me, item, form, status=409, late=first.message)
    return onward(request, _said(item, data.decision, waited), request.query_params.get("suite", ""))


def _said(item: Subject, verb: Verb, waited: bool) -> str:
    """What was done, and what its author was told."""
    if verb == Verb.KEEP:
        return _("Laissé en ligne. Personne n’est dérangé.")
    if isinstance(item, Card):
        return _("%(done)s. Le compte rendu et la page de suivi le disent.") % {"done": _(DONE_LABELS[verb])}
    if item.author_id is None:  # no address: the tracking page says it
        return _("%(done)s. Sa page de suivi le dit.") % {"done": _(DONE_LABELS[verb])}
    if verb == Verb.REFUSE:
        return _("Non publié. Son auteur reçoit la raison et sait comment contester.")
    if verb == Verb.MASK and not waited:
        return _("Passage masqué. Son auteur reçoit la raison et sait comment contester.")
    return _("%(done)s. Son auteur le saura dans quelques secondes.") % {"done": _(DONE_LABELS[verb])}
