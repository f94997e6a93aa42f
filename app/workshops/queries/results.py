"""Reads of ballots and of what they add up to."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, and_, case, col, func, select

from app.actions.models import SheetNeed
from app.needs.models import Need
from app.workshops import counting
from app.workshops.models import Ballot, Step, Workshop, WorkshopRate
from app.workshops.queries.options import options
from app.workshops.states import Hands, StepKind, StepStatus

Counted = counting.Result | counting.Graded
_YES_NO = and_(col(Step.kind) == StepKind.HANDS.value, col(Step.hands) == Hands.YES_NO.value)
SORT = case((_YES_NO, Hands.YES_NO.value), else_=col(Step.kind))  # as ``Step.sort``


def ballot(db: Session, step_id: int, seat_id: int) -> Ballot | None:
    """What this seat answered."""
    return db.exec(select(Ballot).where(Ballot.step_id == step_id, Ballot.seat_id == seat_id)).first()


def casts(db: Session, step_ids: Iterable[int]) -> dict[int, list[counting.Cast]]:
    """The ballots of these steps, without any identity."""
    rows = db.execute(
        select(  # type: ignore[call-overload]
            Ballot.step_id, Ballot.marks, Ballot.late, Ballot.college, Ballot.channel
        )
        .where(col(Ballot.step_id).in_(list(step_ids)))
        .order_by(col(Ballot.id))
    )
    found: dict[int, list[counting.Cast]] = defaultdict(list)
    for step_id, marks, late, college, channel in rows:
        found[step_id].append(counting.Cast(college, {int(k): v for k, v in marks.items()}, late, channel))
    return found


def results(db: Session, wanted: Sequence[Step], present: dict[str, int]) -> dict[int, Counted]:
    """The results of these steps of one workshop: two queries whatever their number."""
    ids = [s.id or 0 for s in wanted]
    given, views = casts(db, ids), options(db, ids)
    return {s.id or 0: counted(s, [view.id for view in views[s.id or 0]], given[s.id or 0], present) for s in wanted}


def counted(
    step: Step, option_ids: Sequence[int], given: Sequence[counting.Cast], present: Mapping[str, int]
) -> Counted:
    """These ballots, counted as the step says."""
    if step.kind == StepKind.DOTS:
        return counting.dots(option_ids, given, present)
    if step.kind == StepKind.JUDGMENT:
        return counting.judgment(option_ids, given, present, blank=step.blanks)
    if step.kind == StepKind.AGREEMENT:
        return counting.agreement(option_ids, given, present, limit=step.limit_percent)
    if step.hands == Hands.YES_NO:
        return counting.yes_no(option_ids, given, present)
    return counting.hands(option_ids, given, present)


def threshold(step: Step) -> int:
    """The mark from which an option of this step is supported."""
    if step.kind == StepKind.JUDGMENT:
        return counting.GOOD
    if step.kind == StepKind.AGREEMENT:
        return counting.RESERVED
    return counting.YES if step.kind == StepKind.HANDS and step.hands == Hands.YES_NO else 1


def revealed(all_steps: Sequence[Step]) -> list[Step]:
    """The votes whose results were shown."""
    return [s for s in all_steps if s.status == StepStatus.REVEALED]


@dataclass
class Rates:
    """Support in workshops for one priorité or fiche, pooled over steps, by collège: (supporters, ballots).

    ``hidden``: by workshop, the ballots of the collèges that one of its steps does not show apart; people of one
    workshop vote in several of its steps, hence the largest of them. ``methods``: how many votes of each kind it adds.
    """

    by: dict[str, tuple[int, int]] = field(default_factory=dict)
    hidden: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    methods: Counter[str] = field(default_factory=Counter)

    def add(self, workshop_id: int, step: Mapping[str, tuple[int, int]]) -> None:
        """One more step."""
        apart = counting.shown_apart({college: ballots for college, (_supporters, ballots) in step.items()})
        kept = self.hidden[workshop_id]
        for college, (supporters, ballots) in step.items():
            before = self.by.get(college, (0, 0))
            self.by[college] = before[0] + supporters, before[1] + ballots
            if ballots and college not in apart:
                kept[college] = max(ballots, kept.get(college, 0))

    @property
    def apart(self) -> list[str]:
        """The collèges whose support may be shown apart, beside the reports of the same workshops."""
        ballots_by = {college: ballots for college, (_supporters, ballots) in self.by.items()}
        taken_out = counting.withheld(list(self.hidden.values()), ballots_by)
        return [college for college in ballots_by if college not in taken_out]


def rates(db: Session, kind: str, subject_ids: Iterable[int]) -> dict[int, Rates]:
    """Support in workshops for each of these that a step carried, in one query."""
    statement = (
        select(WorkshopRate, Step.workshop_id, SORT)
        .join(Step, col(Step.id) == WorkshopRate.step_id)
        .where(WorkshopRate.kind == kind, col(WorkshopRate.subject_id).in_(list(subject_ids)))
        .order_by(col(WorkshopRate.step_id), col(WorkshopRate.college))
    )
    held: dict[tuple[int, int, int, str], dict[str, tuple[int, int]]] = defaultdict(dict)
    for rate, workshop_id, method in db.execute(statement):
        held[rate.subject_id, workshop_id, rate.step_id, method][rate.college] = (rate.supporters, rate.ballots)
    found: dict[int, Rates] = defaultdict(Rates)
    for (subject_id, workshop_id, _step_id, method), step in held.items():
        found[subject_id].add(workshop_id, step)
        found[subject_id].methods[method] += 1
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
        .limit(200)  # the rooms of a series are one line (``series.as_lines``)
    )
    return list(db.execute(statement))


def threads_behind(db: Session, sheet_id: int) -> Sequence[int]:
    """The threads of the needs that a fiche answers."""
    linked = select(SheetNeed.need_id).where(SheetNeed.sheet_id == sheet_id)
    return db.exec(select(Need.thread_id).where(col(Need.id).in_(linked)).order_by(col(Need.thread_id))).all()
