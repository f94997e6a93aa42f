"""Reads of needs: one, lists by keyset, counts that equal their lists."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, tuple_
from sqlalchemy.orm import joinedload, selectinload
from sqlmodel import Session, col, func, select

from app.accords.models import Accord, Theme
from app.core.i18n import today
from app.core.search import matching
from app.core.security import digest
from app.needs.forms import NeedFilter
from app.needs.models import Need, NeedAnswer, NeedGroup
from app.needs.states import FollowUp, ListState, Outcome, Sort
from app.policy.actor import Actor
from app.threads.models import Support, Thread, Voice
from app.threads.states import Moderation

PAGE_SIZE = 20
_KEY = re.compile(r"[0-9]{1,18}~[0-9]{1,9}")
KIND = "need"
PUBLIC = (Moderation.PUBLISHED.value, Moderation.MASKED.value)
_OUTCOMES = {
    ListState.RETAINED: Outcome.RETAINED,
    ListState.PARTLY: Outcome.PARTLY,
    ListState.NOT_RETAINED: Outcome.NOT_RETAINED,
    ListState.REDIRECTED: Outcome.REDIRECTED,
}
# What a row of a list shows: plain columns, because building entities costs more than reading them.
_ROW = (
    Need.id, Need.reference, Need.title, Need.text, Need.territory_id, Need.commune_insee, Need.theme_id,
    Need.college, Need.organisation_id, Need.signature, Need.origin, Need.status, Need.stage, Need.outcome,
    Need.priority_id, Need.supports, Need.sheets, Need.published_at, Need.created_at, Need.answer_due_on,
    Thread.comments, Need.group_id, NeedGroup.title.label("group_title"),  # type: ignore[attr-defined]
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """One page of a list: rows, how many in all, and the keys of the neighbours."""

    rows: Sequence[Any]
    total: int
    before: str | None
    after: str | None


def _options() -> tuple[Any, ...]:
    return (joinedload(Need.accord).selectinload(Accord.phases),)  # type: ignore[arg-type]


def one(db: Session, need_id: int) -> Need | None:
    """One need, with its accord and calendar."""
    return db.exec(select(Need).where(Need.id == need_id).options(*_options())).first()


def by_tracking(db: Session, code: str) -> Need | None:
    """The need whose author holds this secret code."""
    return db.exec(select(Need).where(Need.tracking_digest == digest(code)).options(*_options())).first()


def by_reference(db: Session, reference: str) -> Need | None:
    """The need cited by this public reference."""
    return db.exec(select(Need).where(Need.reference == reference.upper()).options(*_options())).first()


def answers(db: Session, need_id: int) -> Sequence[NeedAnswer]:
    """The answers to a need, newest first."""
    return db.exec(select(NeedAnswer).where(NeedAnswer.need_id == need_id).order_by(col(NeedAnswer.id).desc())).all()


def _state_condition(state: ListState) -> ColumnElement[bool]:
    match state:
        case ListState.WAITING:
            return col(Need.outcome).is_(None)
        case ListState.LATE:
            return and_(col(Need.outcome).is_(None), col(Need.answer_due_on) < today())
        case ListState.RECEIVED:
            return col(Need.stage) == FollowUp.RECEIVED.value
        case ListState.ATTACHED:
            return col(Need.priority_id).is_not(None)
        case ListState.TAKEN_UP:
            return col(Need.sheets) > 0
        case ListState.ALONE:
            return col(Need.sheets) == 0
        case ListState.ANSWERED:
            return col(Need.outcome).is_not(None)
        case _:
            return col(Need.outcome) == _OUTCOMES[state].value


def conditions(db: Session, find: NeedFilter, territory_id: int | None) -> list[ColumnElement[bool]]:
    """What the filter means; only published needs are ever listed."""
    wanted: list[ColumnElement[bool]] = [col(Need.status).in_(PUBLIC)]
    if territory_id is not None:
        wanted.append(col(Need.territory_id) == territory_id)
    if find.commune:
        wanted.append(col(Need.commune_insee) == find.commune)
    if find.theme:
        wanted.append(col(Need.theme_id).in_(select(Theme.id).where(Theme.code == find.theme)))
    if find.college:
        wanted.append(col(Need.college) == find.college.value)
    if find.priorite is not None:
        wanted.append(col(Need.priority_id) == find.priorite)
    if find.etat:
        wanted.append(_state_condition(find.etat))
    if find.q:
        found = matching(db, KIND, find.q, col(Need.id))
        if found is not None:
            wanted.append(found)
    return wanted


def _keyset(sort: Sort) -> tuple[Any, bool]:
    """The column that orders, and whether the greatest comes first."""
    if sort == Sort.SUPPORTED:
        return col(Need.supports), True
    return col(Need.published_at), sort == Sort.RECENT


def _key(row: Any, sort: Sort) -> str:
    value = row.supports if sort == Sort.SUPPORTED else int(row.published_at.timestamp() * 1_000_000)
    return f"{value}~{row.id}"


def _parse(key: str, sort: Sort) -> tuple[Any, int] | None:
    value, _tilde, row_id = key.partition("~")
    if not _KEY.fullmatch(key):
        return None  # a key that we did not write starts the list again
    if sort == Sort.SUPPORTED:
        return (int(value), int(row_id)) if len(value) < 10 else None
    try:
        return datetime.fromtimestamp(int(value) / 1_000_000, UTC), int(row_id)
    except (OverflowError, ValueError, OSError):
        return None


def _beyond(find: NeedFilter) -> tuple[ColumnElement[bool] | None, bool]:
    """The condition of the page asked, and whether it is read backwards.

    One comparison of a pair: both engines walk their index to it, however deep the page.
    """
    column, descending = _keyset(find.tri)
    backwards = bool(find.avant)
    key = _parse(find.avant or find.apres, find.tri)
    if key is None:
        return None, False
    pair = tuple_(column, col(Need.id))
    edge = tuple_(literal(key[0], column.type), literal(key[1]))
    return (pair < edge if descending != backwards else pair > edge), backwards


def _page_rows(db: Session, find: NeedFilter, wanted: list[ColumnElement[bool]], size: int) -> list[Any]:
    """The rows of a page and one more: their ids first, from the index alone, then what they show."""
    column, descending = _keyset(find.tri)
    beyond, backwards = _beyond(find)
    keys = (column, col(Need.id))
    order = [key.desc() if descending != backwards else key.asc() for key in keys]
    chosen = select(Need.id).where(*wanted, *([beyond] if beyond is not None else [])).order_by(*order).limit(size + 1)
    statement: Select[Any] = (
        select(*_ROW)  # type: ignore[call-overload]
        .join(Thread, Thread.id == Need.thread_id)
        .outerjoin(NeedGroup, col(NeedGroup.id) == Need.group_id)
        .where(col(Need.id).in_(chosen))
        .order_by(*order)
    )
    return list(db.execute(statement))


def visible(db: Session, _me: Actor, find: NeedFilter, territory_id: int | None, *, size: int = PAGE_SIZE) -> Page:
    """One page of the needs that this reader may see, with the count of all of them."""
    wanted = conditions(db, find, territory_id)
    total = db.exec(select(func.count()).select_from(Need).where(*wanted)).one()
    beyond, backwards = _beyond(find)
    rows = _page_rows(db, find, wanted, size)
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_before = (more if backwards else beyond is not None) and bool(rows)
    has_after = (bool(rows) if backwards else more) and bool(rows)
    return Page(
        rows=rows, total=total,
        before=_key(rows[0], find.tri) if has_before else None,
        after=_key(rows[-1], find.tri) if has_after else None,
    )  # fmt: skip


def count(db: Session, find: NeedFilter, territory_id: int | None = None) -> int:
    """How many needs a filter lists."""
    return db.exec(select(func.count()).select_from(Need).where(*conditions(db, find, territory_id))).one()


def by_person(db: Session, person_id: int) -> Sequence[Need]:
    """Everything that this person wrote, newest first."""
    return db.exec(
        select(Need).where(Need.author_id == person_id).order_by(col(Need.id).desc()).limit(200).options(*_options())
    ).all()


def supported_by(db: Session, person_id: int) -> Sequence[Need]:
    """The needs that this person supports, newest first."""
    return db.exec(
        select(Need)
        .join(Support, col(Support.thread_id) == Need.thread_id)
        .join(Voice, col(Voice.id) == Support.voice_id)
        .where(Voice.person_id == person_id, col(Need.status).in_(PUBLIC))
        .order_by(col(Support.id).desc())
        .limit(200)
        .options(*_options())
    ).all()


def of_thread(db: Session, thread_id: int) -> Need | None:
    """The need that owns this thread."""
    return db.exec(select(Need).where(Need.thread_id == thread_id).options(selectinload(Need.accord))).first()  # type: ignore[arg-type]
