"""Reads about people, sessions and bodies."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session, and_, col, exists, func, or_, select

from app.core.db import now
from app.core.security import digest
from app.core.settings import get_settings
from app.identity.models import (
    Body,
    Delegate,
    EmailProof,
    Organisation,
    Passkey,
    Person,
    Role,
    WebSession,
)
from app.identity.states import DelegateStatus, OrganisationStatus
from app.policy.actor import ANONYMOUS, Actor, Affiliation, Grant, grants_in_force

ROTATED = timedelta(minutes=1)  # how long the former secret of a rotated session is still known


def session_of(db: Session, secret: str) -> tuple[Person, WebSession, bool] | None:
    """Who holds this cookie, the session, and whether a second factor is still awaited; None if nobody."""
    given, moment = digest(secret), now()
    former = and_(WebSession.previous_digest == given, col(WebSession.rotated_at) > moment - ROTATED)
    keyed = exists().where(col(Passkey.person_id) == Person.id)
    row = db.exec(
        select(Person, WebSession, keyed)
        .join(WebSession, col(WebSession.person_id) == Person.id)
        .where(or_(WebSession.digest == given, former), col(WebSession.expires_at) > moment)
        .where(col(WebSession.ended_at).is_(None), col(Person.closed_at).is_(None))
    ).first()
    if row is None:
        return None
    person, session, has_key = row
    idle = timedelta(minutes=session.idle_minutes)
    if session.last_seen_at and idle and session.last_seen_at + idle < moment:
        return None
    return person, session, has_key and session.verified_at is None


def actor_of_session(db: Session, secret: str) -> Actor:
    """Who holds this cookie, with the roles in force; the anonymous visitor if nobody."""
    held = session_of(db, secret)
    return actor_held(db, *held) if held else ANONYMOUS


def actor_held(db: Session, person: Person, session: WebSession, halfway: bool) -> Actor:
    """The actor of a session: nobody yet while a second factor or a change of mind is awaited."""
    if halfway:  # before anything else: a key also guards the return to a closed account
        return Actor(session_id=session.id, halfway=person.id)
    if person.closing_at is not None:
        return Actor(session_id=session.id, returning=person.id)
    actor = actor_of(db, person, session_id=session.id)
    guarded = get_settings().guarded_roles
    if session.verified_at is not None or not guarded:
        return actor
    asleep = frozenset(grant for grant in actor.grants if grant.kind in guarded)
    return replace(actor, grants=actor.grants - asleep, asleep=asleep)


def actor_of(db: Session, person: Person, *, session_id: int | None = None) -> Actor:
    """What this person may be asked for: name, collège, roles in force, organisations."""
    return Actor(
        person_id=person.id,
        name=person.pseudonym,
        email=person.email,
        college=person.college,
        grants=grants_of(db, person.id or 0),
        session_id=session_id,
        organisations=affiliations_of(db, person.id or 0),
        age_bracket=person.age_bracket,
    )


def has_passkey(db: Session, person_id: int) -> bool:
    """Whether this person chose to give a second factor at each sign-in."""
    return db.exec(select(Passkey.id).where(Passkey.person_id == person_id).limit(1)).first() is not None


def grants_of(db: Session, person_id: int) -> frozenset[Grant]:
    """The roles in force of a person."""
    return grants_in_force(db.exec(select(Role).where(Role.person_id == person_id)).all())


def affiliations_of(db: Session, person_id: int) -> tuple[Affiliation, ...]:
    """The organisations of which this person is a delegate, by name."""
    rows = db.exec(
        select(Organisation)
        .join(Delegate, col(Delegate.organisation_id) == Organisation.id)
        .where(Delegate.person_id == person_id, Delegate.status == DelegateStatus.ACCEPTED)
        .where(Organisation.status != OrganisationStatus.CLOSED)
        .order_by(Organisation.name)
    )
    return tuple(
        Affiliation(o.id or 0, o.name, o.slug, o.college, o.status == OrganisationStatus.VERIFIED) for o in rows
    )


def person_by_email(db: Session, email: str) -> Person | None:
    """The person who proved this address."""
    return db.exec(select(Person).where(Person.email == email.lower())).first()


def person(db: Session, person_id: int) -> Person | None:
    """One person."""
    return db.get(Person, person_id)


def roles_of(db: Session, person_id: int) -> Sequence[Role]:
    """Every role ever granted to this person, newest first."""
    return db.exec(select(Role).where(Role.person_id == person_id).order_by(col(Role.id).desc())).all()


def demo_people(db: Session) -> Sequence[Person]:
    """The demonstration persons, in the order of the seed."""
    return db.exec(select(Person).where(col(Person.demo_persona).is_not(None)).order_by(col(Person.id))).all()


def proof_by_token(db: Session, token: str) -> EmailProof | None:
    """The proof that this link carries, whatever its age."""
    return db.exec(select(EmailProof).where(EmailProof.digest == digest(token))).first()


def recent_proofs(db: Session, email: str, *, within: timedelta, sign_in: bool) -> int:
    """How many links were sent to this address lately, to sign in or to confirm: one never blocks the other."""
    since = now() - within
    statement = select(func.count()).where(EmailProof.email == email.lower(), col(EmailProof.created_at) > since)
    kind = col(EmailProof.purpose) == "sign_in"
    statement = statement.where(kind if sign_in else ~kind)
    return db.exec(statement).one()


def bodies_for(db: Session, territory_id: int) -> Sequence[Body]:
    """The bodies of one territory and those of the département."""
    return db.exec(
        select(Body)
        .where(or_(col(Body.territory_id) == territory_id, col(Body.territory_id).is_(None)))
        .order_by(col(Body.territory_id).is_(None), col(Body.id))
    ).all()


def body(db: Session, body_id: int) -> Body | None:
    """One body."""
    return db.get(Body, body_id)
