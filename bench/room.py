"""A workshop: a hall of phones votes, through a real server, each ballot durable before its answer."""

import asyncio
import random
import time
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from sqlmodel import col, func, select

from app.core.db import Database
from app.workshops.models import Ballot, Option, Workshop
from bench.report import Report, milliseconds, ratio
from tests.browser.server import serve
from tests.databases import open_engine

PHONES = 200
SPREAD = 10.0  # seconds over which a hall answers
COLLEGES = ("habitants", "associations", "entreprises", "jeunes", "institutions")
SAME_ORIGIN = {"sec-fetch-site": "same-origin"}


class Hall:
    """The phones of one room, each with its own seat."""

    def __init__(self, url: str, code: str, step: int, options: list[int]) -> None:
        self.url, self.code, self.step, self.options = url, code, step, options
        self.phones: list[httpx.AsyncClient] = []
        self.chance = random.Random(7)

    async def enter(self) -> None:
        """Everyone takes a seat, ten at a time."""
        self.phones = [httpx.AsyncClient(base_url=self.url, headers=SAME_ORIGIN, timeout=60) for _n in range(PHONES)]
        for start in range(0, PHONES, 10):
            await asyncio.gather(*(self._sit(number) for number in range(start, start + 10)))

    async def _sit(self, number: int) -> None:
        answer = await self.phones[number].post(f"/a/{self.code}/place", data={"college": COLLEGES[number % 5]})
        if answer.status_code != 303:
            raise RuntimeError(f"no seat: {answer.status_code}")

    async def vote(self, number: int, after: float) -> float:
        """One ballot after a while; milliseconds until its answer. The same ballot is never sent again."""
        await asyncio.sleep(after)
        marks = self.chance.sample(self.options, 2)
        started = time.perf_counter()
        answer = await self.phones[number].post(
            f"/a/{self.code}/bulletin", data={"step": self.step, "dots": [f"{option}:1" for option in marks]}
        )
        if answer.status_code != 303:
            raise RuntimeError(f"refused: {answer.status_code}")
        return (time.perf_counter() - started) * 1000

    async def read(self, number: int, after: float) -> float:
        """The floor: the state of the room, one read by the same route."""
        await asyncio.sleep(after)
        started = time.perf_counter()
        answer = await self.phones[number].get(f"/a/{self.code}/etat")
        answer.raise_for_status()
        return (time.perf_counter() - started) * 1000

    async def all(self, act: Any, spread: float) -> list[float]:
        """Everyone does it once, spread over some seconds."""
        return list(await asyncio.gather(*(act(n, self.chance.random() * spread) for n in range(PHONES))))

    async def leave(self) -> None:
        """Close every connection."""
        for phone in self.phones:
            await phone.aclose()


async def _measure(hall: Hall) -> dict[str, list[float]]:
    await hall.enter()
    found = {
        "read": await hall.all(hall.read, SPREAD / 2),
        "spread": await hall.all(hall.vote, SPREAD),
        "read at once": await hall.all(hall.read, 0),
        "at once": await hall.all(hall.vote, 0),
    }
    await hall.leave()
    return found


def _percentile(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def room(report: Report, engine: str) -> None:
    """The hall of the issue: p50, p99, and what is lost."""
    section = report.section(
        f"A room of {PHONES}, {engine}",
        f"{PHONES} phones, each with its seat, vote once within {SPREAD:.0f} s, then all at the same instant (changing "
        "their ballot), on one server process over HTTP; the phones share the machine with it. An answer says that the "
        "ballot is durable. The floor is the same phones reading the state of the room, a read by the same layers.",
    )
    with TemporaryDirectory(prefix="emglev-room-") as folder:
        opened = open_engine(engine.lower(), Path(folder))
        with opened.copy() as url:
            database = Database(url)
            with database.reading() as db:
                workshop = db.exec(select(Workshop).where(Workshop.status == "running")).one()
                options = [o.id or 0 for o in db.exec(select(Option).where(Option.step_id == workshop.step_id))]
                before = _ballots(db, workshop)
            with serve(url, Path(folder) / "server.log") as server:
                found = asyncio.run(_measure(Hall(server.url, workshop.code, workshop.step_id or 0, options)))
            with database.reading() as db:
                lost = PHONES - (_ballots(db, workshop) - before)
            database.dispose()
        opened.close()
    _tell(section, found, lost)


def _ballots(db: Any, workshop: Workshop) -> int:
    return int(db.exec(select(func.count()).where(col(Ballot.step_id) == workshop.step_id)).one())


def _tell(section: Any, found: dict[str, list[float]], lost: int) -> None:
    for name, floor, words in (("spread", "read", "within 10 s"), ("at once", "read at once", "at the same instant")):
        votes, reads = found[name], found[floor]
        section.add(f"vote {words}, p50", milliseconds(_percentile(votes, 50)))
        section.add(f"vote {words}, p99", milliseconds(_percentile(votes, 99)))
        section.add(f"vote {words}, last", milliseconds(max(votes)))
        section.add(f"vote ÷ read, {words}, p50", ratio(_percentile(votes, 50), _percentile(reads, 50)))
    section.add("ballots lost", str(lost), "0")
