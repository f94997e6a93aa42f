"""The schema: from nothing to the present, in step with the models, and one step back."""

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app import tables
from app.core.db import Database
from tests.databases import Engine, migrate

BY_HAND = ("search_fts", "ix_search_entry_words")


def _differences(url: str) -> list[object]:
    database = Database(url)
    options = {"compare_type": True, "include_object": lambda _o, name, *_r: not (name or "").startswith(BY_HAND)}
    with database.writer.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts=options), tables.metadata)
    database.dispose()
    return list(found)


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(Config("alembic.ini")).get_heads()) == 1


def test_the_models_and_the_schema_agree(engine: Engine) -> None:
    with engine.empty() as url:
        migrate(url)
        assert not _differences(url)


def test_the_last_migration_can_be_undone_and_done_again(engine: Engine) -> None:
    with engine.empty() as url:
        migrate(url)
        migrate(url, "-1", down=True)
        migrate(url)
        assert not _differences(url)
