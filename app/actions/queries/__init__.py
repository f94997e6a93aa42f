"""Reads of fiches-actions: one, its versions, its needs and priorités, what is said under it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, func, select

from app.accords.models import Accord, Priority
from app.actions.models import ActionSheet, SheetNeed, SheetPriority, SheetVersion
from app.needs.models import Need
from app.needs.queries import PUBLIC as PUBLIC_NEEDS
from app.policy.actor import Actor
from app.threads.models import Comment
from app.threads.states import Moderation

KIND = "sheet"  # in the search index and in the mentions written on needs
EVENTS = "action_sheet"
COMMENTS_SHOWN = 200
_PUBLIC = (Moderation.PUBLISHED.value, Moderation.MASKED.value)


def _options() -> tuple[Any, ...]:
    return (joinedload(ActionSheet.accord).selectinload(Accord.phases),)  # type: ignore[arg-type]


def one(db: Session, sheet_id: int) -> ActionSheet | None:
    """One fiche, with its accord and calendar."""
    return db.exec(select(ActionSheet).where(ActionSheet.id == sheet_id).options(*_options())).first()


def by_ref(db: Session, reference: str) -> ActionSheet | None:
    """The fiche of this reference, however it is typed."""
    return db.exec(select(ActionSheet).where(ActionSheet.reference == reference.upper()).options(*_options())).first()


def just_begun(db: Session, accord_id: int, title: str, by: int | None, since: datetime) -> ActionSheet | None:
    """The fiche that this person has begun under this title, if nobody reads it yet."""
    return db.exec(
        select(ActionSheet).where(
            ActionSheet.accord_id == accord_id, ActionSheet.title == title, ActionSheet.author_id == by,
            ActionSheet.version == 0, col(ActionSheet.created_at) > since,
        )
    ).first()  # fmt: skip


def of_thread(db: Session, thread_id: int) -> ActionSheet | None:
    """The fiche that owns this thread."""
    return db.exec(select(ActionSheet).where(ActionSheet.thread_id == thread_id).options(*_options())).first()


def versions(db: Session, sheet_id: int) -> Sequence[Any]:
    """Number, note and moment of each version, newest first; their words stay where they are."""
    columns: Any = select(col(SheetVersion.number), col(SheetVersion.note), col(SheetVersion.published_at))
    return list(db.execute(columns.where(SheetVersion.sheet_id == sheet_id).order_by(col(SheetVersion.number).desc())))


def version(db: Session, sheet_id: int, number: int) -> SheetVersion | None:
    """One version, as it was published."""
    statement = select(SheetVersion).where(SheetVersion.sheet_id == sheet_id, SheetVersion.number == number)
    return db.exec(statement).first()


def needs_of(db: Session, sheet_id: int) -> Sequence[Need]:
    """The public needs that a fiche answers, with their accords, the most supported first."""
    return db.exec(
        select(Need)
        .join(SheetNeed, col(SheetNeed.need_id) == Need.id)
        .where(SheetNeed.sheet_id == sheet_id, col(Need.status).in_(PUBLIC_NEEDS))
        .options(joinedload(Need.accord))  # type: ignore[arg-type]
        .order_by(col(Need.supports).desc(), col(Need.id))
    ).all()


def linked(db: Session, sheet_id: int, need_id: int) -> SheetNeed | None:
    """The link of a fiche with a need, if there is one."""
    return db.get(SheetNeed, (sheet_id, need_id))


def priorities_of(db: Session, sheet_id: int) -> Sequence[Priority]:
    """The priorités that a fiche serves."""
    return db.exec(
        select(Priority)
        .join(SheetPriority, col(SheetPriority.priority_id) == Priority.id)
        .where(SheetPriority.sheet_id == sheet_id)
        .order_by(col(Priority.title), col(Priority.id))
    ).all()


def served(db: Session, sheet_ids: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
    """The priorités of several fiches: ``{sheet: [(id, title)]}``, in one query."""
    statement = (
        select(col(SheetPriority.sheet_id), col(Priority.id), col(Priority.title))
        .join(Priority, col(Priority.id) == SheetPriority.priority_id)
        .where(col(SheetPriority.sheet_id).in_(list(sheet_ids)))
        .order_by(col(Priority.title))
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for sheet_id, priority_id, title in db.execute(statement):
        found.setdefault(sheet_id, []).append((priority_id, title))
    return found


def for_priority(db: Session, priority_id: int) -> Sequence[ActionSheet]:
    """The published fiches that serve a priorité, latest first."""
    return db.exec(
        select(ActionSheet)
        .join(SheetPriority, col(SheetPriority.sheet_id) == ActionSheet.id)
        .where(SheetPriority.priority_id == priority_id, col(ActionSheet.version) > 0)
        .order_by(col(ActionSheet.changed_at).desc(), col(ActionSheet.id).desc())
    ).all()


def counts_by_priority(db: Session, ids: Iterable[int]) -> dict[int, int]:
    """How many published fiches serve each of these priorités; absent means none."""
    statement = (
        select(col(SheetPriority.priority_id), func.count())
        .join(ActionSheet, col(ActionSheet.id) == SheetPriority.sheet_id)
        .where(col(SheetPriority.priority_id).in_(list(ids)), col(ActionSheet.version) > 0)
        .group_by(col(SheetPriority.priority_id))
    )
    return dict(db.execute(statement).all())


@dataclass(frozen=True)
class Discussion:
    """The latest comments in order, their official answers, and how many comments in all."""

    comments: Sequence[Comment]
    answers: dict[int, list[Comment]]
    total: int


def discussion(db: Session, me: Actor, thread_id: int) -> Discussion:
    """Published comments, one's own that wait, and the answers of institutions: three queries."""
    asked: list[ColumnElement[bool]] = [col(Comment.thread_id) == thread_id, col(Comment.parent_id).is_(None)]
    shown: ColumnElement[bool] = col(Comment.status).in_(_PUBLIC)
    total = db.exec(select(func.count()).select_from(Comment).where(*asked, shown)).one()
    if me.signed_in:
        shown |= (col(Comment.author_id) == me.person_id) & (col(Comment.status) == Moderation.PENDING.value)
    latest = select(Comment).where(*asked, shown).order_by(col(Comment.id).desc()).limit(COMMENTS_SHOWN)
    comments = list(reversed(db.exec(latest).all()))
    answers: dict[int, list[Comment]] = {}
    if comments:
        given = select(Comment).where(
            col(Comment.parent_id).in_([c.id for c in comments]), col(Comment.status).in_(_PUBLIC)
        )
        for answer in db.exec(given.order_by(col(Comment.id))):
            answers.setdefault(answer.parent_id or 0, []).append(answer)
    return Discussion(comments, answers, total)
