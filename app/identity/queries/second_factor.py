"""Reads about passkeys and recovery codes."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, and_, col, func, select

from app.core.db import IN_HAND, now
from app.core.machine import Event
from app.identity.models import Passkey, RecoveryCode, WebSession

FRESH = timedelta(minutes=10)  # how long a passkey just shown allows to change the second factor itself
WENT_BACK = "count_went_back"
CODE_REFUSED = "recovery_refused"


def passkeys(db: Session, person_id: int) -> Sequence[Passkey]:
    """The passkeys of a person, in the order in which they came."""
    return db.exec(select(Passkey).where(Passkey.person_id == person_id).order_by(col(Passkey.id))).all()


def passkey(db: Session, person_id: int, passkey_id: int) -> Passkey | None:
    """One passkey of this person."""
    return db.exec(select(Passkey).where(Passkey.id == passkey_id, Passkey.person_id == person_id)).first()


def passkey_in_hand(db: Session, person_id: int, credential_id: str) -> Passkey | None:
    """The passkey that a browser shows, if it is this person's; nobody else uses it meanwhile."""
    mine = select(Passkey).where(Passkey.credential_id == credential_id, Passkey.person_id == person_id)
    return db.exec(mine.with_for_update(**IN_HAND)).first()


def suspect_passkeys(db: Session, person_id: int) -> frozenset[int]:
    """Those whose count of uses once went back, as a copy's would."""
    noted = and_(Event.subject_kind == "passkey", Event.subject_id == Passkey.id, Event.verb == WENT_BACK)
    rows = db.exec(
        select(Passkey.id)
        .join(Event, noted)
        .where(Passkey.person_id == person_id, col(Event.at) >= col(Passkey.created_at))
    )
    return frozenset(found for found in rows if found)


def codes_left(db: Session, person_id: int) -> int:
    """How many recovery codes may still be used."""
    unused = select(func.count()).where(RecoveryCode.person_id == person_id, col(RecoveryCode.used_at).is_(None))
    return db.exec(unused).one()


def refused_codes(db: Session, person_id: int, *, within: timedelta) -> int:
    """How many recovery codes were refused lately."""
    refused = select(func.count()).where(Event.subject_kind == "person", Event.subject_id == person_id)
    return db.exec(refused.where(Event.verb == CODE_REFUSED, col(Event.at) > now() - within)).one()


def just_proved(session: WebSession | None) -> bool:
    """Whether the second factor was given in this browser within the last ten minutes."""
    return session is not None and session.verified_at is not None and session.verified_at > now() - FRESH
