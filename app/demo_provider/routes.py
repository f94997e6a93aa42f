"""The endpoints of OpenID Connect, as FranceConnect and ProConnect have them, for the demonstration only."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.core.providers import DEMO_PATH, demo_issuer
from app.core.web import page
from app.demo_provider import service
from app.demo_provider.states import CANCEL
from app.identity.access import public
from app.portal.access import demo_only

router = APIRouter(prefix=DEMO_PATH + "/{provider}", dependencies=[Depends(demo_only)])


@router.get("/.well-known/openid-configuration", name="demo_provider.discovery")
def discovery(provider: str) -> dict[str, Any]:
    """What this provider says of itself."""
    rules, issuer = service.rules_of(provider), demo_issuer(provider)
    endpoints = {"authorization": "authorize", "token": "token", "userinfo": "userinfo", "end_session": "session/end"}
    return {f"{name}_endpoint": f"{issuer}/{path}" for name, path in endpoints.items()} | {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "scopes_supported": sorted(rules.scopes),
        "id_token_signing_alg_values_supported": ["ES256", "RS256", "HS256"],
        "userinfo_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "authorization_response_iss_parameter_supported": True,
    }


@router.get("/jwks", name="demo_provider.keys")
def keys(provider: str) -> dict[str, Any]:
    """The public half of its key."""
    service.rules_of(provider)
    return {"keys": [service.key().as_dict(private=False)]}


@router.get("/authorize", name="demo_provider.authorize", dependencies=[Depends(public)])
def authorize(request: Request, provider: str) -> Response:
    """Choose whom to be."""
    ticket = service.ask(provider, dict(request.query_params))
    rules = service.rules_of(provider)
    return page(
        request, "demo_provider/choose.html", provider=provider, ticket=ticket, rules=rules, cancel=CANCEL
    )  # fmt: skip


@router.post("/choix/{ticket}", name="demo_provider.choose")
def choose(provider: str, ticket: str, who: Annotated[str, Form()]) -> Response:
    """Back to the site, with a code or a refusal."""
    asked = service.waiting(provider, ticket)
    said = {"error": "access_denied"} if who == CANCEL else {"code": service.choose(asked, who)}
    query = urlencode(said | {"state": asked.state, "iss": demo_issuer(provider)})
    return RedirectResponse(f"{service.redirect_uri(provider)}?{query}", 303)


@router.post("/token", name="demo_provider.token")
async def token(request: Request, provider: str) -> Response:
    """Tokens for a code; the client names itself in the body, not in a header."""
    if "authorization" in request.headers:
        return JSONResponse({"error": "invalid_client"}, 401)
    async with request.form(max_files=0, max_fields=20) as form:
        sent = {name: str(form[name]) for name in form}
    try:
        return JSONResponse(service.exchange(provider, sent))
    except service.RefusedError as refusal:
        return JSONResponse({"error": refusal.message}, 401 if refusal.message == "invalid_client" else 400)


@router.get("/userinfo", name="demo_provider.userinfo")
def userinfo(request: Request, provider: str) -> Response:
    """A signed token, and never plain JSON."""
    try:
        said = service.userinfo(provider, request.headers.get("authorization", ""))
    except service.RefusedError as refusal:
        return JSONResponse({"error": refusal.message}, 401)
    return Response(said, media_type="application/jwt")


@router.get("/session/end", name="demo_provider.end")
def end(request: Request, provider: str) -> Response:
    """Its own session ends; back to the site."""
    service.rules_of(provider)
    back = service.check_exit(provider, request.query_params)
    query = urlencode({"state": request.query_params["state"]})
    return RedirectResponse(f"{back}?{query}", 302)
