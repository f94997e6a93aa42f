"""Records that hang on a thread, whatever the thread is of."""

from datetime import datetime
from pathlib import PurePosixPath

from slugify import slugify
from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core import files
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
    held_for: str | None = Field(default=None, max_length=20)


class File(SQLModel, table=True):
    """A photo or a document on a need or a fiche-action; ``digest`` names its bytes, kept outside the database.

    ``alt`` says in words what a photo shows. ``author_id`` is empty for who sent it with a tracking code alone.
    """

    __tablename__ = "file"
    __table_args__ = (
        Index("ix_file_thread", "thread_id", "status", "id"),
        Index("ix_file_queue", "status", "territory_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    thread_id: int = Field(foreign_key="thread.id")
    territory_id: int = Field(foreign_key="territory.id")
    author_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    kind: str = Field(max_length=10)
    name: str = Field(max_length=120)
    alt: str = Field(max_length=300)
    media_type: str = Field(max_length=60)
    size: int
    width: int | None = None
    height: int | None = None
    digest: str = Field(max_length=64, index=True)
    status: str = Field(max_length=20)
    reason: str | None = Field(default=None, max_length=20)
    reason_note: str | None = Field(default=None, max_length=600)
    created_at: datetime = Field(sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def slug(self) -> str:
        """The readable end of its address."""
        name = PurePosixPath(self.name)
        return (slugify(name.stem, max_length=60, word_boundary=True) or "fichier") + name.suffix


files.NAMED_IN.append(File.digest)


class ProfileText(SQLModel, table=True):
    """A pseudonym that somebody chose, to be read like all that is shown in public; the last one counts."""

    __tablename__ = "profile_text"
    __table_args__ = (Index("ix_profile_text_queue", "status", "territory_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    author_id: int = Field(foreign_key="person.id", index=True)
    territory_id: int = Field(foreign_key="territory.id")
    text: str = Field(max_length=60)
    status: str = Field(max_length=20)
    reason: str | None = Field(default=None, max_length=20)
    reason_note: str | None = Field(default=None, max_length=600)
    created_at: datetime = Field(sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def organisation_id(self) -> None:
        """A pseudonym is a person's."""
        return None


class Follow(SQLModel, table=True):
    """Somebody who wants news of a thread, a theme or a territory; ``token`` ends it without signing in (RFC 8058)."""

    __tablename__ = "follow"
    __table_args__ = (
        UniqueConstraint("person_id", "subject_kind", "subject_id"),
        Index("ix_follow_subject", "subject_kind", "subject_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    subject_kind: str = Field(max_length=12)
    subject_id: int
    rhythm: str = Field(max_length=8)
    token: str = Field(max_length=32, unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class News(SQLModel, table=True):
    """Something public that happened: what followers read at once or once a week. Holds no name.

    ``besides``: the ids of those who need not be told, because they did it, or got a mail of their own about it.
    """

    __tablename__ = "news"
    __table_args__ = (Index("ix_news_at", "at"), Index("ix_news_thread", "thread_id", "at"))

    id: int | None = Field(default=None, primary_key=True)
    thread_id: int | None = Field(default=None, foreign_key="thread.id")
    territory_id: int = Field(foreign_key="territory.id")
    theme_id: int | None = None
    title: str = Field(max_length=200)
    text: str = Field(max_length=600)
    path: str = Field(max_length=160)
    at: datetime = Field(sa_type=UtcDateTime)
    batch: str | None = Field(default=None, max_length=24, index=True)
    besides: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
