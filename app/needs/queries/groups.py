"""Reads of groups of needs: one, its needs, who shares it, what it received, what became of each need."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, literal, union_all
from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, func, select

from app.accords.models import Accord
from app.core.i18n import today
from app.core.machine import Event
from app.needs.models import GroupMember, Need, NeedAnswer, NeedGroup
from app.needs.queries import PUBLIC
from app.needs.states import GroupStatus
from app.threads.models import Mention, Support, Thread, Voice

KIND = "need_group"  # of its events
MAX_NEEDS = 100  # of a group: its page shows them all
# What a line of the page of a group shows of a need.
_LINE = (
    Need.id, Need.reference, Need.title, Need.text, Need.signature, Need.college, Need.organisation_id,
    Need.commune_insee, Need.supports, Need.sheets, Need.outcome, Need.priority_id, Need.published_at,
    Need.answer_due_on, Need.author_id, Need.thread_id, Thread.comments, GroupMember.asked_at,
    GroupMember.answered_at, GroupMember.id.label("member_id"),  # type: ignore[union-attr]
)  # fmt: skip


def with_accord() -> Any:
    """A need with its accord and calendar: whoever shows its page again asks what they open."""
    return joinedload(Need.accord).selectinload(Accord.phases)  # type: ignore[arg-type]


def _options() -> tuple[Any, ...]:
    return (joinedload(NeedGroup.accord).selectinload(Accord.phases),)  # type: ignore[arg-type]


def one(db: Session, group_id: int) -> NeedGroup | None:
    """One group, with its accord and calendar."""
    return db.exec(select(NeedGroup).where(NeedGroup.id == group_id).options(*_options())).first()


def members(db: Session, group_id: int) -> Sequence[Any]:
    """The public needs of a group, the most supported first."""
    statement: Any = select(*_LINE)  # type: ignore[call-overload]
    return list(
        db.execute(
            statement.join(GroupMember, col(GroupMember.need_id) == Need.id)
            .join(Thread, col(Thread.id) == Need.thread_id)
            .where(GroupMember.group_id == group_id, col(GroupMember.left_at).is_(None), col(Need.status).in_(PUBLIC))
            .order_by(col(Need.supports).desc(), col(Need.id))
        )
    )


def references(db: Session, group_id: int) -> dict[str, int]:
    """The references that its summary may cite, each with the id of its need."""
    present = select(col(Need.reference), col(Need.id)).where(
        Need.group_id == group_id, col(Need.status).in_(PUBLIC)
    )  # fmt: skip
    return dict(db.execute(present).all())


def _each_voice(ids: Collection[int]) -> list[Any]:
    """The voices of groups, by where they come from: wrote a need, supports one, supports the group."""
    public = [col(Need.group_id).in_(ids), col(Need.status).in_(PUBLIC)]
    wrote: Any = select(col(Need.group_id).label("g"), col(Need.voice_id).label("v"), literal("wrote").label("how"))
    of_needs: Any = select(col(Need.group_id), col(Support.voice_id), literal("needs"))
    of_group: Any = select(col(NeedGroup.id), col(Support.voice_id), literal("group"))
    return [
        wrote.where(*public, col(Need.voice_id).is_not(None)),
        of_needs.join(Support, col(Support.thread_id) == Need.thread_id).where(*public),
        of_group.join(Support, col(Support.thread_id) == NeedGroup.thread_id).where(col(NeedGroup.id).in_(ids)),
    ]


def voices(db: Session, ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """``{group: {collège: n}}``: each voice once, whether it wrote a need, supports one, or supports the group."""
    each = union_all(*_each_voice(list(ids))).subquery()
    heard = func.count(each.c.v.distinct())
    statement: Any = select(each.c.g, col(Voice.college), heard).join(Voice, col(Voice.id) == each.c.v)
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for group_id, college, number in db.execute(statement.group_by(each.c.g, col(Voice.college))):
        found[group_id][college] = number
    return dict(found)


def parts(db: Session, group_id: int) -> dict[str, int]:
    """Distinct voices by where they come from: ``wrote``, ``needs``, ``group``. One voice may be in several."""
    each = union_all(*_each_voice([group_id])).subquery()
    statement: Any = select(each.c.how, func.count(each.c.v.distinct())).group_by(each.c.how)
    return {"wrote": 0, "needs": 0, "group": 0} | dict(db.execute(statement).all())


@dataclass(frozen=True)
class Waiting:
    """What a group still owes: since when its oldest need without an answer waits, and when it was due."""

    needs: int
    without_answer: int
    since: datetime | None
    due_on: date | None

    @property
    def days_late(self) -> int:
        """Days since the first answer was due; 0 while there is time or nothing is owed."""
        return max(0, (today() - self.due_on).days) if self.due_on else 0


NOTHING = Waiting(0, 0, None, None)


def waiting(db: Session, ids: Iterable[int]) -> dict[int, Waiting]:
    """How many public needs each group holds, and what those without an answer wait for."""
    awaited = col(Need.outcome).is_(None)
    statement: Any = (
        select(  # type: ignore[call-overload]
            col(Need.group_id), func.count(), func.count().filter(awaited),
            func.min(Need.published_at).filter(awaited), func.min(Need.answer_due_on).filter(awaited),
        )
        .where(col(Need.group_id).in_(list(ids)), col(Need.status).in_(PUBLIC))
        .group_by(col(Need.group_id))
    )  # fmt: skip
    return {row[0]: Waiting(*row[1:]) for row in db.execute(statement)}


def taken_up(db: Session, thread_ids: Iterable[int]) -> list[tuple[str, str, str, int]]:
    """The fiches that take up needs of a group: title, state, path, how many of them."""
    columns = (col(Mention.title), col(Mention.state), col(Mention.path))
    statement: Any = select(*columns, func.count()).where(
        col(Mention.thread_id).in_(list(thread_ids)), Mention.kind == "sheet"
    )
    grouped = statement.group_by(col(Mention.subject_id), *columns).order_by(func.count().desc(), columns[0])
    return [tuple(row) for row in db.execute(grouped)]


def answers(db: Session, group_id: int) -> Sequence[Any]:
    """The answers given to the group, newest first, each once: outcome, text, body, addressee, date, how many needs."""
    columns: Any = (
        col(NeedAnswer.outcome), col(NeedAnswer.text), col(NeedAnswer.body_id), col(NeedAnswer.addressee),
        col(NeedAnswer.answered_on),
    )  # fmt: skip
    number = func.count(col(NeedAnswer.need_id).distinct()).label("needs")
    statement: Any = select(*columns, number)  # type: ignore[call-overload]
    given = statement.where(NeedAnswer.group_id == group_id).group_by(*columns)
    return list(db.execute(given.order_by(func.max(NeedAnswer.id).desc())))


@dataclass(frozen=True)
class Place:
    """What the page of a need says of its group; ``member`` holds what its author asked."""

    group: NeedGroup
    member: GroupMember
    needs: int
    voices: int


def place_of(db: Session, need: Need) -> Place | None:
    """The group in which a need is today."""
    if need.group_id is None:
        return None
    row = db.execute(
        select(NeedGroup, GroupMember)
        .join(GroupMember, col(GroupMember.group_id) == NeedGroup.id)
        .where(NeedGroup.id == need.group_id, GroupMember.need_id == need.id, col(GroupMember.left_at).is_(None))
    ).first()
    if row is None:
        return None
    ids = [need.group_id]
    counted = voices(db, ids).get(need.group_id, {})
    return Place(row[0], row[1], waiting(db, ids).get(need.group_id, NOTHING).needs, sum(counted.values()))


def last_leaving(db: Session, need: Need) -> tuple[GroupMember, NeedGroup] | None:
    """How a need that is in no group left its last one; None for one that is in a group."""
    if need.group_id is not None:
        return None
    row = db.execute(
        select(GroupMember, NeedGroup)
        .join(NeedGroup, col(NeedGroup.id) == GroupMember.group_id)
        .where(GroupMember.need_id == need.id, col(GroupMember.left_at).is_not(None))
        .order_by(col(GroupMember.id).desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def requests(db: Session, group_ids: Collection[int]) -> dict[int, list[Any]]:
    """The authors who ask to leave and were not answered yet, by group, the oldest first."""
    columns: Any = (
        col(GroupMember.id), col(GroupMember.group_id), col(GroupMember.asked_at), col(GroupMember.asked_words),
        col(Need.id).label("need_id"), col(Need.reference), col(Need.title), col(Need.author_id),
        col(GroupMember.joined_by),
    )  # fmt: skip
    statement: Any = select(*columns).join(Need, col(Need.id) == GroupMember.need_id).where(*pending(group_ids))
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.execute(statement.order_by(col(GroupMember.asked_at))):
        found[row.group_id].append(row)
    return dict(found)


def pending(group_ids: Collection[int]) -> list[ColumnElement[bool]]:
    """Members whose author asks to leave and was not answered yet."""
    return [
        col(GroupMember.group_id).in_(group_ids), col(GroupMember.left_at).is_(None),
        col(GroupMember.asked_at).is_not(None), col(GroupMember.answered_at).is_(None),
    ]  # fmt: skip


def dissolved_at(db: Session, group_id: int) -> datetime | None:
    """When the group was last dissolved."""
    last = select(Event.at).where(Event.subject_kind == KIND, Event.subject_id == group_id, Event.verb == "dissolve")
    return db.exec(last.order_by(col(Event.id).desc()).limit(1)).first()


def former_members(db: Session, group_id: int) -> Sequence[Need]:
    """The needs that the group held when it was last dissolved, as they are now."""
    at = dissolved_at(db, group_id)
    were = select(Need).join(GroupMember, col(GroupMember.need_id) == Need.id)
    statement = were.where(GroupMember.group_id == group_id, GroupMember.left_at == at).order_by(col(Need.id))
    held = statement.options(with_accord())
    return db.exec(held.execution_options(populate_existing=True)).all()


def alive() -> ColumnElement[bool]:
    """Groups that everyone reads."""
    return col(NeedGroup.status) != GroupStatus.DISSOLVED.value


def of_priority(db: Session, priority_id: int) -> Sequence[NeedGroup]:
    """The groups attached to a priorité, by title."""
    statement = select(NeedGroup).where(NeedGroup.priority_id == priority_id, alive())
    return db.exec(statement.order_by(col(NeedGroup.title), col(NeedGroup.id))).all()


def supported_by(db: Session, person_id: int) -> Sequence[NeedGroup]:
    """The groups that this person supports, newest first."""
    mine = select(NeedGroup).join(Support, col(Support.thread_id) == NeedGroup.thread_id)
    statement = mine.join(Voice, col(Voice.id) == Support.voice_id).where(Voice.person_id == person_id, alive())
    return db.exec(statement.order_by(col(Support.id).desc()).limit(200)).all()


def of_needs(db: Session, needs: Iterable[Any]) -> dict[int, NeedGroup]:
    """The groups of these needs, by id."""
    ids = {need.group_id for need in needs} - {None}
    if not ids:
        return {}
    return {group.id or 0: group for group in db.exec(select(NeedGroup).where(col(NeedGroup.id).in_(ids)))}


def by_reference(db: Session, number: str) -> NeedGroup | None:
    """The group cited as « BP-12 », by its number."""
    return one(db, int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None


def needs_of(db: Session, group_id: int) -> Sequence[Need]:
    """Its public needs, with their accord."""
    statement = select(Need).where(Need.group_id == group_id, col(Need.status).in_(PUBLIC)).order_by(col(Need.id))
    return db.exec(statement.options(joinedload(Need.accord))).all()  # type: ignore[arg-type]


def of_ids(db: Session, ids: Sequence[int]) -> list[Need]:
    """These needs, in this order, with their accord; those that do not exist are left out."""
    found = db.exec(select(Need).where(col(Need.id).in_(ids)).options(joinedload(Need.accord)))  # type: ignore[arg-type]
    by_id = {need.id: need for need in found}
    return [by_id[i] for i in dict.fromkeys(ids) if i in by_id]
