"""Dots and raised hands: points and people."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.workshops.counting.ballots import Cast
from app.workshops.counting.turnout import Turnout, colleges_of, piles, turnout


@dataclass(frozen=True)
class Line:
    """What one option received. ``rank`` is by points: equal points share it, then the ranks skip (1, 1, 3)."""

    option: int
    rank: int
    tied: bool
    points: int
    supporters: int  # people who gave it at least one
    points_by: dict[str, int]
    supporters_by: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Result(Turnout):
    """A step's result in points; ``by_points``: its lines are in their order, else in the options' own."""

    lines: tuple[Line, ...]
    by_points: bool


def dots(options: Sequence[int], casts: Iterable[Cast], present_by: Mapping[str, int]) -> Result:
    """Gommettes (cumulative voting): points are summed; the order is points, supporters, then the options' own.

    Source: cumulative voting as in Toulouse, 2019 (7 points a person, 3 at most on one project). Supporters stand
    beside the points because a few people who heap their dots may outweigh many.

    Raises:
        ValueError: a ballot marks an option that is not of the step, or marks it below 0.
    """
    return _counted(options, tuple(casts), present_by, by_points=True)


def hands(options: Sequence[int], casts: Iterable[Cast], present_by: Mapping[str, int]) -> Result:
    """Main levée: one answer among several, or approval of several options, always in the options' own order.

    Points are people. Source for approval: Brams and Fishburn, *Approval Voting*, 1978.

    Raises:
        ValueError: a ballot marks an option that is not of the step, or marks it other than 0 or 1.
    """
    kept = tuple(casts)
    if any(mark > 1 for cast in kept for mark in cast.marks.values()):
        raise ValueError("a raised hand counts for one")
    return _counted(options, kept, present_by, by_points=False)


def _counted(
    options: Sequence[int], casts: Sequence[Cast], present_by: Mapping[str, int], *, by_points: bool
) -> Result:
    found = piles(options, casts, colleges_of(present_by, casts))
    points = {o: {c: _points(pile) for c, pile in by.items()} for o, by in found.items()}
    supporters = {
        o: {c: sum(n for mark, n in pile.items() if mark) for c, pile in by.items()} for o, by in found.items()
    }
    return result_of(turnout(casts, present_by), points, supporters, by_points=by_points)


def _points(pile: Counter[int | None]) -> int:
    if any(mark is not None and mark < 0 for mark in pile):
        raise ValueError("a ballot to refuse: negative")
    return sum((mark or 0) * n for mark, n in pile.items())


def result_of(
    voted: Turnout, points: Mapping[int, dict[str, int]], supporters: Mapping[int, dict[str, int]], *, by_points: bool
) -> Result:
    """The lines of these points and supporters, by option and collège, ranked."""
    totals = [sum(by.values()) for by in points.values()]
    lines = [_line(option, totals, points[option], supporters[option]) for option in points]
    if by_points:
        lines.sort(key=lambda line: (-line.points, -line.supporters))
    return Result(**vars(voted), lines=tuple(lines), by_points=by_points)


def _line(option: int, totals: Sequence[int], points_by: dict[str, int], supporters_by: dict[str, int]) -> Line:
    points = sum(points_by.values())
    return Line(
        option=option,
        rank=1 + sum(total > points for total in totals),
        tied=totals.count(points) > 1,
        points=points,
        supporters=sum(supporters_by.values()),
        points_by=points_by,
        supporters_by=supporters_by,
    )
