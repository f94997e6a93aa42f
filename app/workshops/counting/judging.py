"""Jugement majoritaire: the majority-value order of Balinski and Laraki, on whole numbers.

Source: M. Balinski and R. Laraki, *Majority Judgment*, MIT Press, 2010. The majority mention of an option is its lower
median: the best mention that more than half of the ballots give or exceed; at equality, the contestation prevails. Of
equal mentions, one median ballot is withdrawn from each, again and again, until their medians differ. Withdrawing
medians reads the sorted ballots from the middle outwards, the lower one first; a whole group of equal ballots is read
at once, so that the work depends on the number of mentions, never on the number of ballots.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import lcm

from app.workshops.counting.ballots import GOOD, MENTIONS, Cast
from app.workshops.counting.grades import Graded, GradedLine, Tally, graded

WORST, NORMALISED = "worst", "normalised"  # what a missing mention is


@dataclass(frozen=True)
class JudgedLine(GradedLine):
    """An option in its place. ``profile``: the tally that was judged, blanks being the worst mention or left out.

    ``mention`` is None of nobody. Options equal to the last ballot share their rank, then the ranks skip (1, 1, 3).
    """

    rank: int
    tied: bool
    mention: int | None
    mention_by: dict[str, int | None]
    profile: Tally


@dataclass(frozen=True, kw_only=True)
class Judgment(Graded):
    """The result of a majority judgment, best first, equals in the options' own order."""

    blank: str
    lines: tuple[JudgedLine, ...]


def judgment(
    options: Sequence[int],
    casts: Iterable[Cast],
    present_by: Mapping[str, int],
    *,
    blank: str = WORST,
    grades: Sequence[int] = MENTIONS,
    threshold: int = GOOD,
) -> Judgment:
    """Count and order; a missing mention is the worst one, or (``normalised``) left out, on equal totals.

    Raises:
        ValueError: a ballot is to be refused, or the policy is unknown.
    """
    return judge(graded(options, casts, grades, present_by, threshold=threshold), blank)


def judge(found: Graded, blank: str) -> Judgment:
    """The majority-value order of these tallies."""
    if blank not in (WORST, NORMALISED):
        raise ValueError(f"not a policy for blanks: {blank}")
    profiles = [_profile(line.tally, line.blanks, blank) for line in found.lines]
    ranks = majority_ranks(profiles)
    lines = [
        _judged(line, profile, rank, ranks.count(rank) > 1, found.grades, blank)
        for line, profile, rank in zip(found.lines, profiles, ranks, strict=True)
    ]
    lines.sort(key=lambda line: line.rank)
    return Judgment(**vars(found) | {"lines": tuple(lines)}, blank=blank)


def _profile(tally: Tally, blanks: int, blank: str) -> Tally:
    return (*tally[:-1], tally[-1] + blanks) if blank == WORST else tally


def _judged(line: GradedLine, profile: Tally, rank: int, tied: bool, grades: tuple[int, ...], blank: str) -> JudgedLine:
    by = {c: _profile(tally, line.blanks_by[c], blank) for c, tally in line.tally_by.items()}
    return JudgedLine(
        **vars(line),
        rank=rank,
        tied=tied,
        mention=_mention(profile, grades),
        mention_by={college: _mention(each, grades) for college, each in by.items()},
        profile=profile,
    )


def _mention(profile: Tally, grades: tuple[int, ...]) -> int | None:
    place = majority_place(profile)
    return None if place is None else grades[place]


def majority_place(profile: Tally) -> int | None:
    """The place of the lower median in the scale, 0 being the best; None of nobody."""
    half, total = sum(profile) // 2 + 1, 0
    for place, n in enumerate(profile):
        total += n
        if total >= half:
            return place
    return None


def majority_ranks(profiles: Sequence[Tally]) -> list[int]:
    """The rank of each profile (people by grade, best first), equal ones sharing theirs; without anybody, the last.

    Totals that differ are first brought to their least common multiple: exact, whatever the sizes.
    """
    totals = [sum(profile) for profile in profiles]
    common = lcm(*(total for total in totals if total))
    scaled = [
        tuple(n * (common // total) for n in reversed(profile)) if total else ()
        for profile, total in zip(profiles, totals, strict=True)
    ]
    values = _values(scaled, common)
    first: dict[tuple[int, ...], int] = {}
    for rank, value in enumerate(sorted(values, reverse=True), start=1):
        first.setdefault(value, rank)
    return [first[value] for value in values]


def _values(profiles: Sequence[Tally], total: int) -> list[tuple[int, ...]]:
    """What tells each profile (worst grade first, all of one total) from the others, compared as tuples.

    The ``k``-th pair of withdrawn medians is at ``(total - 1) // 2 - k`` and ``total // 2 + k`` of the sorted ballots.
    Between two of the ``steps`` no profile changes grade, so that comparing there is comparing every ballot.
    """
    low, high = (total - 1) // 2, total // 2
    ends = [list(accumulate(profile)) for profile in profiles]
    steps = sorted({0} | {k for each in ends for end in each for k in (low - end + 1, end - high) if 0 < k <= low})
    return [tuple(_at(each, place) for k in steps for place in (low - k, high + k)) if each else () for each in ends]


def _at(ends: Sequence[int], place: int) -> int:
    """The grade of the ballot at this place of a sorted profile."""
    return next(grade for grade, end in enumerate(ends) if place < end)
