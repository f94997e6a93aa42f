"""Tables of the recueil: cards, kept as they were written, and the groups that facilitators make of them."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, Relationship, SQLModel

from app.core.db import UtcDateTime
from app.workshops.models.rooms import Step


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
    """What one seat or one table wrote; its words never change. ``key``: made by the phone, so that twice is once.

    Moderators read it with its step and its room (``queries.moderating.one``). Nothing links it to an account.
    """

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

    step: Step = Relationship(sa_relationship_kwargs={"lazy": "raise"})

    @property
    def territory_id(self) -> int:
        """That of its room."""
        return self.step.workshop.territory_id

    @property
    def conductors(self) -> frozenset[int]:
        """Who led its room: they read it there, others judge it afterwards."""
        return self.step.workshop.conductors

    @property
    def scribes(self) -> frozenset[int]:
        """Who wrote for the tables of its room."""
        return self.step.workshop.scribes

    @property
    def room_over(self) -> bool:
        """Whether its room is closed: until then it is its crew's."""
        return self.step.workshop.over

    @property
    def author_id(self) -> None:
        """A card has no account."""
        return

    @property
    def organisation_id(self) -> None:
        """Nor does it speak for an organisation."""
        return
