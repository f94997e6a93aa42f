"""Writing the log: one entry an act, chained to the one before."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from app.core.db import is_sqlite, now
from app.core.mail import batch_in_hand
from app.moderation import chain
from app.moderation.models import LogEntry

# The acts that end a wait: how long it had lasted is in the entry, for the yearly counters.
ENDS_A_WAIT = frozenset({"publish", "publish_masked", "refuse", "reread", "decide", "uphold", "reverse"})
UNDIGESTED = frozenset({"profile_text"})  # so short that a digest could be guessed back after an erasure
_LOCK = 0x656D676C6576  # « emglev »: the advisory lock of the log, on PostgreSQL


def in_turn(db: Session) -> None:
    """One writer of the log at a time, until the end of the transaction (SQLite has one writer anyway).

    Take it before any row is locked: two who lock a row and the log in opposite orders would wait for each other.
    """
    if not is_sqlite(db):
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def record(
    db: Session, subject: Any, verb: str, *, by: int | None, reason: str | None = None, words: str = "",
    at: datetime | None = None,
) -> LogEntry:  # fmt: skip
    """Add an act to the log: on what (its table gives the kind), which, by whom, why, and the digest of the words.

    The batch is that of the mails in hand. ``words`` are never kept, only their digest. ``at``: when, now by default.
    """
    in_turn(db)
    db.flush()
    moment = at or now()
    kind = str(subject.__tablename__)
    fields: dict[str, Any] = {
        "at": moment, "territory_id": subject.territory_id, "subject_kind": kind, "subject_id": subject.id,
        "verb": verb, "reason": str(reason) if reason else None, "actor_id": by,
        "waited": _waited(subject.created_at, moment) if verb in ENDS_A_WAIT else None,
        "words": chain.digest(words) if words and kind not in UNDIGESTED else "", "batch": batch_in_hand(db),
    }  # fmt: skip
    previous = db.exec(select(LogEntry.hash).order_by(col(LogEntry.id).desc()).limit(1)).first() or chain.START
    entry = LogEntry(**fields, previous=previous, hash=chain.entry_hash(fields, previous))
    db.add(entry)
    db.flush()
    return entry


def _waited(since: datetime, until: datetime) -> int:
    """Whole minutes between two moments."""
    return max(0, int((until - since).total_seconds() // 60))
