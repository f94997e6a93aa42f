"""The queue: what waits to be read, or was published and nobody has read; oldest first, never one's own words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, literal, null, tuple_, union_all
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, or_, select

from app.accords.models import Accord
from app.core.db import now
from app.identity.models import Person
from app.moderation.models import Appeal, Claim, LogEntry, Recusal, Report, SecondOpinion
from app.moderation.queries import appeals
from app.moderation.queries.items import TABLE_OF, Holder
from app.moderation.queries.subjects import TABLES, territory_of
from app.moderation.states import CLAIM_HOURS, Kind, ReportStatus
from app.needs.models import Need
from app.policy.actor import Actor
from app.threads.models import Comment, File, ProfileText
from app.threads.states import Moderation
from app.workshops.models import Card
from app.workshops.queries import moderating as cards

SHOWN = 100
UNREAD = timedelta(days=30)  # published before it was read: offered to a second look for this long
DECISIONS = ("publish", "publish_masked", "reread", "mask", "hide", "restore", "refuse", "uphold", "reverse")
_NONE: Any = cast(null(), String)
_OPEN = (ReportStatus.OPEN.value, ReportStatus.CLAIMED.value)


@dataclass(frozen=True)
class Promise:
    """How a territory reads: within how many hours, and which kinds once they are published."""

    hours: int
    after: frozenset[str]


@dataclass(frozen=True)
class Waiting:
    """One thing of the queue; ``due``: when the charter, or the law, says that it must be done."""

    kind: str
    id: int
    title: str
    college: str | None
    territory_id: int
    commune_insee: str | None
    created_at: datetime
    held_for: str | None
    due: datetime
    holder: Holder | None = None
    asked: bool = False

    @property
    def late(self) -> bool:
        """Whether it has waited longer than was promised."""
        return now() > self.due


@dataclass(frozen=True)
class Queue:
    """A page of the queue, when it was read; how many of each kind in all, since when, how many published unread."""

    items: Sequence[Waiting]
    read_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)
    oldest: datetime | None = None
    unread: int = 0
    page: int = 1
    filtered: int = 0

    @property
    def total(self) -> int:
        """How many wait, of every kind."""
        return sum(self.counts.values())

    @property
    def pages(self) -> int:
        """How many pages this filter makes."""
        return max(1, -(-self.filtered // SHOWN))


def promises(db: Session) -> dict[int, Promise]:
    """How each territory reads, by its present accord."""
    kinds = ("need", "comment", "file", "profile")
    flags: tuple[Any, ...] = (
        Accord.a_posteriori, Accord.comments_a_posteriori, Accord.files_a_posteriori, Accord.profiles_a_posteriori,
    )  # fmt: skip
    columns_of = columns(col(Accord.territory_id), col(Accord.reading_hours), *flags)
    rows = db.execute(columns_of.order_by(col(Accord.starts_on), col(Accord.id)))
    return {
        row[0]: Promise(row[1], frozenset(kind for kind, after in zip(kinds, row[2:], strict=True) if after))
        for row in rows
    }


def _not_mine(table: Any, me: Actor) -> list[ColumnElement[bool]]:
    """Never one's own words, nor those of one's organisations, nor cards of a room that one helped to lead."""
    if table is Card:
        return [cards.led_by_others(me.person_id)]
    wanted = [func.coalesce(table.author_id, 0) != me.person_id]
    ours = [mine.organisation_id for mine in me.organisations]
    if ours and hasattr(table, "__table__") and "organisation_id" in table.__table__.columns:
        wanted.append(func.coalesce(table.organisation_id, 0).not_in(ours))
    return wanted


def _not_recused(table: Any, me: Actor) -> ColumnElement[bool]:
    mine = select(Recusal.subject_id).where(
        Recusal.person_id == me.person_id, Recusal.subject_kind == table.__tablename__
    )
    condition: ColumnElement[bool] = table.id.not_in(mine)
    return condition


def _wanted(table: Any, me: Actor, where: Collection[int] | None) -> list[ColumnElement[bool]]:
    common = [_not_recused(table, me), *_not_mine(table, me)]
    if where is not None:
        common.append(territory_of(table).in_(where))
    return common


def _about_others(me: Actor) -> list[ColumnElement[bool]]:
    """Reports on one's own words, or on words from which one stepped back, are for somebody else."""
    stepped_back = select(Recusal.id).where(
        Recusal.person_id == me.person_id, Recusal.subject_kind == Report.subject_kind,
        Recusal.subject_id == Report.subject_id,
    )  # fmt: skip
    conditions: list[ColumnElement[bool]] = [~stepped_back.exists()]
    for kind, table in TABLES.items():
        others = [~condition for condition in _not_mine(table, me)]
        mine = select(table.id).where(or_(*others))
        conditions.append(~((col(Report.subject_kind) == kind) & col(Report.subject_id).in_(mine)))
    return conditions


_COLUMNS: Mapping[Kind, tuple[Any, ...]] = {
    Kind.NEED: (Need, Need.title, Need.college, Need.commune_insee, Need.held_for),
    Kind.COMMENT: (Comment, func.substr(Comment.text, 1, 160), Comment.college, _NONE, Comment.held_for),
    Kind.FILE: (File, File.name, _NONE, _NONE, _NONE),
    Kind.PROFILE: (ProfileText, ProfileText.text, _NONE, _NONE, _NONE),
    Kind.CARD: (Card, func.substr(Card.text, 1, 160), _NONE, _NONE, _NONE),
    Kind.REPORT: (Report, func.substr(Report.text, 1, 160), _NONE, _NONE, _NONE),
}


def _waiting(kind: Kind, me: Actor, where: Collection[int] | None) -> list[ColumnElement[bool]]:
    table = _COLUMNS[kind][0]
    if kind == Kind.REPORT:
        return [*_wanted(table, me, where), col(Report.status).in_(_OPEN), *_about_others(me)]
    waiting = [*_wanted(table, me, where), table.status == Moderation.PENDING.value]
    return [*waiting, cards.left_over()] if kind == Kind.CARD else waiting


def _unread(kind: Kind, me: Actor, where: Collection[int]) -> list[ColumnElement[bool]]:
    """Published before anybody read it, lately, on these territories; official answers are nobody's to read again."""
    table = _COLUMNS[kind][0]
    read = select(LogEntry.subject_id).where(
        LogEntry.subject_kind == table.__tablename__, col(LogEntry.verb).in_(DECISIONS)
    )
    wanted = [
        *_wanted(table, me, where), table.status == Moderation.PUBLISHED.value, table.id.not_in(read),
        table.published_at > now() - UNREAD,
    ]  # fmt: skip
    return [*wanted, col(Comment.body_id).is_(None)] if kind == Kind.COMMENT else wanted


def _select(kind: Kind, conditions: list[ColumnElement[bool]]) -> Select[Any]:
    table, title, college, commune, held = _COLUMNS[kind]
    return columns(
        literal(kind.value).label("kind"), table.id.label("id"), cast(title, String).label("title"),
        cast(college, String).label("college"), territory_of(table).label("territory_id"),
        cast(commune, String).label("commune_insee"), table.created_at.label("created_at"),
        cast(held, String).label("held_for"),
    ).where(*conditions)  # fmt: skip


def _tally(state: str, kind: Kind, conditions: list[ColumnElement[bool]]) -> Select[Any]:
    number, oldest = func.count().label("number"), func.min(_COLUMNS[kind][0].created_at).label("oldest")
    return columns(literal(state).label("state"), literal(kind.value).label("kind"), number, oldest).where(*conditions)


_AFTER = {Kind.NEED: "need", Kind.COMMENT: "comment", Kind.FILE: "file", Kind.PROFILE: "profile"}


def _unread_conditions(
    me: Actor, where: Collection[int] | None, held: Mapping[int, Promise]
) -> dict[Kind, list[ColumnElement[bool]]]:
    found = {}
    for kind, name in _AFTER.items():
        there = [t for t, promise in held.items() if name in promise.after and (where is None or t in where)]
        if there:
            found[kind] = _unread(kind, me, there)
    return found


def queue(
    db: Session, me: Actor, *, territory_id: int | None = None, kind: Kind | None = None, unread: bool = False,
    page: int = 1,
) -> Queue:  # fmt: skip
    """What this moderator may read, on one territory or on all of theirs; never more than ``SHOWN`` things a page."""
    read_at = now()
    where: Collection[int] | None = me.territories("moderator")
    if territory_id is not None:
        where = [territory_id]
    held = promises(db)
    waits = {each: _waiting(each, me, where) for each in _COLUMNS}
    after = _unread_conditions(me, where, held)
    opened = [a for a in appeals.waiting(db, me) if territory_id in (None, a.territory_id)]
    numbers, oldest, published = _count(db, waits, after)
    counts = {each.value: numbers.get(each.value, 0) for each in _COLUMNS} | {Kind.APPEAL.value: len(opened)}
    sources = after if unread else waits
    if kind is not None:
        sources = {each: conditions for each, conditions in sources.items() if each == kind}
    with_appeals = not unread and kind in (None, Kind.APPEAL)
    rows = _rows(db, sources, page)
    items = [_shown(row, held) for row in rows]
    if with_appeals and page == 1:
        items = sorted([*items, *map(_appeal, opened)], key=lambda w: (w.created_at, w.kind, w.id))
    numbered = published if unread else counts
    filtered = sum(number for each, number in numbered.items() if kind in (None, each))
    starts = [moment for moment in (oldest, *(a.created_at for a in opened)) if moment]
    return Queue(
        _marked(db, items), read_at, counts, min(starts, default=None), sum(published.values()), page, filtered
    )  # fmt: skip


def _count(
    db: Session, waits: Mapping[Kind, list[ColumnElement[bool]]], after: Mapping[Kind, list[ColumnElement[bool]]]
) -> tuple[dict[str, int], datetime | None, dict[str, int]]:
    """How many wait of each kind, since when, and how many of each kind were published unread: one query."""
    tallies = [_tally("waiting", kind, conditions) for kind, conditions in waits.items()]
    tallies += [_tally("unread", kind, conditions) for kind, conditions in after.items()]
    rows: list[Any] = list(db.execute(union_all(*tallies)))
    waiting = {row.kind: row.number for row in rows if row.state == "waiting"}
    moments = [row.oldest for row in rows if row.state == "waiting" and row.oldest]
    return waiting, min(moments, default=None), {row.kind: row.number for row in rows if row.state == "unread"}


def _rows(db: Session, sources: Mapping[Kind, list[ColumnElement[bool]]], page: int) -> Sequence[Any]:
    if not sources:
        return []
    whole = union_all(*(_select(kind, conditions) for kind, conditions in sources.items())).subquery()
    ordered = columns(whole).order_by(whole.c.created_at, whole.c.kind, whole.c.id)
    return list(db.execute(ordered.limit(SHOWN).offset((page - 1) * SHOWN)))


def _shown(row: Any, held: Mapping[int, Promise]) -> Waiting:
    promise = held.get(row.territory_id)
    due = row.created_at + timedelta(hours=promise.hours if promise else 48)
    return Waiting(
        row.kind, row.id, _short(row.title), row.college, row.territory_id, row.commune_insee, row.created_at,
        row.held_for, due,
    )  # fmt: skip


def _appeal(appeal: Appeal) -> Waiting:
    return Waiting(
        Kind.APPEAL.value, appeal.id or 0, _short(appeal.text), None, appeal.territory_id, None, appeal.created_at,
        None, appeal.due_at,
    )  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= 70 else text[:69].rsplit(" ", 1)[0].rstrip(".,;: ") + "…"


def _marked(db: Session, items: Sequence[Waiting]) -> list[Waiting]:
    """Who has each in hand, and whether an opinion is asked: two queries whatever their number."""
    if not items:
        return []
    keys = [(TABLE_OF[Kind(item.kind)], item.id) for item in items]
    claimed = db.execute(
        columns(
            col(Claim.subject_kind), col(Claim.subject_id), col(Claim.person_id), col(Person.pseudonym), col(Claim.at)
        )
        .join(Person, col(Person.id) == col(Claim.person_id))
        .where(tuple_(col(Claim.subject_kind), col(Claim.subject_id)).in_(keys))
        .where(col(Claim.at) > now() - timedelta(hours=CLAIM_HOURS))
    )
    holders = {(kind, subject): Holder(person, name, at) for kind, subject, person, name, at in claimed}
    about = col(SecondOpinion.subject_kind), col(SecondOpinion.subject_id)
    waiting = columns(*about).where(tuple_(*about).in_(keys), col(SecondOpinion.answered_at).is_(None))
    asked = {tuple(row) for row in db.execute(waiting)}
    return [
        Waiting(**{**vars(item), "holder": holders.get(key), "asked": key in asked})
        for item, key in zip(items, keys, strict=True)
    ]
