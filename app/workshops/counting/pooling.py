"""The same step held in several rooms, as one: people, ballots, points and grades are added, ranks computed anew."""

from collections.abc import Mapping, Sequence
from typing import TypeVar, cast

from app.workshops.counting.agreeing import Agreement, agreement_of
from app.workshops.counting.grades import Graded, GradedLine, Tally, YesNo, graded_of, yes_no_of
from app.workshops.counting.judging import Judgment, judge
from app.workshops.counting.points import Line, Result, result_of
from app.workshops.counting.turnout import Turnout, add_by, added

Counted = TypeVar("Counted", bound=Result | Graded)


def pool(options: Sequence[int], rooms: Sequence[tuple[Counted, Mapping[int, int]]]) -> Counted:
    """The result of all ``rooms`` together: each its own result, and which shared option each of its options is.

    ``options`` are the shared ones, in their own order. An option of one room that is in no mapping is left out.
    The pooled result is what counting all the ballots together would give.

    Raises:
        ValueError: no room, rooms of several kinds or rules, or a room that did not put every option to the vote.
    """
    if not rooms:
        raise ValueError("no room to pool")
    first = rooms[0][0]
    if any(type(found) is not type(first) or _rules(found) != _rules(first) for found, _names in rooms):
        raise ValueError("rooms that did not vote by the same rules")
    voted = added([found for found, _names in rooms])
    lines = {option: [_line(found, names, option) for found, names in rooms] for option in options}
    if isinstance(first, Result):
        return cast(Counted, _result(voted, cast(dict[int, list[Line]], lines), by_points=first.by_points))
    return cast(Counted, _graded(voted, cast(dict[int, list[GradedLine]], lines), first))


def _rules(found: Turnout) -> list[object]:
    return [getattr(found, name, None) for name in ("by_points", "grades", "threshold", "blank", "limit")]


def _line(found: Result | Graded, names: Mapping[int, int], option: int) -> Line | GradedLine:
    mine = [line for line in found.lines if names.get(line.option) == option]
    if len(mine) != 1:
        raise ValueError("a room that did not put every option to the vote, once")
    return mine[0]


def _result(voted: Turnout, lines: Mapping[int, Sequence[Line]], *, by_points: bool) -> Result:
    points = {option: add_by([line.points_by for line in each]) for option, each in lines.items()}
    supporters = {option: add_by([line.supporters_by for line in each]) for option, each in lines.items()}
    return result_of(voted, points, supporters, by_points=by_points)


def _graded(voted: Turnout, lines: Mapping[int, Sequence[GradedLine]], like: Graded) -> Graded:
    tallies = {option: _add_tallies([line.tally_by for line in each]) for option, each in lines.items()}
    blanks = {option: add_by([line.blanks_by for line in each]) for option, each in lines.items()}
    found = graded_of(voted, like.grades, like.threshold, tallies, blanks)
    if isinstance(like, Judgment):
        return judge(found, like.blank)
    if isinstance(like, Agreement):
        return agreement_of(found, like.limit)
    return yes_no_of(found) if isinstance(like, YesNo) else found


def _add_tallies(parts: Sequence[Mapping[str, Tally]]) -> dict[str, Tally]:
    total: dict[str, Tally] = {}
    for part in parts:
        for college, tally in part.items():
            total[college] = tuple(map(sum, zip(tally, total.get(college, (0,) * len(tally)), strict=True)))
    return total
