"""Reads about signed-in browsers."""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, select

from app.core.db import now
from app.core.machine import Event
from app.identity.models import WebSession

NEW_DEVICE = "new_device"


def browsers(db: Session, person_id: int) -> Sequence[WebSession]:
    """The browsers in which this person is signed in now, the last used first."""
    moment = now()
    open_ones = db.exec(
        select(WebSession)
        .where(WebSession.person_id == person_id, col(WebSession.ended_at).is_(None))
        .where(col(WebSession.expires_at) > moment)
        .order_by(col(WebSession.last_seen_at).desc(), col(WebSession.id).desc())
    ).all()
    return [one for one in open_ones if not idle_too_long(one)]


def idle_too_long(session: WebSession) -> bool:
    """Whether a session was left unused for longer than it may."""
    if session.last_seen_at is None or not session.idle_minutes:
        return False
    return session.last_seen_at + timedelta(minutes=session.idle_minutes) < now()


def browser(db: Session, session_id: int | None) -> WebSession | None:
    """One session."""
    return db.get(WebSession, session_id) if session_id else None


def knows_device(db: Session, person_id: int, device: str) -> bool:
    """Whether this person was already told of a sign-in from such a device."""
    told = select(Event.id).where(Event.subject_kind == "person", Event.subject_id == person_id)
    return db.exec(told.where(Event.verb == NEW_DEVICE, Event.note == device).limit(1)).first() is not None
