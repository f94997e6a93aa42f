"""Tables about people and bodies."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from app.core.db import UtcDateTime


class Person(SQLModel, table=True):
    """Someone who proved an address, or holds a role; public only by pseudonym and collège."""

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True, max_length=254)
    pseudonym: str = Field(max_length=60)
    college: str | None = Field(default=None, max_length=20)
    commune_insee: str | None = Field(default=None, foreign_key="commune.insee", max_length=5)
    created_at: datetime = Field(sa_type=UtcDateTime)
    demo_persona: str | None = Field(default=None, max_length=20, unique=True)


class Role(SQLModel, table=True):
    """A mandate on one territory, or on the whole département when ``territory_id`` is empty."""

    __tablename__ = "role"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: str = Field(max_length=20)
    territory_id: int | None = Field(default=None, foreign_key="territory.id")
    granted_by: int | None = Field(default=None, foreign_key="person.id")
    reason: str | None = Field(default=None, max_length=300)
    starts_on: date
    ends_on: date | None = None


class WebSession(SQLModel, table=True):
    """One signed-in browser; the cookie holds the secret, the table only its digest."""

    __tablename__ = "web_session"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True, max_length=64)
    person_id: int = Field(foreign_key="person.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class EmailProof(SQLModel, table=True):
    """A link sent to an address, waiting for its reader: to sign in, or to confirm an act."""

    __tablename__ = "email_proof"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True, max_length=64)
    purpose: str = Field(max_length=20)
    email: str = Field(max_length=254, index=True)
    browser: str | None = Field(default=None, max_length=64)
    code: str | None = Field(default=None, max_length=64)
    attempts: int = 0
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Body(SQLModel, table=True):
    """Who decides, advises or answers: a committee, a council, a service."""

    __tablename__ = "body"

    id: int | None = Field(default=None, primary_key=True)
    territory_id: int | None = Field(default=None, foreign_key="territory.id", index=True)
    kind: str = Field(max_length=30)
    name: str = Field(max_length=160)
    text: str = Field(default="", max_length=600)
