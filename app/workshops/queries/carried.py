"""What revealed votes said of one priorité, vote by vote: a sum of supports never hides a contrary result."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from app.actions.models import SheetPriority
from app.core.i18n import fnum
from app.core.i18n import gettext as _
from app.workshops import counting
from app.workshops.counting import Graded, JudgedLine, Result
from app.workshops.models import Option, Step
from app.workshops.queries.options import PRIORITY, OptionView, options
from app.workshops.queries.report import answers, said
from app.workshops.queries.results import Counted, casts, counted, votes_on
from app.workshops.queries.series import VoteLine, as_lines
from app.workshops.states import Room


@dataclass(frozen=True)
class Told:
    """One vote, and what it said in words of each choice that carried the priorité (itself, or one of its fiches).

    ``unpublished``: the report of one of its rooms is still to come, nothing more than the sum is said.
    """

    line: VoteLine
    choices: tuple[tuple[OptionView, str], ...]
    unpublished: bool


def votes_for(db: Session, priority_id: int) -> list[Told]:
    """The revealed votes that carried this priorité, newest first, in eight queries whatever their number."""
    lines = as_lines(db, votes_on(db, PRIORITY, priority_id))
    steps = [step for line in lines for step, _names in line.parts]
    views = options(db, {line.root for line in lines} | {step.id or 0 for step in steps})
    given, carrying = casts(db, [step.id or 0 for step in steps]), _carrying(db, priority_id, lines)
    return [_told(line, views, given, carrying[line.root]) for line in lines]


def _told(
    line: VoteLine, views: dict[int, list[OptionView]], given: dict[int, list[counting.Cast]], carrying: set[int]
) -> Told:  # fmt: skip
    if any(room.status == Room.CLOSED for room in line.workshops):
        return Told(line, (), unpublished=True)
    return Told(line, tuple(_choices(line.step, _pooled(line, views, given), views[line.root], carrying)), False)


def _carrying(db: Session, priority_id: int, lines: Iterable[VoteLine]) -> dict[int, set[int]]:
    """Of each vote, the options that are this priorité, or a fiche that serves it."""
    served = select(SheetPriority.sheet_id).where(SheetPriority.priority_id == priority_id)
    wanted = select(Option.step_id, Option.id).where(
        col(Option.step_id).in_([line.root for line in lines]),
        or_(col(Option.priority_id) == priority_id, col(Option.sheet_id).in_(served)),
    )
    found: dict[int, set[int]] = defaultdict(set)
    for step_id, option_id in db.execute(wanted):
        found[step_id].add(option_id)
    return found


def _pooled(line: VoteLine, views: dict[int, list[OptionView]], given: dict[int, list[counting.Cast]]) -> Counted:
    """Its rooms as one, under the options of its root."""
    parts = []
    for step, names in line.parts:
        own = [view.id for view in views[step.id or 0]]
        parts.append((counted(step, own, given[step.id or 0], {}), names or {option: option for option in own}))
    return counting.pool([view.id for view in views[line.root]], parts)


def _choices(
    step: Step, result: Counted, views: Sequence[OptionView], carrying: set[int]
) -> Iterable[tuple[OptionView, str]]:
    shown = {view.id: view for view in views if view.id in carrying}
    words = _graded(step, result) if isinstance(result, Graded) else _points(result)
    return ((shown[option], each) for option, each in words if option in shown)


def _points(result: Result) -> Iterable[tuple[int, str]]:
    for line in result.lines:
        numbers = {"n": fnum(line.supporters), "total": fnum(result.ballots)}
        if result.by_points:
            words = _("%(n)s sur %(total)s y ont posé au moins une gommette") % numbers
            yield line.option, f"{words}, {_rank(line.rank, len(result.lines))}"
        else:
            yield line.option, _("%(n)s sur %(total)s l’ont choisi") % numbers


def _rank(rank: int, choices: int) -> str:
    return _("%(rank)s rang sur %(choices)s") % {"rank": said.rank(rank), "choices": fnum(choices)}


def _graded(step: Step, result: Graded) -> Iterable[tuple[int, str]]:
    for line in result.lines:
        if isinstance(line, JudgedLine):
            mention = _(step.scale[line.mention]) if line.mention else _("aucune")
            numbers = {"mention": mention, "n": fnum(line.supporters), "total": fnum(result.ballots)}
            words = _("mention majoritaire %(mention)s ; %(n)s sur %(total)s ont donné Bien ou mieux") % numbers
            yield line.option, f"{words}, {_rank(line.rank, len(result.lines))}"
        else:
            yield line.option, answers(step, result, line)
