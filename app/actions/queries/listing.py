"""The list of fiches-actions: what a filter means, its pages by keyset, its count."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, literal, or_, tuple_
from sqlmodel import Session, col, func, select

from app.accords.models import Theme
from app.actions.forms import SheetFilter
from app.actions.models import ActionSheet, SheetNeed, SheetPriority
from app.actions.queries import KIND
from app.actions.states import STEP_STATUSES, SheetSort, SheetStep
from app.core.db import UtcDateTime
from app.core.search import fold, matching
from app.needs.models import Need
from app.needs.queries import PUBLIC as PUBLIC_NEEDS
from app.policy.actor import Actor
from app.threads.models import Comment, Position
from app.threads.states import Moderation, Stance

PAGE_SIZE = 20
_KEY = re.compile(r"[0-9]{1,18}~[0-9]{1,9}")


@dataclass(frozen=True)
class Page:
    """One page of a list: rows, how many in all, and the keys of the neighbours."""

    rows: Sequence[Any]
    total: int
    before: str | None
    after: str | None


def answering(sheet_id: Any) -> Any:
    """The public needs of a fiche, to count or to look for."""
    return (
        select(col(SheetNeed.need_id))
        .join(Need, col(Need.id) == SheetNeed.need_id)
        .where(SheetNeed.sheet_id == sheet_id, col(Need.status).in_(PUBLIC_NEEDS))
    )


def orphans() -> ColumnElement[bool]:
    """Fiches that answer no public need."""
    return ~exists(answering(ActionSheet.id).correlate(ActionSheet))


def _count(statement: Any) -> Any:
    return statement.with_only_columns(func.count()).correlate(ActionSheet).scalar_subquery()


def _stance(stance: Stance) -> Any:
    return _count(
        select(Position).where(Position.thread_id == ActionSheet.thread_id, Position.stance == stance.value)
    ).label(stance.name.lower())


def _row() -> tuple[Any, ...]:
    said = select(Comment).where(
        Comment.thread_id == ActionSheet.thread_id, col(Comment.parent_id).is_(None),
        col(Comment.status).in_([Moderation.PUBLISHED.value, Moderation.MASKED.value]),
    )  # fmt: skip
    return (
        ActionSheet.id, ActionSheet.reference, ActionSheet.title, ActionSheet.lede, ActionSheet.status,
        ActionSheet.territory_id, ActionSheet.theme_id, ActionSheet.version, ActionSheet.changed_at,
        ActionSheet.addressee, _count(answering(ActionSheet.id)).label("needs"), _count(said).label("comments"),
        *(_stance(stance) for stance in Stance),
    )  # fmt: skip


def readable(me: Actor) -> ColumnElement[bool]:
    """Published fiches for everyone; a technician also reads those being written on their territories."""
    released: ColumnElement[bool] = col(ActionSheet.version) > 0
    held = me.territories("technician")
    if held is None:
        return literal(True)
    return or_(released, col(ActionSheet.territory_id).in_(held)) if held else released


def conditions(db: Session, me: Actor, find: SheetFilter, territory_id: int | None) -> list[ColumnElement[bool]]:
    """What the filter means for this reader."""
    wanted = [readable(me)]
    if territory_id is not None:
        wanted.append(col(ActionSheet.territory_id) == territory_id)
    if find.theme:
        wanted.append(col(ActionSheet.theme_id).in_(select(Theme.id).where(Theme.code == find.theme)))
    if find.etat == SheetStep.ORPHANS:
        wanted.append(orphans())
    elif find.etat:
        wanted.append(col(ActionSheet.status).in_([s.value for s in STEP_STATUSES[find.etat]]))
    if find.priorite is not None:
        serving = select(SheetPriority.sheet_id).where(SheetPriority.priority_id == find.priorite)
        wanted.append(col(ActionSheet.id).in_(serving))
    if find.besoin is not None:
        wanted.append(col(ActionSheet.id).in_(select(SheetNeed.sheet_id).where(SheetNeed.need_id == find.besoin)))
    found = matching(db, KIND, find.q, col(ActionSheet.id)) if find.q else None
    return wanted if found is None else [*wanted, found]


def _key(row: Any) -> str:
    return f"{int(row.changed_at.timestamp() * 1_000_000)}~{row.id}"


def _edge(find: SheetFilter) -> tuple[datetime, int] | None:
    """Where the page asked begins or ends; a key that we did not write starts the list again."""
    key = find.avant or find.apres
    if not _KEY.fullmatch(key):
        return None
    moment, _tilde, row_id = key.partition("~")
    try:
        return datetime.fromtimestamp(int(moment) / 1_000_000, UTC), int(row_id)
    except (OverflowError, ValueError, OSError):
        return None


def _recent(db: Session, find: SheetFilter, wanted: list[ColumnElement[bool]], size: int) -> Page:
    """Latest first, a page at a time from its key: one comparison of a pair, however deep the page."""
    edge = _edge(find)
    backwards = bool(find.avant) and edge is not None
    keys = (col(ActionSheet.changed_at), col(ActionSheet.id))
    statement: Select[Any] = select(*_row()).where(*wanted)
    if edge:
        limit = tuple_(literal(edge[0], UtcDateTime()), literal(edge[1]))
        statement = statement.where(tuple_(*keys) > limit if backwards else tuple_(*keys) < limit)
    order = [key.asc() if backwards else key.desc() for key in keys]
    rows = list(db.execute(statement.order_by(*order).limit(size + 1)))
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    total = db.exec(select(func.count()).select_from(ActionSheet).where(*wanted)).one()
    has_before = (more if backwards else edge is not None) and bool(rows)
    has_after = (backwards or more) and bool(rows)
    return Page(rows, total, _key(rows[0]) if has_before else None, _key(rows[-1]) if has_after else None)


def _filed(db: Session, find: SheetFilter, wanted: list[ColumnElement[bool]], size: int) -> Page:
    """As a dictionary files them, which no two engines do alike: the titles are sorted here, then one page is read.

    A département writes some hundreds of fiches: their titles alone are a few dozen kilobytes.
    """
    titles = db.execute(select(col(ActionSheet.id), col(ActionSheet.title)).where(*wanted))
    ids = [row_id for _title, row_id in sorted((fold(title), row_id) for row_id, title in titles)]
    edge = _edge(find)
    known = ids.index(edge[1]) if edge and edge[1] in ids else None
    start = 0 if known is None else max(0, known - size) if find.avant else known + 1
    end = known if known is not None and find.avant else start + size
    shown = ids[start:end]
    rows = {row.id: row for row in db.execute(select(*_row()).where(col(ActionSheet.id).in_(shown)))}
    return Page(
        [rows[row_id] for row_id in shown], len(ids),
        f"0~{shown[0]}" if shown and start else None, f"0~{shown[-1]}" if shown and end < len(ids) else None,
    )  # fmt: skip


def visible(db: Session, me: Actor, find: SheetFilter, territory_id: int | None, *, size: int = PAGE_SIZE) -> Page:
    """One page of the fiches that this reader may see, with the count of all of them."""
    wanted = conditions(db, me, find, territory_id)
    return (_filed if find.tri == SheetSort.TITLE else _recent)(db, find, wanted, size)


def count(db: Session, me: Actor, find: SheetFilter, territory_id: int | None = None) -> int:
    """How many fiches a filter lists for this reader."""
    wanted = conditions(db, me, find, territory_id)
    return db.exec(select(func.count()).select_from(ActionSheet).where(*wanted)).one()
