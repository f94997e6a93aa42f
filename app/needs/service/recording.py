"""A need becomes a row: its reference, its secret code, how its author is shown, and its first step."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.accords.models import Accord
from app.core.db import now
from app.core.i18n import gettext as _
from app.core.security import digest, random_code, readable
from app.identity.states import College
from app.needs.models import Need
from app.needs.states import FollowUp
from app.places.models import Commune, Territory
from app.threads import service as threads
from app.threads.states import Moderation, Origin

CODE_LENGTH = 12  # 5 bits each: 60 random bits


@dataclass(frozen=True)
class Spot:
    """Where exactly: a point in degrees, already checked and rounded, or a few words, or both."""

    latitude: float | None = None
    longitude: float | None = None
    note: str | None = None


@dataclass(frozen=True)
class Collected:
    """What is known of a need gathered away from screens: who typed it in, its sheet, its campaign, the day."""

    transcribed_by: int
    sheet_ref: str | None = None
    collected_on: date | None = None
    campaign_id: int | None = None


def tracking_code(secret: str) -> str:
    """The secret code of a submission, derived from its form's random key and its words.

    The key never leaves its author's browser and our memory, so sending the same words twice
    gives the same code again without our ever storing it; other words give another one.
    """
    return readable(sha256(b"emglev tracking " + secret.encode()).digest(), CODE_LENGTH)


def signature(college: College, territory: Territory, commune: Commune | None) -> str:
    """How an author is shown: by what they are and where, never by name."""
    forms = {
        College.RESIDENTS: _("Une personne qui habite %(place)s"),
        College.ASSOCIATIONS: _("Une association, %(place)s"),
        College.BUSINESSES: _("Une entreprise, %(place)s"),
        College.YOUTH: _("Une jeune voix, %(place)s"),
        College.INSTITUTIONS: _("Une institution, %(place)s"),
    }
    return forms[college] % {"place": commune.name if commune else territory.name}


def record_need(
    db: Session, *, accord: Accord, territory: Territory, commune: Commune | None, theme_id: int, college: College,
    title: str, text: str, origin: Origin, code: str, signed: str | None = None, organisation_id: int | None = None,
    spot: Spot | None = None, collected: Collected | None = None, held_for: str | None = None,
) -> Need:  # fmt: skip
    """Write a need down as a draft, in a thread of its own; the same ``code`` gives the need that it already made.

    ``signed`` is how its author is shown, by default what they are and where; ``held_for``, why a person reads it first
    even where needs are read afterwards. One that was there before is past ``DRAFT``: its caller does nothing more.
    """
    known = select(Need).where(Need.tracking_digest == digest(code))
    existing = db.exec(known).first()
    if existing:
        return existing
    spot = spot or Spot()
    need = Need(
        reference=_reference(db, territory), tracking_digest=digest(code), accord_id=accord.id or 0,
        thread_id=threads.open_thread(db, accord.forum_id).id or 0, territory_id=territory.territory_id,
        commune_insee=commune.insee if commune else None, theme_id=theme_id, college=college.value,
        signature=signed or signature(college, territory, commune), title=title, text=text, origin=origin.value,
        status=Moderation.DRAFT.value, stage=FollowUp.RECEIVED.value, created_at=now(),
        organisation_id=organisation_id, latitude=spot.latitude, longitude=spot.longitude, place_note=spot.note,
        held_for=held_for, **vars(collected) if collected else {},
    )  # fmt: skip
    need.accord = accord
    try:
        with db.begin_nested():
            db.add(need)
            db.flush()
    except IntegrityError:  # the same form, sent twice at the same moment on two connections
        return db.exec(known).one()
    return need


def _reference(db: Session, territory: Territory) -> str:
    while True:
        reference = f"{territory.code}-{random_code(4)}"
        if db.exec(select(Need.id).where(Need.reference == reference)).first() is None:
            return reference
