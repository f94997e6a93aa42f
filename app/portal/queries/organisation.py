"""What an organisation said, wherever it said it: needs, comments, positions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from app.actions.models import ActionSheet
from app.needs.models import Need
from app.needs.queries import PUBLIC
from app.threads.models import Comment, Position, Support, Voice

SHOWN = 20


@dataclass(frozen=True)
class Said:
    """The latest of each kind, and how many in all by kind: needs, supports, comments, positions."""

    needs: Sequence[Need]
    supports: Sequence[Need]
    comments: Sequence[Any]
    positions: Sequence[Any]
    totals: dict[str, int]


def said_by(db: Session, organisation_id: int) -> Said:
    """Everything public that it said, newest first."""
    own = [col(Need.organisation_id) == organisation_id, col(Need.status).in_(PUBLIC)]
    needs = db.exec(select(Need).where(*own).order_by(col(Need.published_at).desc(), col(Need.id).desc()).limit(SHOWN))
    supports, comments, positions = (what(db, organisation_id) for what in (_supports, _comments, _positions))
    total = db.exec(select(func.count()).select_from(Need).where(*own)).one()
    totals = {"needs": total, "supports": supports[1], "comments": comments[1], "positions": positions[1]}
    return Said(needs.all(), supports[0], comments[0], positions[0], totals)


def _supports(db: Session, organisation_id: int) -> tuple[Sequence[Need], int]:
    given = (
        select(Need)
        .join(Support, col(Support.thread_id) == Need.thread_id)
        .join(Voice, col(Voice.id) == Support.voice_id)
        .where(Voice.organisation_id == organisation_id, col(Need.status).in_(PUBLIC))
    )
    total = db.exec(select(func.count()).select_from(given.subquery())).one()
    return db.exec(given.order_by(col(Support.id).desc()).limit(SHOWN)).all(), total


def _comments(db: Session, organisation_id: int) -> tuple[Sequence[Any], int]:
    """Each comment, with the need or the fiche under which it stands."""
    shown: list[ColumnElement[bool]] = [
        col(Comment.organisation_id) == organisation_id, col(Comment.status).in_(PUBLIC),
        col(Need.status).in_(PUBLIC) | (col(ActionSheet.version) > 0),
    ]  # fmt: skip
    written: Any = (
        select(Comment, Need, ActionSheet)
        .outerjoin(Need, col(Need.thread_id) == Comment.thread_id)
        .outerjoin(ActionSheet, col(ActionSheet.thread_id) == Comment.thread_id)
        .where(*shown)
    )
    total = db.execute(written.with_only_columns(func.count(col(Comment.id)))).scalar_one()
    return list(db.execute(written.order_by(col(Comment.id).desc()).limit(SHOWN))), total


def _positions(db: Session, organisation_id: int) -> tuple[Sequence[Any], int]:
    """Each fiche-action, with the stance."""
    taken: Any = (
        select(ActionSheet, col(Position.stance))
        .join(Position, col(Position.thread_id) == ActionSheet.thread_id)
        .join(Voice, col(Voice.id) == Position.voice_id)
        .where(Voice.organisation_id == organisation_id, col(ActionSheet.version) > 0)
    )
    total = db.execute(taken.with_only_columns(func.count(col(Position.id)))).scalar_one()
    latest = taken.order_by(col(Position.created_at).desc(), col(Position.id).desc()).limit(SHOWN)
    return list(db.execute(latest)), total
