"""The log: read, filtered, taken away as a file. It holds numbers and digests, no words."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.core.limits import limit
from app.core.web import page
from app.identity.access import Me, Requires
from app.moderation.forms.deciding import LogFilter
from app.moderation.queries import items, log
from app.moderation.queries.items import KIND_OF, TABLE_OF
from app.moderation.states import KIND_LABELS, LOG_LABELS
from app.places.queries import reference
from app.policy import MODERATION_LOG
from app.threads.states import REASON_LABELS

router = APIRouter(dependencies=[Depends(Requires(MODERATION_LOG))])


def _where(request: Request, db: Db, me: Me) -> tuple[LogFilter, Sequence[Any]]:
    find = LogFilter.model_validate(dict(request.query_params))
    if find.geste not in LOG_LABELS:
        find.geste = ""
    territory = reference(db).by_slug.get(find.territoire)
    table = TABLE_OF[find.nature] if find.nature else None
    return find, log.scope(me, territory.territory_id if territory else None, table, find.geste)


@router.get("/moderation/journal", name="moderation.log")
def journal(request: Request, db: Db, me: Me) -> Response:
    """The acts of moderation, newest first, a hundred a page."""
    find, where = _where(request, db, me)
    rows, total = log.page(db, where, find.page)
    return page(
        request, "moderation/log.html", nav="moderation", find=find, rows=rows, total=total,
        pages=max(1, -(-total // log.PAGE)), places=reference(db), names=items.names(db, {r.actor_id for r in rows}),
        natures=[(kind.value, _(words)) for kind, words in KIND_LABELS.items()],
        gestures=[(verb, _(words)) for verb, words in LOG_LABELS.items()], acts=LOG_LABELS, kind_labels=KIND_LABELS,
        kind_of=KIND_OF, rules=REASON_LABELS,
        query={k: v for k, v in request.query_params.items() if k != "page" and v},
    )  # fmt: skip


@router.get("/moderation/journal.csv", name="moderation.log_csv", dependencies=[Depends(limit("log-csv", "20/minute"))])
def journal_csv(request: Request, db: Db, me: Me) -> Response:
    """The same acts, in order of writing, with their hashes: whoever has the whole file may check the chain."""
    _find, where = _where(request, db, me)
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(log.FIELDS)
    for entry in log.every(db, where):
        rows.writerow([_cell(getattr(entry, name)) for name in log.FIELDS])
    headers = {"content-disposition": f'attachment; filename="emglev-journal-{today().isoformat()}.csv"'}
    return Response(written.getvalue().encode(), media_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: Any) -> Any:
    """Moments as the chain writes them."""
    return value.isoformat(timespec="microseconds") if hasattr(value, "isoformat") else value
