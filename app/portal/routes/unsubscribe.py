"""Stopping from a mail, without signing in: the address holds a secret, which is all the authority there is.

The reader's mail service presses for them (RFC 8058): a POST from elsewhere, without cookies, and so exempt from the
check of the origin (``core.security``). A GET never stops anything: mail scanners follow links.
"""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.security import SECRET
from app.core.web import page
from app.identity.access import public
from app.portal.queries import follows as reads
from app.threads.models import Follow
from app.threads.queries import follows as threads
from app.threads.service import follows
from app.threads.states import FollowKind, Rhythm

router = APIRouter(dependencies=[Depends(public), Depends(limit("unsubscribe", "600/hour"))])


def _follow(db: Db, token: str) -> Follow:
    held = threads.by_token(db, token) if len(token) <= 32 else None
    if held is None:
        raise NotFoundError(_("Ce lien ne désigne plus rien : vous ne recevez déjà plus ces messages."))
    return held


def _show(request: Request, db: Db, held: Follow, *, done: str = "", everything: bool = False) -> Response:
    kind = FollowKind(held.subject_kind)
    return page(
        request, "portal/unsubscribe.html", headers=SECRET, token=held.token, done=done, everything=everything,
        about=reads.subject(db, kind, held.subject_id), stopped=held.rhythm == Rhythm.NEVER,
    )  # fmt: skip


@router.get("/desabonnement/{token}", name="portal.unsubscribe_page")
def ask(request: Request, db: Db, token: str) -> Response:
    """What would stop, with its button."""
    return _show(request, db, _follow(db, token))


@router.get("/desabonnement/{token}/tout", name="portal.unsubscribe_all_page")
def ask_all(request: Request, db: Db, token: str) -> Response:
    """As ``ask``, for everything."""
    return _show(request, db, _follow(db, token), everything=True)


@router.post("/desabonnement/{token}", name="portal.unsubscribe")
def stop(request: Request, db: Db, token: str) -> Response:
    """Stop this one; said again, it stays stopped."""
    held = _follow(db, token)
    follows.change(db, held, Rhythm.NEVER)
    return _show(request, db, held, done=_("C’est fait : vous ne recevrez plus ces nouvelles."))


@router.post("/desabonnement/{token}/tout", name="portal.unsubscribe_all")
def stop_all(request: Request, db: Db, token: str) -> Response:
    """Stop everything that the same person follows."""
    held = _follow(db, token)
    follows.stop_all(db, held.person_id)
    words = _("C’est fait : vous ne suivez plus rien, et ne recevrez plus aucune nouvelle.")
    return _show(request, db, held, done=words, everything=True)


@router.post("/desabonnement/{token}/reprise", name="portal.take_again")
def take_again(request: Request, db: Db, token: str) -> Response:
    """Stopped by mistake: follow it again, once a week."""
    held = _follow(db, token)
    follows.take_again(db, held)
    return _show(request, db, held, done=_("C’est repris : les nouvelles seront dans votre lettre du lundi."))
