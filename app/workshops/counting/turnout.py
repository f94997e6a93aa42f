"""Who voted: ballots, blanks, papers, people present, and the marks in piles; shares of them, exactly."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import methodcaller

from app.workshops.counting.ballots import PAPER, Cast

MIN_BALLOTS = 5  # below, a collège's share says too little to be compared with another's, and too much of its people
OTHERS = "others"  # stands for the collèges that are not shown apart, together

Piles = dict[int, dict[str, Counter[int | None]]]  # option → collège → mark (None: left blank) → people


@dataclass(frozen=True, kw_only=True)
class Turnout:
    """What every result says. Blank, late and paper ballots are among the ballots; collèges keep the caller's order."""

    ballots: int
    blanks: int
    late: int
    papers: int
    present: int
    ballots_by: dict[str, int]
    present_by: dict[str, int]
    withheld: tuple[str, ...] = ()  # collèges not to be published apart for another reason, as in a sum of rooms

    @property
    def phones(self) -> int:
        """Ballots that came from a phone."""
        return self.ballots - self.papers

    def of_ballots(self, n: int) -> int:
        """The rounded percent that ``n`` is of the ballots; 0 of nobody."""
        return percent(n, self.ballots) or 0

    def of_present(self, n: int) -> int:
        """The rounded percent that ``n`` is of the people present; 0 of nobody."""
        return percent(n, self.present) or 0

    @property
    def apart(self) -> list[str]:
        """The collèges whose figures may be published apart."""
        return [college for college in shown_apart(self.ballots_by) if college not in self.withheld]

    def told(self, by: Mapping[str, int]) -> dict[str, int]:
        """These figures by collège, as the room may see them: see ``together``."""
        return together(by, self.ballots_by, self.withheld)


def percent(n: int, out_of: int) -> int | None:
    """The share in percent, rounded to the nearest, half up; None of nobody."""
    return (200 * n + out_of) // (2 * out_of) if out_of else None


def shown_apart(ballots_by: Mapping[str, int]) -> list[str]:
    """The collèges whose figures may be published apart, in the given order.

    Those of fewer than 5 ballots are only in the total. When they hold fewer than 5 ballots together, the smallest
    other collège joins them: otherwise a subtraction would give their figures, hence one person's ballot. Ballots
    published without their collège (an empty name) are of none.
    """
    shown = [college for college, ballots in ballots_by.items() if college and ballots >= MIN_BALLOTS]
    hidden = sum(ballots_by.values()) - sum(ballots_by[college] for college in shown)
    if shown and 0 < hidden < MIN_BALLOTS:
        shown.remove(min(shown, key=lambda college: (ballots_by[college], college)))
    return shown


def together(by: Mapping[str, int], people_by: Mapping[str, int], withheld: Sequence[str] = ()) -> dict[str, int]:
    """The figures ``by`` of the collèges shown apart, in the order of ``people_by``, then of all the others as one.

    ``people_by`` says who is shown apart (``shown_apart``). ``OTHERS`` is there when it holds somebody. Without any
    collège apart, nothing: only the total may be shown.
    """
    apart = [college for college in shown_apart(people_by) if college not in withheld]
    rest = [college for college, people in people_by.items() if people and college not in apart]
    told = {college: by.get(college, 0) for college in apart}
    return told | {OTHERS: sum(by.get(college, 0) for college in rest)} if apart and rest else told


def withheld(hidden: Sequence[Mapping[str, int]], ballots_by: Mapping[str, int]) -> tuple[str, ...]:
    """The collèges whose figures may not be shown apart in the sum of several rooms.

    ``hidden``: the ballots of each room's collèges that it does not show apart. Each room shows the others and its
    total: the sum must not give those back by subtraction, room by room. What it would say of fewer than 5 ballots is
    taken out, the smallest collège first.
    """
    kept = shown_apart(ballots_by)
    while kept and _tells(hidden, kept):
        kept.remove(min(kept, key=ballots_by.__getitem__))
    return tuple(college for college in ballots_by if college not in kept)


def _tells(hidden: Sequence[Mapping[str, int]], kept: Sequence[str]) -> bool:
    """Whether showing these collèges in the sum says something of 1 to 4 ballots that the rooms keep to themselves."""
    where = {college: {i for i, room in enumerate(hidden) if college in room} for college in kept}
    given = {college: sum(hidden[i][college] for i in places) for college, places in where.items()}
    left = [sum(n for room in hidden for college, n in room.items() if college not in kept)]
    for places in where.values():
        found = sum(given[other] for other in kept if where[other] <= places)
        left.append(sum(sum(hidden[i].values()) for i in places) - found)
    return any(0 < n < MIN_BALLOTS for n in (*given.values(), *left))


def colleges_of(present_by: Mapping[str, int], casts: Sequence[Cast]) -> list[str]:
    """Those of the room, in the caller's order, then any other that cast a ballot, by name."""
    return [*present_by, *sorted({cast.college for cast in casts} - present_by.keys())]


def piles(options: Sequence[int], casts: Sequence[Cast], colleges: Iterable[str]) -> Piles:
    """How many people of each collège gave each mark to each option.

    Raises:
        ValueError: a ballot marks an option that is not of the step.
    """
    if set().union(*(cast.marks for cast in casts)) - set(options):
        raise ValueError("a ballot to refuse: unknown_option")
    marks: dict[str, list[Mapping[int, int]]] = {college: [] for college in colleges}
    for cast in casts:
        marks[cast.college].append(cast.marks)
    return {
        option: {college: Counter(map(methodcaller("get", option), given)) for college, given in marks.items()}
        for option in options
    }


def turnout(casts: Sequence[Cast], present_by: Mapping[str, int]) -> Turnout:
    """Who voted, whatever the kind of vote."""
    ballots_by = dict.fromkeys(colleges_of(present_by, casts), 0) | Counter(cast.college for cast in casts)
    return Turnout(
        ballots=len(casts),
        blanks=sum(not any(cast.marks.values()) for cast in casts),
        late=sum(cast.late for cast in casts),
        papers=sum(cast.channel == PAPER for cast in casts),
        present=sum(present_by.values()),
        ballots_by=ballots_by,
        present_by=dict(present_by),
    )


def added(parts: Sequence[Turnout]) -> Turnout:
    """Several rooms as one."""
    return Turnout(
        ballots=sum(part.ballots for part in parts),
        blanks=sum(part.blanks for part in parts),
        late=sum(part.late for part in parts),
        papers=sum(part.papers for part in parts),
        present=sum(part.present for part in parts),
        ballots_by=add_by([part.ballots_by for part in parts]),
        present_by=add_by([part.present_by for part in parts]),
    )


def add_by(parts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """The sum by collège, in the order of the first room that has it."""
    total: dict[str, int] = {}
    for part in parts:
        for college, n in part.items():
            total[college] = total.get(college, 0) + n
    return total
