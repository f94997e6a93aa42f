"""Calls an application as a server would, without a network: what is measured is ours."""

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message

BROWSER = {"host": "localhost", "sec-fetch-site": "same-origin", "user-agent": "bench"}


@contextmanager
def unheard() -> Iterator[None]:
    """Log lines are made as in production, and printed nowhere."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        yield


class Caller:
    """One browser and its loop."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.runner = asyncio.Runner()

    def all(self, addresses: Sequence[str], **headers: str) -> None:
        """Ask for each address in turn, and insist on an answer."""
        with unheard():
            self.runner.run(self._all(addresses, headers))

    async def _all(self, addresses: Sequence[str], headers: Mapping[str, str]) -> None:
        for address in addresses:
            status, _headers, _body = await call(self.app, address, headers)
            if status not in (200, 304):
                raise RuntimeError(f"{address} answered {status}")

    def headers(self, address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """The status, headers and body of one answer."""
        with unheard():
            return self.runner.run(call(self.app, address, headers))

    def close(self) -> None:
        """End the loop."""
        self.runner.close()


async def call(app: ASGIApp, address: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
    """One GET."""
    path, _mark, query = address.partition("?")
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in {**BROWSER, **headers}.items()]
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "headers": sent,
        "client": ("127.0.0.1", 1), "server": ("localhost", 80),
    }  # fmt: skip
    got: dict[str, Any] = {"status": 0, "headers": {}, "body": bytearray()}
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            await asyncio.Event().wait()  # a browser that stays
        asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            got["status"] = message["status"]
            got["headers"] = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            got["body"] += message.get("body", b"")

    await app(scope, receive, send)
    return got["status"], got["headers"], bytes(got["body"])
