"""Reads about identities that providers certify."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.core.db import now
from app.core.security import digest
from app.identity.models import FederatedIdentity, PendingIdentity, Person, WebSession


def links_of(db: Session, person_id: int) -> Sequence[FederatedIdentity]:
    """The identities that open this account, oldest first."""
    mine = select(FederatedIdentity).where(FederatedIdentity.person_id == person_id)
    return db.exec(mine.order_by(col(FederatedIdentity.id))).all()


def known(db: Session, issuer: str, subject: str) -> tuple[Person, FederatedIdentity] | None:
    """Whose account this identity opens; an account closed for good is nobody's."""
    return db.exec(
        select(Person, FederatedIdentity)
        .join(FederatedIdentity, col(FederatedIdentity.person_id) == Person.id)
        .where(FederatedIdentity.issuer == issuer, FederatedIdentity.subject == subject)
        .where(col(Person.closed_at).is_(None))
    ).first()


def pending(db: Session, secret: str | None) -> PendingIdentity | None:
    """The identity that waits for a choice in this browser."""
    if not secret:
        return None
    waiting = select(PendingIdentity).where(PendingIdentity.digest == digest(secret))
    return db.exec(waiting.where(col(PendingIdentity.expires_at) > now())).first()


def left_by(db: Session, state: str | None) -> WebSession | None:
    """The session that ended here and whose provider is still to be left, by the state given to its browser."""
    if not state:
        return None
    ended = select(WebSession).where(WebSession.exit_digest == digest(state))
    return db.exec(ended.where(col(WebSession.ended_at).is_not(None))).first()
