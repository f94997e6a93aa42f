"""What the machine notices in a text, for a moderator to look at; and masking. Pure: it decides nothing.

Found: electronic addresses, French telephone numbers, links, words of a list (plural or not, accents or not), three
words or more in capitals. Not found: names of people, insults that the list does not hold, what is spelled out.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

MASK = "[passage masqué]"
SHORT_MASK = "[…]"  # where the long one does not fit; never longer than what it hides
SHORTEST = 3  # characters of a passage that may be masked

EMAIL, PHONE, LINK, INSULT, CAPITALS = "email", "phone", "link", "insult", "capitals"
_UPPER = "A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŒÆ"
_REST = r"[^\s<>«»\",;]*[^\s<>«»\",;.:!?)]"
_PATTERNS = (
    (
        EMAIL,
        re.compile(
            r"[\w.+-]{1,64}(?:@|\s?[(\[]\s?(?:arobase|at)\s?[)\]]\s?|\sarobase\s)[\w-]{1,63}(?:\.[\w-]{2,63})+", re.I
        ),
    ),
    (LINK, re.compile(rf"(?:https?://|www\.){_REST}", re.I)),
    (LINK, re.compile(rf"(?<![\w@.-])[\w-]{{2,63}}\.(?:fr|com|org|net|bzh|eu|info)(?!\w)(?:/{_REST})?", re.I)),
    (PHONE, re.compile(r"(?<![\w+])(?:(?:\+|00)\s?33[\s.\-]?(?:\(0\)[\s.\-]?)?|0)[1-9](?:[\s.\-/]?\d{2}){4}(?!\w)")),
    (CAPITALS, re.compile(rf"(?<!\w)[{_UPPER}]{{2,}}(?:[\s,’'-]+[{_UPPER}]{{2,}}){{2,}}(?!\w)")),
)
_WORD = re.compile(r"[^\W\d_]+")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Notice:
    """A stretch of a text that a moderator should look at: from ``start`` to ``end``, of what kind."""

    start: int
    end: int
    kind: str
    words: str


@dataclass(frozen=True)
class Stretch:
    """A piece of a text as it is shown: plain, or noticed under this number."""

    words: str
    number: int | None = None
    kind: str = ""


def find(text: str, insults: Collection[str] = ()) -> list[Notice]:
    """What stands out in a text, in order, never one over another (an address before the link that it looks like)."""
    found = [
        Notice(match.start(), match.end(), kind, match.group())
        for kind, pattern in _PATTERNS
        for match in pattern.finditer(text)
    ]
    found += _listed(text, {_plain(word) for word in insults})
    found.sort(key=lambda notice: notice.kind == CAPITALS)  # what else stands in capitals comes first
    kept: list[Notice] = []
    for notice in found:
        if all(notice.end <= other.start or notice.start >= other.end for other in kept):
            kept.append(notice)
    return sorted(kept, key=lambda notice: notice.start)


def _listed(text: str, listed: Collection[str]) -> Iterable[Notice]:
    if not listed:
        return
    for match in _WORD.finditer(text):
        if _plain(match.group()) in listed:
            yield Notice(match.start(), match.end(), INSULT, match.group())


def _plain(word: str) -> str:
    """Without accents, capitals, nor the mark of a plural."""
    decomposed = unicodedata.normalize("NFKD", word.strip().lower().replace("œ", "oe"))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return letters[:-1] if len(letters) > 3 and letters[-1] in "sx" else letters


def cut(text: str, notices: Iterable[Notice], first: int = 1) -> list[Stretch]:
    """A text in stretches, those noticed numbered from ``first``; put together again, they are the text."""
    stretches, place = [], 0
    for number, notice in enumerate(notices, start=first):
        stretches.append(Stretch(text[place : notice.start]))
        stretches.append(Stretch(notice.words, number, notice.kind))
        place = notice.end
    stretches.append(Stretch(text[place:]))
    return [stretch for stretch in stretches if stretch.words]


def _pattern(passage: str) -> re.Pattern[str]:
    """The passage as whole words, whatever its blanks and line breaks."""
    words = r"\s+".join(re.escape(word) for word in _SPACES.split(passage.strip()))
    before = r"(?<!\w)" if re.match(r"\w", passage.strip()) else ""
    after = r"(?!\w)" if re.search(r"\w$", passage.strip()) else ""
    return re.compile(before + words + after)


def holds(text: str, passage: str) -> bool:
    """Whether these whole words stand in this text."""
    return len(passage.strip()) >= SHORTEST and _pattern(passage).search(text) is not None


def masked(text: str, passages: Iterable[str], limit: int) -> str:
    """The text with each of these passages masked wherever it stands, those that overlap as one; ``limit`` characters
    at most, as before."""
    chosen = {passage.strip() for passage in passages if len(passage.strip()) >= SHORTEST}
    found = sorted(match.span() for passage in chosen for match in _pattern(passage).finditer(text))
    spans: list[tuple[int, int]] = []
    for start, end in found:
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    whole = _covered(text, spans, MASK)
    return whole if len(whole) <= limit else _covered(text, spans, SHORT_MASK)


def _covered(text: str, spans: Iterable[tuple[int, int]], mask: str) -> str:
    parts, place = [], 0
    for start, end in spans:
        parts += [text[place:start], mask]
        place = end
    return "".join([*parts, text[place:]])
