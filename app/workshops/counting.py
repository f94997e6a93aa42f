"""Counting what a room says, exactly: integers and fractions, never a float.

Pure functions, without database or web, so that anyone can recount. Rules and worked examples: the public page
*Méthode* (templates/texts/methode.fr.md). A workshop's vote measures positions, it decides nothing. Hence no winner
here: points, people, shares, in total and by collège.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

MIN_BALLOTS = 5  # below, a collège's share says too little to be compared with another's
MIN_GAP = Fraction(40, 100)  # the « écart entre collèges » of app/board/consensus.py


@dataclass(frozen=True)
class Cast:
    """One ballot. ``marks``, by option: a number of dots, or 1 for an answer given. A ballot without any is blank."""

    college: str
    marks: Mapping[int, int]
    late: bool = False


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


@dataclass(frozen=True)
class Result:
    """A step's result. Blank and late ballots are among the ballots; the collèges keep the order they were given in."""

    lines: tuple[Line, ...]
    ballots: int
    blanks: int
    late: int
    present: int
    ballots_by: dict[str, int]
    present_by: dict[str, int]


@dataclass(frozen=True)
class Gap:
    """The option that parts two collèges most: the collèges and their shares of supporters, rounded percents."""

    option: int
    low: str
    low_percent: int
    high: str
    high_percent: int


def dots(options: Sequence[int], casts: Iterable[Cast], present_by: Mapping[str, int]) -> Result:
    """Gommettes (cumulative voting): points are summed; the order is points, supporters, then the options' own.

    Source: cumulative voting as in Toulouse, 2019 (7 points a person, 3 at most on one project). Supporters stand
    beside the points because a few people who heap their dots may outweigh many.

    Raises:
        ValueError: a ballot marks an option that is not of the step, or marks it below 0.
    """
    kept = tuple(casts)
    lines = _lines(options, kept, _colleges(present_by, kept))
    lines.sort(key=lambda line: (-line.points, -line.supporters))
    return _result(lines, kept, present_by)


def hands(options: Sequence[int], casts: Iterable[Cast], present_by: Mapping[str, int]) -> Result:
    """Main levée: one answer among yes, no, abstain, or approval of several options, always in the options' own order.

    Points are people. Source for approval: Brams and Fishburn, *Approval Voting*, 1978.

    Raises:
        ValueError: a ballot marks an option that is not of the step, or marks it other than 0 or 1.
    """
    kept = tuple(casts)
    if any(mark > 1 for cast in kept for mark in cast.marks.values()):
        raise ValueError("a raised hand counts for one")
    return _result(_lines(options, kept, _colleges(present_by, kept)), kept, present_by)


def share(n: int, out_of: int) -> Fraction | None:
    """The exact share, from 0 to 1; None of nobody."""
    return Fraction(n, out_of) if out_of else None


def percent(n: int, out_of: int) -> int | None:
    """The share in percent, rounded to the nearest, half up; None of nobody."""
    return (200 * n + out_of) // (2 * out_of) if out_of else None


def check_dots(marks: Mapping[int, int], options: Collection[int], *, total: int, cap: int) -> str | None:
    """What forbids this ballot of ``total`` dots, at most ``cap`` on one option; None if nothing. Fewer is allowed."""
    if wrong := _check(marks, options):
        return wrong
    if any(mark > cap for mark in marks.values()):
        return "over_cap"
    return "over_total" if sum(marks.values()) > total else None


def check_single(marks: Mapping[int, int], options: Collection[int]) -> str | None:
    """What forbids this ballot of one answer at most; None if nothing."""
    return _check(marks, options) or ("several" if sum(marks.values()) > 1 else None)


def check_approval(marks: Mapping[int, int], options: Collection[int]) -> str | None:
    """What forbids this ballot of as many options as wished, once each; None if nothing."""
    return check_dots(marks, options, total=len(options), cap=1)


def supporters_of(options: Collection[int], casts: Iterable[Cast]) -> dict[str, tuple[int, int]]:
    """By collège: people who gave at least one to any of these options, and ballots. A person counts once.

    ``options`` are those of one step that carried a priority: itself and its fiches-actions. To pool several steps, add
    the first numbers together and the second together; never average the rates.
    """
    found: dict[str, tuple[int, int]] = {}
    for cast in casts:
        supporters, ballots = found.get(cast.college, (0, 0))
        backs = any(cast.marks.get(option, 0) > 0 for option in options)
        found[cast.college] = (supporters + backs, ballots + 1)
    return found


def widest_gap(result: Result) -> Gap | None:
    """The option whose share of supporters differs most between two collèges; None when below 40 points.

    Only collèges of at least 5 ballots are compared, exactly; of equal gaps, the first of the result's lines.
    """
    heard = [college for college, ballots in result.ballots_by.items() if ballots >= MIN_BALLOTS]
    if len(heard) < 2:
        return None
    gaps = [_gap(line, heard, result.ballots_by) for line in result.lines]
    width, gap = max(gaps, key=lambda each: each[0], default=(Fraction(0), None))
    return gap if width >= MIN_GAP else None


def _gap(line: Line, heard: Sequence[str], ballots_by: Mapping[str, int]) -> tuple[Fraction, Gap]:
    shares = {college: Fraction(line.supporters_by[college], ballots_by[college]) for college in heard}
    low, high = min(shares, key=shares.__getitem__), max(shares, key=shares.__getitem__)
    percents = {college: percent(line.supporters_by[college], ballots_by[college]) or 0 for college in (low, high)}
    return shares[high] - shares[low], Gap(line.option, low, percents[low], high, percents[high])


def _check(marks: Mapping[int, int], options: Collection[int]) -> str | None:
    if any(option not in options for option in marks):
        return "unknown_option"
    return "negative" if any(mark < 0 for mark in marks.values()) else None


def _colleges(present_by: Mapping[str, int], casts: Sequence[Cast]) -> list[str]:
    """Those of the room, in the caller's order, then any other that cast a ballot, by name."""
    return [*present_by, *sorted({cast.college for cast in casts} - present_by.keys())]


def _lines(options: Sequence[int], casts: Sequence[Cast], colleges: Sequence[str]) -> list[Line]:
    """One line an option, in the options' own order."""
    points = {option: dict.fromkeys(colleges, 0) for option in options}
    supporters = {option: dict.fromkeys(colleges, 0) for option in options}
    for cast in casts:
        if wrong := _check(cast.marks, points):
            raise ValueError(f"a ballot to refuse: {wrong}")
        for option, mark in cast.marks.items():
            points[option][cast.college] += mark
            supporters[option][cast.college] += mark > 0
    totals = [sum(by.values()) for by in points.values()]
    return [_line(option, totals, points[option], supporters[option]) for option in options]


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


def _result(lines: Sequence[Line], casts: Sequence[Cast], present_by: Mapping[str, int]) -> Result:
    ballots_by = dict.fromkeys(_colleges(present_by, casts), 0)
    for cast in casts:
        ballots_by[cast.college] += 1
    return Result(
        lines=tuple(lines),
        ballots=len(casts),
        blanks=sum(not any(cast.marks.values()) for cast in casts),
        late=sum(cast.late for cast in casts),
        present=sum(present_by.values()),
        ballots_by=ballots_by,
        present_by=dict(present_by),
    )
