"""Signing out: here at once, then of the provider that opened the session, if one wants to."""

import hmac

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.core.db import Db
from app.core.i18n import gettext as _
from app.core.oidc import Client, ProviderError
from app.core.settings import get_settings
from app.core.web import go, page
from app.identity.access import Me, cookie_name, public
from app.identity.queries import federation as read
from app.identity.routes import apart
from app.identity.routes.federation import down
from app.identity.service import federation
from app.policy.actor import ANONYMOUS

router = APIRouter()
EXIT_LIFE = 600  # seconds to leave the provider as well


@router.post("/deconnexion", name="identity.sign_out", dependencies=[Depends(public)])
def sign_out(request: Request, db: Db, me: Me) -> Response:
    """End this browser's session."""
    state = federation.leave(db, me.session_id)
    response = (
        go(request, "identity.signed_out") if state else go(request, "portal.home", flash=_("Déconnexion faite."))
    )
    response.delete_cookie(cookie_name(), path="/", secure=get_settings().is_https, httponly=True, samesite="lax")
    return apart.keep(response, apart.EXIT_COOKIE, state, seconds=EXIT_LIFE) if state else response


@router.get("/deconnexion", name="identity.signed_out", dependencies=[Depends(public)])
def signed_out(request: Request, db: Db) -> Response:
    """Signed out here; the provider's own session may still be open."""
    left = read.left_by(db, apart.kept(request, apart.EXIT_COOKIE))
    provider = federation.provider_of(left.id_token) if left and left.id_token else None
    return page(request, "identity/signed_out.html", provider=provider, closed=False)


@router.get("/deconnexion/fournisseur", name="identity.leave_provider")
async def leave_provider(request: Request) -> Response:
    """To the place where the provider ends its own session."""
    request.state.me = ANONYMOUS
    state = apart.kept(request, apart.EXIT_COOKIE)
    left = await apart.reading(request, lambda db: read.left_by(db, state))
    provider = federation.provider_of(left.id_token) if left and left.id_token else None
    if left is None or left.id_token is None or provider is None:
        return go(request, "identity.signed_out")
    back = get_settings().public_url + request.app.state.urls("identity.left_provider")
    client: Client = request.app.state.oidc.client(provider)
    try:
        address = await client.leave(left.id_token, state or "", back)
    except ProviderError as failure:
        return down(request, provider, failure)
    if address is None:
        apart.forget(request, apart.EXIT_COOKIE)
        return go(
            request, "portal.home", flash=_("%(way)s ferme votre session par lui-même.") % {"way": provider.label}
        )
    return RedirectResponse(address, 302)


@router.get("/deconnexion/retour", name="identity.left_provider", dependencies=[Depends(public)])
def left_provider(request: Request, db: Db, state: str = "") -> Response:
    """Both are closed, if the provider brings back what this browser was given."""
    kept = apart.kept(request, apart.EXIT_COOKIE)
    if not kept or not hmac.compare_digest(kept.encode(), state.encode()):
        return go(request, "identity.signed_out")
    left = read.left_by(db, kept)
    provider = federation.provider_of(left.id_token) if left and left.id_token else None
    apart.forget(request, apart.EXIT_COOKIE)
    return page(request, "identity/signed_out.html", provider=provider, closed=True)
