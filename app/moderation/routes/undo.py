"""Taking back one's last decision, within ten seconds."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import ConflictError, GoneError
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.web import go, mark_rollback
from app.identity.access import Me, Requires
from app.moderation.queries.items import KIND_OF
from app.moderation.routes.context import find
from app.moderation.service import undoing
from app.policy import MODERATION_OPEN

router = APIRouter(dependencies=[Depends(Requires(MODERATION_OPEN))])


@router.post("/moderation/annulation/{batch}", name="moderation.undo")
def undo(request: Request, db: Db, me: Me, batch: str) -> Response:
    """Put back what one's decision changed: its mails never leave, its history says both."""
    kept = find(request).kept
    try:
        done = undoing.undo(db, batch[:24], by=me.person_id or 0)
    except (ConflictError, GoneError) as late:
        mark_rollback(request)
        return go(request, "moderation.index", flash=late.message, level="attention", **kept)
    words = ngettext("Décision annulée.", "Décision annulée pour %(n)s contributions.", len(done)) % {"n": len(done)}
    table, item_id = done[-1]
    back = f"{KIND_OF[table].value}-{item_id}"
    words = " ".join((words, _("Aucun message n’est parti.")))
    return go(request, "moderation.index", flash=words, level="info", anchor="a-lire", suite=back, **kept)
