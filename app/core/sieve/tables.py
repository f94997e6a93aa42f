"""From the bytes of a spreadsheet to rows of text: CSV in the encodings that offices write, or XLSX.

Nothing is ever computed: a formula gives the value that the office program last wrote beside it, as text.
"""

import csv
import io
import json
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import openpyxl

from app.core.sieve import RefusedError

MAX_UNZIPPED = 80 * 1024 * 1024  # bytes; 5,000 full rows make about 20 MB of XML
MAX_PARTS = 500
MAX_AROUND = 2 * 1024 * 1024  # bytes of a part that holds no cells: styles, theme, names
MAX_LINES = 50_000  # lines looked at, blank ones included
MAX_COLUMNS = 40
MAX_CELL = 32_767  # characters, as in office programs
MAX_TEXT = 20_000_000  # characters; 5,000 full rows make about 16 million
_CELLS = ("xl/worksheets/", "xl/sharedStrings")
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_FORMULA = ("=", "+", "-", "@")


def tabulate(content: bytes, max_rows: int) -> bytes:
    """The first line, then each line that is not blank with its number in the spreadsheet, as JSON.

    Raises:
        RefusedError: ``old``, ``broken``, ``text``, ``empty``, ``long`` or ``rows``.
    """
    if content.startswith(_OLD_EXCEL):
        raise RefusedError("old")
    lines = _short(_xlsx(content) if content.startswith(_ZIP) else _csv(content))
    filled = ((number, cells) for number, cells in lines if any(cells))
    _number, header = next(filled, (0, []))
    rows: list[tuple[int, list[str]]] = []
    for line in filled:
        if len(rows) == max_rows:
            raise RefusedError("rows")
        rows.append(line)
    if not rows:
        raise RefusedError("empty")
    return json.dumps({"header": header, "rows": rows}).encode()


def _short(lines: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """As long as they hold no more than people type: one text of a workbook may stand in thousands of its cells."""
    total = 0
    for number, cells in lines:
        if number > MAX_LINES:
            raise RefusedError("rows")
        total += sum(map(len, cells))
        if total > MAX_TEXT or max(map(len, cells), default=0) > MAX_CELL:
            raise RefusedError("long")
        yield number, cells


def _plain(cell: str) -> str:
    """Without the apostrophe that our own files put before what looks like a formula."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


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
    raise RefusedError("text")


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    first = text.lstrip().partition("\n")[0]
    separator = max(";,\t", key=first.count)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1):
            yield number, [_plain(cell) for cell in cells[:MAX_COLUMNS]]
    except csv.Error as wrong:
        raise RefusedError("broken") from wrong


def _checked(content: bytes) -> None:
    """An archive that would fill the memory, or whose XML declares entities, is not opened."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNZIPPED:
            raise RefusedError("rows")
        for part in parts:
            if part.file_size > MAX_AROUND and not part.filename.startswith(_CELLS):
                raise RefusedError("broken")
            with packed.open(part) as opened:
                if b"<!DOCTYPE" in opened.read(4096):
                    raise RefusedError("broken")


def _xlsx(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        _checked(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and validations that we do not read
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            yield from _cells(book)
    except RefusedError:
        raise
    except Exception as wrong:  # whatever a damaged or hostile archive provokes in its reader
        raise RefusedError("broken") from wrong


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
