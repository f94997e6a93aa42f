"""What a clerk does, and what the demonstration of Morlaix gives them."""

import io
import re
from typing import Any

import httpx
import openpyxl
from bs4 import BeautifulSoup
from sqlmodel import col, select

from app.core.i18n import today
from app.core.security import digest
from app.intake.models import NeedImport, PrintedSheet
from app.needs.models import Campaign, Need
from tests.site import Site, Visitor

MARK = "ML-COLL"
WRITTEN_ON = today()  # what is typed below; yesterday for the tests that run after midnight
WORDS = {
    "origin": "paper", "sheet_ref": "ML-COLL-0020", "collected_on": WRITTEN_ON.isoformat(), "place": "29151",
    "theme": "vieillir", "college": "habitants", "title": "Un banc devant la boulangerie",
    "text": "Ma mère fait la queue debout chaque matin, elle a 84 ans.",
}  # fmt: skip
HEADER = ["origine", "fiche", "recueilli_le", "commune", "theme", "college", "titre", "texte"]
ROW = ["papier", "ML-COLL-0021", WRITTEN_ON.strftime("%d/%m/%Y"), "Morlaix", "vieillir", "habitants", "Un abri à l’arrêt",
       "On attend le car sous la pluie."]  # fmt: skip


def once_of(response: httpx.Response) -> str:
    """The random key of a form."""
    field = BeautifulSoup(response.text, "html.parser").find("input", {"name": "once"})
    assert field is not None
    return str(field["value"])


def type_in(visitor: Visitor, once: str | None = None, **changes: Any) -> httpx.Response:
    """Open the page of series, fill it, send it."""
    key = once or once_of(visitor.get("/saisie"))
    return visitor.post("/saisie", {**WORDS, "once": key, **changes})


def code_shown(response: httpx.Response) -> str | None:
    """The tracking code that the page of series shows, if it does."""
    found = re.search(r'data-copy="([0-9A-Z-]{14})"', response.text)
    return found[1] if found else None


def give_stub(site: Site, number: int, code: str) -> None:
    """Make this the code of a printed stub, as if one had it in hand."""
    with site.writing() as db:
        campaign = db.exec(select(Campaign).where(Campaign.mark == MARK)).one()
        sheet = db.exec(
            select(PrintedSheet).where(PrintedSheet.campaign_id == campaign.id, PrintedSheet.number == number)
        ).one()
        sheet.digest = digest(code)
        db.add(sheet)


def needs_titled(site: Site, title: str) -> list[Need]:
    with site.reading() as db:
        return list(db.exec(select(Need).where(Need.title == title)))


def by_sheet(site: Site, ref: str) -> Need:
    with site.reading() as db:
        return db.exec(select(Need).where(Need.sheet_ref == ref)).one()


def csv_of(*rows: list[str], header: list[str] | None = None, separator: str = ";", encoding: str = "utf-8") -> bytes:
    """A CSV, with its cells quoted."""
    lines = [header or HEADER, *rows]
    quoted = [separator.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines]
    return "\r\n".join(quoted).encode(encoding)


def xlsx_of(*rows: list[Any], header: list[str] | None = None) -> bytes:
    """A workbook of one page."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for line in [header or HEADER, *rows]:
        page.append(line)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def row(**changes: str) -> list[str]:
    """A right row, but for what is changed."""
    return [changes.get(key, value) for key, value in zip(HEADER, ROW, strict=True)]


def send(visitor: Visitor, content: bytes, name: str = "fiches.csv", **fields: str) -> httpx.Response:
    """Send a file to be read."""
    return visitor.post("/saisie/import", fields, files={"file": (name, content)})


def last_import(site: Site) -> NeedImport:
    with site.reading() as db:
        return db.exec(select(NeedImport).order_by(col(NeedImport.id).desc()).limit(1)).one()


def errors_of(site: Site) -> dict[int, dict[str, str]]:
    """What is wrong in the last import, by row and column."""
    return {row["n"]: row["errors"] for row in last_import(site).rows if "errors" in row}
