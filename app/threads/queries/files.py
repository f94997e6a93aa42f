"""Reads of photos and documents."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session, col, or_, select

from app.core import files
from app.policy.actor import Actor
from app.threads.models import File
from app.threads.states import Moderation

_GONE = (Moderation.WITHDRAWN.value,)


def one(db: Session, file_id: int) -> File | None:
    """One file."""
    return db.get(File, file_id) if file_id < 2**31 else None


def visible(db: Session, me: Actor, thread_id: int) -> Sequence[File]:
    """The published files of a thread, oldest first, and one's own that wait."""
    shown: Any = (col(File.status) == Moderation.PUBLISHED.value) & (col(File.digest) != "")
    if me.signed_in:
        shown = or_(shown, (col(File.author_id) == me.person_id) & (col(File.status) == Moderation.PENDING.value))
    return db.exec(select(File).where(File.thread_id == thread_id, shown).order_by(col(File.id))).all()


def sent_with(db: Session, thread_ids: Iterable[int]) -> Sequence[File]:
    """All that was sent on these threads and not taken back, whatever became of it."""
    kept = select(File).where(col(File.thread_id).in_(list(thread_ids)), col(File.status).not_in(_GONE))
    return db.exec(kept.order_by(col(File.id))).all()


def sent_by(db: Session, person_id: int) -> Sequence[File]:
    """All that this person sent and whose bytes are still kept."""
    return db.exec(select(File).where(File.author_id == person_id, File.digest != "").order_by(col(File.id))).all()


def twin(db: Session, thread_id: int, digest: str) -> File | None:
    """The same bytes, already on this thread."""
    same = select(File).where(File.thread_id == thread_id, File.digest == digest, col(File.status).not_in(_GONE))
    return db.exec(same).first()


def named(db: Session, digest: str) -> bool:
    """Whether any row names these bytes."""
    return any(db.exec(select(column).where(column == digest).limit(1)).first() for column in files.NAMED_IN)


def digests(db: Session) -> set[str]:
    """All the bytes that rows name."""
    return set(db.exec(select(File.digest).where(col(File.digest) != "").distinct()))
