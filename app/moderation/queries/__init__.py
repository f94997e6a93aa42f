"""The queue: what waits to be read, oldest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from app.actions import queries as actions
from app.core.db import now
from app.needs import queries as needs
from app.needs.models import Need
from app.policy.actor import Actor
from app.threads.models import Comment
from app.threads.states import Moderation

TARGET = timedelta(days=2)
SHOWN = 100
_NEED: tuple[Any, ...] = (
    Need.id, Need.title, Need.college, Need.territory_id, Need.commune_insee, Need.created_at,
)  # fmt: skip
_COMMENT: tuple[Any, ...] = (Comment.id, Comment.text, Comment.college, Comment.territory_id, Comment.created_at)


@dataclass(frozen=True)
class Waiting:
    """One thing to read."""

    kind: str
    id: int
    title: str
    college: str
    territory_id: int
    commune_insee: str | None
    created_at: datetime

    @property
    def late(self) -> bool:
        """Whether it has waited longer than the charter promises."""
        return now() - self.created_at > TARGET


@dataclass(frozen=True)
class About:
    """What a comment was written under: a need or a fiche-action."""

    kind: str
    title: str
    text: str
    reference: str
    path: str


@dataclass(frozen=True)
class Queue:
    """What waits, how many in all, since when."""

    items: Sequence[Waiting]
    total: int

    @property
    def oldest(self) -> datetime | None:
        """When the oldest came."""
        return self.items[0].created_at if self.items else None


def _mine(table: type[Need] | type[Comment], where: Collection[int] | None, me: Actor) -> list[ColumnElement[bool]]:
    """Pending, on the territories asked, and never one's own words, nor those of one's organisations."""
    wanted: list[ColumnElement[bool]] = [col(table.status) == Moderation.PENDING.value]
    if where is not None:
        wanted.append(col(table.territory_id).in_(where))
    if me.person_id is not None:
        wanted.append(func.coalesce(table.author_id, 0) != me.person_id)
        ours = [mine.organisation_id for mine in me.organisations]
        wanted.append(func.coalesce(table.organisation_id, 0).not_in(ours))
    return wanted


def queue(db: Session, me: Actor, territory_id: int | None = None) -> Queue:
    """What this moderator may read, on one territory or on all of theirs."""
    where: Collection[int] | None = me.territories("moderator")
    if territory_id is not None:
        where = [territory_id]
    needs = db.execute(
        select(*_NEED)
        .where(*_mine(Need, where, me)).order_by(col(Need.created_at), col(Need.id)).limit(SHOWN)
    )  # fmt: skip
    comments = db.execute(
        select(*_COMMENT)
        .where(*_mine(Comment, where, me)).order_by(col(Comment.created_at), col(Comment.id)).limit(SHOWN)
    )  # fmt: skip
    items = [Waiting("besoin", n.id, n.title, n.college, n.territory_id, n.commune_insee, n.created_at) for n in needs]
    items += [
        Waiting("commentaire", c.id, _short(c.text), c.college, c.territory_id, None, c.created_at) for c in comments
    ]
    items.sort(key=lambda w: (w.created_at, w.kind, w.id))
    return Queue(items[:SHOWN], len(items) if len(items) < SHOWN else _total(db, me, where))


def _short(text: str) -> str:
    return text if len(text) <= 70 else text[:69].rsplit(" ", 1)[0] + "…"


def _total(db: Session, me: Actor, where: Collection[int] | None) -> int:
    count: Any = 0
    for table in (Need, Comment):
        count += db.exec(select(func.count()).select_from(table).where(*_mine(table, where, me))).one()
    return int(count)


def oldest(db: Session, me: Actor) -> Waiting | None:
    """The next thing to read."""
    items = queue(db, me).items
    return items[0] if items else None


def about(db: Session, thread_id: int) -> About | None:
    """The need or the fiche-action that owns this thread."""
    need = needs.of_thread(db, thread_id)
    if need is not None:
        return About("besoin", need.title, need.text, need.reference, f"/besoins/{need.id}")
    sheet = actions.of_thread(db, thread_id)
    if sheet is None:
        return None
    path = f"/fiches-actions/{sheet.reference}"
    return About("fiche", sheet.title, sheet.lede, sheet.reference or "", path)
