"""Tables of the recueil: cards, kept as they were written, and the groups that facilitators make of them."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.core.db import UtcDateTime


class Cluster(SQLModel, table=True):
    """A group of cards of one recueil; it may become a need or join one, or join a group of needs."""

    __tablename__ = "cluster"
    __table_args__ = (Index("ix_cluster_order", "step_id", "position", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    step_id: int = Field(foreign_key="step.id")
    position: int
    title: str = Field(max_length=90)
    need_id: int | None = Field(default=None, foreign_key="need.id", index=True)
    group_id: int | None = Field(default=None, foreign_key="need_group.id", index=True)


class Card(SQLModel, table=True):
    """What one seat or one table wrote; its words never change. ``key``: made by the phone, so that twice is once."""

    __tablename__ = "card"
    __table_args__ = (Index("ix_card_step", "step_id", "status", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    step_id: int = Field(foreign_key="step.id")
    seat_id: int | None = Field(default=None, foreign_key="seat.id", index=True)
    table_id: int | None = Field(default=None, foreign_key="room_table.id", index=True)
    college: str | None = Field(default=None, max_length=20)  # empty for a card of a whole table
    key: str = Field(unique=True, max_length=64)
    text: str = Field(max_length=280)
    status: str = Field(max_length=20)
    reason: str | None = Field(default=None, max_length=20)
    cluster_id: int | None = Field(default=None, foreign_key="cluster.id", index=True)
    place: int = 0  # its order in its group
    need_id: int | None = Field(default=None, foreign_key="need.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
