"""Reads of follows: who follows what, who is told of a piece of news at once, what one follows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, or_, select

from app.identity.models import Person
from app.threads.models import Follow, News
from app.threads.states import FollowKind, Rhythm

FOLLOWED_SHOWN = 300
_reachable = (
    col(Person.email).is_not(None) & col(Person.closing_at).is_(None) & col(Person.closed_at).is_(None)
)  # fmt: skip


def follow_of(db: Session, person_id: int | None, kind: FollowKind, subject_id: int) -> Follow | None:
    """How this person follows it, if they do."""
    if person_id is None:
        return None
    mine = [Follow.person_id == person_id, Follow.subject_kind == kind.value, Follow.subject_id == subject_id]
    return db.exec(select(Follow).where(*mine, Follow.rhythm != Rhythm.NEVER.value)).first()


def follows_of(db: Session, person_id: int) -> Sequence[Follow]:
    """All that this person follows, the last chosen first."""
    mine = select(Follow).where(Follow.person_id == person_id, Follow.rhythm != Rhythm.NEVER.value)
    return db.exec(mine.order_by(col(Follow.created_at).desc(), col(Follow.id).desc()).limit(FOLLOWED_SHOWN)).all()


def by_token(db: Session, token: str) -> Follow | None:
    """The follow that a mail names by its secret, going on or ended."""
    return db.exec(select(Follow).where(Follow.token == token)).first() if token.isascii() else None


def following(kind: FollowKind, subject_id: int) -> list[ColumnElement[bool]]:
    """The follows of one thing that are not ended."""
    return [
        col(Follow.subject_kind) == kind.value, col(Follow.subject_id) == subject_id,
        col(Follow.rhythm) != Rhythm.NEVER.value,
    ]  # fmt: skip


def followers(db: Session, kind: FollowKind, subject_id: int) -> int:
    """How many people follow it."""
    return db.exec(select(func.count()).select_from(Follow).where(*following(kind, subject_id))).one()


def about(said: Sequence[News]) -> ColumnElement[bool]:
    """The follows that these pieces of news concern: of their threads, their themes, their territories."""
    subjects: dict[FollowKind, set[int | None]] = {
        FollowKind.THREAD: {news.thread_id for news in said}, FollowKind.THEME: {news.theme_id for news in said},
        FollowKind.TERRITORY: {news.territory_id for news in said},
    }  # fmt: skip
    of_kind = col(Follow.subject_kind)
    return or_(
        *(
            and_(of_kind == kind.value, col(Follow.subject_id).in_(ids - {None}))
            for kind, ids in subjects.items()
        )
    )  # fmt: skip


def told_at_once(db: Session, news: News, *, after: int, limit: int) -> list[int]:
    """Persons to tell of it now, by id beyond ``after``: each once, whatever they follow; never its ``besides``."""
    others = col(Follow.person_id).not_in(news.besides)
    return list(db.exec(_at_once([news]).where(others, Follow.person_id > after).limit(limit)))


def concerned(db: Session, said: Sequence[News], *, after: int, limit: int) -> list[int]:
    """As ``told_at_once``, for what was said together; among them may be some who need not be told."""
    return list(db.exec(_at_once(said).where(Follow.person_id > after).limit(limit)))


def _at_once(said: Sequence[News]) -> Any:
    return (
        select(Follow.person_id)
        .join(Person, col(Person.id) == Follow.person_id)
        .where(about(said), Follow.rhythm == Rhythm.AT_ONCE.value, _reachable)
        .where(Follow.created_at <= max(news.at for news in said))
        .distinct()
        .order_by(col(Follow.person_id))
    )


def why_told(db: Session, said: Sequence[News], person_ids: Iterable[int]) -> dict[int, list[Follow]]:
    """By which follows each of these persons is told of some of it at once."""
    mine = select(Follow).where(about(said), col(Follow.person_id).in_(list(person_ids)))
    why: dict[int, list[Follow]] = {}
    for follow in db.exec(mine.where(Follow.rhythm == Rhythm.AT_ONCE.value).order_by(col(Follow.id))):
        why.setdefault(follow.person_id, []).append(follow)
    return why


def concerns(follow: Follow, news: News) -> bool:
    """Whether this news is of what is followed."""
    subject = {
        FollowKind.THREAD: news.thread_id, FollowKind.THEME: news.theme_id, FollowKind.TERRITORY: news.territory_id,
    }[FollowKind(follow.subject_kind)]  # fmt: skip
    return subject == follow.subject_id


def weekly_readers(db: Session, *, after: int, limit: int) -> list[int]:
    """Persons who follow something once a week, by id beyond ``after``."""
    statement = (
        select(Follow.person_id)
        .join(Person, col(Person.id) == Follow.person_id)
        .where(Follow.rhythm == Rhythm.WEEKLY.value, Follow.person_id > after, _reachable)
        .distinct()
        .order_by(col(Follow.person_id))
        .limit(limit)
    )
    return list(db.exec(statement))


def news_for(db: Session, follow: Follow, *, until: datetime, limit: int) -> Sequence[News]:
    """What happened to it since its follower was last told, newest first; public things only."""
    column = {
        FollowKind.THREAD: col(News.thread_id), FollowKind.THEME: col(News.theme_id),
        FollowKind.TERRITORY: col(News.territory_id),
    }[FollowKind(follow.subject_kind)]  # fmt: skip
    since = follow.told_at or follow.created_at
    wanted = select(News).where(column == follow.subject_id, News.at > since, News.at <= until)
    return db.exec(wanted.order_by(col(News.at).desc(), col(News.id).desc()).limit(limit)).all()
