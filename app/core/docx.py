"""A document as DOCX: styles of headings, tables whose first row is marked as their header, French."""

import io
from typing import Any

from docx import Document as new_file
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell

from app.core.db import now
from app.core.documents import Bars, Document, Grid, Heading, Items, Part, Words

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LANGUAGE = "fr-FR"
_INK = RGBColor(0x0D, 0x25, 0x30)
_STYLES = {"": "Normal", "note": "Subtitle", "notice": "Intense Quote", "quote": "Quote"}


def as_docx(document: Document) -> bytes:
    """This document, for an office program. Bars are left out: the tables say what they draw."""
    file = new_file()
    _properties(file, document)
    _styles(file)
    file.add_paragraph(document.kind, "Subtitle")
    file.add_heading(document.title, 1)
    for part in document.parts:
        _write(file, part)
    file.add_paragraph(document.printed, "Subtitle")
    file.add_paragraph(document.address, "Subtitle")
    written = io.BytesIO()
    file.save(written)
    return written.getvalue()


def _properties(file: Any, document: Document) -> None:
    said = file.core_properties
    said.title, said.author, said.comments, said.language = document.title, document.author, document.summary, LANGUAGE
    said.created = said.modified = now().replace(tzinfo=None)
    said.last_modified_by, said.category = document.author, document.kind


def _styles(file: Any) -> None:
    """French everywhere, narrow margins for wide tables, one ink."""
    for section in file.sections:
        section.left_margin = section.right_margin = Cm(1.8)
        section.top_margin = section.bottom_margin = Cm(1.8)
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    for language in file.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    for name in ("Heading 1", "Heading 2", "Heading 3", "Subtitle", "Quote", "Intense Quote", "Caption"):
        style = file.styles[name]
        style.font.color.rgb, style.font.italic = _INK, False
        style.font.name = "Calibri"
    file.styles["Subtitle"].font.size = Pt(9.5)
    file.styles["Caption"].font.size = Pt(10)


def _write(file: Any, part: Part) -> None:
    match part:
        case Heading():
            file.add_heading(part.text, part.level)
        case Words():
            file.add_paragraph(part.text, _STYLES[part.tone])
        case Items():
            for line in part.lines:
                file.add_paragraph(line, "List Number" if part.numbered else "List Bullet")
        case Grid():
            _table(file, part)
        case Bars():
            pass


def _table(file: Any, grid: Grid) -> None:
    caption = file.add_paragraph(grid.caption, "Caption")
    caption.paragraph_format.keep_with_next = True
    table = file.add_table(rows=len(grid.rows) + 1, cols=len(grid.head), style="Table Grid")
    _describe(table, grid.caption)
    for number, (row, texts) in enumerate(zip(table.rows, (grid.head, *grid.rows), strict=True)):
        for place, (made, text) in enumerate(zip(row._tr.tc_lst, texts, strict=True)):  # ``row.cells`` is quadratic
            _cell(_Cell(made, table), text, number=place >= grid.numbers, strong=number == 0 or place == 0)
    _mark_header(table.rows[0])
    file.add_paragraph()


def _cell(cell: Any, text: str, *, number: bool, strong: bool) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.bold, run.font.size = strong, Pt(9.5)
    paragraph.paragraph_format.space_after = Pt(0)
    if number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _mark_header(row: Any) -> None:
    """Repeated on each page, and read out as the header of its columns."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))
    whole = OxmlElement("w:cantSplit")
    properties.append(whole)


def _describe(table: Any, text: str) -> None:
    """The text that stands for the table."""
    properties = table._tbl.tblPr
    for name in ("w:tblCaption", "w:tblDescription"):
        said = OxmlElement(name)
        said.set(qn("w:val"), text)
        properties.append(said)
