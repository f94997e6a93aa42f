"""Everything held about oneself, and its copy."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords.access import found
from app.core.db import Db, now
from app.core.limits import limit
from app.core.security import SECRET
from app.core.web import page
from app.identity import queries as people
from app.identity.access import Me, Requires
from app.policy import OWN_SPACE
from app.portal.queries import personal
from app.portal.service import export as verbs
from app.threads.queries import files

router = APIRouter(dependencies=[Depends(Requires(OWN_SPACE))])
NAME = "emglev-mes-donnees.zip"


@router.get("/mon-espace/donnees", name="portal.data")
def data(request: Request, db: Db, me: Me) -> Response:
    """What is held, table by table, with how long it is kept."""
    person = found(people.person(db, me.person_id or 0))
    return page(request, "portal/data.html", headers=SECRET, parts=personal.everything(db, person, limit=SHOWN))


SHOWN = 20  # rows of a table on the page; the copy holds them all


@router.post("/mon-espace/donnees/copie", name="portal.export", dependencies=[Depends(limit("export", "6/hour"))])
def export(request: Request, db: Db, me: Me) -> Response:
    """A zip: what a program reads, and what a person reads."""
    person = found(people.person(db, me.person_id or 0))
    parts, at = personal.everything(db, person), now()
    verbs.note(db, person)
    packed = verbs.pack(parts, at, _readable(request, parts, at), files.sent_by(db, person.id or 0))
    headers = SECRET | {"content-disposition": f'attachment; filename="{NAME}"'}
    return Response(packed, media_type="application/zip", headers=headers)


def _readable(request: Request, parts: list[personal.Held], at: datetime) -> str:
    env: Any = request.app.state.env
    html: str = env.get_template("portal/export.html").render(parts=parts, at=at)
    return html
