"""The database: one way to read, one way to write, on SQLite and PostgreSQL alike."""

import asyncio
import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import DateTime, Engine, create_engine, event, literal, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from app.core.errors import UnavailableError
from app.core.i18n import gettext as _

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

WRITERS_AT_ONCE = 2  # they queue behind one lock anyway; the other slots stay for readers
LOCK_SECONDS = 20.0
# A row in hand, on PostgreSQL: others wait to change it, not to point to it. A plain FOR UPDATE would make those who
# insert beside it wait too, each holding what the other wants.
IN_HAND: dict[str, Any] = {"key_share": True}


class UtcDateTime(TypeDecorator[datetime]):
    """Moments are aware and in UTC in Python, whatever the engine keeps."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store the UTC clock time without its zone."""
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return value.replace(tzinfo=UTC) if value else None


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class FairLock:
    """First come, first served: SQLite's own busy wait starves a writer now and then."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    def acquire(self, timeout: float = LOCK_SECONDS) -> None:
        """Take the lock in order of arrival.

        Raises:
            UnavailableError: not served within ``timeout`` seconds.
        """
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(timeout):
            return
        with self._guard:
            if turn not in self._waiting:  # served between the timeout and here
                return
            self._waiting.remove(turn)
        raise UnavailableError(_("Le site est très sollicité. Réessayez dans un instant."), retry_after=5)

    def release(self) -> None:
        """Hand over to the one who has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


def _tune_sqlite(engine: Engine, *, begin: str, pragmas: list[str]) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are ours, not the driver's
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)


class Database:
    """The engines of one process and the order in which they are used."""

    def __init__(self, url: str, *, slots: int = 8) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.lock = FairLock()
        self.slots = slots
        if self.is_sqlite:
            self.writer, self.reader = self._sqlite_engines()
            self.batches = self.writer  # one writer, and one queue for it
        else:
            self.writer = self.reader = self._postgresql_engine(slots + 2, 2)
            self.batches = self._postgresql_engine(1, 0)  # never waits for a connection that pages hold

    def _postgresql_engine(self, size: int, overflow: int) -> Engine:
        return create_engine(
            self.url.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=size, max_overflow=overflow, pool_pre_ping=True, pool_use_lifo=True, hide_parameters=True,
        )  # fmt: skip

    def _sqlite_engines(self) -> tuple[Engine, Engine]:
        path = self.url.removeprefix("sqlite:///")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        shared = ["busy_timeout=5000", "foreign_keys=ON", "cache_size=-16000", "mmap_size=67108864"]
        connect = {"check_same_thread": False}
        writer = create_engine(
            self.url,
            connect_args=connect,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=1,
            hide_parameters=True,  # an error must not carry people's words into the logs
        )
        _tune_sqlite(writer, begin="BEGIN IMMEDIATE", pragmas=["journal_mode=WAL", "synchronous=FULL", *shared])
        reader = create_engine(
            self.url,
            connect_args=connect,
            poolclass=QueuePool,
            pool_size=self.slots,
            pool_use_lifo=True,
            hide_parameters=True,
        )
        _tune_sqlite(reader, begin="BEGIN", pragmas=[*shared, "query_only=ON"])
        return writer, reader

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that cannot write."""
        with Session(self.reader, expire_on_commit=False, autoflush=False) as db:
            if not self.is_sqlite:
                db.execute(text("SET TRANSACTION READ ONLY"))
            yield db

    @contextmanager
    def writing(self, *, patience: float = LOCK_SECONDS, batch: bool = False) -> Iterator[Session]:
        """The one writing session: commits at the end, rolls back on any error.

        What was asked with ``after_commit`` happens once the data is durable. ``patience`` is in seconds; a ``batch``
        has its own connection on PostgreSQL.

        Raises:
            UnavailableError: others wrote for longer than ``patience`` (SQLite, which has one writer).
        """
        if self.is_sqlite:
            self.lock.acquire(patience)
        try:
            with Session(self.batches if batch else self.writer, expire_on_commit=False) as db:
                yield db
                if db.info.get("rollback"):
                    db.rollback()
                    return
                db.commit()
        finally:
            if self.is_sqlite:
                self.lock.release()
        for act in db.info.pop("after_commit", []):
            act()

    def dispose(self) -> None:
        """Close every connection."""
        for engine in (self.reader, self.writer, self.batches):
            engine.dispose()


def after_commit(db: Session, act: Callable[[], None]) -> None:
    """Do this once the transaction is durable, and only then."""
    db.info.setdefault("after_commit", []).append(act)


def is_sqlite(db: Session) -> bool:
    """Which of the two engines answers; only ``core`` may care."""
    return db.get_bind().dialect.name == "sqlite"


def insert_once(db: Session, model: type[SQLModel], **values: Any) -> bool:
    """Insert unless a unique constraint already holds it; whether it was inserted.

    Two people at once, or a double click, end with one row and no error.
    """
    insert = sqlite.insert if is_sqlite(db) else postgresql.insert
    statement = insert(model).values(**values).on_conflict_do_nothing().returning(literal(1))
    return db.execute(statement).first() is not None


def upsert_all(db: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]) -> None:
    """Insert these rows, or replace what has the same ``key``, in one statement whatever their number.

    The rows travel as one JSON text: the statement never changes, and the database works while others use Python.
    Every row has the same columns; a key comes once.
    """
    if not rows:
        return
    columns = list(rows[0])
    table, sqlite_ = str(model.__tablename__), is_sqlite(db)
    names = ", ".join(columns)
    replaced = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    if sqlite_:
        given = ", ".join(f"json_extract(value, '$.{name}')" for name in columns)
        source = f"SELECT {given} FROM json_each(:rows) WHERE true"
    else:
        source = f"SELECT {names} FROM json_populate_recordset(NULL::{table}, :rows)"
    db.execute(
        text(f"INSERT INTO {table} ({names}) {source} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {replaced}"),
        {"rows": json.dumps(rows, default=_plain)},
    )


def _plain(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def rows_among(
    db: Session, model: type[SQLModel], columns: Sequence[str], key: str, values: Collection[Any]
) -> Sequence[Any]:  # fmt: skip
    """These columns of the rows whose ``key`` is one of ``values``; as ``upsert_all``, the statement never changes."""
    found = "IN (SELECT value FROM json_each(:given))" if is_sqlite(db) else "= ANY(:given)"
    statement = text(f"SELECT {', '.join(columns)} FROM {model.__tablename__} WHERE {key} {found}")
    given = list(values)
    return db.execute(statement, {"given": json.dumps(given) if is_sqlite(db) else given}).all()


class Gate:
    """N slots taken before a session opens: threads and pool cannot deadlock each other."""

    def __init__(self, slots: int) -> None:
        writers = min(WRITERS_AT_ONCE, max(1, slots - 1))
        self.reading = asyncio.Semaphore(max(1, slots - writers))
        self.writing = asyncio.Semaphore(writers)


def is_read(request: Request) -> bool:
    """GET and HEAD never write."""
    return request.method in ("GET", "HEAD")


async def gate(request: Request) -> AsyncIterator[None]:
    """Wait for a slot without holding a thread, once the whole form is here: a slow sender makes nobody else wait.

    Forms with files are read before, by dependencies that come first and allow them more bytes (``core.uploads``).
    """
    slots: Gate = request.app.state.gate
    if not is_read(request) and not hasattr(request.state, "body_limit"):
        await request.body()
    async with slots.reading if is_read(request) else slots.writing:
        yield


def session(request: Request, _slot: Annotated[None, Depends(gate, scope="function")]) -> Iterator[Session]:
    """The session of this request, committed before the answer leaves."""
    database: Database = request.app.state.database
    with database.reading() if is_read(request) else database.writing() as db:
        request.state.db = db
        yield db


Db = Annotated[Session, Depends(session, scope="function")]
