"""What looks like a machine's work waits to be read, whatever the accord says; nobody is refused for it."""

import re
import time
import unicodedata
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.core.db import now
from app.threads.forms import TrapForm
from app.threads.states import Held

FASTEST = 4  # seconds: nobody reads a form, fills it and sends it in less
LATELY = timedelta(days=1)  # the same words within this time are a repetition
COMPARED = 300  # the newest texts, among which repetitions are looked for
SHORTEST = 40  # letters and digits: shorter words (« tout à fait d’accord ») may well be said twice
_NOT_WORDS = re.compile(r"[\W_]+")


def held_for(db: Session, table: type[Any], form: TrapForm, *, words: str) -> Held | None:
    """Why what was just sent must wait to be read, if it must; ``table``: where such words are kept, with their date.

    A form without the hidden fields is not suspect: it may come from a page opened before they existed.
    """
    if form.site:
        return Held.TRAP
    if _too_fast(form.opened):
        return Held.PACE
    return Held.REPEATED if _repeated(db, table, words) else None


def _too_fast(opened: str) -> bool:
    if not re.fullmatch(r"[0-9]{9,11}", opened, re.ASCII):
        return False
    return 0 <= time.time() - int(opened) < FASTEST


def plain_words(text: str) -> str:
    """Letters and digits alone, without accents nor case: what stays of a text that is copied with small changes."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return _NOT_WORDS.sub("", "".join(c for c in letters if not unicodedata.combining(c)))


def _repeated(db: Session, table: type[Any], words: str) -> bool:
    plain = plain_words(words)
    if len(plain) < SHORTEST:
        return False
    newest = select(table.text, table.created_at).order_by(col(table.id).desc()).limit(COMPARED)
    since = now() - LATELY
    return any(at > since and plain_words(text) == plain for text, at in db.execute(newest))
