"""Topics that move: a version per topic, sent to every open page as the same bytes.

State-based: a message says « look again », never what changed, so losing one loses nothing.
"""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import text
from sqlmodel import Session
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.core.db import Database, after_commit, is_sqlite

HEARTBEAT = 15.0  # seconds
TICK = 0.25  # seconds between two messages of one topic, after the first
SLICE = 250  # clients served before the loop breathes
CHANNEL = "emglev_live"
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Hub:
    """The open streams of one process, and the versions they show."""

    def __init__(self) -> None:
        self.clients: dict[str, set[Send]] = defaultdict(set)
        self.versions: dict[str, int] = defaultdict(int)
        self._busy: set[str] = set()
        self._dirty: set[str] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Event()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Remember the loop that serves the streams."""
        self._loop = loop

    def announce(self, topic: str) -> None:
        """From any thread: this topic changed."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._changed, topic)

    def _changed(self, topic: str) -> None:
        self.versions[topic] += 1
        if topic in self._busy:
            self._dirty.add(topic)
            return
        self._busy.add(topic)
        task = asyncio.ensure_future(self._broadcast(topic))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _broadcast(self, topic: str) -> None:
        """At once on the leading edge, then at most every tick while it keeps changing."""
        while True:
            self._dirty.discard(topic)
            await self._send_all(topic, f"data: {topic} {self.versions[topic]}\n\n".encode())
            await asyncio.sleep(TICK)
            if topic not in self._dirty:
                self._busy.discard(topic)
                return

    async def _send_all(self, topic: str, payload: bytes) -> None:
        message = {"type": "http.response.body", "body": payload, "more_body": True}
        for count, send in enumerate(list(self.clients[topic]), start=1):
            _offer(send, message)
            if count % SLICE == 0:
                await asyncio.sleep(0)

    async def serve(self, topics: Sequence[str], receive: Receive, send: Send) -> None:
        """Hold one stream of some topics until its reader leaves or the server stops."""
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
        for topic in topics:
            self.clients[topic].add(send)
        gone = asyncio.ensure_future(_disconnected(receive))
        closing = asyncio.ensure_future(self._closing.wait())
        try:
            while not (gone.done() or closing.done()):
                await asyncio.wait({gone, closing}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
                if not gone.done():
                    _offer(send, {"type": "http.response.body", "body": b": \n\n", "more_body": True})
        finally:
            for topic in topics:
                self.clients[topic].discard(send)
            gone.cancel()
            closing.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def close(self) -> None:
        """From any thread: end every stream, the server is stopping."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._closing.set)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _offer(send: Send, message: Any) -> None:
    """Send what the buffer takes at once; a full one is left: the next tick carries the whole state.

    The first step of ``send`` is run by hand: a task a client would cost more than the message.
    """
    step = send(message).__await__()
    try:
        next(step)
    except StopIteration:
        return
    except (OSError, RuntimeError):
        return  # its reader is gone; its own wait will see it leave
    step.close()  # an awaiting coroutine: nothing of this message was written


class Stream(Response):
    """An ASGI answer that is a stream of some topics."""

    def __init__(self, hub: Hub, topics: Sequence[str]) -> None:
        super().__init__()
        self.hub = hub
        self.topics = topics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold the stream; no database session is held meanwhile."""
        await self.hub.serve(self.topics, receive, send)


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


def publish(db: Session, topic: str) -> None:
    """Say that a topic changed, once the transaction is durable.

    SQLite has one process; PostgreSQL tells the others through NOTIFY.
    """
    if is_sqlite(db):
        after_commit(db, lambda: announce(topic))
    else:
        db.execute(text("SELECT pg_notify(:channel, :topic)"), {"channel": CHANNEL, "topic": topic})


def announce(topic: str) -> None:
    """Tell the hubs of this process."""
    for hub in list(_hubs):
        hub.announce(topic)


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
                    while not self.stopping.is_set():
                        for notice in connection.notifies(timeout=0.5):
                            self.tell(notice.payload)
            except psycopg.OperationalError:
                self.stopping.wait(1.0)

    def stop(self) -> None:
        """Ask the thread to end."""
        self.stopping.set()
