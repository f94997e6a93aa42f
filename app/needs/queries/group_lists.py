"""Lists of groups: for everyone, and for who groups needs."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col, func, select

from app.accords.models import Theme
from app.core.i18n import today
from app.needs.forms import GroupFilter
from app.needs.models import GroupMember, Need, NeedGroup
from app.needs.queries import PAGE_SIZE, PUBLIC, Page, groups
from app.needs.states import EDITORS_ONLY, GroupState

_KEY = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True)
class Line:
    """A group as a list shows it: its distinct voices by collège, what it waits for, who asks to leave it."""

    group: NeedGroup
    voices: dict[str, int]
    waiting: groups.Waiting
    requests: int

    @property
    def total(self) -> int:
        """Distinct voices, all collèges."""
        return sum(self.voices.values())


def lines(db: Session, found: Sequence[NeedGroup]) -> list[Line]:
    """These groups as lists show them, in three queries whatever their number."""
    ids = [group.id or 0 for group in found]
    if not ids:
        return []
    voices, waiting, asked = groups.voices(db, ids), groups.waiting(db, ids), groups.requests(db, ids)
    return [
        Line(group, voices.get(key, {}), waiting.get(key, groups.NOTHING), len(asked.get(key, ())))
        for group, key in zip(found, ids, strict=True)
    ]


def _unanswered(*wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    need = exists().where(
        col(Need.group_id) == NeedGroup.id, col(Need.status).in_(PUBLIC), col(Need.outcome).is_(None), *wanted
    )
    return col(NeedGroup.outcome).is_(None) & need


def _state(state: GroupState | None) -> ColumnElement[bool]:
    match state:
        case GroupState.WAITING:
            return _unanswered()
        case GroupState.LATE:
            return _unanswered(col(Need.answer_due_on) < today())
        case GroupState.ANSWERED:
            return col(NeedGroup.outcome).is_not(None)
        case GroupState.ASKED:
            asked = select(GroupMember.group_id).where(
                col(GroupMember.left_at).is_(None), col(GroupMember.asked_at).is_not(None),
                col(GroupMember.answered_at).is_(None),
            )  # fmt: skip
            return col(NeedGroup.id).in_(asked)
        case _:
            return groups.alive()


def conditions(
    find: GroupFilter, territory_id: int | None, edited: Collection[int] | None
) -> list[ColumnElement[bool]]:  # fmt: skip
    """What the filter means; ``edited``: where the reader groups needs (None: everywhere), for what is not public."""
    wanted = [_state(find.etat)]
    if find.etat == GroupState.DISSOLVED:
        wanted = [~groups.alive()]
    else:
        wanted.append(groups.alive())
    if find.etat in EDITORS_ONLY and edited is not None:
        wanted.append(col(NeedGroup.territory_id).in_(edited))
    if territory_id is not None:
        wanted.append(col(NeedGroup.territory_id) == territory_id)
    if find.theme:
        wanted.append(col(NeedGroup.theme_id).in_(select(Theme.id).where(Theme.code == find.theme)))
    return wanted


def listed(
    db: Session, find: GroupFilter, territory_id: int | None, edited: Collection[int] | None, *, size: int = PAGE_SIZE
) -> Page:
    """One page of groups, the latest first, with the count of all of them."""
    wanted = conditions(find, territory_id, edited)
    total = db.exec(select(func.count()).select_from(NeedGroup).where(*wanted)).one()
    key = find.avant or find.apres
    beyond = int(key) if _KEY.fullmatch(key) else None
    backwards = bool(find.avant) and beyond is not None
    if beyond is not None:
        wanted.append(col(NeedGroup.id) > beyond if backwards else col(NeedGroup.id) < beyond)
    order = col(NeedGroup.id).asc() if backwards else col(NeedGroup.id).desc()
    found = list(db.exec(select(NeedGroup).where(*wanted).order_by(order).limit(size + 1)))
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    before = (more if backwards else beyond is not None) and bool(found)
    after = (True if backwards else more) and bool(found)
    return Page(
        lines(db, found), total, str(found[0].id) if before else None, str(found[-1].id) if after else None
    )  # fmt: skip


def near(db: Session, accord_id: int, ids: Collection[int]) -> Sequence[NeedGroup]:
    """The groups of an accord to which a need may be added: those named first, then the latest."""
    found = select(NeedGroup).where(NeedGroup.accord_id == accord_id, groups.alive())
    named = list(db.exec(found.where(col(NeedGroup.id).in_(ids)).order_by(col(NeedGroup.title))))
    others = found.where(col(NeedGroup.id).not_in(ids)).order_by(col(NeedGroup.id).desc()).limit(20)
    return [*named, *db.exec(others)]


def pending_requests(db: Session, edited: Collection[int] | None) -> int:
    """How many authors wait to know whether their need leaves its group, where the reader groups needs."""
    asked: Any = (
        select(func.count()).select_from(GroupMember).join(NeedGroup, col(NeedGroup.id) == GroupMember.group_id)
    )
    wanted = [
        col(GroupMember.left_at).is_(None), col(GroupMember.asked_at).is_not(None),
        col(GroupMember.answered_at).is_(None), groups.alive(),
    ]  # fmt: skip
    if edited is not None:
        wanted.append(col(NeedGroup.territory_id).in_(edited))
    number: int = db.exec(asked.where(*wanted)).one()
    return number
