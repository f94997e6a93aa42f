"""What may be followed, by its name and its page; and what a weekly letter holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app.accords.models import Theme
from app.actions.models import ActionSheet
from app.needs.models import Need, NeedGroup
from app.needs.queries import PUBLIC
from app.needs.states import GroupStatus
from app.places.queries import reference
from app.threads.models import Follow, News
from app.threads.queries import follows
from app.threads.states import FollowKind

Key = tuple[str, int]
FETCHED = 60  # pieces of news read for each thing followed; a letter shows fewer


@dataclass(frozen=True)
class Followed:
    """Something that may be followed: its name, and the page where it is read."""

    title: str
    path: str


@dataclass(frozen=True)
class Part:
    """What happened to one thing followed: the newest, and how many more."""

    about: Followed
    shown: Sequence[News]
    more: int


def subject(db: Session, kind: FollowKind, subject_id: int) -> Followed | None:
    """What would be followed; None if there is no such public thing."""
    return subjects(db, [(kind.value, subject_id)]).get((kind.value, subject_id))


def subjects(db: Session, keys: Iterable[Key]) -> dict[Key, Followed]:
    """The public things among these, by kind and id."""
    asked: dict[str, list[int]] = {kind.value: [] for kind in FollowKind}
    for kind, subject_id in keys:
        asked[kind].append(subject_id)
    places = reference(db)
    found: dict[Key, Followed] = {}
    for thread_id, followed in _threads(db, asked[FollowKind.THREAD]):
        found[FollowKind.THREAD.value, thread_id] = followed
    for theme in db.exec(select(Theme).where(col(Theme.id).in_(asked[FollowKind.THEME]))):
        found[FollowKind.THEME.value, theme.id or 0] = Followed(theme.name, f"/besoins?theme={theme.code}")
    for territory_id in asked[FollowKind.TERRITORY]:
        place = places.by_id.get(territory_id)
        if place:
            found[FollowKind.TERRITORY.value, territory_id] = Followed(place.name, f"/territoires/{place.slug}")
    return found


def _threads(db: Session, ids: list[int]) -> list[tuple[int, Followed]]:
    """The public owners of these threads: needs, groups of needs, fiches-actions."""
    needs = db.exec(select(Need).where(col(Need.thread_id).in_(ids), col(Need.status).in_(PUBLIC)))
    found = [(need.thread_id, Followed(need.title, f"/besoins/{need.id}")) for need in needs]
    whole = col(NeedGroup.status) != GroupStatus.DISSOLVED.value
    groups = db.exec(select(NeedGroup).where(col(NeedGroup.thread_id).in_(ids), whole))
    found += [(group.thread_id, Followed(group.title, f"/besoins-partages/{group.id}")) for group in groups]
    published = col(ActionSheet.version) > 0
    sheets = db.exec(select(ActionSheet).where(col(ActionSheet.thread_id).in_(ids), published))
    return found + [(sheet.thread_id, Followed(sheet.title, f"/fiches-actions/{sheet.reference}")) for sheet in sheets]


def letter(db: Session, mine: Sequence[Follow], *, until: datetime, items: int, each: int) -> list[Part]:
    """The news of a person's weekly follows, threads first; each once, ``items`` at most, ``each`` for one thing."""
    order = list(FollowKind)
    known = subjects(db, [(follow.subject_kind, follow.subject_id) for follow in mine])
    told: set[int] = set()
    parts: list[Part] = []
    left = items
    for follow in sorted(mine, key=lambda f: (order.index(FollowKind(f.subject_kind)), f.id or 0)):
        about = known.get((follow.subject_kind, follow.subject_id))
        fresh = _fresh(db, follow, until, told) if about else []
        told.update(news.id or 0 for news in fresh)
        shown = fresh[: min(each, left)]
        left -= len(shown)
        if about and fresh:
            parts.append(Part(about, shown, len(fresh) - len(shown)))
    return parts


def _fresh(db: Session, follow: Follow, until: datetime, told: set[int]) -> list[News]:
    """What this follower has not read, did not do, and may still be read by all."""
    found = follows.news_for(db, follow, until=until, limit=FETCHED)
    hidden = _hidden(db, [news.thread_id for news in found if news.thread_id])
    return [
        news for news in found
        if news.id not in told and news.thread_id not in hidden and follow.person_id not in news.besides
    ]  # fmt: skip


def _hidden(db: Session, thread_ids: list[int]) -> set[int]:
    """The needs that left public view since."""
    gone: Any = select(Need.thread_id).where(col(Need.thread_id).in_(thread_ids), col(Need.status).not_in(PUBLIC))
    return set(db.exec(gone)) if thread_ids else set()
