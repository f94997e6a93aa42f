"""Tables of fiches-actions. The words being written and the words published are kept apart."""

from datetime import datetime
from typing import Any

from slugify import slugify
from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from app.accords.models import Accord
from app.core.db import UtcDateTime


class ActionSheet(SQLModel, table=True):
    """A fiche-action: title and lede in force, the text being written, where it is.

    ``content`` is the working copy (see ``forms.SheetForm``); readers see the last ``SheetVersion``.
    ``edited`` counts the saves: a form that was opened before another save is refused, not overwritten.
    """

    __tablename__ = "action_sheet"
    __table_args__ = (
        Index("ix_action_sheet_recent", "territory_id", "status", "changed_at", "id"),
        Index("ix_action_sheet_all_recent", "status", "changed_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str | None = Field(default=None, unique=True, max_length=12)
    thread_id: int = Field(foreign_key="thread.id", unique=True)
    accord_id: int = Field(foreign_key="accord.id", index=True)
    territory_id: int = Field(foreign_key="territory.id")
    theme_id: int = Field(foreign_key="theme.id", index=True)
    author_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    title: str = Field(max_length=120)
    lede: str = Field(default="", max_length=200)
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    status: str = Field(max_length=20)
    exit_reason: str | None = Field(default=None, max_length=600)
    addressee: str | None = Field(default=None, max_length=160)
    version: int = 0
    edited: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)

    accord: Accord = Relationship(sa_relationship_kwargs={"lazy": "raise"})

    @property
    def open_verbs(self) -> frozenset[str]:
        """What its accord's calendar opens today."""
        return self.accord.open_verbs

    @property
    def slug(self) -> str:
        """The readable end of its address."""
        return slugify(self.title.replace("’", "-"), max_length=70, word_boundary=True) or "fiche"


class SheetVersion(SQLModel, table=True):
    """What was published, once and for all: a numbered copy of the words of a fiche."""

    __tablename__ = "sheet_version"
    __table_args__ = (UniqueConstraint("sheet_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    sheet_id: int = Field(foreign_key="action_sheet.id")
    number: int
    content: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    note: str = Field(default="", max_length=300)
    author_id: int | None = Field(default=None, foreign_key="person.id")
    published_at: datetime = Field(sa_type=UtcDateTime)


class SheetNeed(SQLModel, table=True):
    """A need that a fiche answers."""

    __tablename__ = "sheet_need"

    sheet_id: int = Field(primary_key=True, foreign_key="action_sheet.id")
    need_id: int = Field(primary_key=True, foreign_key="need.id", index=True)


class SheetPriority(SQLModel, table=True):
    """A priorité that a fiche serves."""

    __tablename__ = "sheet_priority"

    sheet_id: int = Field(primary_key=True, foreign_key="action_sheet.id")
    priority_id: int = Field(primary_key=True, foreign_key="priority.id", index=True)
