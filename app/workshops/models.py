"""Tables of workshops: a room, its steps and options, its seats and their ballots."""

from datetime import datetime
from typing import Any

from slugify import slugify
from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from app.accords.models import Accord
from app.core.db import UtcDateTime


class Workshop(SQLModel, table=True):
    """A room of people, at a place and a time.

    ``code`` opens a seat, ``screen_key`` only shows the projected page: both are shown in the hall,
    so they are kept as they are.
    """

    __tablename__ = "workshop"
    __table_args__ = (Index("ix_workshop_when", "territory_id", "status", "starts_at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    accord_id: int = Field(foreign_key="accord.id", index=True)
    territory_id: int = Field(foreign_key="territory.id")
    author_id: int | None = Field(default=None, foreign_key="person.id")
    title: str = Field(max_length=120)
    place: str = Field(max_length=160)
    text: str = Field(default="", max_length=2000)
    starts_at: datetime = Field(sa_type=UtcDateTime)
    minutes: int
    code: str = Field(unique=True, max_length=6)
    screen_key: str = Field(max_length=40)
    status: str = Field(max_length=20)
    step_id: int | None = None  # the step that the room looks at
    edited: int = 0
    conclusion: str = Field(default="", max_length=3000)
    next_steps: str = Field(default="", max_length=2000)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    accord: Accord = Relationship(sa_relationship_kwargs={"lazy": "raise"})

    @property
    def open_verbs(self) -> frozenset[str]:
        """What its accord's calendar opens today."""
        return self.accord.open_verbs

    @property
    def slug(self) -> str:
        """The readable end of its address."""
        return slugify(self.title.replace("’", "-"), max_length=70, word_boundary=True) or "atelier"


class Step(SQLModel, table=True):
    """One step of the run sheet: what is shown, or what is voted, and how."""

    __tablename__ = "step"
    __table_args__ = (Index("ix_step_order", "workshop_id", "position", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    workshop_id: int = Field(foreign_key="workshop.id")
    position: int
    kind: str = Field(max_length=20)
    title: str = Field(max_length=90)
    text: str = Field(default="", max_length=2000)
    minutes: int
    dots: int = 7
    cap: int = 3
    hands: str = Field(default="single", max_length=10)
    reveal: str = Field(default="hidden", max_length=12)
    status: str = Field(max_length=20)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closes_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revealed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Option(SQLModel, table=True):
    """What one may vote for: a priorité, a fiche, a need, or typed words."""

    __tablename__ = "option"
    __table_args__ = (Index("ix_option_order", "step_id", "position", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    step_id: int = Field(foreign_key="step.id")
    position: int
    title: str = Field(max_length=160)
    priority_id: int | None = Field(default=None, foreign_key="priority.id", index=True)
    sheet_id: int | None = Field(default=None, foreign_key="action_sheet.id", index=True)
    need_id: int | None = Field(default=None, foreign_key="need.id", index=True)


class Seat(SQLModel, table=True):
    """One participant of one room: a collège and the secret of a phone, nothing else."""

    __tablename__ = "seat"
    __table_args__ = (Index("ix_seat_room", "workshop_id", "college"),)

    id: int | None = Field(default=None, primary_key=True)
    workshop_id: int = Field(foreign_key="workshop.id")
    digest: str = Field(unique=True, max_length=64)
    college: str = Field(max_length=20)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Ballot(SQLModel, table=True):
    """One seat's answer to one step: ``{option: dots}``; sent again, it replaces the first."""

    __tablename__ = "ballot"
    __table_args__ = (UniqueConstraint("step_id", "seat_id"),)

    id: int | None = Field(default=None, primary_key=True)
    step_id: int = Field(foreign_key="step.id")
    seat_id: int = Field(foreign_key="seat.id", index=True)
    marks: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    late: bool = False
    cast_at: datetime = Field(sa_type=UtcDateTime)


class WorkshopRate(SQLModel, table=True):
    """What a revealed step says of one priorité or one fiche, by collège: people who supported it, ballots."""

    __tablename__ = "workshop_rate"
    __table_args__ = (Index("ix_workshop_rate_subject", "kind", "subject_id"),)

    step_id: int = Field(primary_key=True, foreign_key="step.id")
    kind: str = Field(primary_key=True, max_length=10)
    subject_id: int = Field(primary_key=True)
    college: str = Field(primary_key=True, max_length=20)
    supporters: int
    ballots: int
