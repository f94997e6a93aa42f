"""What goes straight to the socket of a stream is what the server would have written, or nothing."""

import asyncio
import logging
from typing import Any

import pytest
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from app.core.wire import offer, said

START = {"type": "http.response.start", "status": 200, "headers": []}
WHAT = said("data: une étape nouvelle\n\n")


class Socket:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def pause_reading(self) -> None:
        """Nothing is read here."""

    resume_reading = close = pause_reading


async def stream(method: str = "GET") -> tuple[Any, Socket]:
    """A stream that uvicorn has begun, and its socket."""
    socket, log = Socket(), logging.getLogger("test")
    transport: Any = socket
    scope: Any = {"type": "http", "method": method, "http_version": "1.1", "headers": []}
    cycle = RequestResponseCycle(
        scope, transport, FlowControl(transport), log, log, False, [], asyncio.Event(), False, True, lambda: None
    )
    message: Any = START
    await cycle.send(message)
    socket.written.clear()
    return cycle, socket


def test_the_bytes_are_those_of_the_server() -> None:
    async def scene() -> None:
        (ours, direct), (theirs, plain) = await stream(), await stream()
        assert offer(ours.send, WHAT)
        message: Any = WHAT.message
        await theirs.send(message)
        assert direct.written == plain.written == [WHAT.chunk]

    asyncio.run(scene())


def test_a_full_buffer_takes_nothing() -> None:
    async def scene() -> None:
        cycle, socket = await stream()
        cycle.flow.pause_writing()
        assert not offer(cycle.send, WHAT) and not socket.written
        cycle.flow.resume_writing()
        assert offer(cycle.send, WHAT) and socket.written

    asyncio.run(scene())


@pytest.mark.parametrize("end", ["disconnected", "response_complete"])
def test_nothing_is_written_to_whoever_left_nor_after_the_end(end: str) -> None:
    async def scene() -> None:
        cycle, socket = await stream()
        setattr(cycle, end, True)
        assert offer(cycle.send, WHAT) and not socket.written

    asyncio.run(scene())


def test_whoever_asks_for_the_head_alone_has_no_chunk() -> None:
    async def scene() -> None:
        cycle, socket = await stream("HEAD")
        assert offer(cycle.send, WHAT) and b"".join(socket.written) == b""

    asyncio.run(scene())
