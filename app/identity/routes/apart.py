"""For handlers that speak with another server: the database for a moment before or after, never meanwhile.

They are asynchronous and have no ``Db``: neither a slot, nor a thread, nor a session waits with them.
"""

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
from fastapi import Request
from starlette.responses import Response

from app.core.db import Database, Db
from app.core.settings import get_settings
from app.identity import queries
from app.identity.access import cookie_name, host_name
from app.policy.actor import ANONYMOUS, Actor

R = TypeVar("R")
CHOICE_COOKIE = "emglev_arrivee"
EXIT_COOKIE = "emglev_depart"
FLOW_COOKIE = "emglev_trajet"


async def reading(request: Request, act: Callable[[Db], R]) -> R:
    """Read in a thread, in a slot of its own."""
    database: Database = request.app.state.database

    def run() -> R:
        with database.reading() as db:
            return act(db)

    async with request.app.state.gate.reading:
        return await anyio.to_thread.run_sync(run)


async def writing(request: Request, act: Callable[[Db], R]) -> R:
    """Write in a thread, in a slot of its own; a refusal of the domain writes nothing."""
    database: Database = request.app.state.database

    def run() -> R:
        with database.writing() as db:
            request.state.db = db
            return act(db)

    async with request.app.state.gate.writing:
        return await anyio.to_thread.run_sync(run)


async def visitor(request: Request) -> Actor:
    """Who asks, as pages need to know."""
    secret = request.cookies.get(cookie_name())
    me = await reading(request, lambda db: queries.actor_of_session(db, secret)) if secret else ANONYMOUS
    request.state.me = me
    return me


def keep(response: Response, name: str, value: str, *, seconds: int) -> Response:
    """Give this browser a value that comes back with its next pages, and only here."""
    response.set_cookie(
        host_name(name), value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=get_settings().is_https
    )
    return response


def kept(request: Request, name: str) -> str | None:
    """What this browser was given."""
    return request.cookies.get(host_name(name))


def forget(request: Request, name: str) -> None:
    """Take it back, whatever the answer is: a page, a redirect or a refusal."""
    carrier = Response()
    carrier.delete_cookie(
        host_name(name), path="/", secure=get_settings().is_https, httponly=True, samesite="lax"
    )  # fmt: skip
    request.state.cookies = [*getattr(request.state, "cookies", ()), carrier.headers["set-cookie"]]
