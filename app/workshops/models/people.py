"""Tables of who is in a room: seats without a name, tables, those who registered, those who lead."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core.db import UtcDateTime


class Table(SQLModel, table=True):
    """A table of the room; ``key`` is on the card that stands on it, ``people`` is what its scribe counted."""

    __tablename__ = "room_table"
    __table_args__ = (UniqueConstraint("workshop_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    workshop_id: int = Field(foreign_key="workshop.id")
    number: int
    label: str = Field(default="", max_length=60)
    key: str = Field(unique=True, max_length=24)
    people: int | None = None


class Ticket(SQLModel, table=True):
    """A printed code that gives one seat, on a borrowed device; used up, it only leads back to that seat."""

    __tablename__ = "ticket"

    id: int | None = Field(default=None, primary_key=True)
    workshop_id: int = Field(foreign_key="workshop.id", index=True)
    code: str = Field(unique=True, max_length=8)
    printed_at: datetime = Field(sa_type=UtcDateTime)


class Seat(SQLModel, table=True):
    """One participant of one room: a collège and the secret of a device, nothing else.

    A device that goes from hand to hand holds several: ``place`` 1, 2, 3 of one secret (``queries.seat_digest``).
    ``tracking`` recognises the code, shown once, by which somebody follows their cards without an account.
    """

    __tablename__ = "seat"
    __table_args__ = (Index("ix_seat_room", "workshop_id", "college"),)

    id: int | None = Field(default=None, primary_key=True)
    workshop_id: int = Field(foreign_key="workshop.id")
    digest: str = Field(unique=True, max_length=64)
    place: int = 1
    college: str = Field(max_length=20)
    channel: str = Field(default="phone", max_length=8)
    table_id: int | None = Field(default=None, foreign_key="room_table.id", index=True)
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", index=True)
    tracking: str | None = Field(default=None, max_length=64, index=True, unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Headcount(SQLModel, table=True):
    """People of one collège present without a device, as the facilitator counted them."""

    __tablename__ = "headcount"

    workshop_id: int = Field(primary_key=True, foreign_key="workshop.id")
    college: str = Field(primary_key=True, max_length=20)
    people: int


class Crew(SQLModel, table=True):
    """Who helps to lead a workshop: a co-facilitator, or the scribe of a table. The lead is on the workshop."""

    __tablename__ = "crew"
    __table_args__ = (UniqueConstraint("workshop_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    workshop_id: int = Field(foreign_key="workshop.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    duty: str = Field(max_length=12)
    table_id: int | None = Field(default=None, foreign_key="room_table.id", index=True)
    added_by: int | None = Field(default=None, foreign_key="person.id")
    added_at: datetime = Field(sa_type=UtcDateTime)


class Registration(SQLModel, table=True):
    """Somebody who says they will come; ``note`` says what they need to take part, and only the crew reads it."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("workshop_id", "person_id"),
        Index("ix_registration_queue", "workshop_id", "status", "queued_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    workshop_id: int = Field(foreign_key="workshop.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    remote: bool = False
    note: str = Field(default="", max_length=300)
    status: str = Field(max_length=12)
    token: str = Field(unique=True, max_length=40)  # opens the page that cancels
    queued_at: datetime = Field(sa_type=UtcDateTime)
    reminded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Participation(SQLModel, table=True):
    """Somebody signed in says they took part. Nothing leads from here to a seat, nor to a ballot."""

    __tablename__ = "participation"
    __table_args__ = (UniqueConstraint("workshop_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    workshop_id: int = Field(foreign_key="workshop.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
