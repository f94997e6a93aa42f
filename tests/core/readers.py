"""Open pages that listen, and a loop to play a scene."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

from app.core.live import Draw, Drawn, Hub

Message = dict[str, Any]
PATIENCE = 60.0  # seconds


class Reader:
    """One open page."""

    def __init__(
        self, hub: Hub, topics: list[str], *, slow: bool = False, draw: Draw | None = None, seen: str = "",
        since: str = "",
    ) -> None:  # fmt: skip
        self.hub, self.topics, self.slow, self.draw, self.seen, self.since = hub, topics, slow, draw, seen, since
        self.got: list[tuple[float, str]] = []
        self.beats = 0
        self.left = asyncio.Event()

    @property
    def said(self) -> list[str]:
        """The messages, without their moment."""
        return [body for _at, body in self.got]

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        body = message.get("body", b"").decode()
        if self.slow and "data:" in body:
            await asyncio.sleep(3600)
        if "data:" in body:
            self.got.append((time.perf_counter(), body))
        self.beats += body.startswith(":")

    def open(self) -> asyncio.Task[None]:
        return asyncio.ensure_future(
            self.hub.serve(self.topics, self.receive, self.send, draw=self.draw, seen=self.seen, since=self.since)
        )


class Stage:
    """What everybody looks at; counts how often it is drawn, and in which thread."""

    def __init__(self, state: str) -> None:
        self.state = state
        self.drawn = 0
        self.broken = False
        self.threads: set[str] = set()

    def __call__(self) -> Drawn:
        self.drawn += 1
        self.threads.add(threading.current_thread().name)
        if self.broken:
            raise RuntimeError("no database")
        state = self.state
        return Drawn(state, lambda: state)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  # the hub has no event for « has sent »
            await asyncio.sleep(0.005)


def play(scene: Callable[[Hub], Any]) -> None:
    async def run() -> None:
        hub = Hub()
        hub.start(asyncio.get_running_loop())
        await scene(hub)

    asyncio.run(run())
