"""What the workspace of moderators shows around whatever is open: the queue, its filters, the closed lists."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from app.core.db import Db
from app.core.forms import Filled
from app.core.i18n import gettext as _
from app.core.web import go
from app.identity.access import Me
from app.identity.queries import organisations
from app.moderation.forms.deciding import QueueFilter
from app.moderation.queries import log, queue
from app.moderation.queries.items import KIND_OF as KINDS
from app.moderation.queries.items import Item
from app.moderation.queries.queue import Queue
from app.moderation.service.decisions import POINT
from app.moderation.states import DONE_LABELS, KIND_LABELS, LOG_LABELS, NOTICE_LABELS, VERB_LABELS, Kind
from app.places.models import Territory
from app.places.queries import reference
from app.threads.states import (
    COMMENT_LABELS,
    HELD_LABELS,
    MODERATION_LABELS,
    ORIGIN_LABELS,
    REASON_ARTICLES,
    REASON_LABELS,
)


def find(request: Request) -> QueueFilter:
    """The filter of the queue, from the address."""
    return QueueFilter.model_validate(dict(request.query_params))


def territories(db: Db, me: Me) -> list[Territory]:
    """Where this person moderates."""
    held = me.territories("moderator")
    return [t for t in reference(db).territories if held is None or t.territory_id in held]


def reasons() -> list[tuple[str, str, int]]:
    """The rules of the charter: value, words, article."""
    return [(r.value, _(REASON_LABELS[r]), REASON_ARTICLES[r]) for r in REASON_LABELS]


def waiting(db: Db, me: Me, chosen: QueueFilter) -> Queue:
    """The queue as it is filtered; a territory that is not theirs filters nothing."""
    mine = {t.slug: t.territory_id for t in territories(db, me)}
    return queue.queue(
        db, me, territory_id=mine.get(chosen.territoire), kind=chosen.nature, unread=chosen.etat == "publies",
        page=chosen.page,
    )  # fmt: skip


def queue_context(request: Request, db: Db, me: Me, held: Queue | None = None) -> dict[str, Any]:
    """The queue, unless it was read already, and what its rows need."""
    chosen = find(request)
    return {
        "find": chosen, "queue": held or waiting(db, me, chosen), "places": reference(db),
        "kind_labels": KIND_LABELS, "helds": HELD_LABELS, "territories": territories(db, me), "reasons": reasons(),
    }  # fmt: skip


def context(request: Request, db: Db, me: Me, held: Queue | None = None) -> dict[str, Any]:
    """Everything that ``moderation/index.html`` needs, but ``kind``, ``item`` and ``form``."""
    return queue_context(request, db, me, held) | {
        "nav": "moderation", "organisations": len(organisations.awaiting(db, me)), "labels": MODERATION_LABELS,
        "kinds": COMMENT_LABELS, "origins": ORIGIN_LABELS, "verbs": VERB_LABELS, "done": DONE_LABELS,
        "notice_labels": NOTICE_LABELS, "acts": LOG_LABELS, "undoable": log.undoable(db, me), "bulk": Filled(),
        "empty": Filled(), "point": POINT,
    }  # fmt: skip


def kind_of(item: Item) -> Kind:
    """Which kind of the queue it is."""
    return KINDS[str(item.__tablename__)]


def onward(request: Request, words: str, then: str = "", level: str = "ok") -> Response:
    """After an act: the thing that came next when the page was shown, or the oldest; the focus goes to its title."""
    return go(request, "moderation.index", flash=words, level=level, anchor="a-lire", suite=then, **find(request).kept)
