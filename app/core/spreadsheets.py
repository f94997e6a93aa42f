"""A spreadsheet as rows of text, read by a process of its own (``core.sieve``); cells that no office program runs."""

import json
from dataclasses import dataclass
from typing import Any

from app.core.sieve import apart

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class UnreadableError(ValueError):
    """The file cannot be read as a table; ``why``: ``old``, ``broken``, ``text``, ``empty``, ``long`` or ``rows``."""

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
    answer = apart(content, "table", str(max_rows))
    said: dict[str, Any] = json.loads(answer) if answer else {"refused": "broken"}
    if "refused" in said:
        raise UnreadableError("broken" if said["refused"] == "damaged" else said["refused"])
    return Table(said["header"], [(number, cells) for number, cells in said["rows"]])


def guarded(cell: str) -> str:
    """As a spreadsheet must be given it: an apostrophe stops what would be run as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
