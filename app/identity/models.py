"""Tables about people, their ways in, their mandates, their organisations, and bodies."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.core.db import UtcDateTime


class Person(SQLModel, table=True):
    """Someone who proved who they are; public only by pseudonym and collège.

    ``email`` is an address that was proved, empty for who came by a provider alone. A person who closed the account
    has ``closing_at``; once the time to come back is over, ``closed_at``, and nothing here says who it was.
    """

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True)
    email: str | None = Field(default=None, unique=True, max_length=254)
    pseudonym: str = Field(max_length=60)
    college: str | None = Field(default=None, max_length=20)
    commune_insee: str | None = Field(default=None, foreign_key="commune.insee", max_length=5)
    created_at: datetime = Field(sa_type=UtcDateTime)
    demo_persona: str | None = Field(default=None, max_length=20, unique=True)
    age_bracket: str | None = Field(default=None, max_length=10)
    shows_commune: bool = False
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closing_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closing_erases: bool = False
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class FederatedIdentity(SQLModel, table=True):
    """What an identity provider calls a person: an issuer and a subject, and nothing that we do not need.

    ``siret`` is the employer that the provider certified at the last sign-in; it gives no mandate.
    """

    __tablename__ = "federated_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    provider: str = Field(max_length=20)
    issuer: str = Field(max_length=255)
    subject: str = Field(max_length=255)
    siret: str | None = Field(default=None, max_length=14)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PendingIdentity(SQLModel, table=True):
    """An identity that a provider just certified and that opens no account yet: its holder chooses, within minutes.

    The browser keeps the secret in a cookie, the table its digest; the row is taken once.
    """

    __tablename__ = "pending_identity"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True, max_length=64)
    provider: str = Field(max_length=20)
    issuer: str = Field(max_length=255)
    subject: str = Field(max_length=255)
    siret: str | None = Field(default=None, max_length=14)
    id_token: str
    next_path: str = Field(default="", max_length=500)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Passkey(SQLModel, table=True):
    """A second factor: the public half of a key kept by a device (WebAuthn)."""

    __tablename__ = "passkey"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    credential_id: str = Field(unique=True, max_length=1400)
    public_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sign_count: int = 0
    label: str = Field(max_length=60)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RecoveryCode(SQLModel, table=True):
    """A single-use code for the day when no passkey is at hand; only its digest is kept."""

    __tablename__ = "recovery_code"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    digest: str = Field(max_length=64)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WebSession(SQLModel, table=True):
    """One signed-in browser; the cookie holds the secret, the table only its digest.

    ``rotate`` asks for a new secret at the next request (a role changed); the former one is still known for a minute,
    for the requests already on their way. ``id_token`` stays to sign out of the provider; ``exit_digest`` finds it
    once the session has ended.
    """

    __tablename__ = "web_session"
    __table_args__ = (Index("ix_web_session_previous_digest", "previous_digest"),)

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True, max_length=64)
    person_id: int = Field(foreign_key="person.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    idle_minutes: int = 0
    way: str = Field(default="email", max_length=20)
    device: str = Field(default="", max_length=60)
    verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    challenge: str | None = Field(default=None, max_length=120)
    challenge_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    rotate: bool = False
    previous_digest: str | None = Field(default=None, max_length=64)
    rotated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    id_token: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    exit_digest: str | None = Field(default=None, max_length=64)


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


class ParentAgreement(SQLModel, table=True):
    """A parent agrees, beside a child under 15, to what rests on consent (loi Informatique et Libertés, article 45)."""

    __tablename__ = "parent_agreement"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    email: str = Field(max_length=254)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    agreed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


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
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_by: int | None = Field(default=None, foreign_key="person.id")
    end_reason: str | None = Field(default=None, max_length=300)


class Invitation(SQLModel, table=True):
    """A role offered to an address; it is accepted by whoever proved that address."""

    __tablename__ = "invitation"

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=254, index=True)
    kind: str = Field(max_length=20)
    territory_id: int | None = Field(default=None, foreign_key="territory.id")
    reason: str = Field(max_length=300)
    starts_on: date
    ends_on: date | None = None
    status: str = Field(max_length=20)
    invited_by: int | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)


_ALIVE = text("status IN ('declared', 'verified')")


class Organisation(SQLModel, table=True):
    """An association, a business, a public body or the youth body: named delegates speak, with one voice."""

    __tablename__ = "organisation"
    __table_args__ = (
        Index("ix_organisation_where", "territory_id", "status", "id"),
        Index("ix_organisation_siret", "siret", unique=True, sqlite_where=_ALIVE, postgresql_where=_ALIVE),
        Index("ix_organisation_rna", "rna", unique=True, sqlite_where=_ALIVE, postgresql_where=_ALIVE),
    )

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, max_length=90)
    kind: str = Field(max_length=20)
    college: str = Field(max_length=20)
    name: str = Field(max_length=120)
    text: str = Field(default="", max_length=1500)
    website: str = Field(default="", max_length=200)
    siret: str | None = Field(default=None, max_length=14)
    rna: str | None = Field(default=None, max_length=10)
    territory_id: int = Field(foreign_key="territory.id")
    status: str = Field(max_length=20)
    declared_by: int | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    verified_how: str | None = Field(default=None, max_length=20)

    @property
    def organisation_id(self) -> int | None:
        """As rights read it."""
        return self.id

    @property
    def author_id(self) -> int | None:
        """Who declared it; as rights read it."""
        return self.declared_by


class Delegate(SQLModel, table=True):
    """A named person who speaks for an organisation, from the invitation to the end of the mandate."""

    __tablename__ = "delegate"
    __table_args__ = (Index("ix_delegate_person", "person_id", "status"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    email: str = Field(max_length=254, index=True)
    status: str = Field(max_length=20)
    invited_by: int | None = Field(default=None, foreign_key="person.id")
    created_at: datetime = Field(sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Body(SQLModel, table=True):
    """Who decides, advises or answers: a committee, a council, a service."""

    __tablename__ = "body"

    id: int | None = Field(default=None, primary_key=True)
    territory_id: int | None = Field(default=None, foreign_key="territory.id", index=True)
    kind: str = Field(max_length=30)
    name: str = Field(max_length=160)
    text: str = Field(default="", max_length=600)
