"""Reads of published reports by whoever comes afterwards: which rooms decided something, and how much."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session, col, func, select

from app.workshops.models import Outcome, Workshop
from app.workshops.states import Room


def decided(db: Session, workshop_ids: Iterable[int]) -> dict[int, int]:
    """How many decisions each of these workshops notes; those without any are left out."""
    statement = (
        select(Outcome.workshop_id, func.count())
        .where(col(Outcome.workshop_id).in_(list(workshop_ids)), col(Outcome.unresolved).is_(False))
        .group_by(col(Outcome.workshop_id))
    )
    return dict(db.execute(statement).all())


def last_reports(
    db: Session, territory_id: int | None, *, limit: int, deciding: bool = False
) -> Sequence[tuple[Workshop, int]]:
    """The workshops whose report is published, the last held first, with their decisions; ``deciding``: one at least.

    ``territory_id``: None for every territory.
    """
    noted: Any = (
        select(col(Outcome.workshop_id).label("room"), func.count().label("decisions"))
        .where(col(Outcome.unresolved).is_(False))
        .group_by(col(Outcome.workshop_id))
        .subquery()
    )
    statement = (
        select(Workshop, func.coalesce(noted.c.decisions, 0))
        .join(noted, noted.c.room == Workshop.id, isouter=not deciding)
        .where(Workshop.status == Room.PUBLISHED.value)
        .order_by(col(Workshop.starts_at).desc(), col(Workshop.id).desc())
        .limit(limit)
    )
    if territory_id is not None:
        statement = statement.where(Workshop.territory_id == territory_id)
    return [(workshop, int(decisions)) for workshop, decisions in db.execute(statement)]
