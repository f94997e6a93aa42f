"""Votes by grades: how many people gave each grade to each option. The order, if any, is given by the other modules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.workshops.counting.ballots import ANSWERS, YES, Cast
from app.workshops.counting.turnout import Turnout, colleges_of, percent, piles, turnout

Tally = tuple[int, ...]  # people by grade, the best grade first


@dataclass(frozen=True)
class GradedLine:
    """What one option received. ``blanks``: ballots that left it without a grade."""

    option: int
    tally: Tally
    tally_by: dict[str, Tally]
    blanks: int
    blanks_by: dict[str, int]
    supporters: int
    supporters_by: dict[str, int]

    def by(self, place: int) -> dict[str, int]:
        """People of each collège who gave the grade at this place of the scale, 0 being the best."""
        return {college: tally[place] for college, tally in self.tally_by.items()}


@dataclass(frozen=True, kw_only=True)
class Graded(Turnout):
    """A step's result in grades, best first; an option is supported from the grade ``threshold`` on."""

    grades: tuple[int, ...]
    threshold: int
    lines: tuple[GradedLine, ...]


@dataclass(frozen=True, kw_only=True)
class YesNo(Graded):
    """Yes, abstention, no: each answer with its share of the ballots and of the people present, in percent."""

    shares: dict[int, tuple[int | None, int | None]]


def graded(
    options: Sequence[int],
    casts: Iterable[Cast],
    grades: Sequence[int],
    present_by: Mapping[str, int],
    *,
    threshold: int | None = None,
) -> Graded:
    """People by option and grade, in total and by collège; ``threshold`` is the best grade unless said.

    Raises:
        ValueError: a ballot marks an option that is not of the step, or with a grade that is not of the scale.
    """
    kept = tuple(casts)
    scale = tuple(sorted(grades, reverse=True))
    found = piles(options, kept, colleges_of(present_by, kept))
    if any(pile.keys() - {*scale, None} for by in found.values() for pile in by.values()):
        raise ValueError("a ballot to refuse: unknown_grade")
    tallies = {o: {c: tuple(pile[g] for g in scale) for c, pile in by.items()} for o, by in found.items()}
    blanks = {o: {c: pile[None] for c, pile in by.items()} for o, by in found.items()}
    return graded_of(turnout(kept, present_by), scale, scale[0] if threshold is None else threshold, tallies, blanks)


def graded_of(
    voted: Turnout,
    grades: tuple[int, ...],
    threshold: int,
    tallies: Mapping[int, dict[str, Tally]],
    blanks: Mapping[int, dict[str, int]],
) -> Graded:
    """The lines of these tallies and blanks, by option and collège, in the options' own order."""
    good = sum(grade >= threshold for grade in grades)
    return Graded(
        **vars(voted),
        grades=grades,
        threshold=threshold,
        lines=tuple(_line(option, tallies[option], blanks[option], good, len(grades)) for option in tallies),
    )


def _line(option: int, tally_by: dict[str, Tally], blanks_by: dict[str, int], good: int, width: int) -> GradedLine:
    supporters_by = {college: sum(tally[:good]) for college, tally in tally_by.items()}
    return GradedLine(
        option=option,
        tally=tuple(sum(tally[place] for tally in tally_by.values()) for place in range(width)),
        tally_by=tally_by,
        blanks=sum(blanks_by.values()),
        blanks_by=blanks_by,
        supporters=sum(supporters_by.values()),
        supporters_by=supporters_by,
    )


def yes_no(options: Sequence[int], casts: Iterable[Cast], present_by: Mapping[str, int]) -> YesNo:
    """Main levée on one question: oui, abstention, non. Blank ballots are among the ballots.

    Raises:
        ValueError: there is not exactly one question, or a ballot is to be refused.
    """
    return yes_no_of(graded(options, casts, ANSWERS, present_by, threshold=YES))


def yes_no_of(found: Graded) -> YesNo:
    """The shares of each answer."""
    if len(found.lines) != 1:
        raise ValueError("a raised hand answers one question")
    given = dict(zip(found.grades, found.lines[0].tally, strict=True))
    shares = {grade: (percent(n, found.ballots), percent(n, found.present)) for grade, n in given.items()}
    return YesNo(**vars(found), shares=shares)
