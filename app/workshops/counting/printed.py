"""A recounted result as lines of text, for a terminal."""

from collections.abc import Iterator, Mapping

from app.workshops.counting.agreeing import Agreement
from app.workshops.counting.grades import Graded, GradedLine
from app.workshops.counting.judging import JudgedLine
from app.workshops.counting.points import Line, Result
from app.workshops.counting.recount import DOTS, WITHIN, Method

OTHERS = "non montrés à part"


def printed(method: Method, result: Result | Graded) -> Iterator[str]:
    """The result, in total then by collège."""
    yield method.question
    yield (
        f"{_many(result.ballots, 'bulletin')} ({result.phones} téléphone, {result.papers} papier), "
        f"{_many(result.blanks, 'blanc')}, {_many(result.late, 'tardif')}, {_many(result.present, 'personne présente')}"
    )
    yield f"par collège : {_by(result.ballots_by)}"
    for line in result.lines:
        title = method.options[line.option - 1]
        yield from _points(method, title, line) if isinstance(line, Line) else _grades(method, title, line)
    if isinstance(result, Agreement):
        yield from _rule(result)


def _points(method: Method, title: str, line: Line) -> Iterator[str]:
    unit = "gommette" if method.kind == DOTS else "personne"
    rank = f"{line.rank}{' ex æquo' if line.tied else ''}. " if method.kind == DOTS else ""
    yield f"{rank}{title} : {_many(line.points, unit)}, {_many(line.supporters, 'soutien')}"
    yield f"   {_by(line.points_by)}"


def _grades(method: Method, title: str, line: GradedLine) -> Iterator[str]:
    words = list(method.words.values())
    if isinstance(line, JudgedLine):
        mention = method.words[line.mention] if line.mention else "sans mention"
        yield f"{line.rank}{' ex æquo' if line.tied else ''}. {title} : {mention}"
    else:
        yield title
    yield (
        "   " + ", ".join(f"{word} {n}" for word, n in zip(words, line.tally, strict=True)) + f", blancs {line.blanks}"
    )
    for college, tally in line.tally_by.items():
        counts = ", ".join(f"{word} {n}" for word, n in zip(words, tally, strict=True) if n)
        yield f"   {college or OTHERS} : {counts or 'aucune réponse'}"


def _rule(result: Agreement) -> Iterator[str]:
    if result.limit is None:
        return
    parts = ", ".join(f"{part.college or 'toute la salle'} {part.percent} %" for part in result.over)
    said = "sans bulletin" if result.met is None else "respectée" if result.met else f"non respectée ({parts})"
    yield f"règle, {result.limit} % d’oppositions au plus : {said}"


def _many(n: int, words: str) -> str:
    """This many, each word of ``words`` taking an s from two on."""
    return f"{n} {words.replace(' ', 's ') + 's' if n > 1 else words}"


def _by(counts: Mapping[str, int]) -> str:
    shown = {college: n for college, n in counts.items() if college != WITHIN or n}
    return ", ".join(f"{college or OTHERS} {n}" for college, n in shown.items()) or "aucun"
