"""Reading what waits, deciding, going on to the next."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.core.db import Db
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.live import Stream
from app.core.web import go, page
from app.identity.access import Me, Requires
from app.identity.queries import organisations
from app.moderation import queries
from app.moderation.access import moderated_comment, moderated_need
from app.needs import service as need_verbs
from app.needs.models import Need
from app.places.queries import reference
from app.policy import MODERATION_OPEN
from app.threads import service as thread_verbs
from app.threads.forms import VerdictForm
from app.threads.models import Comment
from app.threads.states import (
    COMMENT_LABELS,
    MODERATION_LABELS,
    ORIGIN_LABELS,
    REASON_ARTICLES,
    REASON_LABELS,
)

router = APIRouter(dependencies=[Depends(Requires(MODERATION_OPEN))])
Verdict = Annotated[Filled[VerdictForm], Depends(read(VerdictForm))]


def _context(db: Db, me: Me) -> dict[str, Any]:
    places = reference(db)
    held = me.territories("moderator")
    territories = [t for t in places.territories if held is None or t.id in held]
    return {
        "nav": "moderation", "queue": queries.queue(db, me), "places": places, "territories": territories,
        "reasons": [(r.value, _(REASON_LABELS[r]), REASON_ARTICLES[r]) for r in REASON_LABELS],
        "organisations": len(organisations.awaiting(db, me)),
        "labels": MODERATION_LABELS, "kinds": COMMENT_LABELS, "origins": ORIGIN_LABELS,
    }  # fmt: skip


@router.get("/moderation", name="moderation.index")
def index(request: Request, db: Db, me: Me) -> Response:
    """The queue, with its oldest item open."""
    first = queries.oldest(db, me)
    if first is None:
        return page(
            request,
            "moderation/index.html",
            kind=None,
            item=None,
            form=None,
            about=None,
            theme=None,
            **_context(db, me),
        )
    if first.kind == "besoin":
        return _show_need(request, db, me, moderated_need(db, me, first.id))
    return _show_comment(request, db, me, moderated_comment(db, me, first.id))


def _show_need(request: Request, db: Db, me: Me, need: Need, form: Filled[VerdictForm] | None = None) -> Response:
    theme = next((t for t in accords.themes(db, need.accord.scheme_id) if t.id == need.theme_id), None)
    return page(
        request, "moderation/index.html", status=422 if form else 200, kind="besoin", item=need, about=None,
        theme=theme,
        form=form or blank(VerdictForm), **_context(db, me),
    )  # fmt: skip


def _show_comment(
    request: Request, db: Db, me: Me, comment: Comment, form: Filled[VerdictForm] | None = None
) -> Response:
    return page(
        request, "moderation/index.html", status=422 if form else 200, kind="commentaire", item=comment,
        about=queries.about(db, comment.thread_id), theme=None,
        form=form or blank(VerdictForm), **_context(db, me),
    )  # fmt: skip


@router.get("/moderation/besoin/{item_id:int}", name="moderation.need")
def show_need(request: Request, db: Db, me: Me, need: Annotated[Need, Depends(moderated_need)]) -> Response:
    """One need to decide on."""
    return _show_need(request, db, me, need)


@router.get("/moderation/commentaire/{item_id:int}", name="moderation.comment")
def show_comment(request: Request, db: Db, me: Me, comment: Annotated[Comment, Depends(moderated_comment)]) -> Response:
    """One comment to decide on."""
    return _show_comment(request, db, me, comment)


def _next(request: Request, published: bool) -> Response:
    words = (
        _("Publié. Son auteur est prévenu.")
        if published
        else _("Non publié. Son auteur a reçu la raison et sait comment contester.")
    )
    return go(request, "moderation.index", flash=words)


@router.post("/moderation/besoin/{item_id:int}", name="moderation.decide_need")
def decide_need(
    request: Request, db: Db, me: Me, need: Annotated[Need, Depends(moderated_need)], form: Verdict
) -> Response:
    """Publish or refuse a need."""
    data = form.ok
    if data is None:
        return _show_need(request, db, me, need, form)
    by = me.person_id or 0
    if data.decision == "publish":
        need_verbs.publish(db, need, by=by)
    elif data.reason:
        need_verbs.refuse(db, need, by=by, reason=data.reason, note=data.note)
    return _next(request, data.decision == "publish")


@router.post("/moderation/commentaire/{item_id:int}", name="moderation.decide_comment")
def decide_comment(
    request: Request, db: Db, me: Me, comment: Annotated[Comment, Depends(moderated_comment)], form: Verdict
) -> Response:
    """Publish or refuse a comment."""
    data = form.ok
    if data is None:
        return _show_comment(request, db, me, comment, form)
    subject = queries.about(db, comment.thread_id)
    about = subject.title if subject else ""
    by = me.person_id or 0
    if data.decision == "publish":
        thread_verbs.publish_comment(db, comment, by=by, about=about)
    elif data.reason:
        thread_verbs.refuse_comment(db, comment, by=by, about=about, reason=data.reason, note=data.note)
    return _next(request, data.decision == "publish")


@router.get("/direct/moderation", name="moderation.stream")
def stream(request: Request, me: Me) -> Response:
    """The queue of this moderator's territories moved: look again."""
    held = me.territories("moderator")
    topics = [thread_verbs.ALL_QUEUES] if held is None else [thread_verbs.queue_topic(t) for t in sorted(held)]
    return Stream(request.app.state.hub, topics)
