"""Showing one's passkey, or a recovery code, after signing in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.web import go, go_to, page, safe_next
from app.identity import queries
from app.identity.access import Me, SignInNeeded, public, session_cookie
from app.identity.forms import RecoveryForm, ShownKeyForm
from app.identity.models import Person
from app.identity.queries import second_factor as kept
from app.identity.queries import sessions as signed_in
from app.identity.service import second_factor as verbs
from app.policy.actor import Actor

router = APIRouter(dependencies=[Depends(public)])
tries = Depends(limit("second-factor", "120/hour"))
AFTER = "/mon-espace"


def _holder(db: Db, me: Actor) -> Person:
    """Who signed in, whether or not their second factor is still awaited.

    Raises:
        SignInNeeded: nobody did.
    """
    person = queries.person(db, me.person_id or me.halfway or 0)
    if person is None:
        raise SignInNeeded(_("Connectez-vous d’abord."))
    return person


@router.get("/connexion/cle", name="identity.second_factor")
def second_factor(request: Request, db: Db, me: Me, next: str = "") -> Response:
    """Ask for the passkey; lead to registering one if a role waits for it; go on if nothing is to be proved."""
    path = safe_next(next, AFTER)
    if me.person_id is None and me.halfway is None:
        return go(request, "identity.sign_in", next=path)
    has_key = queries.has_passkey(db, _holder(db, me).id or 0)
    if kept.just_proved(signed_in.browser(db, me.session_id)) if has_key else not me.asleep:
        return go_to(request, path)
    return page(request, "identity/second_factor.html", form=blank(ShownKeyForm, next=path), has_key=has_key)


@router.post("/connexion/cle/options", name="identity.key_options", dependencies=[tries])
def key_options(db: Db, me: Me) -> Response:
    """What the browser needs to show a passkey, for our script."""
    options = verbs.showing_options(db, _holder(db, me), me.session_id or 0)
    return Response(options, media_type="application/json")


@router.post("/connexion/cle", name="identity.show_passkey", dependencies=[tries])
def show_passkey(
    request: Request, db: Db, me: Me, form: Annotated[Filled[ShownKeyForm], Depends(read(ShownKeyForm))]
) -> Response:
    """Verify the passkey, and go on."""
    person = _holder(db, me)
    sent = form.data.credential if form.data else ""
    secret = verbs.show_passkey(db, person, me.session_id or 0, sent)
    if secret:
        return _go_on(request, secret, form)
    form.refuse("credential", _("Cette clé n’a pas été reconnue. Recommencez, ou prenez un code de secours."))
    return _again(page(request, "identity/second_factor.html", form=form, has_key=True))


@router.get("/connexion/secours", name="identity.recovery")
def recovery(request: Request, db: Db, me: Me, next: str = "") -> Response:
    """Ask for a recovery code."""
    path = safe_next(next, AFTER)
    if me.person_id is None and me.halfway is None:
        return go(request, "identity.sign_in", next=path)
    if not queries.has_passkey(db, _holder(db, me).id or 0):
        return go(request, "identity.second_factor", next=path)
    return page(request, "identity/recovery.html", form=blank(RecoveryForm, next=path))


@router.post("/connexion/secours", name="identity.use_recovery_code", dependencies=[tries])
def use_recovery_code(
    request: Request, db: Db, me: Me, form: Annotated[Filled[RecoveryForm], Depends(read(RecoveryForm))]
) -> Response:
    """Spend a recovery code, and go on."""
    person = _holder(db, me)
    secret = verbs.use_code(db, person, me.session_id or 0, form.ok.code) if form.ok else None
    if secret:
        return _go_on(request, secret, form)
    form.refuse("code", _("Ce code n’est pas un des vôtres, ou il a déjà servi."))
    return _again(page(request, "identity/recovery.html", form=form))


def _go_on(request: Request, secret: str, form: Filled[ShownKeyForm] | Filled[RecoveryForm]) -> Response:
    wanted = form.data.next if form.data else ""
    response = go_to(request, safe_next(wanted, AFTER), flash=_("Connexion réussie."))
    response.headers.append("set-cookie", session_cookie(secret))
    return response


def _again(response: Response) -> Response:
    """What was tried is counted, or spent: this answer keeps its writes."""
    response.status_code = 422
    return response
