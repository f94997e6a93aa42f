"""Verbs on what was typed: its clerk corrects a slip, somebody else reads it a second time against the sheet."""

from sqlmodel import Session

from app.core.db import IN_HAND, now
from app.core.errors import ConflictError, ForbiddenError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.intake.forms import WordsForm
from app.intake.queries import READ_AGAIN
from app.needs.models import Need, NeedWording
from app.needs.service.authoring import words_mark
from app.needs.service.moderating import find_again
from app.needs.service.voices import in_turn
from app.threads import service as threads
from app.threads.states import Moderation

SECOND_READING, TRANSCRIPTION = "second_reading", "transcription"


def correct(db: Session, need: Need, form: WordsForm, *, seen: str, by: int) -> bool:
    """Its clerk corrects a slip before anyone decided on it; whether anything changed.

    Raises:
        ForbiddenError: somebody else typed it.
        ConflictError: it was decided on, or its words changed since the form was opened.
    """
    if need.transcribed_by != by:
        raise ForbiddenError(_("Cette contribution a été saisie par quelqu’un d’autre."))
    _in_hand(db, need)
    if need.status != Moderation.PENDING:
        raise ConflictError(_("Cette contribution a été relue entre-temps : ses mots ne se corrigent plus ici."))
    return _reword(db, need, form, seen=seen, why=TRANSCRIPTION, by=by)


def read_again(db: Session, need: Need, form: WordsForm, *, seen: str, by: int) -> bool:
    """A second person compared it with its sheet; whether its words had to change. Sent twice, it is done once.

    Raises:
        ConflictError: somebody else read it meanwhile, it is no longer to be read, or its words changed.
    """
    _in_hand(db, need)
    if need.second_read_at:
        if need.second_reader_id == by:
            return False
        raise ConflictError(_("Quelqu’un d’autre vient de faire cette deuxième lecture."))
    if need.status not in READ_AGAIN:
        raise ConflictError(_("Cette contribution n’attend plus de deuxième lecture."))
    changed = _reword(db, need, form, seen=seen, why=SECOND_READING, by=by)
    need.second_reader_id, need.second_read_at = by, now()
    note_event(db, need, "read_again", by=by)
    return changed


def _in_hand(db: Session, need: Need) -> None:
    in_turn(db, need)
    db.refresh(need, ["status", "title", "text", "second_read_at", "second_reader_id"], with_for_update=IN_HAND)


def _reword(db: Session, need: Need, form: WordsForm, *, seen: str, why: str, by: int) -> bool:
    """Give it these words and keep the former ones; the search follows."""
    if (form.title, form.text) == (need.title, need.text):
        return False
    if seen != words_mark(need):
        raise ConflictError(_("Les mots ont été corrigés entre-temps : rouvrez la page pour voir les derniers."))
    db.add(
        NeedWording(need_id=need.id or 0, title=need.title, text=need.text, why=why, replaced_by=by, replaced_at=now())
    )
    need.title, need.text = form.title, form.text
    note_event(db, need, "correct", by=by)
    find_again(db, need)
    threads.queue_moved(db, need.territory_id)
    return True
