"""What a photo or a document is on."""

from sqlmodel import Session

from app.actions import queries as sheets
from app.actions.models import ActionSheet
from app.needs import queries as needs
from app.needs.models import Need
from app.threads.models import File


def owner(db: Session, file: File) -> Need | ActionSheet | None:
    """The need or the fiche-action that carries this file, with its accord."""
    return needs.of_thread(db, file.thread_id) or sheets.of_thread(db, file.thread_id)
