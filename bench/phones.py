"""A crowd of phones in a process of its own: prebuilt bytes on plain sockets, cheap beside the server.

Every moment is ``time.monotonic()``, which is the same clock in all processes of a machine.
"""

import asyncio
import json
import random
import resource
import time
from collections import Counter
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import uvloop

Address = tuple[str, int]
OPENING = 100  # connections opened at once
PATIENCE = 60.0  # seconds


class Voter(asyncio.Protocol):
    """One connection on which whole requests go, one at a time."""

    def __init__(self) -> None:
        self.transport: Any = None
        self.answer: asyncio.Future[float] | None = None
        self.status = 0
        self.body = b""
        self._left = b""

    def connection_made(self, transport: Any) -> None:
        """Ready."""
        self.transport = transport

    def ask(self, request: bytes) -> "asyncio.Future[float]":
        """Send; the future moment of the whole answer."""
        self.answer = asyncio.get_running_loop().create_future()
        self._left = b""
        self.transport.write(request)
        return self.answer

    def data_received(self, data: bytes) -> None:
        """An answer, or a part of it."""
        self._left += data
        head, blank, body = self._left.partition(b"\r\n\r\n")
        if not blank:
            return
        mark = head.lower().find(b"content-length:")
        length = int(head[mark + 15 :].split(b"\r\n", 1)[0]) if mark >= 0 else 0
        if len(body) >= length and self.answer and not self.answer.done():
            self.status, self.body = int(head[9:12]), body
            self.answer.set_result(time.monotonic())

    def connection_lost(self, _error: Exception | None) -> None:
        """Without an answer: counted as a failure."""
        if self.answer and not self.answer.done():
            self.status = 0
            self.answer.set_result(time.monotonic())


class Listener(asyncio.Protocol):
    """One open stream; notes what it hears in the tally it shares with the others."""

    def __init__(self, tally: "Tally", hello: bytes) -> None:
        self.tally = tally
        self.hello = hello

    def connection_made(self, transport: Any) -> None:
        """Ask for the stream."""
        self.transport = transport
        transport.write(self.hello)

    def data_received(self, data: bytes) -> None:
        """Something was said."""
        if b"data:" in data:
            self.tally.note(len(data))

    def connection_lost(self, _error: Exception | None) -> None:
        """A stream that ends is missed."""
        self.tally.lost += 1


class Tally:
    """How many have heard, and when the last did."""

    def __init__(self) -> None:
        self.wanted = self.heard = self.lost = self.size = 0
        self.last = 0.0
        self.everyone = asyncio.Event()
        self.listeners: list[Any] = []

    def expect(self, wanted: int) -> None:
        """Ready for another message to ``wanted`` readers."""
        self.wanted, self.heard = wanted, 0
        self.everyone.clear()

    def note(self, size: int) -> None:
        """One more has heard, this many bytes at once."""
        self.heard += 1
        self.size = max(self.size, size)
        self.last = time.monotonic()
        if self.heard >= self.wanted:
            self.everyone.set()


class Crowd:
    """What the bench asks of its phones; each method is one order."""

    def __init__(self) -> None:
        self.voters: list[Voter] = []
        self.requests: list[bytes] = []
        self.tallies: dict[str, Tally] = {}

    async def seat(self, address: Address, requests: Sequence[bytes]) -> None:
        """Open one connection a request, as a reverse proxy keeps them."""
        for voter in self.voters:
            voter.transport.close()
        self.requests = list(requests)
        self.voters = [each[1] for each in await _open(address, Voter, len(requests))]

    async def storm(self, spread: float, meanwhile: tuple[Address, bytes] | None = None) -> dict[str, Any]:
        """Everybody sends once, at a moment drawn in ``spread`` seconds: milliseconds from the planned moment.

        ``meanwhile``: asked again and again, so that the streams open beside have something to say.
        """
        beside = asyncio.ensure_future(_again(*meanwhile)) if meanwhile else None
        chance, loop = random.Random(11), asyncio.get_running_loop()
        began = loop.time() + 0.05
        planned = sorted(began + chance.random() * spread for _voter in self.voters)
        shift = time.monotonic() - loop.time()

        async def one(voter: Voter, request: bytes, at: float) -> float:
            answered: asyncio.Future[float] = loop.create_future()

            def send() -> None:
                voter.ask(request).add_done_callback(lambda done: answered.set_result(done.result()))

            loop.call_at(at, send)
            return (await asyncio.wait_for(answered, PATIENCE) - shift - at) * 1000

        calls = [one(v, r, at) for v, r, at in zip(self.voters, self.requests, planned, strict=True)]
        taken = await asyncio.gather(*calls)
        if beside:
            beside.cancel()
        return {"ms": taken, "statuses": dict(Counter(voter.status for voter in self.voters))}

    async def loop(self, seconds: float, at_once: int) -> dict[str, Any]:
        """``at_once`` connections ask again as soon as they are answered; how many were, in how long."""
        ends = time.monotonic() + seconds
        answered, statuses = 0, Counter[int]()

        async def one(first: int) -> None:
            nonlocal answered
            number = first
            while time.monotonic() < ends:
                voter = self.voters[first]
                await voter.ask(self.requests[number])
                statuses[voter.status] += 1
                answered += 1
                number = (number + at_once) % len(self.requests)

        began = time.monotonic()
        await asyncio.gather(*(one(number) for number in range(at_once)))
        return {"answered": answered, "seconds": time.monotonic() - began, "statuses": dict(statuses)}

    async def listen(self, name: str, address: Address, hello: bytes, count: int, first: bool = True) -> None:
        """Open ``count`` streams, and wait for what they say first."""
        tally = self.tallies[name] = Tally()
        tally.expect(count)
        tally.listeners = await _open(address, lambda: Listener(tally, hello), count)
        if first:
            await asyncio.wait_for(tally.everyone.wait(), PATIENCE)

    async def tell(self, name: str, address: Address, request: bytes) -> dict[str, float]:
        """Have something published; milliseconds from the moment that the server says, to the last reader."""
        tally = self.tallies[name]
        tally.expect(len(tally.listeners))
        ((_transport, voter),) = await _open(address, Voter, 1)
        sent = time.monotonic()
        await asyncio.wait_for(voter.ask(request), PATIENCE)
        await asyncio.wait_for(tally.everyone.wait(), PATIENCE)
        voter.transport.close()
        said = json.loads(voter.body)
        since = said.get("at", sent) if isinstance(said, dict) else sent
        return {"ms": (tally.last - since) * 1000, "whole": (tally.last - sent) * 1000, "lost": tally.lost}

    async def heard(self, name: str) -> int:
        """The bytes of the last message."""
        return self.tallies[name].size

    async def cut(self, name: str) -> int:
        """How many of these streams ended."""
        return self.tallies[name].lost

    async def hush(self, name: str) -> None:
        """Close these streams."""
        for transport, _listener in self.tallies.pop(name).listeners:
            transport.close()
        await asyncio.sleep(0.2)


async def _again(address: Address, request: bytes) -> None:
    ((_transport, voter),) = await _open(address, Voter, 1)
    while True:
        await voter.ask(request)
        await asyncio.sleep(0.5)


async def _open(address: Address, protocol: Any, count: int) -> list[Any]:
    loop, opened = asyncio.get_running_loop(), []
    for start in range(0, count, OPENING):
        calls = [loop.create_connection(protocol, *address) for _n in range(start, min(count, start + OPENING))]
        opened += await asyncio.gather(*calls)
    return opened


async def _obey(orders: Connection) -> None:
    crowd, loop = Crowd(), asyncio.get_running_loop()
    while (order := await loop.run_in_executor(None, orders.recv)) is not None:
        name, args = order
        try:
            orders.send(await getattr(crowd, name)(*args))
        except Exception as failure:
            orders.send(failure)


def _run(orders: Connection) -> None:
    more_files()
    uvloop.run(_obey(orders))


def more_files() -> None:
    """As many open files as this machine allows: a stream is one, on each side."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Phones:
    """The crowd as the bench speaks to it: each attribute is an order, answered when it is done."""

    def __init__(self) -> None:
        self._orders, theirs = get_context("spawn").Pipe()
        self._process = get_context("spawn").Process(target=_run, args=(theirs,), daemon=True)
        self._process.start()

    def order(self, name: str, *args: Any) -> Any:
        """Have it done."""
        self._orders.send((name, args))
        given = self._orders.recv()
        if isinstance(given, Exception):
            raise given
        return given

    def close(self) -> None:
        """Send them home."""
        self._orders.send(None)
        self._process.join(10)
