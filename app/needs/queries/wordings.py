"""The words that a need had before it was corrected."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.needs.models import NeedWording


def former_words(db: Session, need_id: int) -> Sequence[NeedWording]:
    """Every former wording of a need, the oldest first: by its author, or by who read a transcription again."""
    return db.exec(select(NeedWording).where(NeedWording.need_id == need_id).order_by(col(NeedWording.id))).all()
