"""The board of one territory: figures kept by triggers against the best recount we could write."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from app.accords import queries as accords
from app.board import queries as board
from app.board.models import PriorityTally
from app.core.db import Database
from bench.clock import compare
from bench.report import Report, clock

Figures = dict[tuple[int, str], tuple[int, int]]
_PUBLIC = "n.territory_id = :territory AND n.status IN ('published', 'masked') AND n.priority_id IS NOT NULL"
WRITTEN = f"SELECT n.priority_id, n.college, count(*) FROM need n WHERE {_PUBLIC} GROUP BY 1, 2"
_PAIRS = f"""
 SELECT n.priority_id, s.voice_id FROM need n JOIN support s ON s.thread_id = n.thread_id WHERE {_PUBLIC}
 {{union}} SELECT n.priority_id, n.voice_id FROM need n WHERE {_PUBLIC} AND n.voice_id IS NOT NULL"""
# Three ways of counting distinct voices; the quickest of them is the one that counters are compared with.
HEARD = {
    "distinct": f"""SELECT p.priority_id, v.college, count(DISTINCT p.voice_id)
        FROM ({_PAIRS.format(union="UNION ALL")}) p JOIN voice v ON v.id = p.voice_id GROUP BY 1, 2""",
    "union": f"""SELECT p.priority_id, v.college, count(*)
        FROM ({_PAIRS.format(union="UNION")}) p JOIN voice v ON v.id = p.voice_id GROUP BY 1, 2""",
    "grouped first": f"""SELECT p.priority_id, v.college, count(*) FROM (SELECT priority_id, voice_id
        FROM ({_PAIRS.format(union="UNION ALL")}) q GROUP BY 1, 2) p JOIN voice v ON v.id = p.voice_id GROUP BY 1, 2""",
}


def _recount(db: Session, territory_id: int, heard: str) -> Figures:
    bound = {"territory": territory_id}
    written = {(p, c): n for p, c, n in db.execute(text(WRITTEN), bound)}
    voices = {(p, c): n for p, c, n in db.execute(text(heard), bound)}
    return {key: (written.get(key, 0), voices.get(key, 0)) for key in written.keys() | voices.keys()}


def _counted(db: Session, priorities: list[int]) -> Figures:
    rows = db.execute(
        select(PriorityTally.priority_id, PriorityTally.college, PriorityTally.needs, PriorityTally.voices)
        .where(col(PriorityTally.priority_id).in_(priorities))
    )  # fmt: skip
    return {(p, c): (n, v) for p, c, n, v in rows if n or v}


def figures(report: Report, database: Database, engine: str, territory_id: int) -> None:
    """Counters, recount, and the whole board as the page asks for it."""
    section = report.section(
        f"Board, {engine}",
        "One territory with 20,000 needs and 50,000 supports. The figures of its cards (needs written, distinct "
        "voices, by collège) from the counters, against the quickest of three ways of recounting them in SQL; both "
        "give the same figures, or the run stops. « Whole board » is what the page asks for: the counters, and what "
        f"is awaited, which is counted at each reading. {clock(database)}.",
        engine,
    )
    with database.reading() as db:
        priorities = [p.id or 0 for p in accords.priorities(db, territory_id)]
        true = _counted(db, priorities)
        acts: dict[str, Callable[[], Any]] = {
            "counters": lambda: _counted(db, priorities),
            "whole": lambda: board.columns(db, territory_id),
        }
        for name, statement in HEARD.items():
            if _recount(db, territory_id, statement) != true:
                raise RuntimeError(f"the recount « {name} » and the counters disagree")
            acts[name] = partial(_recount, db, territory_id, statement)
        costs = {name: cost.work(here=database.is_sqlite) for name, cost in compare(acts, rounds=5).items()}
    best = min(HEARD, key=lambda name: costs[name])
    section.add("counters", costs["counters"])
    section.add(
        f"best recount (« {best} »), floor: counters", costs[best], floor=costs["counters"], least=50, ratio=True
    )
    section.add("whole board, awaited answers included, floor: best recount", costs["whole"], floor=costs[best])
