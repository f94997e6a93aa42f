"""Lifecycles as tables of moves; each move refuses or assigns, and writes one event."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar, Generic, Protocol, TypeVar

from sqlalchemy import Index
from sqlmodel import Field, Session, SQLModel

from app.core.db import IN_HAND, UtcDateTime
from app.core.errors import ConflictError
from app.core.i18n import gettext as _


def label(text: str) -> str:
    """Mark a French label of a status for extraction; translated when shown."""
    return text


class Event(SQLModel, table=True):
    """One thing that happened to one object: who, when, which verb, why. Never changed."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_subject", "subject_kind", "subject_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    subject_kind: str = Field(max_length=40)
    subject_id: int
    verb: str = Field(max_length=40)
    before: str | None = Field(default=None, max_length=40)
    after: str | None = Field(default=None, max_length=40)
    actor_id: int | None = None
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    note: str | None = None


class Subject(Protocol):
    """What a lifecycle needs of an object."""

    id: int | None
    __tablename__: ClassVar[str]


S = TypeVar("S", bound=StrEnum)


class Machine(Generic[S]):
    """One lifecycle: ``{verb: (from, to)}`` over one status field."""

    def __init__(self, moves: Mapping[str, tuple[Collection[S], S]], *, field: str = "status") -> None:
        self.moves = {verb: (frozenset(sources), target) for verb, (sources, target) in moves.items()}
        self.field = field

    def allows(self, status: str, verb: str) -> bool:
        """Whether the verb exists from this status."""
        return verb in self.moves and status in self.moves[verb][0]

    def verbs(self, status: str) -> list[str]:
        """The verbs that exist from this status, in the order of the table."""
        return [verb for verb in self.moves if self.allows(status, verb)]

    def move(
        self,
        db: Session,
        obj: Subject,
        verb: str,
        *,
        by: int | None,
        note: str | None = None,
        at: datetime | None = None,
    ) -> Event:
        """Assign the new status and write its event in the same transaction.

        Raises:
            ConflictError: the table has no such move from the present status.
        """
        db.add(obj)
        db.flush()
        db.refresh(obj, [self.field], with_for_update=IN_HAND)  # two people at once: the second sees the first
        before: S = getattr(obj, self.field)
        if not self.allows(before, verb):
            raise ConflictError(_("Cette étape n’est plus possible : la situation a changé entre-temps."))
        after = self.moves[verb][1]
        setattr(obj, self.field, after.value)
        return note_event(db, obj, verb, by=by, note=note, before=before, after=after, at=at)


def note_event(
    db: Session,
    obj: Subject,
    verb: str,
    *,
    by: int | None,
    note: str | None = None,
    before: str | None = None,
    after: str | None = None,
    at: datetime | None = None,
) -> Event:
    """Write an event beside a change that is not a change of status (an edit, a rank)."""
    db.add(obj)
    db.flush()
    if obj.id is None:
        raise ValueError("an event needs a stored subject")
    event = Event(
        subject_kind=obj.__tablename__, subject_id=obj.id, verb=verb, before=before, after=after,
        actor_id=by, note=note, at=at or datetime.now(UTC),
    )  # fmt: skip
    db.add(event)
    return event
