"""Tables of needs and their answers."""

from datetime import date, datetime

from slugify import slugify
from sqlalchemy import Index, text
from sqlmodel import Field, Relationship, SQLModel

from app.accords.models import Accord
from app.core.db import UtcDateTime
from app.core.i18n import today

PREFIX = "BP-"  # of the references of groups; no territory has this code


class Need(SQLModel, table=True):
    """What someone says is needed; its words are never rewritten."""

    __tablename__ = "need"
    __table_args__ = (
        Index("ix_need_recent", "territory_id", "status", "published_at", "id"),
        Index("ix_need_all_recent", "status", "published_at", "id"),
        Index("ix_need_supported", "status", "supports", "id"),
        Index("ix_need_priority", "priority_id", "status", "published_at", "id"),
        Index("ix_need_sheet", "territory_id", "sheet_ref", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True, max_length=8)
    tracking_digest: str = Field(unique=True, max_length=64)
    thread_id: int = Field(foreign_key="thread.id", unique=True)
    accord_id: int = Field(foreign_key="accord.id", index=True)
    territory_id: int = Field(foreign_key="territory.id")
    commune_insee: str | None = Field(default=None, foreign_key="commune.insee", max_length=5, index=True)
    theme_id: int = Field(foreign_key="theme.id", index=True)
    author_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    voice_id: int | None = Field(default=None, foreign_key="voice.id", index=True)
    college: str = Field(max_length=20)
    signature: str = Field(max_length=120)
    title: str = Field(max_length=120)
    text: str = Field(max_length=3000)
    origin: str = Field(max_length=10)
    status: str = Field(max_length=20)
    stage: str = Field(max_length=20)
    priority_id: int | None = Field(default=None, foreign_key="priority.id")
    outcome: str | None = Field(default=None, max_length=20)
    reason: str | None = Field(default=None, max_length=20)
    reason_note: str | None = Field(default=None, max_length=600)
    supports: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer_due_on: date | None = None
    sheets: int = 0
    group_id: int | None = Field(default=None, foreign_key="need_group.id", index=True)
    held_for: str | None = Field(default=None, max_length=20)
    latitude: float | None = None
    longitude: float | None = None
    place_note: str | None = Field(default=None, max_length=120)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    sheet_ref: str | None = Field(default=None, max_length=40)
    collected_on: date | None = None
    transcribed_by: int | None = Field(default=None, foreign_key="person.id", index=True)
    second_reader_id: int | None = Field(default=None, foreign_key="person.id")
    second_read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    accord: Accord = Relationship(sa_relationship_kwargs={"lazy": "raise"})

    @property
    def open_verbs(self) -> frozenset[str]:
        """What its accord's calendar opens today."""
        return self.accord.open_verbs

    @property
    def slug(self) -> str:
        """The readable end of its address."""
        return slugify(self.title.replace("’", "-"), max_length=70, word_boundary=True) or "besoin"

    @property
    def days_late(self) -> int:
        """Days since an answer was due; 0 while there is time or an answer."""
        if self.outcome or self.answer_due_on is None:
            return 0
        return max(0, (today() - self.answer_due_on).days)


class NeedWording(SQLModel, table=True):
    """The words that a need had before they were corrected: by its author, or by who reads a transcription again."""

    __tablename__ = "need_wording"

    id: int | None = Field(default=None, primary_key=True)
    need_id: int = Field(foreign_key="need.id", index=True)
    title: str = Field(max_length=120)
    text: str = Field(max_length=3000)
    why: str = Field(max_length=20)
    replaced_by: int | None = Field(default=None, foreign_key="person.id")
    replaced_at: datetime = Field(sa_type=UtcDateTime)


class NeedGroup(SQLModel, table=True):
    """« Besoin partagé »: needs that say the same, each with its own words and its own supporters.

    ``summary`` is written by a moderator or a technician; each of its sentences cites needs of the group by reference.
    """

    __tablename__ = "need_group"

    id: int | None = Field(default=None, primary_key=True)
    thread_id: int = Field(foreign_key="thread.id", unique=True)
    accord_id: int = Field(foreign_key="accord.id", index=True)
    territory_id: int = Field(foreign_key="territory.id", index=True)
    theme_id: int = Field(foreign_key="theme.id", index=True)
    title: str = Field(max_length=120)
    summary: str = Field(default="", max_length=3000)
    status: str = Field(max_length=20)
    priority_id: int | None = Field(default=None, foreign_key="priority.id", index=True)
    outcome: str | None = Field(default=None, max_length=20)
    edited: int = 0
    created_by: int | None = Field(default=None, foreign_key="person.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)

    accord: Accord = Relationship(sa_relationship_kwargs={"lazy": "raise"})

    @property
    def open_verbs(self) -> frozenset[str]:
        """What its accord's calendar opens today."""
        return self.accord.open_verbs

    @property
    def reference(self) -> str:
        """How one cites it: « BP-12 »."""
        return f"{PREFIX}{self.id}"

    @property
    def slug(self) -> str:
        """The readable end of its address."""
        return slugify(self.title.replace("’", "-"), max_length=70, word_boundary=True) or "besoin-partage"


class GroupMember(SQLModel, table=True):
    """A need in a group, from a day to another; its author may ask to leave, which is answered. Never deleted.

    ``brought_id`` is the priorité that the group gave to this need, ``former_id`` the one that it had before: who
    leaves gives back the first and finds the second again.
    """

    __tablename__ = "group_member"
    __table_args__ = (
        Index(
            "ix_group_member_present", "need_id", unique=True,
            sqlite_where=text("left_at IS NULL"), postgresql_where=text("left_at IS NULL"),
        ),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(foreign_key="need_group.id", index=True)
    need_id: int = Field(foreign_key="need.id", index=True)
    joined_at: datetime = Field(sa_type=UtcDateTime)
    joined_by: int | None = Field(default=None, foreign_key="person.id")
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    left_by: int | None = Field(default=None, foreign_key="person.id")
    left_why: str | None = Field(default=None, max_length=20)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    asked_words: str | None = Field(default=None, max_length=600)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by: int | None = Field(default=None, foreign_key="person.id")
    answered_words: str | None = Field(default=None, max_length=600)
    brought_id: int | None = Field(default=None, foreign_key="priority.id")
    former_id: int | None = Field(default=None, foreign_key="priority.id")


class Campaign(SQLModel, table=True):
    """A collection of needs away from screens: its printed forms and cards carry its mark."""

    __tablename__ = "campaign"

    id: int | None = Field(default=None, primary_key=True)
    mark: str = Field(unique=True, max_length=8)
    territory_id: int = Field(foreign_key="territory.id", index=True)
    name: str = Field(max_length=120)
    text: str = Field(default="", max_length=600)
    starts_on: date
    ends_on: date | None = None
    created_by: int | None = Field(default=None, foreign_key="person.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)


class NeedAnswer(SQLModel, table=True):
    """What the institutions answer: outcome, words, who, when. A later answer does not erase the first."""

    __tablename__ = "need_answer"

    id: int | None = Field(default=None, primary_key=True)
    need_id: int = Field(foreign_key="need.id", index=True)
    group_id: int | None = Field(default=None, foreign_key="need_group.id", index=True)
    outcome: str = Field(max_length=20)
    text: str = Field(max_length=3000)
    body_id: int = Field(foreign_key="body.id")
    addressee: str | None = Field(default=None, max_length=160)
    author_id: int | None = Field(default=None, foreign_key="person.id")
    answered_on: date
    created_at: datetime = Field(sa_type=UtcDateTime)
