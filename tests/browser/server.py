"""A real server of the site for browsers: its own process, its own database, its own port.

The port is open before the process starts, so whoever calls simply waits: nothing has to be tried again.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn

ROOT = Path(__file__).resolve().parents[2]
START = 60  # seconds
STOP = 20  # seconds


@dataclass(frozen=True)
class Server:
    """Where a site answers, and the database behind it."""

    url: str
    database_url: str


@contextmanager
def serve(database_url: str, log: Path) -> Iterator[Server]:
    """Serve this database until the end of the block; what the server says goes to ``log``."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening, log.open("ab") as written:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = {"EMGLEV_DEMO": "true", "EMGLEV_PUBLIC_URL": url, "EMGLEV_DATABASE_URL": database_url}
        handle = listening.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.server", str(handle)], cwd=ROOT, env=os.environ | settings,
            pass_fds=[handle], stdout=written, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        httpx.get(f"{url}/healthz", timeout=START).raise_for_status()
        yield Server(url, database_url)
    finally:
        process.terminate()
        process.wait(STOP)


def main() -> None:
    """Serve on the socket that was handed over, with the options of ``emglev serve``."""
    config = uvicorn.Config(
        "app.main:create_app", factory=True, access_log=False, log_level="warning", proxy_headers=True,
        forwarded_allow_ips="127.0.0.1", timeout_graceful_shutdown=5, server_header=False,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()
