"""A real server of the site for browsers: its own process, its own database, its own port.

The port is open before the process starts, so whoever calls simply waits: nothing has to be tried again. Every
process is a fork of one that has read the application, which takes three seconds, and done nothing else (nursery.py).
What a template compiles to is kept from one server to the next.
"""

import multiprocessing
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx
import uvicorn
from jinja2 import Environment, FileSystemBytecodeCache

from app.core import web

ROOT = Path(__file__).resolve().parents[2]
START = 60  # seconds
STOP = 20  # seconds

_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload(["tests.browser.nursery"])


@dataclass(frozen=True)
class Server:
    """Where a site answers, and the database behind it."""

    url: str
    database_url: str


@contextmanager
def serve(database_url: str, log: Path, *, host: str = "127.0.0.1") -> Iterator[Server]:
    """Serve this database until the end of the block; what the server says goes to ``log``.

    ``host`` is how browsers call it: passkeys are bound to a name, never to an IP address.
    """
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        server = Server(f"http://{host}:{listening.getsockname()[1]}", database_url)
        process = spawn(listening, server, log)
    try:
        httpx.get(f"{server.url}/healthz", timeout=START).raise_for_status()
        yield server
    finally:
        process.terminate()
        process.join(STOP)
        assert process.exitcode is not None, f"{server.url} does not stop"


def spawn(listening: socket.socket, server: Server, log: Path) -> BaseProcess:
    """A process that serves on this socket; what it says goes to ``log``."""
    settings = {
        "EMGLEV_DEMO": "true", "EMGLEV_PUBLIC_URL": server.url, "EMGLEV_DATABASE_URL": server.database_url,
    }  # fmt: skip
    process = _nursery.Process(target=_run, args=(listening, dict(os.environ) | settings, log), daemon=True)
    process.start()
    return process


def _run(listening: socket.socket, environment: dict[str, str], log: Path) -> None:
    """Serve on the socket that was handed over, with the options of ``emglev serve``."""
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as written:
        os.dup2(written.fileno(), 1)
        os.dup2(written.fileno(), 2)
    compiled = Path(environment["EMGLEV_VAR_DIR"]) / "compiled"
    compiled.mkdir(parents=True, exist_ok=True)
    web.Environment = partial(Environment, bytecode_cache=FileSystemBytecodeCache(str(compiled)))  # type: ignore[assignment, misc]
    config = uvicorn.Config(
        "app.main:create_app", factory=True, access_log=False, log_level="warning", proxy_headers=True,
        forwarded_allow_ips="127.0.0.1", timeout_graceful_shutdown=5, server_header=False,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listening])
