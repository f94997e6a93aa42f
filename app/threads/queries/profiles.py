"""Reads of the pseudonyms that people chose."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.threads.models import ProfileText
from app.threads.states import Moderation

_DECIDED = (Moderation.REFUSED, Moderation.HIDDEN, Moderation.APPEALED, Moderation.UPHELD)


def one(db: Session, text_id: int) -> ProfileText | None:
    """One pseudonym chosen."""
    return db.get(ProfileText, text_id)


def last(db: Session, person_id: int) -> ProfileText | None:
    """What this person chose last, if they ever did."""
    mine = select(ProfileText).where(ProfileText.author_id == person_id)
    return db.exec(mine.order_by(col(ProfileText.id).desc()).limit(1)).first()


def decided_against(db: Session, person_id: int) -> Sequence[ProfileText]:
    """The pseudonyms of this person that were not accepted, newest first."""
    mine = select(ProfileText).where(ProfileText.author_id == person_id, col(ProfileText.status).in_(_DECIDED))
    return db.exec(mine.order_by(col(ProfileText.id).desc()).limit(20)).all()
