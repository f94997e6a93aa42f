"""Two versions of a text, word by word: what stayed, what came, what went. Pure: it knows no fiche."""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, TypeVar

SAME, ADDED, REMOVED = "same", "added", "removed"
_WORD = re.compile(r"\S+\s*|^\s+")
T = TypeVar("T", bound=Hashable)

Run = tuple[str, str]
Line = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Change:
    """What changed in one field: runs of words, or lines of a table."""

    name: str
    runs: list[Run] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def _steps(before: Sequence[T], after: Sequence[T]) -> Iterable[tuple[str, Sequence[T]]]:
    """The common ends are set aside first: most versions change one sentence."""
    most = min(len(before), len(after))
    head = next((i for i in range(most) if before[i] != after[i]), most)
    tail = next((i for i in range(most - head) if before[-1 - i] != after[-1 - i]), most - head)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    yield SAME, before[:head]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield SAME, old[i1:i2]
        else:
            yield REMOVED, old[i1:i2]
            yield ADDED, new[j1:j2]
    yield SAME, before[len(before) - tail :]


def words(before: str, after: str) -> list[Run]:
    """Runs that, joined without what was added, give ``before``; without what was removed, ``after``."""
    runs: list[Run] = []
    for kind, tokens in _steps(_WORD.findall(before), _WORD.findall(after)):
        text = "".join(tokens)
        if text and runs and runs[-1][0] == kind:
            runs[-1] = (kind, runs[-1][1] + text)
        elif text:
            runs.append((kind, text))
    return runs


def lines(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Rows of a table, whole: one figure changed is a row that went and a row that came."""
    old = [tuple(sorted(row.items())) for row in before]
    new = [tuple(sorted(row.items())) for row in after]
    return [(kind, dict(row)) for kind, rows in _steps(old, new) for row in rows]


def differences(before: Mapping[str, Any], after: Mapping[str, Any], names: Iterable[str]) -> list[Change]:
    """The fields that changed, in the order given. A list of rows is compared by rows, the rest as text."""
    changes = []
    for name in names:
        old, new = before.get(name, ""), after.get(name, "")
        if (old or "") == (new or ""):
            continue
        if isinstance(old, list) or isinstance(new, list):
            changes.append(Change(name, lines=lines(old or [], new or [])))
        else:
            changes.append(Change(name, runs=words(_text(old), _text(new))))
    return changes


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value or "")
