"""Tables of what a room votes: ballots from phones and from paper, and what they say of a priorité or a fiche."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.db import UtcDateTime


class Ballot(SQLModel, table=True):
    """One person's answer to one step: ``{option: mark}``; sent again, it replaces the first.

    ``words``: the objection of an agreement; nobody but the crew reads it before ``words_shown``.
    """

    __tablename__ = "ballot"
    __table_args__ = (UniqueConstraint("step_id", "seat_id"),)

    id: int | None = Field(default=None, primary_key=True)
    step_id: int = Field(foreign_key="step.id")
    seat_id: int | None = Field(default=None, foreign_key="seat.id", index=True)
    paper_id: int | None = Field(default=None, foreign_key="paper_ballot.id", unique=True)
    college: str = Field(max_length=20)
    channel: str = Field(default="phone", max_length=8)
    marks: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    words: str = Field(default="", max_length=500)
    words_shown: bool = False
    late: bool = False
    cast_at: datetime = Field(sa_type=UtcDateTime)


class PaperBallot(SQLModel, table=True):
    """A numbered paper ballot: typed by one named person, read again by another before it is counted.

    ``again`` is what the second reader typed, when it differs.
    """

    __tablename__ = "paper_ballot"
    __table_args__ = (UniqueConstraint("step_id", "number"), Index("ix_paper_ballot_queue", "step_id", "status", "id"))

    id: int | None = Field(default=None, primary_key=True)
    step_id: int = Field(foreign_key="step.id")
    number: int
    status: str = Field(max_length=12)
    college: str = Field(default="", max_length=20)
    marks: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    words: str = Field(default="", max_length=500)
    again: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    void_reason: str = Field(default="", max_length=200)
    printed_at: datetime = Field(sa_type=UtcDateTime)
    entered_by: int | None = Field(default=None, foreign_key="person.id", index=True)
    entered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    read_by: int | None = Field(default=None, foreign_key="person.id", index=True)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


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
