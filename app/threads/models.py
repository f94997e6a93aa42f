"""Records that hang on a thread, whatever the thread is of."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.db import UtcDateTime


class Forum(SQLModel, table=True):
    """Where a voice counts once: one per accord, which points here."""

    __tablename__ = "forum"

    id: int | None = Field(default=None, primary_key=True)
    territory_id: int = Field(foreign_key="territory.id", index=True)


class Thread(SQLModel, table=True):
    """The anchor of supports, comments and events; a need or a fiche points here."""

    __tablename__ = "thread"

    id: int | None = Field(default=None, primary_key=True)
    forum_id: int = Field(foreign_key="forum.id", index=True)
    supports: int = 0
    comments: int = 0


class Voice(SQLModel, table=True):
    """One person, or one organisation, in one forum, under one collège: what every count of voices counts."""

    __tablename__ = "voice"
    __table_args__ = (
        UniqueConstraint("forum_id", "person_id"),
        Index("ix_voice_organisation", "forum_id", "organisation_id", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    forum_id: int = Field(foreign_key="forum.id")
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id")
    college: str = Field(max_length=20)


class Support(SQLModel, table=True):
    """« C’est aussi mon besoin », by one voice on one thread."""

    __tablename__ = "support"
    __table_args__ = (UniqueConstraint("thread_id", "voice_id"), Index("ix_support_voice_id", "voice_id"))

    id: int | None = Field(default=None, primary_key=True)
    thread_id: int = Field(foreign_key="thread.id")
    voice_id: int = Field(foreign_key="voice.id")
    created_at: datetime = Field(sa_type=UtcDateTime)


class Position(SQLModel, table=True):
    """Pour, nuancé or contre on a fiche-action: one per voice, changeable."""

    __tablename__ = "position"
    __table_args__ = (UniqueConstraint("thread_id", "voice_id"), Index("ix_position_voice_id", "voice_id"))

    id: int | None = Field(default=None, primary_key=True)
    thread_id: int = Field(foreign_key="thread.id")
    voice_id: int = Field(foreign_key="voice.id")
    stance: str = Field(max_length=10)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Mention(SQLModel, table=True):
    """What happens elsewhere to the owner of a thread: a fiche-action takes up a need.

    Written by the feature above, so that a need shows its fiches without knowing them.
    """

    __tablename__ = "mention"
    __table_args__ = (UniqueConstraint("thread_id", "kind", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True)
    thread_id: int = Field(foreign_key="thread.id")
    kind: str = Field(max_length=20)
    subject_id: int
    title: str = Field(max_length=160)
    state: str = Field(max_length=80)
    path: str = Field(max_length=120)
    at: datetime = Field(sa_type=UtcDateTime)


class Comment(SQLModel, table=True):
    """A remark, a question or a proposal: read, never counted as a voice.

    ``body_id`` marks the official answer to ``parent_id``; ``version`` is that of the fiche then read.
    """

    __tablename__ = "comment"
    __table_args__ = (
        Index("ix_comment_thread", "thread_id", "status", "id"),
        Index("ix_comment_queue", "status", "territory_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    thread_id: int = Field(foreign_key="thread.id")
    territory_id: int = Field(foreign_key="territory.id")
    author_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    college: str = Field(max_length=20)
    signature: str = Field(max_length=120)
    kind: str = Field(max_length=20)
    text: str = Field(max_length=1500)
    status: str = Field(max_length=20)
    reason: str | None = Field(default=None, max_length=20)
    reason_note: str | None = Field(default=None, max_length=600)
    created_at: datetime = Field(sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    parent_id: int | None = Field(default=None, foreign_key="comment.id")
    body_id: int | None = Field(default=None, foreign_key="body.id")
    version: int | None = None
