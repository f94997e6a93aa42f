"""The queue, with one thing of it open; refreshed by itself."""

import re

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import ForbiddenError, NotFoundError
from app.core.live import Stream
from app.core.web import go, page, part
from app.identity.access import Me, Requires
from app.moderation.access import moderated
from app.moderation.models import Appeal, Report
from app.moderation.routes.context import context, find, queue_context, waiting
from app.moderation.routes.item import show
from app.moderation.states import Kind
from app.policy import MODERATION_OPEN
from app.threads import service as threads

router = APIRouter(dependencies=[Depends(Requires(MODERATION_OPEN))])
_NAMED = re.compile(r"^([a-z]{5,12})-([0-9]{1,9})$")


def _named(text: str) -> tuple[Kind, int] | None:
    """« besoin-12 » of an address: which thing it names, if it is one."""
    match = _NAMED.match(text)
    return (Kind(match[1]), int(match[2])) if match and match[1] in set(Kind) else None


@router.get("/moderation", name="moderation.index")
def index(request: Request, db: Db, me: Me) -> Response:
    """The queue, with the thing that was to come next open, or its oldest."""
    held = waiting(db, me, find(request))
    keys = [(Kind(one.kind), one.id) for one in held.items]
    asked = _named(request.query_params.get("suite", ""))
    first = asked if asked in keys else next(iter(keys), None)
    if first is None:
        everything = context(request, db, me, held)
        return page(request, "moderation/index.html", kind=None, item=None, form=None, **everything)
    kind, item_id = first
    try:
        item = moderated(db, me, kind, item_id)
    except (ForbiddenError, NotFoundError):  # it went to somebody else between two reads
        return go(request, "moderation.index")
    if isinstance(item, Report | Appeal):
        return go(
            request, "moderation.appeal" if isinstance(item, Appeal) else "moderation.report", item_id=item_id,
            anchor="a-lire", **find(request).kept,
        )  # fmt: skip
    return show(request, db, me, item, held=held)


@router.get("/moderation/file", name="moderation.queue")
def queue(request: Request, db: Db, me: Me) -> Response:
    """The queue alone, as it is now; ``ouverte`` names the thing that is open beside it."""
    opened = _named(request.query_params.get("ouverte", ""))
    kind, item_id = opened if opened else (None, None)
    return part(
        request, "moderation/_queue.html", kind=kind.value if kind else None, current=item_id,
        **queue_context(request, db, me),
    )  # fmt: skip


@router.get("/direct/moderation", name="moderation.stream")
def stream(request: Request, me: Me) -> Response:
    """The queue of this moderator's territories moved: look again."""
    held = me.territories("moderator")
    topics = [threads.ALL_QUEUES] if held is None else [threads.queue_topic(t) for t in sorted(held)]
    return Stream(request.app.state.hub, topics)
