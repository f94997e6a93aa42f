"""One word a thing, in French and in English: app/GLOSSARY.md names every table."""

import re

from sqlmodel import SQLModel

import app.tables  # noqa: F401
from tests.architecture import tree


def rows() -> list[list[str]]:
    """The cells of every row of the glossary's tables, their headings left out."""
    text = (tree.APP / "GLOSSARY.md").read_text(encoding="utf-8")
    found = []
    for table in re.findall(r"(?:^\|.*\n?)+", text, flags=re.MULTILINE):
        found += [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.splitlines()[2:]]
    return found


def test_every_table_is_in_the_glossary() -> None:
    known = set(re.findall(r"\w+", " ".join(cell for row in rows() for cell in row)))
    tables = {mapper.class_.__name__ for mapper in SQLModel._sa_registry.mappers}
    assert tables
    assert not sorted(tables - known)


def test_every_row_has_its_french_its_english_and_its_meaning() -> None:
    assert rows()
    assert not [row for row in rows() if len(row) < 3 or not all(row[:3])]
