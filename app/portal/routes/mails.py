"""The mails that could not be given, for who administers the site."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.i18n import ngettext
from app.core.mail import send_again
from app.core.web import go, page
from app.identity.access import Requires
from app.policy import MAILS_OPEN
from app.portal.queries import mails

router = APIRouter(dependencies=[Depends(Requires(MAILS_OPEN))])


@router.get("/administration/messages", name="portal.mails")
def index(request: Request, db: Db) -> Response:
    """What waits, what died and why."""
    return page(request, "portal/mails.html", state=mails.post(db), dead=mails.dead_ones(db))


@router.post("/administration/messages", name="portal.send_mails_again")
def again(request: Request, db: Db) -> Response:
    """The trouble is mended: every dead mail is tried again."""
    number = send_again(db)
    words = ngettext("%(n)s message repart.", "%(n)s messages repartent.", number) % {"n": number}
    return go(request, "portal.mails", flash=words)
