"""A server that dies without a word and comes back at the same place, on the same database."""

import socket
from pathlib import Path

import httpx

from tests.browser.server import START, STOP, Server, spawn


class MortalServer:
    """A process that may be killed, and born again with the same address."""

    def __init__(self, database_url: str, log: Path) -> None:
        self.log = log
        with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
            self.port: int = listening.getsockname()[1]
            self.server = Server(f"http://127.0.0.1:{self.port}", database_url)
            self.process = spawn(listening, self.server, log)
        self._answer()

    def _answer(self) -> None:
        httpx.get(f"{self.server.url}/healthz", timeout=START).raise_for_status()

    def kill(self) -> None:
        """As a power cut: nothing is finished, nobody is told."""
        self.process.kill()
        self.process.join(STOP)

    def rise(self) -> None:
        """Answer again."""
        with socket.create_server(("127.0.0.1", self.port), backlog=256) as listening:
            self.process = spawn(listening, self.server, self.log)
        self._answer()
