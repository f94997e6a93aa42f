"""Files that are no table, or made to harm their reader: refused, and nothing else falls."""

import io
import subprocess
import sys
import zipfile
from typing import Any

import pytest

from app.core.spreadsheets import UnreadableError, read_table
from tests.intake.clerk import ROW, csv_of, row, send, xlsx_of
from tests.site import Site

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def bomb() -> bytes:
    """A workbook of a few kilobytes that unfolds into hundreds of megabytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (200 * 1024 * 1024))
    return packed.getvalue()


def entities() -> bytes:
    """A workbook whose XML declares an entity."""
    packed, source = io.BytesIO(), zipfile.ZipFile(io.BytesIO(xlsx_of(row())))
    with zipfile.ZipFile(packed, "w") as archive:
        for part in source.namelist():
            content = source.read(part)
            if part == "xl/workbook.xml":
                content = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaa">]>' + content
            archive.writestr(part, content)
    return packed.getvalue()


def refilled(part: str, body: str) -> bytes:
    """A workbook with another content in one of its parts."""
    packed, source = io.BytesIO(), zipfile.ZipFile(io.BytesIO(xlsx_of(row())))
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in {*source.namelist(), part}:
            archive.writestr(name, body if name == part else source.read(name))
    return packed.getvalue()


def fonts() -> bytes:
    """A workbook of a hundred kilobytes whose styles would take a gigabyte and minutes of processor."""
    return refilled("xl/styles.xml", f'<styleSheet xmlns="{SHEET}"><fonts>{"<font/>" * 3_000_000}</fonts></styleSheet>')


def repeated() -> bytes:
    """A workbook of a few kilobytes, one long text of which stands in each of its cells."""
    cells = f'<c t="inlineStr"><is><t>{"a" * 30_000}</t></is></c>' * 40
    lines = "".join(f'<row r="{n}">{cells}</row>' for n in range(1, 41))
    return refilled(
        "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{SHEET}"><sheetData>{lines}</sheetData></worksheet>'
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (fonts(), "broken"), (csv_of(row(texte="a" * 32_768)), "long"), (b"", "empty"), (csv_of(), "empty"), (b"\x00\x01\x02" * 40, "text"), (b"\x89PNG\r\n\x1a\n\x00\x00", "text"),
        (b"PK\x03\x04 broken", "broken"), (b"\xd0\xcf\x11\xe0 old", "old"), (bomb(), "rows"), (entities(), "broken"),
        (csv_of(*[row()] * 11), "rows"), (xlsx_of(*[row()] * 11), "rows"), (b'"' + b"a" * 200_000, "broken"),
    ],
    ids=["fonts", "long", "nothing", "headings", "bytes", "picture", "damaged", "xls", "bomb", "entities", "many", "many xlsx", "cell"],
)  # fmt: skip
def test_what_is_no_table_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_table(content, max_rows=10)
    assert refused.value.why == why


def test_a_text_that_stands_in_thousands_of_cells_does_not_fill_the_memory() -> None:
    with pytest.raises(UnreadableError) as refused:
        read_table(repeated(), max_rows=5_000)
    assert refused.value.why == "long"


def test_a_workbook_that_kills_its_reader_is_told_as_damaged(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    relay = site.signed_in("relay")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    refused = send(relay, xlsx_of(row()))
    assert refused.status_code == 422 and "abîmé" in refused.text


def test_a_spreadsheet_is_read_by_a_process_that_is_given_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    run = subprocess.run

    def spy(*command: Any, **options: Any) -> Any:
        given.update(options)
        return run(*command, **options)

    monkeypatch.setattr(subprocess, "run", spy)
    assert read_table(xlsx_of(row()), max_rows=10).rows[0][1][6] == ROW[6]
    assert given["env"] == {} and given["timeout"]
