"""The words that a need had before it was corrected."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from app.needs.models import NeedWording


def former_words(db: Session, need_id: int) -> Sequence[NeedWording]:
    """Every former wording of a need, the oldest first: by its author, or by who read a transcription again."""
    return db.exec(select(NeedWording).where(NeedWording.need_id == need_id).order_by(col(NeedWording.id))).all()


def corrected_since(db: Session, need_id: int, moment: datetime) -> bool:
    """Whether its words were replaced after this moment."""
    later = select(NeedWording.id).where(NeedWording.need_id == need_id, col(NeedWording.replaced_at) > moment)
    return db.exec(later.limit(1)).first() is not None
