"""What collèges agree on and where they part, exactly: integers and fractions, never a float.

Pure functions, without database or web, so that anyone can recount. Rules and worked examples: the public page
*Méthode* (templates/texts/methode.fr.md). The groups are the declared collèges: nothing is clustered, none is weighted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod

MIN_VOICES = 5  # below, a collège's share says too little to be compared with another's

WIDE, CLOSE, FAR = Fraction(20, 100), Fraction(25, 100), Fraction(40, 100)  # ranges between collèges, of 1
MAJORITY = Fraction(1, 2)


@dataclass(frozen=True)
class Stand:
    """How many voices of one collège stand where, on one priority or on one fiche-action."""

    favourable: int
    mixed: int
    against: int

    @property
    def voices(self) -> int:
        """People of the collège who took a position."""
        return self.favourable + self.mixed + self.against

    @property
    def support(self) -> Fraction:
        """The favourable among them, from 0 to 1; only asked of collèges that have voices."""
        return Fraction(self.favourable, self.voices)


@dataclass(frozen=True)
class Spread:
    """The support of each collège on a line from 0 to 100, in rounded percents; the verdict rests on the exact shares.

    ``verdict`` is accord, convergence, gap or shared. ``points`` are the collèges compared, ``left_out`` those
    of fewer than 5 voices, both in the order given. Of equal collèges the lowest is the first and the highest the
    last, so that two are always named.
    """

    verdict: str
    low: int
    high: int
    lowest: str
    highest: str
    points: tuple[tuple[str, int], ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Agreement:
    """How far collèges agree, in rounded percent, and how many of them it rests on."""

    percent: int
    colleges: int


def stance(for_: int, mixed: int, against: int) -> str:
    """Where one voice stands on a priority, from how many of its fiches-actions it is pour, nuancé or contre on.

    « for »: pour on at least one and contre on none; « against »: the reverse; else « mixed ».
    """
    if for_ and not against:
        return "for"
    return "against" if against and not for_ else "mixed"


def spread(by_college: Mapping[str, Stand]) -> Spread | None:
    """Where the collèges stand and the word for it; None when fewer than two have 5 voices."""
    heard = _heard(by_college)
    if len(heard) < 2:
        return None
    lowest = min(heard, key=lambda college: heard[college].support)
    highest = max(reversed(heard), key=lambda college: heard[college].support)
    percents = shares(heard)
    return Spread(
        verdict=_verdict(heard[lowest].support, heard[highest].support),
        low=percents[lowest],
        high=percents[highest],
        lowest=lowest,
        highest=highest,
        points=tuple(percents.items()),
        left_out=tuple(college for college in by_college if college not in heard),
    )


def shares(by_college: Mapping[str, Stand]) -> dict[str, int]:
    """Percent of favourable voices in each collège that has 5, rounded half up."""
    return {college: _percent(stand.support) for college, stand in _heard(by_college).items()}


def agreement(by_college: Mapping[str, Stand]) -> Agreement | None:
    """The geometric mean of ``(favourable + 1) / (voices + 2)`` over collèges of 5 voices; None when there is none.

    Source: group-informed consensus, Small et al., « Polis: Scaling Deliberation by Mapping High Dimensional Opinion
    Spaces », 2021, there a product over clusters. The root keeps it readable whatever the number of collèges. The
    rounded percent ``p`` is the highest whose ``p - 1/2`` is not above the mean, compared as powers: no root is drawn.
    """
    heard = _heard(by_college).values()
    if not heard:
        return None
    product = prod((Fraction(stand.favourable + 1, stand.voices + 2) for stand in heard), start=Fraction(1))
    root = len(heard)
    percent = sum(Fraction(2 * p - 1, 200) ** root <= product for p in range(1, 101))
    return Agreement(percent=percent, colleges=root)


def unheard(voices: Mapping[str, int], population: Mapping[str, int]) -> list[str]:
    """Who has less than half the voices that their number would give, the most populous first, then by key.

    Shares are within the reference: voices of keys that it does not hold are left aside. Without any voice, everyone.
    """
    counted = sum(voices.get(key, 0) for key in population)
    people = sum(population.values())
    missing = [
        key
        for key, inhabitants in population.items()
        if not counted or 2 * voices.get(key, 0) * people < inhabitants * counted
    ]
    return sorted(missing, key=lambda key: (-population[key], key))


def _heard(by_college: Mapping[str, Stand]) -> dict[str, Stand]:
    return {college: stand for college, stand in by_college.items() if stand.voices >= MIN_VOICES}


def _verdict(low: Fraction, high: Fraction) -> str:
    width = high - low
    if width <= WIDE and low >= MAJORITY:
        return "accord"
    if width <= CLOSE:
        return "convergence"
    return "gap" if width >= FAR else "shared"


def _percent(of_one: Fraction) -> int:
    """Rounded to the nearest, half up."""
    return (200 * of_one.numerator + of_one.denominator) // (2 * of_one.denominator)
