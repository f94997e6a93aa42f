"""Reads about people, sessions and bodies."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, func, or_, select

from app.core.db import now
from app.core.security import digest
from app.identity.models import Body, EmailProof, Person, Role, WebSession
from app.policy import ANONYMOUS, Actor, grants_in_force


def actor_of_session(db: Session, secret: str) -> Actor:
    """Who holds this cookie, with the roles in force; the anonymous visitor if nobody."""
    row = db.exec(
        select(Person, WebSession.id)
        .join(WebSession, col(WebSession.person_id) == Person.id)
        .where(WebSession.digest == digest(secret), col(WebSession.expires_at) > now())
    ).first()
    if row is None:
        return ANONYMOUS
    person, session_id = row
    return actor_of(db, person, session_id=session_id)


def actor_of(db: Session, person: Person, *, session_id: int | None = None) -> Actor:
    """What this person may be asked for: name, collège, roles in force."""
    roles = db.exec(select(Role).where(Role.person_id == person.id)).all()
    return Actor(
        person_id=person.id,
        name=person.pseudonym,
        email=person.email,
        college=person.college,
        grants=grants_in_force(roles),
        session_id=session_id,
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
