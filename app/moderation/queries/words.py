"""The list of words that the machine underlines."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.moderation.models import WatchWord


def listed(db: Session) -> Sequence[WatchWord]:
    """Every word of the list, in order."""
    return db.exec(select(WatchWord).order_by(col(WatchWord.word))).all()


def one(db: Session, word_id: int) -> WatchWord | None:
    """One word of the list."""
    return db.get(WatchWord, word_id)
