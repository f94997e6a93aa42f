"""Topics that move: told to every open page of every process.

State-based: a message carries the whole state, or says « look again », never what changed: losing one loses nothing.
A topic may be *drawn*: what everybody looks at is then made once a change, apart from the loop, and sent as it is.
"""

import threading
from collections.abc import Callable, Sequence
from urllib.parse import parse_qs

from sqlalchemy import text
from sqlmodel import Session
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.core.db import Database, after_commit, is_sqlite
from app.core.streams import HEARTBEAT, TICK, Draw, Drawn, Hub

__all__ = [
    "HEARTBEAT", "TICK", "Draw", "Drawn", "Hub", "Listener", "Stream", "announce", "close_all", "publish", "register",
    "unregister",
]  # fmt: skip
CHANNEL = "emglev_live"
SINCE = "depuis"  # the moment at which a page was drawn; static/js/live.js adds it to the address of the stream


class Stream(Response):
    """An ASGI answer that is a stream of some topics, drawn or not."""

    def __init__(self, hub: Hub, topics: Sequence[str], draw: Draw | None = None) -> None:
        super().__init__()
        self.hub = hub
        self.topics = topics
        self.draw = draw

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the stream; no database session is held meanwhile."""
        sent = (value for name, value in scope["headers"] if name == b"last-event-id")
        seen = next(sent, b"").decode("latin-1")
        since = parse_qs(scope["query_string"].decode("latin-1")).get(SINCE, [""])[0]
        wire = scope.get("state", {}).get("wire")
        await self.hub.serve(self.topics, receive, send, draw=self.draw, seen=seen, since=since, wire=wire)


_hubs: set[Hub] = set()


def register(hub: Hub) -> None:
    """This hub hears what this process publishes."""
    _hubs.add(hub)


def unregister(hub: Hub) -> None:
    """Stop hearing."""
    _hubs.discard(hub)


def close_all() -> None:
    """End the streams of this process: a server that stops waits for its answers to end."""
    for hub in list(_hubs):
        hub.close()


def publish(db: Session, topic: str, words: str = "") -> None:
    """Say that a topic changed, once the transaction is durable.

    ``words``: what is true of it now, that no table holds; each process keeps the last until it stops (``Hub.said``).
    SQLite has one process; PostgreSQL tells the others through NOTIFY, this one too.
    """
    line = f"{topic} {words}" if words else topic
    if is_sqlite(db):
        after_commit(db, lambda: announce(line))
        return
    if words:
        after_commit(db, lambda: _keep(line))  # whoever said it reads it at once
    db.execute(text("SELECT pg_notify(:channel, :line)"), {"channel": CHANNEL, "line": line})


def _keep(line: str) -> None:
    for hub in list(_hubs):
        hub.keep(line)


def announce(line: str) -> None:
    """Tell the hubs of this process: a topic, and what is said of it if anything."""
    for hub in list(_hubs):
        hub.announce(line)


class Listener(threading.Thread):
    """Hears the other processes through PostgreSQL's LISTEN."""

    def __init__(self, database: Database, tell: Callable[[str], None] = announce) -> None:
        super().__init__(name="emglev-listen", daemon=True)
        self.database = database
        self.tell = tell
        self.stopping = threading.Event()

    def run(self) -> None:
        """Listen until asked to stop; reconnect when the server restarts."""
        import psycopg

        address = self.database.writer.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while not self.stopping.is_set():
            try:
                with psycopg.connect(address, autocommit=True) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self.tell("")  # what was said while nobody listened is not known: everything may have moved
                    while not self.stopping.is_set():
                        for notice in connection.notifies(timeout=0.5):
                            self.tell(notice.payload)
            except psycopg.OperationalError:
                self.stopping.wait(1.0)

    def stop(self) -> None:
        """Ask the thread to end."""
        self.stopping.set()
