"""People who support, and where two collèges part."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.workshops.counting.ballots import Cast
from app.workshops.counting.grades import Graded
from app.workshops.counting.points import Result
from app.workshops.counting.turnout import percent

MIN_GAP = Fraction(40, 100)  # the « écart entre collèges » of app/board/consensus.py


@dataclass(frozen=True)
class Gap:
    """The option that parts two collèges most: the collèges and their shares of supporters, rounded percents."""

    option: int
    low: str
    low_percent: int
    high: str
    high_percent: int


def supporters_of(options: Collection[int], casts: Iterable[Cast], threshold: int = 1) -> dict[str, tuple[int, int]]:
    """By collège: people who gave at least ``threshold`` to any of these options, and ballots. A person counts once.

    ``options`` are those of one step that carried a priority: itself and its fiches-actions. ``threshold`` is one dot,
    one raised hand, or the first grade that supports (``GOOD``, ``RESERVED``, ``YES``). To pool several steps, add the
    first numbers together and the second together; never average the rates.
    """
    found: dict[str, tuple[int, int]] = {}
    for cast in casts:
        supporters, ballots = found.get(cast.college, (0, 0))
        backs = any(cast.marks.get(option, 0) >= threshold for option in options)
        found[cast.college] = (supporters + backs, ballots + 1)
    return found


def widest_gap(result: Result | Graded) -> Gap | None:
    """The option whose share of supporters differs most between two collèges; None when below 40 points.

    Only collèges that may be shown apart are compared, exactly; of equal gaps, the first of the result's lines.
    """
    heard = result.apart
    if len(heard) < 2:
        return None
    gaps = [_gap(line.option, line.supporters_by, heard, result.ballots_by) for line in result.lines]
    width, gap = max(gaps, key=lambda each: each[0], default=(Fraction(0), None))
    return gap if width >= MIN_GAP else None


def _gap(
    option: int, supporters_by: Mapping[str, int], heard: Sequence[str], ballots_by: Mapping[str, int]
) -> tuple[Fraction, Gap]:
    shares = {college: Fraction(supporters_by[college], ballots_by[college]) for college in heard}
    low, high = min(shares, key=shares.__getitem__), max(shares, key=shares.__getitem__)
    percents = {college: percent(supporters_by[college], ballots_by[college]) or 0 for college in (low, high)}
    return shares[high] - shares[low], Gap(option, low, percents[low], high, percents[high])
