"""From the bytes of a spreadsheet to rows of text: CSV in the encodings that offices write, or XLSX.

Nothing is ever computed: a formula gives the value that the office program last wrote beside it, as text.
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl

MAX_UNZIPPED = 80 * 1024 * 1024  # bytes; 5,000 full rows make about 20 MB of XML
MAX_PARTS = 500
MAX_LINES = 50_000  # lines looked at, blank ones included
MAX_COLUMNS = 40
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_FORMULA = ("=", "+", "-", "@")


class UnreadableError(ValueError):
    """The file cannot be read as a table; ``why`` is ``old``, ``broken``, ``text``, ``empty`` or ``rows``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Table:
    """The first line, then each line that is not blank with the number that the spreadsheet shows beside it."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_table(content: bytes, *, max_rows: int) -> Table:
    """Read a CSV or XLSX file of at most ``max_rows`` rows below its header.

    Raises:
        UnreadableError: it is not a table, or it is too long.
    """
    if content.startswith(_OLD_EXCEL):
        raise UnreadableError("old")
    lines = _xlsx(content) if content.startswith(_ZIP) else _csv(content)
    header: list[str] | None = None
    rows: list[tuple[int, list[str]]] = []
    for number, cells in lines:
        if number > MAX_LINES:
            raise UnreadableError("rows")
        if not any(cells):
            continue
        if header is None:
            header = cells
        elif len(rows) == max_rows:
            raise UnreadableError("rows")
        else:
            rows.append((number, cells))
    if header is None or not rows:
        raise UnreadableError("empty")
    return Table(header, rows)


def _plain(cell: str) -> str:
    """Without the apostrophe that our own files put before what looks like a formula."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def guarded(cell: str) -> str:
    """As a spreadsheet must be given it: an apostrophe stops what would be run as a formula."""
    return f"'{cell}" if cell.startswith((*_FORMULA, "\t", "\r")) else cell


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or else what Windows calls Latin."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise UnreadableError("text")


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    first = text.lstrip().partition("\n")[0]
    separator = max(";,\t", key=first.count)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1):
            yield number, [_plain(cell) for cell in cells[:MAX_COLUMNS]]
    except csv.Error as wrong:
        raise UnreadableError("broken") from wrong


def _checked(content: bytes) -> None:
    """An archive that would fill the memory, or whose XML declares entities, is not opened."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNZIPPED:
            raise UnreadableError("rows")
        for part in parts:
            with packed.open(part) as opened:
                if b"<!DOCTYPE" in opened.read(4096):
                    raise UnreadableError("broken")


def _xlsx(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        _checked(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and validations that we do not read
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            yield from _cells(book)
    except UnreadableError:
        raise
    except Exception as wrong:  # whatever a damaged or hostile archive provokes in its reader
        raise UnreadableError("broken") from wrong


def _cells(book: Any) -> Iterator[tuple[int, list[str]]]:
    page = book.worksheets[0]
    page.reset_dimensions()  # a file may lie about its size
    rows: Iterable[tuple[Any, ...]] = page.iter_rows(max_col=MAX_COLUMNS, values_only=True)
    for number, row in enumerate(rows, start=1):
        yield number, [_plain(_text(value)) for value in row]


def _text(value: Any) -> str:
    """A cell as one would type it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
