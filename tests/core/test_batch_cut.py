"""What a writer never says: that a row is kept when the database let go of it meanwhile."""

from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app.core.batch import Writer
from app.core.db import Database
from tests.core.notebook import all_of, play, written
from tests.databases import Engine


def _table(database: Database) -> None:
    with database.writing() as db:
        db.execute(text("CREATE TABLE noted (word VARCHAR(20) PRIMARY KEY)"))


def _add(db: Session, word: str) -> str:
    db.execute(text("INSERT INTO noted VALUES (:word)"), {"word": word})
    return word.upper()


CUTS = {"sqlite": "ROLLBACK", "postgresql": "SELECT pg_terminate_backend(pg_backend_pid())"}


@pytest.mark.parametrize("at", ["un", "deux", "trois"])
def test_a_transaction_that_is_lost_among_rows_written_apart_loses_nothing_that_was_said_kept(
    engine: Engine, at: str
) -> None:
    """SQLite ends the whole transaction when the disk is full; PostgreSQL when the connection is cut."""

    def apply(db: Session, words: Sequence[str]) -> list[str | Exception]:
        if len(words) > 1:
            raise RuntimeError("together they fail")
        if words[0] == at:
            db.execute(text(CUTS[engine.name]))
            raise RuntimeError("cut")
        return [_add(db, word) for word in words]

    with engine.empty() as url:
        database = Database(url)
        _table(database)
        writer: Writer[str, str] = Writer(database, apply, name="cut")

        async def scene() -> None:
            outcomes = await all_of(writer, ["un", "deux", "trois", "quatre"])
            kept = sorted(each.lower() for each in outcomes if isinstance(each, str))
            assert kept == sorted(written(database)), (outcomes, written(database))
            assert len(kept) == 3

        try:
            play(scene)
        finally:
            writer.stop()
            database.dispose()
