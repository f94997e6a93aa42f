"""Two files that let anyone count a vote again: its ballots without identity, and how they are counted.

The ballots are a CSV file: a row each, in an order that says nothing of who voted when; ``collège`` (empty where its
figures are not published apart), ``canal`` (empty where fewer than 5 ballots came that way), then a column an option.
The method is a JSON file: the question, the kind of vote, the options in their order, the words of the grades, the
rules, and how many people were there.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from app.workshops.counting.agreeing import agreement
from app.workshops.counting.ballots import PAPER, PHONE, Cast
from app.workshops.counting.grades import Graded, yes_no
from app.workshops.counting.judging import judgment
from app.workshops.counting.points import Result, dots, hands
from app.workshops.counting.turnout import MIN_BALLOTS, shown_apart

FORMAT = "emglev-vote-1"
COLLEGE, CHANNEL = "collège", "canal"
UNSAID = ""  # how a ballot came, where saying it would show whose it is: all see who in the room writes on paper
CHANNELS = {PHONE: "téléphone", PAPER: "bulletin", UNSAID: ""}
WITHIN = ""  # the collège of ballots that are only in the total
DOTS, JUDGMENT, AGREEMENT, YES_NO, SINGLE, APPROVAL = (
    "gommettes", "jugement_majoritaire", "echelle_accord", "oui_non", "choix_unique", "approbation",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


class UnreadableFileError(ValueError):
    """One of the two files is not what this module writes; the message says where."""


@dataclass(frozen=True)
class Method:
    """How the ballots of a step are counted; options are numbered from 1 in their own order."""

    question: str
    kind: str
    options: tuple[str, ...]
    words: Mapping[int, str]  # of the grades, best first; empty for dots and approvals
    rules: Mapping[str, Any]
    present: int
    present_by: Mapping[str, int]  # only the collèges published apart
    late: int
    papers: int

    @property
    def numbers(self) -> range:
        """The options, by number."""
        return range(1, len(self.options) + 1)

    @property
    def headings(self) -> list[str]:
        """One heading an option, each different, none that a spreadsheet would run."""
        found: list[str] = []
        for number, title in zip(self.numbers, self.options, strict=True):
            twice = _guarded(title) in (COLLEGE, CHANNEL, *found)
            found.append(_guarded(f"{title} ({number})" if twice else title))
        return found


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def published(casts: Sequence[Cast]) -> list[Cast]:
    """The same ballots without what would show whose they are: a small collège, a channel that few used."""
    ballots_by: dict[str, int] = {}
    for cast in casts:
        ballots_by[cast.college] = ballots_by.get(cast.college, 0) + 1
    shown = shown_apart(ballots_by)
    told = [cast if cast.college in shown else replace(cast, college=WITHIN) for cast in casts]
    ways = Counter((cast.college, cast.channel) for cast in told)
    mixed = Counter(college for college, _channel in ways)
    few = {college for (college, _channel), ballots in ways.items() if ballots < MIN_BALLOTS and mixed[college] > 1}
    return [replace(cast, channel=UNSAID) if cast.college in few else cast for cast in told]


def shuffled(casts: Sequence[Cast], seed: int) -> list[Cast]:
    """Always the same order for the same ballots and seed, whatever the order in which they were cast.

    They are first sorted by what they say: shuffling alone could be undone by whoever knows the seed.
    """
    ordered = sorted(casts, key=lambda cast: (cast.college, cast.channel, sorted(cast.marks.items())))
    Random(seed).shuffle(ordered)
    return ordered


def write_ballots(method: Method, casts: Sequence[Cast], seed: int) -> str:
    """The ballots as CSV."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow([COLLEGE, CHANNEL, *method.headings])
    for cast in shuffled(published(casts), seed):
        cells = [_cell(method, cast.marks.get(option)) for option in method.numbers]
        rows.writerow([cast.college, CHANNELS[cast.channel], *cells])
    return written.getvalue()


def _cell(method: Method, mark: int | None) -> str:
    if mark is None:
        return ""
    return method.words[mark] if method.words else str(mark)


def read_ballots(method: Method, text: str) -> list[Cast]:
    """The ballots of a CSV file.

    Raises:
        UnreadableFileError: a heading or a cell is not of this method.
    """
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    except csv.Error as wrong:
        raise UnreadableFileError("Ce fichier n’est pas un CSV.") from wrong
    if not rows or rows[0] != [COLLEGE, CHANNEL, *method.headings]:
        raise UnreadableFileError("Les colonnes du fichier ne sont pas celles de cette méthode.")
    return [_cast(method, number, row) for number, row in enumerate(rows[1:], start=2) if row]


def _cast(method: Method, number: int, row: Sequence[str]) -> Cast:
    channels = {word: channel for channel, word in CHANNELS.items()}
    marks = {word: mark for mark, word in method.words.items()}
    try:
        college, channel, *cells = row
        given = {o: marks[cell] if marks else int(cell) for o, cell in zip(method.numbers, cells, strict=True) if cell}
        return Cast(college, given, channel=channels[channel])
    except (KeyError, ValueError) as wrong:
        raise UnreadableFileError(f"La ligne {number} n’est pas un bulletin de cette méthode.") from wrong


def to_json(method: Method) -> dict[str, Any]:
    """The method, as it is published."""
    return {
        "format": FORMAT, "question": method.question, "methode": method.kind,
        "options": [{"titre": t, "colonne": c} for t, c in zip(method.options, method.headings, strict=True)],
        "mentions": [{"valeur": value, "mot": word} for value, word in method.words.items()],
        "regles": dict(method.rules), "presents": method.present, "presents_par_college": dict(method.present_by),
        "tardifs": method.late, "papiers": method.papers, "schema": _schema(method),
    }  # fmt: skip


def _schema(method: Method) -> dict[str, Any]:
    """The fields of the CSV: a Table Schema (https://specs.frictionlessdata.io/table-schema/)."""
    words = {"type": "string", "constraints": {"enum": list(method.words.values())}}
    marks = words if method.words else {"type": "integer", "constraints": {"minimum": 0}}
    first: list[dict[str, Any]] = [{"name": COLLEGE, "type": "string"}]
    first += [{"name": CHANNEL, "type": "string", "constraints": {"enum": [CHANNELS[PHONE], CHANNELS[PAPER]]}}]
    return {"fields": first + [{"name": name, **marks} for name in method.headings], "missingValues": [""]}


def from_json(read: Any) -> Method:
    """The method of a published file.

    Raises:
        UnreadableFileError: it is not one.
    """
    try:
        if read["format"] != FORMAT:
            raise UnreadableFileError("Ce fichier n’est pas une méthode de vote d’Emglev.")
        return Method(
            question=str(read["question"]), kind=str(read["methode"]),
            options=tuple(str(option["titre"]) for option in read["options"]), rules=dict(read["regles"]),
            words={int(grade["valeur"]): str(grade["mot"]) for grade in read["mentions"]},
            present=int(read["presents"]), late=int(read["tardifs"]), papers=int(read["papiers"]),
            present_by={str(college): int(n) for college, n in read["presents_par_college"].items()},
        )  # fmt: skip
    except UnreadableFileError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as wrong:
        raise UnreadableFileError("Ce fichier n’est pas une méthode de vote d’Emglev.") from wrong


def recounted(method: Method, casts: Sequence[Cast]) -> Result | Graded:
    """The published result: totals, and the collèges published apart; the others together under an empty name.

    Raises:
        UnreadableFileError: the kind of vote is unknown, or a ballot is not one of it.
    """
    rest = method.present - sum(method.present_by.values())
    present_by = {**method.present_by, **({WITHIN: rest} if rest else {})}
    count = _COUNTS.get(method.kind)
    if count is None:
        raise UnreadableFileError(f"Cette méthode n’est pas connue : {method.kind}")
    try:
        return replace(count(method, casts, present_by), late=method.late, papers=method.papers)
    except (KeyError, TypeError, ValueError) as wrong:
        raise UnreadableFileError("Un bulletin ne suit pas les règles de cette méthode.") from wrong


Count = Callable[[Method, Sequence[Cast], Mapping[str, int]], Result | Graded]
_COUNTS: dict[str, Count] = {
    DOTS: lambda method, casts, present: dots(method.numbers, casts, present),
    SINGLE: lambda method, casts, present: hands(method.numbers, casts, present),
    APPROVAL: lambda method, casts, present: hands(method.numbers, casts, present),
    YES_NO: lambda method, casts, present: yes_no(method.numbers, casts, present),
    JUDGMENT: lambda method, casts, present: judgment(
        method.numbers, casts, present, blank=method.rules["sans_mention"]
    ),
    AGREEMENT: lambda method, casts, present: agreement(
        method.numbers, casts, present, limit=method.rules["oppositions_au_plus_pourcent"]
    ),
}
