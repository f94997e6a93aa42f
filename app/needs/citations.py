"""Citations of a summary: each of its sentences names the needs that it speaks for.

Pure functions, without database or web. A reference is written as on a page, alone or in brackets: ``[ML-4K7P]``.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

# In brackets, however it is typed; alone, in capitals: « non-dits » is no reference.
_REFERENCE = re.compile(
    r"\[\s*(?P<bracketed>[A-Za-z]{2}-[0-9A-Za-z]{4})\s*\]|(?<![\w-])(?P<bare>[A-Z]{2}-[0-9A-Z]{4})(?![\w-])"
)
_END = re.compile(r"(?:[.!?…]+[»”\")\]]*(?=\s)|\n)\s*")
_STARTS = re.compile(r"[A-ZÀ-ÖØ-Þ0-9«“\"(\[•–-]")  # what a sentence may begin with
_ABBREVIATION = re.compile(r"(?:\b[A-Z]|\b(?:MM?|Mme|Mlle|Dr|av|art|bd|cf|env|ex|h|n|p|r|St|Ste|tél))\.$")
_ONLY_CITATIONS = re.compile(r"[\s,;.()–-]*")


@dataclass(frozen=True)
class Part:
    """A piece of a sentence: words, or the reference of a need of the group."""

    text: str
    reference: str | None = None


@dataclass(frozen=True)
class Sentence:
    """A sentence as it is written, the needs of the group that it cites, and the references that are not theirs."""

    text: str
    cited: tuple[str, ...]
    foreign: tuple[str, ...]


def sentences(summary: str, references: Collection[str]) -> list[Sentence]:
    """The sentences of a summary of a group made of the needs of these references; a line break ends one too."""
    return [_sentence(text, references) for text in _split(summary)]


def backed(summary: str, references: Collection[str]) -> list[Sentence]:
    """The sentences that cite a need of the group at least."""
    return [sentence for sentence in sentences(summary, references) if sentence.cited]


def parts(sentence: Sentence) -> list[Part]:
    """The same sentence in pieces, to make each citation a link; what is not of the group stays plain words."""
    pieces, position = [], 0
    for match in _REFERENCE.finditer(sentence.text):
        reference = _named(match)
        if reference in sentence.cited:
            pieces += [Part(sentence.text[position : match.start()]), Part(reference, reference)]
            position = match.end()
    return [piece for piece in [*pieces, Part(sentence.text[position:])] if piece.text]


def about(summary: str, reference: str) -> tuple[str, ...]:
    """What a summary says of one need: the sentences that cite it."""
    return tuple(sentence.text for sentence in backed(summary, (reference,)))


def _named(match: re.Match[str]) -> str:
    return (match["bracketed"] or match["bare"]).upper()


def _sentence(text: str, references: Collection[str]) -> Sentence:
    found = list(dict.fromkeys(_named(match) for match in _REFERENCE.finditer(text)))
    # What looks like a reference without its brackets and is not known may be a word: « ZA-NORD ».
    bracketed = {match["bracketed"].upper() for match in _REFERENCE.finditer(text) if match["bracketed"]}
    return Sentence(
        text, tuple(r for r in found if r in references),
        tuple(r for r in found if r not in references and r in bracketed),
    )  # fmt: skip


def _split(summary: str) -> list[str]:
    """Cut where a sentence ends; citations that follow the full stop belong to the sentence before it."""
    pieces: list[str] = []
    start = 0
    for match in _END.finditer(summary):
        if _goes_on(summary, start, match):
            continue
        _add(pieces, summary[start : match.end()])
        start = match.end()
    _add(pieces, summary[start:])
    return pieces


def _goes_on(summary: str, start: int, end: re.Match[str]) -> bool:
    if "\n" in end.group():
        return False
    following = summary[end.end() : end.end() + 1]
    return not _STARTS.match(following) or bool(_ABBREVIATION.search(summary[start : end.end()].rstrip()))


def _add(pieces: list[str], text: str) -> None:
    text = text.strip()
    if not text:
        return
    if pieces and not _said(text):
        pieces[-1] += f" {text}"
        return
    if pieces and (leading := _leading(text)):
        pieces[-1] += f" {leading}"
        text = text[len(leading) :].strip()
    if text:
        pieces.append(text)


def _said(text: str) -> bool:
    """Whether anything but citations stands there."""
    return not _ONLY_CITATIONS.fullmatch(_REFERENCE.sub("", text))


def _leading(text: str) -> str:
    """The citations in brackets at the head of a text: « Il manque un bus. [ML-4K7P] Et le soir… »."""
    match = re.match(r"(?:\[\s*[A-Za-z]{2}-[0-9A-Za-z]{4}\s*\][\s,;.]*)+", text)
    return match.group().strip() if match else ""
