"""Signed-in browsers: opened, seen, rotated, ended."""

from datetime import timedelta

from sqlmodel import Session, col, delete, select, update

from app.core.db import IN_HAND, now
from app.core.security import digest, token
from app.core.settings import get_settings
from app.identity import queries
from app.identity.models import Person, WebSession

SEEN_EVERY = timedelta(minutes=10)  # how often a session in use is written down as seen


def _lives(db: Session, person_id: int) -> tuple[timedelta, int]:
    """How long a session may last, and how many minutes it may stay idle: less for those who hold a role."""
    settings = get_settings()
    if queries.grants_of(db, person_id):
        return timedelta(hours=settings.staff_session_hours), settings.staff_idle_minutes
    return timedelta(days=settings.session_days), settings.session_idle_days * 24 * 60


def open_session(
    db: Session, person: Person, *, way: str = "email", device: str = "", id_token: str | None = None
) -> str:
    """Sign a browser in; the secret goes to its cookie, and is never one that the browser brought (no fixation)."""
    secret = token(32)
    life, idle = _lives(db, person.id or 0)
    db.add(
        WebSession(
            digest=digest(secret), person_id=person.id or 0, created_at=now(), expires_at=now() + life,
            last_seen_at=now(), idle_minutes=idle, way=way, device=device, id_token=id_token,
        )
    )  # fmt: skip
    person.last_seen_at = now()
    db.add(person)
    return secret


def needs_a_write(session: WebSession) -> bool:
    """Whether the next page is the time to write it down as seen, or to give it a new secret."""
    return session.rotate or session.last_seen_at is None or session.last_seen_at < now() - SEEN_EVERY


def seen(db: Session, session_id: int) -> str | None:
    """Write down that a session serves; the new secret for its cookie if a role changed meanwhile."""
    held = db.exec(select(WebSession).where(WebSession.id == session_id).with_for_update(**IN_HAND)).first()
    if held is None:
        return None
    held.last_seen_at = now()
    db.execute(update(Person).where(col(Person.id) == held.person_id).values(last_seen_at=now()))
    db.add(held)
    return _rotated(db, held) if held.rotate else None


def rotate_now(db: Session, session_id: int) -> str:
    """A new secret at once: what was proved in this browser changed."""
    held = db.exec(select(WebSession).where(WebSession.id == session_id).with_for_update(**IN_HAND)).one()
    return _rotated(db, held)


def _rotated(db: Session, held: WebSession) -> str:
    secret = token(32)
    life, idle = _lives(db, held.person_id)
    held.previous_digest, held.rotated_at, held.digest = held.digest, now(), digest(secret)
    held.rotate, held.idle_minutes = False, idle
    held.expires_at = min(held.expires_at, now() + life)
    db.add(held)
    return secret


def ask_rotation(db: Session, person_id: int) -> None:
    """A role of this person changed: each of their browsers gets a new secret at its next page."""
    db.execute(update(WebSession).where(col(WebSession.person_id) == person_id).values(rotate=True))


def close_session(db: Session, session_id: int | None) -> None:
    """Sign one browser out."""
    db.execute(delete(WebSession).where(col(WebSession.id) == session_id))


def end_sessions(db: Session, person_id: int, *, but: int | None = None) -> int:
    """Sign every browser of a person out, except one; how many there were."""
    ended = delete(WebSession).where(col(WebSession.person_id) == person_id, col(WebSession.id).is_distinct_from(but))
    return len(db.execute(ended.returning(col(WebSession.id))).all())
