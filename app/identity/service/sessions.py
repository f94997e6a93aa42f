"""Signed-in browsers: opened, seen, rotated, ended."""

from datetime import timedelta
from typing import TypeVar

from sqlmodel import Session, col, delete, select, update
from sqlmodel.sql.expression import SelectOfScalar

from app.core.db import IN_HAND, now
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.core.security import digest, token
from app.core.settings import get_settings
from app.identity import queries
from app.identity.models import Person, WebSession
from app.identity.queries import sessions as browsers
from app.identity.service.people import tell

Row = TypeVar("Row", WebSession, Person)
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
    """Sign a browser in; the secret goes to its cookie, and is never one that the browser brought (no fixation).

    Demonstration persons are nobody's: through the demonstration's door, no second factor is awaited.
    """
    secret = token(32)
    life, idle = _lives(db, person.id or 0)
    db.add(
        WebSession(
            digest=digest(secret), person_id=person.id or 0, created_at=now(), expires_at=now() + life,
            last_seen_at=now(), idle_minutes=idle, way=way, device=device, id_token=id_token,
            verified_at=now() if way == "demo" else None,
        )
    )  # fmt: skip
    person.last_seen_at = now()
    db.add(person)
    return secret


def needs_a_write(session: WebSession) -> bool:
    """Whether the next page is the time to write it down as seen, or to give it a new secret."""
    return session.rotate or session.last_seen_at is None or session.last_seen_at < now() - SEEN_EVERY


def in_hand(db: Session, session_id: int | None) -> WebSession:
    """One session, that nobody else changes meanwhile.

    Raises:
        ConflictError: it was ended from elsewhere a moment ago.
    """
    held = db.exec(select(WebSession).where(WebSession.id == session_id).with_for_update(**IN_HAND)).first()
    if held is None:
        raise ConflictError(_("Votre connexion a pris fin depuis un autre appareil. Connectez-vous de nouveau."))
    return held


def seen(db: Session, session_id: int) -> str | None:
    """Write down that a session serves; the new secret for its cookie if a role changed meanwhile.

    A page never waits for this: rows that somebody else changes at this moment are left for the next page.
    """
    held = _unless_taken(db, select(WebSession).where(WebSession.id == session_id))
    if held is None:
        return None
    held.last_seen_at = now()
    if person := _unless_taken(db, select(Person).where(Person.id == held.person_id)):
        person.last_seen_at = now()
        db.add(person)
    if held.rotate:
        return _rotated(db, held)
    _limited(db, held)
    return None


def _unless_taken(db: Session, wanted: SelectOfScalar[Row]) -> Row | None:
    return db.exec(wanted.with_for_update(skip_locked=True, **IN_HAND)).first()


def _limited(db: Session, held: WebSession) -> None:
    """A role that began by its date shortens the sessions already open."""
    life, held.idle_minutes = _lives(db, held.person_id)
    held.expires_at = min(held.expires_at, now() + life)
    db.add(held)


def rotate_now(db: Session, session_id: int) -> str:
    """A new secret at once: what was proved in this browser changed. The former one is nobody's from now on."""
    held = in_hand(db, session_id)
    secret = _rotated(db, held)
    held.previous_digest = None
    return secret


def _rotated(db: Session, held: WebSession) -> str:
    secret = token(32)
    held.previous_digest, held.rotated_at, held.digest = held.digest, now(), digest(secret)
    held.rotate = False
    _limited(db, held)
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


def note_device(db: Session, person: Person, device: str) -> None:
    """Tell a person who holds a role of the first sign-in from such a device: no address, no place."""
    person_id = person.id or 0
    if not device or not queries.grants_of(db, person_id) or browsers.knows_device(db, person_id, device):
        return
    note_event(db, person, browsers.NEW_DEVICE, by=person_id, note=device)
    settings = get_settings()
    words = _(
        "Bonjour,\n\nVotre compte vient de s’ouvrir pour la première fois depuis cet appareil : %(device)s.\n\n"
        "C’est vous ? Il n’y a rien à faire. Sinon, fermez cette connexion : %(url)s/mon-espace/acces\n"
        "et écrivez à %(contact)s.\n"
    ) % {"device": device, "url": settings.public_url, "contact": settings.contact_email}
    tell(db, person, _("Première connexion depuis un appareil"), words)
