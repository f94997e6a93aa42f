"""The copy of one's data: a zip made in memory, kept nowhere."""

import json
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from sqlmodel import Session

from app.core import files as store
from app.core.machine import note_event
from app.identity.models import Person
from app.portal.queries.personal import Held
from app.threads.models import File

STYLE = Path("templates") / "portal/export.css"


def note(db: Session, person: Person) -> None:
    """That a copy was taken is part of the story of an account."""
    note_event(db, person, "export", by=person.id)


def pack(parts: list[Held], at: datetime, html: str, sent: Sequence[File]) -> bytes:
    """The zip: ``data.json`` for programs, ``index.html`` for people, and the photos and documents that they sent."""
    held = {part.key: {"title": part.title, "kept": part.kept, "rows": part.records} for part in parts}
    text = json.dumps({"exported_at": at.isoformat(), "data": held}, ensure_ascii=False, indent=2)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.json", text)
        archive.writestr("index.html", html)
        archive.writestr("style.css", STYLE.read_text("utf-8"))
        for file in sent:
            path = store.place(file.digest)
            if path.is_file():  # a disk that lost it does not keep from the rest
                archive.write(path, f"fichiers/{file.id}-{file.slug}", compress_type=ZIP_STORED)
    return packed.getvalue()
