"""The state stream: at once on the leading edge, then together; a slow reader delays nobody."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from app.core import live
from app.core.live import TICK, Hub
from tests.site import Site

Message = dict[str, Any]


class Reader:
    """One open page."""

    def __init__(self, hub: Hub, topics: list[str], *, slow: bool = False) -> None:
        self.hub, self.topics, self.slow = hub, topics, slow
        self.got: list[tuple[float, str]] = []
        self.left = asyncio.Event()

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        body = message.get("body", b"").decode()
        if self.slow and body.startswith("data"):
            await asyncio.sleep(3600)
        if body.startswith("data"):
            self.got.append((time.perf_counter(), body))

    def open(self) -> asyncio.Task[None]:
        return asyncio.ensure_future(self.hub.serve(self.topics, self.receive, self.send))


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  # the hub has no event for « has sent »
            await asyncio.sleep(0.005)


def _play(scene: Callable[[Hub], Any]) -> None:
    async def run() -> None:
        hub = Hub()
        hub.start(asyncio.get_running_loop())
        await scene(hub)

    asyncio.run(run())


def test_the_first_change_is_sent_at_once_and_the_next_ones_together() -> None:
    async def scene(hub: Hub) -> None:
        reader = Reader(hub, ["salle"])
        task = reader.open()
        await _until(lambda: bool(hub.clients["salle"]))
        started = time.perf_counter()
        hub.announce("salle")
        await _until(lambda: len(reader.got) == 1)
        for _n in range(19):
            hub.announce("salle")
        await _until(lambda: len(reader.got) == 2)
        assert reader.got[0][0] - started < TICK / 2
        assert reader.got[1][0] - reader.got[0][0] >= TICK * 0.9
        assert reader.got[1][1] == "data: salle 20\n\n"
        reader.left.set()
        await task
        assert not hub.clients["salle"]

    _play(scene)


def test_a_slow_reader_delays_nobody() -> None:
    async def scene(hub: Hub) -> None:
        readers = [Reader(hub, ["salle"], slow=n == 0) for n in range(3)]
        tasks = [reader.open() for reader in readers]
        await _until(lambda: len(hub.clients["salle"]) == 3)
        hub.announce("salle")
        await _until(lambda: bool(readers[1].got and readers[2].got))
        for reader in readers:
            reader.left.set()
        await asyncio.gather(*tasks)

    _play(scene)


def test_stopping_the_server_ends_the_streams() -> None:
    async def scene(hub: Hub) -> None:
        task = Reader(hub, ["salle"]).open()
        await _until(lambda: bool(hub.clients["salle"]))
        hub.close()
        await asyncio.wait_for(task, 2)

    _play(scene)


def test_a_reader_hears_only_its_topics() -> None:
    async def scene(hub: Hub) -> None:
        reader = Reader(hub, ["une", "deux"])
        task = reader.open()
        await _until(lambda: bool(hub.clients["deux"]))
        for topic in ("trois", "deux"):
            hub.announce(topic)
        await _until(lambda: bool(reader.got))
        assert [body for _at, body in reader.got] == ["data: deux 1\n\n"]
        reader.left.set()
        await task

    _play(scene)


@pytest.mark.sqlite
def test_nothing_is_said_of_what_was_rolled_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(live, "announce", said.append)
    with pytest.raises(RuntimeError), site.writing() as db:
        live.publish(db, "essai")
        raise RuntimeError
    assert not said
    with site.writing() as db:
        live.publish(db, "essai")
        assert not said
    assert said == ["essai"]


@pytest.mark.postgresql
def test_the_other_processes_hear_through_the_database(site: Site) -> None:
    heard: list[str] = []
    listener = live.Listener(site.database, heard.append)
    listener.start()
    for _n in range(100):
        with site.writing() as db:
            live.publish(db, "essai")
        listener.stopping.wait(0.05)
        if heard:
            break
    listener.stop()
    listener.join(5)
    assert heard and set(heard) == {"essai"}
