"""Closing one's account, and coming back within 30 days."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords.access import found
from app.core.db import Db
from app.core.forms import Filled, blank, read
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.core.web import go, page
from app.identity import queries as people
from app.identity import service as identity
from app.identity.access import Me, Requires, cookie_name, session_cookie
from app.policy import ACCOUNT_REOPEN, OWN_SPACE
from app.portal.forms import ClosingForm
from app.portal.queries.closing import hindrances
from app.portal.service import closing as verbs
from app.portal.states import REOPENING_DAYS

router = APIRouter()
MINE = [Depends(Requires(OWN_SPACE))]
RETURNING = [Depends(Requires(ACCOUNT_REOPEN))]


def _closing(request: Request, db: Db, me: Me, form: Filled[ClosingForm], status: int = 200) -> Response:
    return page(
        request, "portal/closing.html", status=status, form=form, days=REOPENING_DAYS,
        hindrances=hindrances(db, me.person_id or 0), mandates=bool(me.grants or me.asleep or me.organisations),
    )  # fmt: skip


@router.get("/mon-espace/fermeture", name="portal.closing", dependencies=MINE)
def closing(request: Request, db: Db, me: Me) -> Response:
    """What closing does, and the choice it leaves."""
    return _closing(request, db, me, blank(ClosingForm))


@router.post("/mon-espace/fermeture", name="portal.close", dependencies=MINE)
def close(
    request: Request, db: Db, me: Me, form: Annotated[Filled[ClosingForm], Depends(read(ClosingForm))]
) -> Response:
    """Close the account at once."""
    if form.ok is None:
        return _closing(request, db, me, form, 422)
    person = verbs.close(db, me.person_id or 0, erases=form.ok.contributions == "erase")
    day = fdate(verbs.final_day(person))
    words = _("Votre compte est fermé. Pour revenir, connectez-vous avant le %(day)s.") % {"day": day}
    response = go(request, "portal.home", flash=words)
    response.delete_cookie(cookie_name(), path="/", secure=get_settings().is_https, httponly=True, samesite="lax")
    return response


@router.get("/mon-espace/reouverture", name="portal.reopening", dependencies=RETURNING)
def reopening(request: Request, db: Db, me: Me) -> Response:
    """The account is closed; one may come back, or leave it so."""
    person = found(people.person(db, me.returning or 0))
    return page(request, "portal/reopening.html", erases=person.closing_erases, day=verbs.final_day(person))


@router.post("/mon-espace/reouverture", name="portal.reopen", dependencies=RETURNING)
def reopen(request: Request, db: Db, me: Me) -> Response:
    """Come back, with a new secret for this browser."""
    verbs.reopen(db, me.returning or 0)
    response = go(request, "portal.my_space", flash=_("Votre compte est rouvert."))
    response.headers.append("set-cookie", session_cookie(identity.rotate_now(db, me.session_id or 0)))
    return response
