"""Verbs on the photos and documents of a fiche-action: each is an event of the fiche."""

from sqlmodel import Session

from app.actions.models import ActionSheet
from app.core.machine import note_event
from app.threads.forms import Chosen
from app.threads.models import File
from app.threads.service import files


def add_file(db: Session, sheet: ActionSheet, chosen: Chosen, *, by: int | None) -> File:
    """Join a file to a fiche; the same one twice is one.

    Raises:
        ConflictError: the fiche has as many files as are taken.
    """
    file, new = files.add(db, sheet.thread_id, sheet.territory_id, chosen, by=by)
    if new:
        note_event(db, sheet, "add_file", by=by, note=file.alt)
    return file


def remove_file(db: Session, sheet: ActionSheet, file: File, *, by: int | None) -> None:
    """Take a file away from a fiche; its bytes go.

    Raises:
        ConflictError: a moderator has taken it out of view.
    """
    note_event(db, sheet, "remove_file", by=by, note=file.alt)
    files.withdraw_file(db, file, by=by)
