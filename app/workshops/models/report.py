"""Tables of what a room decides, and of what is put right after its report was published."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.core.db import UtcDateTime


class Outcome(SQLModel, table=True):
    """One line of the relevé de décisions: what, who, by when. ``unresolved``: a point left so."""

    __tablename__ = "outcome"
    __table_args__ = (Index("ix_outcome_order", "workshop_id", "position", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    workshop_id: int = Field(foreign_key="workshop.id")
    position: int
    text: str = Field(max_length=400)
    holder: str = Field(default="", max_length=120)
    due_on: date | None = None
    unresolved: bool = False


class Correction(SQLModel, table=True):
    """What was put right in a published report, dated; the report itself stays."""

    __tablename__ = "correction"

    id: int | None = Field(default=None, primary_key=True)
    workshop_id: int = Field(foreign_key="workshop.id", index=True)
    text: str = Field(max_length=1000)
    author_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
