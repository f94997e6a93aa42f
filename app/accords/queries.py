"""Reads of accords, their calendars, enjeux and priorités."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, select

from app.accords.models import Accord, Challenge, Figure, Phase, Priority, Scheme, Theme
from app.accords.states import Stage


def _with_phases() -> Any:
    return selectinload(cast(Any, Accord.phases))


def accord_of(db: Session, territory_id: int) -> Accord | None:
    """The present accord of a territory, with its calendar."""
    return db.exec(
        select(Accord)
        .where(Accord.territory_id == territory_id)
        .options(_with_phases())
        .order_by(col(Accord.starts_on).desc(), col(Accord.id).desc())
        .limit(1)
    ).first()


def accord(db: Session, accord_id: int) -> Accord | None:
    """One accord, with its calendar."""
    return db.exec(select(Accord).where(Accord.id == accord_id).options(_with_phases())).first()


def accords(db: Session) -> dict[int, Accord]:
    """The accords by territory, with their calendars: two queries whatever their number."""
    rows = db.exec(select(Accord).options(_with_phases()).order_by(col(Accord.starts_on), col(Accord.id))).all()
    return {row.territory_id: row for row in rows}


def scheme(db: Session, scheme_id: int) -> Scheme | None:
    """One scheme."""
    return db.get(Scheme, scheme_id)


def themes(db: Session, scheme_id: int | None = None) -> Sequence[Theme]:
    """The themes, of one scheme or of all, in their own order."""
    statement = select(Theme).order_by(col(Theme.position), col(Theme.id))
    if scheme_id is not None:
        statement = statement.where(Theme.scheme_id == scheme_id)
    return db.exec(statement).all()


def challenges(db: Session, accord_id: int) -> Sequence[Challenge]:
    """The enjeux of an accord, withdrawn ones last."""
    rows = db.exec(select(Challenge).where(Challenge.accord_id == accord_id).order_by(col(Challenge.id))).all()
    return sorted(rows, key=lambda c: c.status == Stage.WITHDRAWN)


def challenge(db: Session, challenge_id: int) -> Challenge | None:
    """One enjeu."""
    return db.get(Challenge, challenge_id)


def priorities(db: Session, territory_id: int | None = None) -> Sequence[Priority]:
    """The priorités of one territory or of all: by rank where ranked, then by title."""
    statement = select(Priority).order_by(
        col(Priority.rank).is_(None), col(Priority.rank), col(Priority.title), col(Priority.id)
    )
    if territory_id is not None:
        statement = statement.where(Priority.territory_id == territory_id)
    return db.exec(statement).all()


def priority(db: Session, priority_id: int) -> Priority | None:
    """One priorité."""
    return db.get(Priority, priority_id)


def phase(db: Session, phase_id: int) -> Phase | None:
    """One step of a calendar."""
    return db.get(Phase, phase_id)


def figures(db: Session, territory_id: int) -> Sequence[Figure]:
    """The figures of a territory."""
    statement = select(Figure).where(Figure.territory_id == territory_id)
    return db.exec(statement.order_by(col(Figure.position), col(Figure.id))).all()
