"""Verbs of an author on a need that nobody has read yet: correcting its words, taking it back."""

from sqlmodel import Session

from app.core.db import IN_HAND, now
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.core.security import digest
from app.needs import service
from app.needs.models import Need, NeedWording
from app.threads import service as threads
from app.threads.service import files
from app.threads.states import Moderation

BY_AUTHOR = "corrected_by_author"
CORRECTABLE = (Moderation.AWAITING_EMAIL.value, Moderation.PENDING.value)


class StaleWordsError(ConflictError):
    """The words were changed in another window since the form was opened."""


def words_mark(need: Need) -> str:
    """A short mark of its words: a form that carries another one was opened on other words."""
    return digest(f"{need.title}\n{need.text}")[:16]


def correct(db: Session, need: Need, *, title: str, text: str, seen: str, by: int | None) -> bool:
    """Its author says it better while nobody has read it; the former words are kept. Whether anything changed.

    Raises:
        ConflictError: it was read meanwhile, or taken back.
        StaleWordsError: its words are no longer those that the form showed (``seen``, a ``words_mark``).
    """
    db.refresh(need, ["status", "title", "text"], with_for_update=IN_HAND)
    if need.status not in CORRECTABLE:
        raise ConflictError(_("Votre besoin a été lu entre-temps : ses mots ne se corrigent plus ici."))
    if (title, text) == (need.title, need.text):
        return False  # a double click, or nothing to change
    if seen != words_mark(need):
        raise StaleWordsError(_("Vos mots ont été corrigés entre-temps, depuis une autre fenêtre."))
    db.add(
        NeedWording(
            need_id=need.id or 0, title=need.title, text=need.text, why=BY_AUTHOR, replaced_by=by, replaced_at=now()
        )
    )
    need.title, need.text = title, text
    note_event(db, need, "correct", by=by)
    threads.queue_moved(db, need.territory_id)
    return True


def take_back(db: Session, need: Need, *, by: int | None) -> None:
    """Its author takes back a need that nobody has read.

    Raises:
        ConflictError: it was read meanwhile; once published, its author asks for its withdrawal.
    """
    db.refresh(need, ["status"], with_for_update=IN_HAND)
    if need.status in (Moderation.PUBLISHED, Moderation.MASKED):
        raise ConflictError(_("Votre besoin est publié : demandez son retrait, et quelqu’un vous répondra."))
    service.withdraw(db, need, by=by)
    files.withdraw_with(db, need.thread_id, by=by or need.author_id)
