"""Reading the log, and checking that nobody rewrote it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from app.core.db import now
from app.moderation import chain
from app.moderation.models import LogEntry, Undoable
from app.moderation.states import UNDO_SECONDS
from app.policy.actor import Actor

PAGE = 100
BATCH = 1_000  # entries read at a time
FIELDS = (
    "id", "at", "territory_id", "subject_kind", "subject_id", "verb", "reason", "actor_id", "waited", "words", "batch",
    "previous", "hash",
)  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """What a check of the log found: how many entries, the last hash, and the first entry that breaks the chain."""

    total: int
    last: str
    broken: int | None


def check(db: Session) -> Checked:
    """Compute every hash again, in order."""
    seen: list[int] = []
    last = [chain.START]

    def entries() -> Iterator[dict[str, Any]]:
        for entry in every(db):
            seen.append(entry.id or 0)
            last[0] = entry.hash
            yield {name: getattr(entry, name) for name in FIELDS}

    rank = chain.first_broken(entries())
    return Checked(len(seen), last[0], None if rank is None else seen[rank])


def every(db: Session, where: Sequence[ColumnElement[bool]] = ()) -> Iterator[LogEntry]:
    """The entries in order of writing, a thousand at a time."""
    after = 0
    while True:
        some = db.exec(
            select(LogEntry).where(col(LogEntry.id) > after, *where).order_by(col(LogEntry.id)).limit(BATCH)
        ).all()
        yield from some
        if len(some) < BATCH:
            return
        after = some[-1].id or 0


def scope(
    me: Actor, territory_id: int | None = None, table: str | None = None, verb: str = ""
) -> list[ColumnElement[bool]]:
    """What this person may read of the log: everything for who administers, their territories for who moderates."""
    where: list[ColumnElement[bool]] = []
    held = me.territories("moderator")
    administers = me.territories("administrator")
    if held is not None and administers is not None:
        where.append(col(LogEntry.territory_id).in_(held | administers))
    if territory_id is not None:
        where.append(col(LogEntry.territory_id) == territory_id)
    if table:
        where.append(col(LogEntry.subject_kind) == table)
    if verb:
        where.append(col(LogEntry.verb) == verb)
    return where


def page(db: Session, where: Sequence[ColumnElement[bool]], number: int) -> tuple[Sequence[LogEntry], int]:
    """A page of the log, newest first, and how many entries in all."""
    total = db.exec(select(func.count()).select_from(LogEntry).where(*where)).one()
    rows = select(LogEntry).where(*where).order_by(col(LogEntry.id).desc())
    return db.exec(rows.limit(PAGE).offset((number - 1) * PAGE)).all(), total


@dataclass(frozen=True)
class Last:
    """The decision that may still be taken back: its batch, on how many things, until when."""

    batch: str
    number: int
    until: datetime

    @property
    def seconds(self) -> int:
        """How many seconds are left."""
        return max(0, int((self.until - now()).total_seconds() + 0.999))


def undoable(db: Session, me: Actor) -> Last | None:
    """This person's last decision, if it may still be taken back."""
    since = now() - timedelta(seconds=UNDO_SECONDS)
    # Answering an appeal also moves what it is about: it is one decision.
    answers = func.count().filter(col(Undoable.subject_kind).in_(["appeal", "report"]))
    mine: Any = select(Undoable.batch, func.count(), func.min(Undoable.at), answers).where(
        Undoable.person_id == me.person_id, col(Undoable.at) > since
    )
    newest = mine.group_by(col(Undoable.batch)).order_by(func.max(Undoable.id).desc()).limit(1)
    row: Any = db.execute(newest).first()
    return Last(row[0], row[3] or row[1], row[2] + timedelta(seconds=UNDO_SECONDS)) if row else None
