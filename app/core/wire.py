"""One message to one open stream, at once or not at all: behind uvicorn, one write to its socket."""

from typing import Any, NamedTuple

from starlette.types import Message, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle


class Said(NamedTuple):
    """The same bytes for every reader: as ASGI says them, and as a chunk of HTTP/1.1."""

    message: Message
    chunk: bytes


def said(words: str) -> Said:
    """A part of a stream, made once whatever the number of readers."""
    body = words.encode()
    return Said({"type": "http.response.body", "body": body, "more_body": True}, b"%x\r\n%s\r\n" % (len(body), body))


def offer(send: Send, what: Said) -> bool:
    """Send what the buffer takes at once; whether it did. A full one is left: the next tick carries the whole state."""
    cycle = getattr(send, "__self__", None)
    if not isinstance(cycle, RequestResponseCycle) or not cycle.chunked_encoding:
        return _step(send, what.message)
    if cycle.flow.write_paused:
        return False
    if not cycle.disconnected and not cycle.response_complete:
        cycle.transport.write(what.chunk)
    return True


def _step(send: Send, message: Message) -> bool:
    """As ``offer``, through ASGI: its first step is run by hand, a task a reader would cost more than the message."""
    step: Any = send(message).__await__()
    try:
        next(step)
    except StopIteration:
        return True
    except (OSError, RuntimeError):
        return True  # its reader is gone; its own wait will see it leave
    step.close()  # an awaiting coroutine: nothing of this message was written
    return False
