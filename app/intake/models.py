"""Imports that wait for a yes."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.db import UtcDateTime


class PrintedSheet(SQLModel, table=True):
    """A form or a card that was printed: its number in its collecte, and what recognises the code of its stub.

    The code itself is on the paper only. Once the sheet is typed in, its need takes the same digest.
    """

    __tablename__ = "printed_sheet"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    number: int
    digest: str = Field(unique=True, max_length=64)


class NeedImport(SQLModel, table=True):
    """A spreadsheet that was read, row by row, with what is wrong in each; nothing of it is a need until it is
    accepted, whole. Its rows are erased once it is done or given up."""

    __tablename__ = "need_import"

    id: int | None = Field(default=None, primary_key=True)
    territory_id: int = Field(foreign_key="territory.id", index=True)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")
    author_id: int = Field(foreign_key="person.id", index=True)
    filename: str = Field(max_length=120)
    rows: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    total: int
    wrong: int
    status: str = Field(max_length=20)
    created_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
