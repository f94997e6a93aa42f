"""Live: from one announcement to the last of 500 open streams, in one process."""

import asyncio
import time
from statistics import median
from typing import Any

from starlette.types import Message, Send

from app.core.live import TICK, Hub
from bench.report import Report

CLIENTS = 500
ROUNDS = 7
SLOW = 5  # readers whose buffer is full
TOPIC = "bench"
PAYLOAD: Message = {"type": "http.response.body", "body": b"data: bench 1\n\n", "more_body": True}


class Room:
    """Readers that note when they were last told something."""

    def __init__(self, slow: int = 0) -> None:
        self.slow = slow
        self.told = 0
        self.last = 0.0
        self.everyone = asyncio.Event()

    def reader(self, number: int) -> Send:
        """The way to one reader; a slow one never finishes reading what moves."""

        async def send(message: Message) -> None:
            if not message.get("body", b"").startswith(b"data:"):
                return
            if number < self.slow:
                await asyncio.Event().wait()
            self.told += 1
            self.last = time.perf_counter()
            if self.told == CLIENTS - self.slow:
                self.everyone.set()

        return send

    def forget(self) -> None:
        """Ready for another announcement."""
        self.told = 0
        self.everyone.clear()


async def _stays() -> Message:
    await asyncio.Event().wait()
    return {"type": "http.disconnect"}


async def _bare(readers: list[Send], room: Room) -> float:
    """The floor: the CPU time of the same bytes sent to everyone by a plain loop."""
    room.forget()
    started = time.process_time()
    for send in readers:
        await send(PAYLOAD)
    return (time.process_time() - started) * 1000


async def _announced(hub: Hub, room: Room) -> tuple[float, float]:
    """Wall time to the last reader and CPU time meanwhile."""
    room.forget()
    wall, cpu = time.perf_counter(), time.process_time()
    hub.announce(TOPIC)
    await room.everyone.wait()
    taken = (room.last - wall) * 1000, (time.process_time() - cpu) * 1000
    await asyncio.sleep(TICK * 1.5)  # the next announcement is a leading edge again
    return taken


async def _measure(slow: int) -> dict[str, float]:
    hub, room = Hub(), Room(slow)
    hub.start(asyncio.get_running_loop())
    readers = [room.reader(number) for number in range(CLIENTS)]
    streams = [asyncio.ensure_future(hub.serve([TOPIC], _stays, send)) for send in readers]
    await asyncio.sleep(0)  # every stream begins
    if hub.streams != CLIENTS:
        raise RuntimeError("some streams did not begin")
    rounds: list[dict[str, float]] = []
    for _round in range(ROUNDS if not slow else 5):
        floor = await _bare(readers, room) if not slow else 0.0
        wall, cpu = await _announced(hub, room)
        rounds.append({"floor": floor, "wall": wall, "cpu": cpu})
    hub.close()
    await asyncio.gather(*streams)
    return {
        "floor": median(r["floor"] for r in rounds), "cpu": median(r["cpu"] for r in rounds),
        "wall": min(r["wall"] for r in rounds),
    }  # fmt: skip


def fan_out(report: Report) -> None:
    """The room hears; how much more it costs than a plain loop; what slow readers do to the others."""
    section = report.section(
        "Live",
        f"{CLIENTS} streams of one topic held by the hub of one process, without a network: from the announcement to "
        "the last reader. The plain loop hands the same bytes to the same readers. "
        f"Then {SLOW} of them stop reading, with their buffer full.",
    )
    quick: dict[str, Any] = asyncio.run(_measure(0))
    held: dict[str, Any] = asyncio.run(_measure(SLOW))
    section.add(f"announcement → last of {CLIENTS}", quick["wall"])
    section.add("announcement, CPU time, floor: plain loop", quick["cpu"], floor=quick["floor"])
    section.add(f"last of the others when {SLOW} do not read", held["wall"])
