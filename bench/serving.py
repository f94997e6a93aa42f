"""Servers to measure, each in its own process, with the options of ``emglev serve``; and the floors beside them."""

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import uvloop

from app.core.listening import Reserved
from bench.phones import Address, more_files

TICKS = os.sysconf("SC_CLK_TCK")
_context = get_context("spawn")


@dataclass(frozen=True)
class Served:
    """Where it answers, and its processes."""

    address: Address
    pids: tuple[int, ...]

    def cpu(self) -> float:
        """Seconds of processor taken so far, by all its processes and threads."""
        fields = [Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split() for pid in self.pids]
        return sum(int(each[11]) + int(each[12]) for each in fields) / TICKS

    def memory(self) -> int:
        """Bytes held in memory."""
        lines = [Path(f"/proc/{pid}/statm").read_text("ascii").split() for pid in self.pids]
        return sum(int(each[1]) for each in lines) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def serve(database_url: str, log: Path, *, variant: str = "real", processes: int = 1) -> Iterator[Served]:
    """The site on this database. « bare » answers ballots without any database; « real » is what people use."""
    with _listening() as (listening, address):
        environment = {
            "EMGLEV_DEMO": "true", "EMGLEV_PUBLIC_URL": f"http://{address[0]}:{address[1]}",
            "EMGLEV_DATABASE_URL": database_url, "EMGLEV_LOG_FORMAT": "json",
        }  # fmt: skip
        with _processes(_site, processes, listening, environment, log, variant) as pids:
            yield Served(address, pids)


@contextmanager
def broadcaster(payload: bytes) -> Iterator[Served]:
    """The floor of the streams: a plain TCP server that writes the same bytes to whoever is connected."""
    with _listening() as (listening, address), _processes(_floor, 1, listening, payload) as pids:
        yield Served(address, pids)


@contextmanager
def _listening() -> Iterator[tuple[socket.socket, Address]]:
    with Reserved("127.0.0.1", 0) as door:
        yield door, door.getsockname()


@contextmanager
def _processes(target: Any, count: int, *args: Any) -> Iterator[tuple[int, ...]]:
    started = [_context.Process(target=target, args=args, daemon=True) for _n in range(count)]
    for process in started:
        process.start()
    try:
        _await_doors(count, args[0].getsockname()[1])
        yield tuple(process.pid or 0 for process in started)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.join(20)


def _await_doors(count: int, port: int) -> None:
    """Until each process listens, for at most 60 seconds: all must take their share of who comes."""
    latest, door = time.monotonic() + 60, f":{port:04X} 00000000:0000 0A "
    while Path("/proc/net/tcp").read_text("ascii").count(door) < count:
        if time.monotonic() > latest:
            raise RuntimeError(f"{count} processes were to listen on {port}")
        time.sleep(0.05)


def _site(listening: socket.socket, environment: dict[str, str], log: Path, variant: str) -> None:
    more_files()
    os.environ.update(environment)
    with log.open("ab") as written:
        os.dup2(written.fileno(), 1)
        os.dup2(written.fileno(), 2)
    import uvicorn

    config = uvicorn.Config(
        f"bench.sites:{variant}", factory=True, access_log=False, log_level="warning", proxy_headers=True, backlog=4096,
        forwarded_allow_ips="127.0.0.1", timeout_graceful_shutdown=5, server_header=False,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listening])


class _Reader(asyncio.Protocol):
    """Somebody connected to the plain server; « POST » asks it to tell everyone."""

    def __init__(self, readers: set[Any], payload: bytes) -> None:
        self.readers, self.payload = readers, payload

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if not data.startswith(b"POST"):
            self.readers.add(self.transport)
            self.transport.write(self.payload)
            return
        at = time.monotonic()
        for reader in self.readers:
            reader.write(self.payload)
        said = b'{"at": %f}' % at
        self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(said), said))

    def connection_lost(self, _error: Exception | None) -> None:
        self.readers.discard(self.transport)


def _floor(listening: socket.socket, payload: bytes) -> None:
    more_files()

    async def run() -> None:
        readers: set[Any] = set()
        server = await asyncio.get_running_loop().create_server(lambda: _Reader(readers, payload), sock=listening)
        await server.serve_forever()

    uvloop.run(run())
