"""Reads of ballots and of what they add up to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session, col, func, select

from app.actions.models import SheetNeed
from app.needs.models import Need
from app.workshops import counting
from app.workshops.models import Ballot, Step, Workshop, WorkshopRate
from app.workshops.queries.options import options
from app.workshops.states import StepKind, StepStatus


def ballot(db: Session, step_id: int, seat_id: int) -> Ballot | None:
    """What this seat answered."""
    return db.exec(select(Ballot).where(Ballot.step_id == step_id, Ballot.seat_id == seat_id)).first()


def casts(db: Session, step_ids: Iterable[int]) -> dict[int, list[counting.Cast]]:
    """The ballots of these steps, without any identity."""
    rows = db.execute(
        select(Ballot.step_id, Ballot.marks, Ballot.late, Ballot.college)
        .where(col(Ballot.step_id).in_(list(step_ids)))
        .order_by(col(Ballot.id))
    )
    found: dict[int, list[counting.Cast]] = defaultdict(list)
    for step_id, marks, late, college in rows:
        found[step_id].append(counting.Cast(college, {int(k): v for k, v in marks.items()}, late))
    return found


def results(db: Session, wanted: Sequence[Step], present: dict[str, int]) -> dict[int, counting.Result]:
    """The results of these steps of one workshop: two queries whatever their number."""
    ids = [s.id or 0 for s in wanted]
    given, views = casts(db, ids), options(db, ids)
    found = {}
    for one_step in wanted:
        count = counting.dots if one_step.kind == StepKind.DOTS else counting.hands
        key = one_step.id or 0
        found[key] = count([view.id for view in views[key]], given[key], present)
    return found


def revealed(all_steps: Sequence[Step]) -> list[Step]:
    """The votes whose results were shown."""
    return [s for s in all_steps if s.status == StepStatus.REVEALED]


def rates(db: Session, kind: str, subject_ids: Iterable[int]) -> dict[int, dict[str, tuple[int, int]]]:
    """Support in workshops by collège: ``{subject: {college: (supporters, ballots)}}``, pooled over steps."""
    statement = (
        select(
            WorkshopRate.subject_id, WorkshopRate.college, func.sum(WorkshopRate.supporters),
            func.sum(WorkshopRate.ballots),
        )
        .where(WorkshopRate.kind == kind, col(WorkshopRate.subject_id).in_(list(subject_ids)))
        .group_by(col(WorkshopRate.subject_id), col(WorkshopRate.college))
    )  # fmt: skip
    found: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for subject_id, college, supporters, ballots in db.execute(statement):
        found[subject_id][college] = (int(supporters), int(ballots))
    return found


def votes_on(db: Session, kind: str, subject_id: int) -> Sequence[Any]:
    """The revealed steps that carried this priorité or fiche: (workshop, step, supporters, ballots), newest first."""
    statement = (
        select(Workshop, Step, func.sum(WorkshopRate.supporters), func.sum(WorkshopRate.ballots))
        .join(Step, col(Step.workshop_id) == Workshop.id)
        .join(WorkshopRate, col(WorkshopRate.step_id) == Step.id)
        .where(WorkshopRate.kind == kind, WorkshopRate.subject_id == subject_id)
        .group_by(col(Workshop.id), col(Step.id))
        .order_by(col(Workshop.starts_at).desc(), col(Step.position))
        .limit(20)
    )
    return list(db.execute(statement))


def threads_behind(db: Session, sheet_id: int) -> Sequence[int]:
    """The threads of the needs that a fiche answers."""
    linked = select(SheetNeed.need_id).where(SheetNeed.sheet_id == sheet_id)
    return db.exec(select(Need.thread_id).where(col(Need.id).in_(linked)).order_by(col(Need.thread_id))).all()
