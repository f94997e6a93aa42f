"""Échelle d'accord on one text: the distribution, and a rule if one was set beforehand. No single score.

Source: the gradient of agreement, S. Kaner, *Facilitator's Guide to Participatory Decision-Making*, 1996.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.workshops.counting.ballots import DEGREES, RESERVED, Cast
from app.workshops.counting.grades import Graded, graded
from app.workshops.counting.turnout import percent


@dataclass(frozen=True)
class Opposition:
    """How many opposed out of the ballots of a collège (None: of everyone)."""

    college: str | None
    opposed: int
    ballots: int

    @property
    def percent(self) -> int:
        """The rounded share, to be shown; the rule is judged on the exact one."""
        return percent(self.opposed, self.ballots) or 0

    def exceeds(self, limit: int) -> bool:
        """Whether the exact share is above ``limit`` percent."""
        return 100 * self.opposed > limit * self.ballots


@dataclass(frozen=True, kw_only=True)
class Agreement(Graded):
    """The result of a gradient of agreement. ``met`` is None without a rule, or before any ballot.

    ``limit`` is the highest share of opposition allowed, in percent, in total and in each collège whose figures may be
    published apart; ``over`` names what exceeds it, ``aside`` the collèges that voted and are not judged apart.
    """

    limit: int | None
    met: bool | None
    over: tuple[Opposition, ...]
    aside: tuple[str, ...]


def agreement(
    options: Sequence[int], casts: Iterable[Cast], present_by: Mapping[str, int], *, limit: int | None = None
) -> Agreement:
    """Count the degrees of one text.

    Raises:
        ValueError: there is not exactly one text, the limit is not a percent, or a ballot is to be refused.
    """
    return agreement_of(graded(options, casts, DEGREES, present_by, threshold=RESERVED), limit)


def agreement_of(found: Graded, limit: int | None) -> Agreement:
    """The distribution, and whether the rule is met. Blank ballots are among the ballots."""
    if len(found.lines) != 1:
        raise ValueError("agreement is sought on one text")
    if limit is not None and not 0 <= limit <= 100:
        raise ValueError("a limit is a percent")
    line = found.lines[0]
    parts = [Opposition(None, line.tally[-1], found.ballots)]
    parts += [Opposition(college, line.tally_by[college][-1], found.ballots_by[college]) for college in found.apart]
    over = () if limit is None else tuple(part for part in parts if part.exceeds(limit))
    return Agreement(
        **vars(found),
        limit=limit,
        met=None if limit is None or not found.ballots else not over,
        over=over,
        aside=tuple(c for c, n in found.ballots_by.items() if n and c not in found.apart),
    )
