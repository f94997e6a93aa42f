"""For machines: alive, ready, figures."""

import hmac

from fastapi import APIRouter, Depends, Request
from starlette.responses import PlainTextResponse, Response

from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.settings import get_settings
from app.identity.access import public
from app.places import queries as places

router = APIRouter()


@router.get("/healthz", name="portal.alive")
async def alive() -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz", name="portal.ready", dependencies=[Depends(public)])
def ready(db: Db) -> Response:
    """The database answers and knows the territories."""
    known = places.count_territories(db)
    return PlainTextResponse(f"ok {known}\n", status_code=200 if known else 503)


@router.get("/robots.txt", name="portal.robots")
async def robots() -> Response:
    """Everything public may be indexed; nothing that a secret code opens."""
    closed = ("/suivi/", "/signaler/", "/signalement/", "/confirmation/", "/connexion/")
    return PlainTextResponse("User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed))


@router.get("/metrics", name="portal.metrics")
async def metrics(request: Request) -> Response:
    """Prometheus figures, for whoever holds the token."""
    expected = get_settings().metrics_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not expected or not hmac.compare_digest(expected.encode(), given.encode()):
        raise NotFoundError
    return PlainTextResponse(request.app.state.metrics.text(), media_type="text/plain; version=0.0.4")
