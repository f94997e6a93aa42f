"""The words before a passage was masked, and the copies of a need's words that must follow what readers get."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, delete, select, update

from app.core.db import insert_once, now
from app.moderation import notices
from app.moderation.models import Original
from app.needs.models import Need
from app.needs.queries import PUBLIC
from app.needs.service.moderating import Words, words_of
from app.threads.models import News
from app.workshops.models import Option


def of(db: Session, subject: Any) -> Original | None:
    """The words that a masking replaced, if any."""
    mine = select(Original).where(Original.subject_kind == subject.__tablename__, Original.subject_id == subject.id)
    return db.exec(mine).first()


def first_words(db: Session, subject: Any) -> Words:
    """What its author wrote, masked since or not."""
    original = of(db, subject)
    if original is None:
        return words(subject)
    point = None if original.latitude is None or original.longitude is None else (original.latitude, original.longitude)
    return Words(original.title, original.text, original.place, point)


def words(subject: Any) -> Words:
    """What readers get of this need or of this comment."""
    return words_of(subject) if isinstance(subject, Need) else Words("", subject.text)


def hold(db: Session, subject: Any, *, by: int) -> None:
    """Keep its words before they are masked; those kept at a first masking stay the ones."""
    written = words(subject)
    insert_once(
        db, Original, subject_kind=subject.__tablename__, subject_id=subject.id, title=written.title,
        text=written.text, place=written.place, latitude=written.point and written.point[0],
        longitude=written.point and written.point[1], masked_by=by, masked_at=now(),
    )  # fmt: skip


def forget(db: Session, subject: Any) -> None:
    """Readers get the first words again: nothing is kept apart."""
    db.execute(
        delete(Original).where(
            col(Original.subject_kind) == subject.__tablename__, col(Original.subject_id) == subject.id
        )
    )


def copies(db: Session, need: Need, former: str, passages: Sequence[str] = ()) -> None:
    """Where the title of a need was copied (an option of a workshop), the present one replaces it; in the news of its
    thread too, where its masked passages go; what nobody reads any more has no news."""
    if need.status not in PUBLIC:
        db.execute(delete(News).where(col(News.thread_id) == need.thread_id))
    if former == need.title and not passages:
        return
    options = update(Option).where(col(Option.need_id) == need.id, col(Option.title) == former)
    db.execute(options.values(title=need.title))
    for news in db.exec(select(News).where(News.thread_id == need.thread_id)):
        news.title = notices.masked(news.title.replace(former, need.title)[:200], passages, 200)
        news.text = notices.masked(news.text.replace(former, need.title)[:600], passages, 600)
        db.add(news)
