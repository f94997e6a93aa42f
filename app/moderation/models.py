"""Tables of the moderators' work; the log holds ids and digests, never words."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.db import UtcDateTime


class LogEntry(SQLModel, table=True):
    """One act of moderation. Append-only, each entry carrying the hash of the one before: no text, so that erasing a
    person's words stays possible. ``waited`` is how long the contribution had waited, in minutes."""

    __tablename__ = "moderation_log"
    __table_args__ = (Index("ix_moderation_log_subject", "subject_kind", "subject_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    territory_id: int = Field(index=True)
    subject_kind: str = Field(max_length=20)
    subject_id: int
    verb: str = Field(max_length=20)
    reason: str | None = Field(default=None, max_length=20)
    actor_id: int | None = None
    waited: int | None = None
    words: str = Field(max_length=64)
    batch: str | None = Field(default=None, max_length=24, index=True)
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64, unique=True)


class Claim(SQLModel, table=True):
    """Who has an item of the queue in hand, and who gave it to them if somebody else did."""

    __tablename__ = "claim"
    __table_args__ = (UniqueConstraint("subject_kind", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True)
    subject_kind: str = Field(max_length=20)
    subject_id: int
    person_id: int = Field(foreign_key="person.id", index=True)
    assigned_by: int | None = Field(default=None, foreign_key="person.id")
    at: datetime = Field(sa_type=UtcDateTime)


class Recusal(SQLModel, table=True):
    """A moderator who knows the author, or has an interest in the matter: the item leaves their queue for good."""

    __tablename__ = "recusal"
    __table_args__ = (UniqueConstraint("person_id", "subject_kind", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    subject_kind: str = Field(max_length=20)
    subject_id: int
    at: datetime = Field(sa_type=UtcDateTime)


class SecondOpinion(SQLModel, table=True):
    """A moderator asks another what they think, before deciding."""

    __tablename__ = "second_opinion"
    __table_args__ = (Index("ix_second_opinion_subject", "subject_kind", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True)
    subject_kind: str = Field(max_length=20)
    subject_id: int
    asked_by: int = Field(foreign_key="person.id", index=True)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    question: str = Field(max_length=600)
    answered_by: int | None = Field(default=None, foreign_key="person.id", index=True)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer: str | None = Field(default=None, max_length=600)


class Report(SQLModel, table=True):
    """« Signaler »: what somebody says is wrong (contents: Regulation (EU) 2022/2065, article 16, paragraph 2).

    ``receipt`` is the digest of the secret code with which whoever reported reads what became of it.
    """

    __tablename__ = "report"
    __table_args__ = (Index("ix_report_queue", "status", "territory_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    receipt: str = Field(unique=True, max_length=64)
    subject_kind: str = Field(max_length=20)
    subject_id: int
    territory_id: int = Field(foreign_key="territory.id")
    reason: str = Field(max_length=20)
    text: str = Field(max_length=2000)
    name: str | None = Field(default=None, max_length=120)
    email: str | None = Field(default=None, max_length=254, index=True)
    author_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    status: str = Field(max_length=20)
    outcome: str | None = Field(default=None, max_length=20)
    outcome_text: str | None = Field(default=None, max_length=1000)
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Appeal(SQLModel, table=True):
    """« Contester »: an author asks another person to look at a decision again.

    ``contested`` is the log entry of the decision, ``contested_by`` who took it: they may not answer.
    """

    __tablename__ = "appeal"
    __table_args__ = (Index("ix_appeal_queue", "status", "territory_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    subject_kind: str = Field(max_length=20)
    subject_id: int
    territory_id: int = Field(foreign_key="territory.id")
    author_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    text: str = Field(max_length=2000)
    contested_by: int | None = Field(default=None, foreign_key="person.id")
    status: str = Field(max_length=20)
    due_at: datetime = Field(sa_type=UtcDateTime)
    outcome_text: str | None = Field(default=None, max_length=1000)
    decided_by: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)

    @property
    def elsewhere(self) -> bool:
        """Whether another Conseil may answer: a row does not know it, ``queries.appeals.judged`` does."""
        return False


class Original(SQLModel, table=True):
    """The words before a passage was masked: for an appeal, and to put them back. Readers only ever get the others."""

    __tablename__ = "original"
    __table_args__ = (UniqueConstraint("subject_kind", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True)
    subject_kind: str = Field(max_length=20)
    subject_id: int
    title: str = Field(default="", max_length=120)
    text: str = Field(max_length=3000)
    place: str = Field(default="", max_length=120)
    latitude: float | None = None
    longitude: float | None = None
    masked_by: int | None = Field(default=None, foreign_key="person.id")
    masked_at: datetime = Field(sa_type=UtcDateTime)


class WatchWord(SQLModel, table=True):
    """A word that the machine underlines for moderators, as an insult; the list is theirs to edit."""

    __tablename__ = "watch_word"

    id: int | None = Field(default=None, primary_key=True)
    word: str = Field(unique=True, max_length=60)
    added_by: int | None = Field(default=None, foreign_key="person.id")
    added_at: datetime = Field(sa_type=UtcDateTime)


class Undoable(SQLModel, table=True):
    """What one thing was before a decision that may still be taken back. Gone within the minute: a job sees to it."""

    __tablename__ = "undoable"

    id: int | None = Field(default=None, primary_key=True)
    batch: str = Field(max_length=24, index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    subject_kind: str = Field(max_length=20)
    subject_id: int
    before: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    at: datetime = Field(sa_type=UtcDateTime)
