"""A hall of 2,000 phones against a real server: the storm of votes, the streams, and both at once."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from app.core.live import TICK
from bench.hall import SEATS, Hall, hall
from bench.phones import Phones, more_files
from bench.report import Report, Section
from bench.serving import Served, broadcaster, serve
from tests.databases import Engine, PostgresqlEngine, open_engine

STORMS = 3  # rounds
TOLD = 15  # publications
LONE = 15  # votes
AT_ONCE = 200  # connections of the closed loop
PAUSE = TICK * 1.6  # seconds after which the next change is a leading edge again
Answers = dict[str, Any]


@dataclass(frozen=True)
class Scene:
    """What the measures need: the hall, its server, the same without a database, the crowd."""

    hall: Hall
    site: Served
    bare: Served
    phones: Phones


def live(report: Report, engine: str) -> None:
    """Everything of one engine: one process on SQLite, two on PostgreSQL."""
    more_files()
    processes = 1 if engine == "SQLite" else 2
    with TemporaryDirectory(prefix="emglev-live-") as folder:
        opened = open_engine(engine.lower(), Path(folder))
        _durable(opened)
        with _scene(opened, processes) as scene:
            voting(report, scene, engine, processes)
        with _scene(opened, processes) as scene:
            streaming(report, scene, engine, processes)
        opened.close()


def _durable(opened: Engine) -> None:
    """The tests' own PostgreSQL does not wait for the disk; what is measured here does."""
    if isinstance(opened, PostgresqlEngine) and opened.server is not None:
        for setting in ("fsync = on", "full_page_writes = on"):
            opened._admin(f"ALTER SYSTEM SET {setting}")
        opened._admin("SELECT pg_reload_conf()")


@contextmanager
def _scene(opened: Engine, processes: int) -> Iterator[Scene]:
    with ExitStack() as stack:
        room, url, log = stack.enter_context(hall(opened))
        site = stack.enter_context(serve(url, log, processes=processes))
        bare = stack.enter_context(serve(url, log, variant="bare", processes=processes))
        phones = Phones()
        stack.callback(phones.close)
        yield Scene(room, site, bare, phones)


def voting(report: Report, scene: Scene, engine: str, processes: int) -> None:
    """Ballots alone."""
    section = report.section(
        f"A hall of {SEATS:,} votes, {engine}, {_many(processes)}",
        f"{SEATS:,} phones, each with its seat, send one ballot at moments drawn within 5 s, then all at the same "
        "instant, on connections open before (as a reverse proxy keeps them). Milliseconds run from the planned moment "
        "to the answer, which says that the ballot is durable. The floor is the same endpoint (same seat, rights and "
        f"limits) whose writer says yes without a database. Closed loop: {AT_ONCE} connections that ask again as soon "
        "as they are answered. The phones share the machine with the server.",
        engine,
    )
    found: dict[str, list[float]] = {}
    failed = lost = 0
    for number in range(STORMS):
        for name, server in (("real", scene.site), ("bare", scene.bare)):
            for spread in (5.0, 0.0):
                before = scene.hall.kept()
                answers = _storm(scene, server, spread, number)
                failed += SEATS - answers["statuses"].get(200, 0)
                lost += 0 if name == "bare" else SEATS - (scene.hall.kept() - before)
                scene.hall.forget()
                found.setdefault(f"{name} {spread}", []).append(_percentile(answers["ms"], 99))
                found.setdefault(f"{name} {spread} last", []).append(max(answers["ms"]))
            rate, cpu = _loop(scene, server)
            found.setdefault(f"{name} rate", []).append(rate)
            found.setdefault(f"{name} cpu", []).append(cpu)
    _tell_votes(section, found, failed, lost)


def _tell_votes(section: Section, found: dict[str, list[float]], failed: int, lost: int) -> None:
    floor = {name: sorted(values)[len(values) // 2] for name, values in found.items()}
    section.add("votes within 5 s, p99", found["real 5.0"], floor=floor["bare 5.0"], most=60)
    section.add("votes within 5 s, last", found["real 5.0 last"], floor=floor["bare 5.0 last"])
    section.add("votes at the same instant, last", found["real 0.0 last"], floor=floor["bare 0.0 last"], most=600)
    section.add("votes, closed loop", found["real rate"], "a second", floor=floor["bare rate"], least=0.5, ratio=True)
    section.add("CPU time of a vote, closed loop", found["real cpu"], floor=floor["bare cpu"])
    section.add("votes without an answer 200", failed, "votes", most=0)
    section.add("ballots lost", lost, "ballots", most=0)


def _storm(scene: Scene, server: Served, spread: float, number: int, meanwhile: bool = False) -> Answers:
    scene.phones.order("seat", server.address, scene.hall.ballots(number))
    beside = (server.address, scene.hall.publish()) if meanwhile else None
    given: Answers = scene.phones.order("storm", spread, beside)
    return given


def _loop(scene: Scene, server: Served) -> tuple[float, float]:
    """Votes a second, and milliseconds of processor for each."""
    before = server.cpu()
    answers = scene.phones.order("loop", 2.0, AT_ONCE)
    if set(answers["statuses"]) != {200}:
        raise RuntimeError(f"refused: {answers['statuses']}")
    return answers["answered"] / answers["seconds"], (server.cpu() - before) / answers["answered"] * 1000


def streaming(report: Report, scene: Scene, engine: str, processes: int) -> None:
    """Streams alone, then the storm among them."""
    section = report.section(
        f"{SEATS:,} streams, {engine}, {_many(processes)}",
        f"{SEATS:,} phones listen. A publication changes the stage in the database; it is drawn once a process, and "
        "runs until the last phone has it. The floor is a plain TCP server that writes the same bytes to as many "
        "connections, told in turn. The lone vote runs from its sending to what the projector hears. The storm sends "
        f"{SEATS:,} ballots within 5 s to the same processes, while the stage changes twice a second for every phone.",
        engine,
    )
    phones, address = scene.phones, scene.site.address
    phones.order("listen", "first", address, scene.hall.phone(), 4 * processes)  # what is made once is made
    phones.order("hush", "first")
    before = scene.site.memory()
    phones.order("listen", "phones", address, scene.hall.phone(), SEATS)
    section.add("memory of a stream", (scene.site.memory() - before) / SEATS / 1024, "kB", most=24)
    with broadcaster(_payload(scene)) as plain:
        phones.order("listen", "plain", plain.address, b"GET\r\n", SEATS)
        ours, floor = _in_turn(
            lambda: phones.order("tell", "phones", address, scene.hall.publish())["ms"],
            lambda: phones.order("tell", "plain", plain.address, b"POST")["ms"],
        )
        phones.order("hush", "plain")
    bound = sorted(floor)[len(floor) // 2]
    section.add(f"publication → last of {SEATS:,}", ours, floor=bound, most=1.5, ratio=True)
    section.add(f"publication → last of {SEATS:,}, p99", _percentile(ours, 99), floor=_percentile(floor, 99), most=100)
    section.add("lone vote → projector", _lone(scene), most=80)
    _among_streams(section, scene)


def _in_turn(*acts: Callable[[], float]) -> list[list[float]]:
    found: list[list[float]] = [[] for _act in acts]
    for _round in range(TOLD):
        for values, act in zip(found, acts, strict=True):
            time.sleep(PAUSE)
            values.append(act())
    return found


def _payload(scene: Scene) -> bytes:
    """As many bytes as a stage."""
    size: int = scene.phones.order("heard", "phones")
    return b"data: " + b"x" * size + b"\n\n"


def _lone(scene: Scene) -> list[float]:
    phones, address = scene.phones, scene.site.address
    phones.order("listen", "projector", address, scene.hall.screen(), 1, False)
    ballots, taken = scene.hall.ballots(7), []
    for number in range(LONE):
        time.sleep(PAUSE)
        taken.append(phones.order("tell", "projector", address, ballots[number])["whole"])
    return taken


def _among_streams(section: Section, scene: Scene) -> None:
    scene.hall.forget()
    failed, lost, p99 = 0, 0, []
    for number in range(STORMS):
        before = scene.hall.kept()
        answers = _storm(scene, scene.site, 5.0, number, meanwhile=True)
        failed += SEATS - answers["statuses"].get(200, 0)
        lost += SEATS - (scene.hall.kept() - before)
        p99.append(_percentile(answers["ms"], 99))
        scene.hall.forget()
    section.add("votes within 5 s among the streams, p99", p99, most=250)
    section.add("votes among the streams without an answer 200", failed, "votes", most=0)
    section.add("ballots lost among the streams", lost, "ballots", most=0)
    section.add("streams that were cut", scene.phones.order("cut", "phones"), "streams", most=0)


def _percentile(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _many(processes: int) -> str:
    return "one process" if processes == 1 else f"{processes} processes"
