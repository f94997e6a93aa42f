"""A document as its parts, whatever the file it becomes: headings, words, lists, tables and the bars beside them."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Heading:
    """A title of this level: 2 under the document's own, 3 under that one."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Words:
    """One paragraph. ``tone``: plain (empty), ``note`` (small), ``notice`` (in a frame) or ``quote``."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Items:
    """A list, numbered if its order matters."""

    lines: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Grid:
    """A table: its caption, the heads of its columns, its rows. Columns from ``numbers`` on hold figures."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int = 1


@dataclass(frozen=True)
class Bars:
    """Bars as ``(paint, length)`` parts of ``whole``, one a line: drawn for the eye, the table beside says it in words.

    ``scale``: ``colleges`` (paint 0 to 4) or ``grades`` (0 is the best). Paint -1 is whoever is not told apart.
    ``legend`` names the paints.
    """

    scale: str
    whole: int
    lines: tuple[tuple[str, tuple[tuple[int, int], ...]], ...]
    legend: tuple[tuple[int, str], ...]


Part = Heading | Words | Items | Grid | Bars


@dataclass(frozen=True)
class Document:
    """What its first page and its properties say, then its parts. ``address``: where it is read on the site."""

    title: str
    kind: str
    summary: str
    author: str
    address: str
    printed: str
    parts: tuple[Part, ...]


def paragraphs(text: str, tone: str = "") -> list[Words]:
    """A text that people wrote, by its blank lines."""
    return [Words(part, tone) for part in text.split("\n\n") if part]


def as_data(document: Document) -> dict[str, Any]:
    """For ``templates/pdf/document.typ``: plain values, each part named by its kind."""
    return vars(document) | {"parts": [{"part": type(part).__name__.lower()} | asdict(part) for part in document.parts]}
