"""The copy of one's data: a zip made in memory, kept nowhere."""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from sqlmodel import Session

from app.core.machine import note_event
from app.identity.models import Person
from app.portal.queries.personal import Held

STYLE = Path("templates") / "portal/export.css"


def note(db: Session, person: Person) -> None:
    """That a copy was taken is part of the story of an account."""
    note_event(db, person, "export", by=person.id)


def pack(parts: list[Held], at: datetime, html: str) -> bytes:
    """The zip: ``data.json`` for programs, ``index.html`` for people."""
    held = {part.key: {"title": part.title, "kept": part.kept, "rows": part.records} for part in parts}
    text = json.dumps({"exported_at": at.isoformat(), "data": held}, ensure_ascii=False, indent=2)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.json", text)
        archive.writestr("index.html", html)
        archive.writestr("style.css", STYLE.read_text("utf-8"))
    return packed.getvalue()
