"""What awaits an answer: needs on their own and groups, the oldest promise first."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, literal, tuple_, union_all
from sqlmodel import Session, col, func, select

from app.accords.models import Theme
from app.core.i18n import today
from app.needs.forms import GroupFilter
from app.needs.models import Need, NeedGroup
from app.needs.queries import PAGE_SIZE, PUBLIC, Page
from app.needs.queries.group_lists import Line, lines
from app.needs.queries.groups import alive
from app.needs.states import GroupState

_KEY = re.compile(r"(?P<due>[0-9]{4}-[0-9]{2}-[0-9]{2})~(?P<kind>need|group)~(?P<id>[0-9]{1,9})")
NEED, GROUP = "need", "group"


@dataclass(frozen=True)
class Awaited:
    """One line: a need, or the line of a group; since when it waits, when its answer was due."""

    kind: str
    id: int
    due_on: date
    need: Need | None
    line: Line | None
    answered_group: NeedGroup | None

    @property
    def days_late(self) -> int:
        """Days since the answer was due; 0 while there is time."""
        return max(0, (today() - self.due_on).days)


@dataclass(frozen=True)
class Totals:
    """How many answers are owed, late ones among them, how many serve a group."""

    answers: int
    late: int
    groups: int


def _each() -> Any:
    """Needs that nobody answered, on their own or newcomers of an answered group; groups that nobody answered."""
    owed = [col(Need.status).in_(PUBLIC), col(Need.outcome).is_(None), col(Need.answer_due_on).is_not(None)]
    alone: Any = select(  # type: ignore[call-overload]
        literal(NEED).label("kind"), col(Need.id).label("id"), col(Need.answer_due_on).label("due"),
        col(Need.territory_id).label("territory"), col(Need.theme_id).label("theme"),
    )  # fmt: skip
    together: Any = select(  # type: ignore[call-overload]
        literal(GROUP), col(NeedGroup.id), func.min(Need.answer_due_on), col(NeedGroup.territory_id),
        col(NeedGroup.theme_id),
    )  # fmt: skip
    by_itself = col(Need.group_id).is_(None) | col(NeedGroup.outcome).is_not(None)
    return union_all(
        alone.outerjoin(NeedGroup, col(NeedGroup.id) == Need.group_id).where(*owed, by_itself),
        together.join(Need, col(Need.group_id) == NeedGroup.id)
        .where(*owed, col(NeedGroup.outcome).is_(None), alive())
        .group_by(col(NeedGroup.id), col(NeedGroup.territory_id), col(NeedGroup.theme_id)),
    ).subquery()


def _wanted(each: Any, find: GroupFilter, where: Collection[int] | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if where is not None:
        wanted.append(each.c.territory.in_(where))
    if find.theme:
        wanted.append(each.c.theme.in_(select(Theme.id).where(Theme.code == find.theme)))
    if find.etat == GroupState.LATE:
        wanted.append(each.c.due < today())
    return wanted


def _key(text: str) -> tuple[date, str, int] | None:
    match = _KEY.fullmatch(text)
    try:
        return (date.fromisoformat(match["due"]), match["kind"], int(match["id"])) if match else None
    except ValueError:
        return None


def page_of(db: Session, find: GroupFilter, where: Collection[int] | None, *, size: int = PAGE_SIZE) -> Page:
    """One page of what awaits an answer in these territories (None: everywhere), the oldest due first."""
    each = _each()
    wanted = _wanted(each, find, where)
    total = db.execute(select(func.count()).select_from(each).where(*wanted)).scalar_one()
    key = _key(find.avant or find.apres)
    backwards = bool(find.avant) and key is not None
    columns = (each.c.due, each.c.kind, each.c.id)
    if key is not None:
        edge = tuple_(*(literal(value, column.type) for value, column in zip(key, columns, strict=True)))
        wanted.append(tuple_(*columns) < edge if backwards else tuple_(*columns) > edge)
    order = [column.desc() if backwards else column.asc() for column in columns]
    rows = list(db.execute(select(*columns).where(*wanted).order_by(*order).limit(size + 1)))
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    before = (more if backwards else key is not None) and bool(rows)
    after = (True if backwards else more) and bool(rows)
    return Page(
        _filled(db, rows), total, _written(rows[0]) if before else None, _written(rows[-1]) if after else None
    )  # fmt: skip


def _written(row: Any) -> str:
    return f"{row.due.isoformat()}~{row.kind}~{row.id}"


def _filled(db: Session, rows: Sequence[Any]) -> list[Awaited]:
    """The same lines with what they show: five queries at most."""
    need_ids = [row.id for row in rows if row.kind == NEED]
    needs = {need.id: need for need in db.exec(select(Need).where(col(Need.id).in_(need_ids)))} if need_ids else {}
    asked = {row.id for row in rows if row.kind == GROUP}
    joined = {need.group_id for need in needs.values() if need.group_id}
    found = db.exec(select(NeedGroup).where(col(NeedGroup.id).in_(asked | joined))).all() if asked | joined else []
    by_id = {group.id or 0: group for group in found}
    shown = {line.group.id or 0: line for line in lines(db, [group for group in found if group.id in asked])}
    return [_one(row, needs, shown, by_id) for row in rows]


def _one(
    row: Any, needs: Mapping[Any, Need], shown: Mapping[int, Line], groups: Mapping[int, NeedGroup]
) -> Awaited:  # fmt: skip
    if row.kind == GROUP:
        return Awaited(GROUP, row.id, row.due, None, shown[row.id], None)
    need = needs[row.id]
    return Awaited(NEED, row.id, row.due, need, None, groups.get(need.group_id or 0))


def totals(db: Session, where: Collection[int] | None) -> Totals:
    """What is owed in these territories (None: everywhere), whatever the filters."""
    each = _each()
    late = func.count().filter(each.c.due < today())
    statement: Any = select(func.count(), late, func.count().filter(each.c.kind == GROUP))
    wanted = [each.c.territory.in_(where)] if where is not None else []
    return Totals(*db.execute(statement.select_from(each).where(*wanted)).one())
