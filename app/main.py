"""The web application: composes everything, decides nothing."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from traceback import extract_tb
from typing import Any

import anyio.to_thread
import httpx
import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from app import seed
from app import worker as workers
from app.accords import routes as accords
from app.actions import routes as actions
from app.board import routes as board
from app.core import assets, batch, live, logs, oidc, pdf, providers, uploads, web
from app.core.db import Database, Gate
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.core.jobs import Worker
from app.core.limits import Limiter
from app.core.metrics import Metrics
from app.core.security import Compression, Envelope, Guard, Head
from app.core.settings import Settings, get_settings
from app.core.static import BuiltFiles
from app.demo_provider import routes as demo_provider
from app.identity import routes as identity
from app.identity.access import SecondFactorNeeded, SignInNeeded, cookie_name
from app.identity.states import College, RoleKind
from app.intake import routes as intake
from app.moderation import routes as moderation
from app.needs import routes as needs
from app.opendata import routes as opendata
from app.places.queries import drawn_map
from app.policy.actor import ANONYMOUS
from app.portal import routes as portal
from app.workshops import routes as workshops
from app.workshops.access import UnknownRoomError
from app.workshops.service import cast_ballots

log = structlog.get_logger("emglev")
ROUTERS: list[Any] = [
    identity.router, portal.router, accords.router, needs.router, actions.router, workshops.router, moderation.router,
    intake.router, board.router, opendata.router, demo_provider.router,
]  # fmt: skip
MESSAGES = {
    404: lambda: _("Cette page n’existe pas, ou n’est pas publique."),
    405: lambda: _("Cette adresse existe, mais ne répond pas à cette façon de l’appeler."),
}


@cache
def _pages() -> APIRouter:
    """Every page of every feature; read once a process, whatever the number of applications (tests make many)."""
    pages = APIRouter()
    for router in ROUTERS:
        pages.include_router(router)
    return pages


class Site(FastAPI):
    """The application as the server calls it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep the server's own « send » for streams, whose thousands of messages no layer between would change.

        And the moment: a live page says it to its stream, and hears what moved while it was drawn and on its way.
        """
        if scope["type"] == "http":
            state = scope.setdefault("state", {})
            state["wire"] = send
            state["as_of"] = self.state.hub.moments.now
        await super().__call__(scope, receive, send)


def create_app(settings: Settings | None = None, database: Database | None = None) -> FastAPI:
    """A whole application; tests give it their own database."""
    settings = settings or get_settings()
    settings.check([kind.value for kind in RoleKind])
    logs.configure(settings.log_format)
    unwatched: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}  # nothing leaves the server
    app = Site(title="Emglev", openapi_url=None, docs_url=None, redoc_url=None, lifespan=_lifespan, telemetry=unwatched)
    app.state.settings = settings
    app.state.database = database or Database(settings.effective_database_url, slots=settings.db_slots)
    app.state.gate = Gate(app.state.database.slots)
    app.state.limiter = Limiter()
    app.state.checking = asyncio.Semaphore(uploads.AT_ONCE)
    app.state.metrics = Metrics()
    app.state.hub = live.Hub()
    app.state.doors = workshops.Doors()
    app.state.ballots = batch.Writer(app.state.database, cast_ballots, name="ballots", measured=app.state.metrics.batch)
    app.state.metrics.watch("ballots_waiting", "Ballots that no commit took yet.", lambda: app.state.ballots.waiting)
    app.state.metrics.watch("streams", "Live streams open.", lambda: app.state.hub.streams)
    app.state.oidc = oidc.Directory()
    if providers.in_demonstration(settings):  # this very application answers: no need to find its own address
        app.state.oidc.inside[settings.public_url] = httpx.ASGITransport(app)
    app.state.reset_demo = _reset_demo
    web.install(app, [*ROUTERS, workshops.LIGHT], anonymous=ANONYMOUS, extra={"colleges": list(College)})
    app.router.routes.extend([*workshops.LIGHT.routes, *_pages().routes])
    app.mount("/static", BuiltFiles(directory=assets.DIST, check_dir=False), name="static")
    _handle_errors(app)
    app.add_middleware(Compression, minimum_size=800, compresslevel=6)
    app.add_middleware(Head)
    app.add_middleware(
        Guard, origin=settings.origin, cookie=cookie_name(), uploads=settings.upload_bytes, answer=web.answer,
        broken=_broken,
    )  # fmt: skip
    app.add_middleware(Envelope, https=settings.is_https, images=settings.tile_origin)
    return app


def _reset_demo(db: Session) -> None:
    seed.reset(db)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    database: Database = app.state.database
    anyio.to_thread.current_default_thread_limiter().total_tokens = database.slots + 4
    app.state.hub.start(asyncio.get_running_loop())
    live.register(app.state.hub)
    threads: list[Worker | live.Listener] = []
    if app.state.settings.embedded_worker:
        threads.append(Worker(database, regular=workers.REGULAR))
    if not database.is_sqlite:
        threads.append(live.Listener(database))
    for thread in threads:
        thread.start()
    drawn_map()
    gc.collect()
    gc.freeze()  # what the start-up made lives as long as the process: never scan it again
    gc.set_threshold(200_000, 50, 1_000)
    yield
    app.state.hub.close()
    live.unregister(app.state.hub)
    await anyio.to_thread.run_sync(app.state.ballots.stop)
    for thread in threads:
        thread.stop()
        await anyio.to_thread.run_sync(thread.join, 5)
    pdf.shutdown()
    database.dispose()


def _handle_errors(app: FastAPI) -> None:
    @app.exception_handler(DomainError)
    async def refused(request: Request, error: DomainError) -> Response:
        if isinstance(error, SignInNeeded) and request.method == "GET":
            return RedirectResponse(app.state.urls("identity.sign_in", next=web.address(request)), status_code=303)
        if isinstance(error, SecondFactorNeeded) and request.method == "GET":
            key = app.state.urls("identity.second_factor", next=web.address(request))
            return RedirectResponse(key, status_code=303)
        if isinstance(error, UnknownRoomError) and request.method == "GET":
            return RedirectResponse(app.state.urls("workshops.find", code=error.code[:20]), status_code=303)
        return web.answer(request, error)

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        message = MESSAGES.get(error.status_code, lambda: _("Cette demande n’a pas été comprise."))()
        response = web.error_page(request, error.status_code, message)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(RequestValidationError)
    async def unreadable(request: Request, _error: RequestValidationError) -> Response:
        return web.error_page(request, 404, MESSAGES[404]())


def _broken(request: Request, error: Exception) -> Response:
    if isinstance(error, OperationalError | PoolTimeout) and "no such" not in str(error):
        log.error("database away", kind=type(error).__name__, id=request.state.request_id)
        return web.error_page(request, 503, _("Le site reprend son souffle. Réessayez dans un instant."), 5)
    if isinstance(error, DBAPIError):  # its words may quote what people typed: only where it happened is kept
        where = [
            f"{frame.name}:{frame.lineno}" for frame in extract_tb(error.__traceback__) if "/app/" in frame.filename
        ]
        log.error("unhandled", kind=type(error).__name__, id=request.state.request_id, where=where[-3:])
    else:
        log.error("unhandled", kind=type(error).__name__, id=request.state.request_id, exc_info=error)
    message = _(
        "La panne est enregistrée sous le numéro %(id)s. Ce que vous avez écrit est gardé par votre navigateur."
    )
    return web.error_page(request, 500, message % {"id": request.state.request_id})
