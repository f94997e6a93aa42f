"""Reads of a workshop held in several places: its rooms, and its twin steps as one."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session, col, select

from app.workshops import counting
from app.workshops.models import Option, Series, Step, Workshop
from app.workshops.queries.options import OptionView, options
from app.workshops.queries.people import present_in
from app.workshops.queries.results import Counted, casts, counted
from app.workshops.queries.rooms import loaded
from app.workshops.states import ROOM_OVER, VOTES, StepKind, StepStatus

Mine = Callable[[Workshop], bool]


@dataclass(frozen=True)
class Together:
    """One step of a series: the rooms whose results are added up, and those that are not."""

    step: Step
    options: Sequence[OptionView]
    counted: Counted | None
    rooms: Sequence[tuple[Workshop, Step, Counted]]
    waiting: Sequence[Workshop]  # not shown yet
    other: Sequence[Workshop]  # changed since: another question, or other choices


@dataclass
class VoteLine:
    """A revealed vote on the board: of one room, or of all those of a series that asked the same.

    ``parts``: its steps, each with which option of the step ``root`` each of its own is (nothing for the root itself).
    """

    step: Step
    root: int
    workshops: list[Workshop] = field(default_factory=list)
    parts: list[tuple[Step, Mapping[int, int]]] = field(default_factory=list)
    supporters: int = 0
    ballots: int = 0


def one_series(db: Session, series_id: int) -> Series | None:
    """One series."""
    return db.get(Series, series_id)


def rooms_of(db: Session, series_id: int) -> Sequence[Workshop]:
    """Its workshops, the first one first."""
    statement = select(Workshop).where(Workshop.series_id == series_id).options(*loaded())
    return db.exec(statement.order_by(col(Workshop.starts_at), col(Workshop.id))).all()


def twins_waiting(db: Session, step_id: int) -> Sequence[Step]:
    """Those that have not started, in rooms that have not ended."""
    statement = select(Step).join(Workshop, col(Workshop.id) == Step.workshop_id)
    return db.exec(
        statement.where(Step.twin_id == step_id, Step.status == StepStatus.WAITING.value)
        .where(col(Workshop.status).not_in(ROOM_OVER))
        .order_by(col(Step.workshop_id))
    ).all()


def together(db: Session, rooms: Sequence[Workshop], may_see: Mine) -> list[Together]:
    """Each vote that has twins, with what all rooms say, in seven queries; ``may_see`` whose results are shown."""
    votes = _votes(db, rooms)
    families: dict[int, list[tuple[Workshop, Step]]] = defaultdict(list)
    for room, step in votes:
        families[step.twin_id or step.id or 0].append((room, step))
    wanted = [step for _room, step in votes if not step.twin_id and len(families[step.id or 0]) > 1]
    kept = [pair for root in wanted for pair in families[root.id or 0]]
    rows = _rows(db, [step.id or 0 for _room, step in kept])
    found = _results(db, [step for room, step in kept if step.status == StepStatus.REVEALED and may_see(room)])
    views = options(db, [root.id or 0 for root in wanted])
    return [_together(root, views[root.id or 0], families[root.id or 0], rows, found) for root in wanted]


def _votes(db: Session, rooms: Sequence[Workshop]) -> list[tuple[Workshop, Step]]:
    """The votes of these rooms, room by room, each run sheet in its order."""
    statement = select(Step).where(col(Step.workshop_id).in_([room.id for room in rooms]))
    held: dict[int, list[Step]] = defaultdict(list)
    for step in db.exec(statement.order_by(col(Step.position), col(Step.id))):
        held[step.workshop_id].append(step)
    return [(room, step) for room in rooms for step in held[room.id or 0] if step.kind in VOTES]


def _results(db: Session, shown: Sequence[Step]) -> dict[int, Counted]:
    """What these steps of several rooms say, each with the people of its room: four queries whatever their number."""
    ids = [step.id or 0 for step in shown]
    given, views, present = casts(db, ids), options(db, ids), present_in(db, {step.workshop_id for step in shown})
    return {
        key: counted(step, [view.id for view in views[key]], given[key], present[step.workshop_id])
        for key, step in zip(ids, shown, strict=True)
    }


def _rows(db: Session, step_ids: Iterable[int]) -> dict[int, list[Option]]:
    found: dict[int, list[Option]] = defaultdict(list)
    for option in db.exec(select(Option).where(col(Option.step_id).in_(list(step_ids)))):
        found[option.step_id].append(option)
    return found


def _together(
    root: Step, views: Sequence[OptionView], family: Sequence[tuple[Workshop, Step]],
    rows: Mapping[int, Sequence[Option]], found: Mapping[int, Counted],
) -> Together:  # fmt: skip
    shown: list[tuple[Workshop, Step, Counted]] = []
    parts: list[tuple[Counted, Mapping[int, int]]] = []
    waiting, other = [], []
    for room, step in family:
        names = same_question(root, rows[root.id or 0], step, rows[step.id or 0])
        if names is None:
            other.append(room)
        elif (key := step.id or 0) in found:
            shown.append((room, step, found[key]))
            parts.append((found[key], names))
        else:
            waiting.append(room)
    pooled = counting.pool([view.id for view in views], parts) if parts else None
    if pooled:
        pooled = replace(pooled, withheld=withheld([said for said, _names in parts], pooled))
    return Together(root, views, pooled, shown, waiting, other)


def same_question(
    root: Step, root_rows: Sequence[Option], step: Step, rows: Sequence[Option]
) -> dict[int, int] | None:  # fmt: skip
    """Which option of the first step each option of its twin is; None when it is another question by now.

    The options of a vote on groups of cards are each room's own: they never add up.
    """
    if any(getattr(root, name) != getattr(step, name) for name in _rules(root)):
        return None
    wanted = {option.id or 0 for option in root_rows}
    if root.id == step.id:
        return {key: key for key in wanted} if wanted else None
    names = {option.id or 0: option.twin_id or 0 for option in rows}
    return names if wanted and set(names.values()) == wanted and len(names) == len(wanted) else None


def changed_since(db: Session, wanted: Sequence[Step]) -> dict[int, bool]:
    """Of these steps, those that are twins: whether each asks something else by now than the step it comes from."""
    twins = [step for step in wanted if step.twin_id and step.kind in VOTES]
    roots = {step.id or 0: step for step in _steps(db, {step.twin_id or 0 for step in twins})}
    rows = _rows(db, {*roots, *(step.id or 0 for step in twins)})
    return {
        step.id or 0: same_question(roots[step.twin_id or 0], rows[step.twin_id or 0], step, rows[step.id or 0]) is None
        for step in twins
    }


def _rules(step: Step) -> tuple[str, ...]:
    """Only what counts for this kind of vote."""
    own = {
        StepKind.DOTS: ("dots", "cap"), StepKind.JUDGMENT: ("blanks",), StepKind.AGREEMENT: ("limit_percent",),
        StepKind.HANDS: ("hands",),
    }  # fmt: skip
    return ("kind", *own[StepKind(step.kind)])


def withheld(rooms: Sequence[Counted], pooled: Counted) -> tuple[str, ...]:
    """The collèges whose figures may not be shown apart in the sum of these rooms (``counting.withheld``)."""
    hidden = [{c: n for c, n in room.ballots_by.items() if n and c not in room.apart} for room in rooms]
    return counting.withheld(hidden, pooled.ballots_by)


def as_lines(db: Session, votes: Iterable[Any]) -> list[VoteLine]:
    """Votes on a priorité or a fiche (``votes_on``), in their order: twins that ask the same are one line, summed."""
    kept = list(votes)
    twins = [step for _workshop, step, _supporters, _ballots in kept]
    roots = {step.id or 0: step for step in _steps(db, {step.twin_id for step in twins if step.twin_id})}
    rows = _rows(db, {*roots, *(step.id or 0 for step in twins if step.twin_id)})
    lines: dict[int, VoteLine] = {}
    for workshop, step, supporters, ballots in kept:
        root = roots.get(step.twin_id or 0)
        names = same_question(root, rows[root.id or 0], step, rows[step.id or 0]) if root else None
        key = root.id or 0 if root and names else step.id
        line = lines.setdefault(key, VoteLine(step, key))
        line.workshops.append(workshop)
        line.parts.append((step, names or {}))
        line.supporters += int(supporters)
        line.ballots += int(ballots)
    return list(lines.values())


def _steps(db: Session, step_ids: Iterable[int]) -> Sequence[Step]:
    return db.exec(select(Step).where(col(Step.id).in_(list(step_ids)))).all()
