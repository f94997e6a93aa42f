"""What a territory or a Conseil sets: how it reads, and which words the machine underlines."""

from collections.abc import Collection

from sqlmodel import Session

from app.accords.models import Accord
from app.core.db import insert_once, now
from app.core.machine import note_event
from app.moderation.forms.deciding import SettingsForm
from app.moderation.models import WatchWord
from app.threads import service as threads


def set_reading(db: Session, accord: Accord, form: SettingsForm, *, by: int) -> bool:
    """Read before or after, by kind, and within how long; whether anything changed. What waits keeps waiting."""
    wanted = {
        "a_posteriori": "need" in form.after, "comments_a_posteriori": "comment" in form.after,
        "files_a_posteriori": "file" in form.after, "profiles_a_posteriori": "profile" in form.after,
        "reading_hours": form.reading_hours,
    }  # fmt: skip
    changed = [name for name, value in wanted.items() if getattr(accord, name) != value]
    if not changed:
        return False
    accord.sqlmodel_update(wanted)
    db.add(accord)
    note = ", ".join(f"{name} = {wanted[name]}" for name in changed)
    note_event(db, accord, "set_reading", by=by, note=note)
    threads.queue_moved(db, accord.territory_id)
    return True


def add_words(db: Session, words: Collection[str], *, by: int) -> int:
    """Add words to the list; how many are new."""
    return sum(insert_once(db, WatchWord, word=word, added_by=by, added_at=now()) for word in words)


def remove_word(db: Session, word: WatchWord) -> None:
    """The machine no longer underlines it."""
    db.delete(word)
