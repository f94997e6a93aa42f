"""Ten seconds to take a decision back: each is a batch whose mails wait, and whose former state is kept that long."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, SQLModel, col, delete, select

from app.core.db import IN_HAND, Database, now
from app.core.errors import ConflictError, GoneError
from app.core.i18n import gettext as _
from app.core.jobs import Payload, enqueue, handler
from app.core.mail import batch_in_hand, holding
from app.core.security import token
from app.identity.models import Person
from app.moderation.models import Appeal, LogEntry, Original, Report, Undoable
from app.moderation.queries.subjects import TABLES
from app.moderation.queries.subjects import subject as contribution
from app.moderation.service import log, originals
from app.moderation.states import (
    APPEAL,
    FORGET_SECONDS,
    GRACE_SECONDS,
    MAIL_SECONDS,
    REPORT,
    TAKEN_BACK,
    UNDO_SECONDS,
)
from app.needs.models import Need
from app.needs.service.moderating import find_again
from app.needs.service.voices import in_turn
from app.threads import service as threads
from app.threads.models import ProfileText
from app.threads.service import profiles
from app.threads.service.follows import take_back
from app.threads.states import MODERATION, Moderation
from app.workshops.models import Card
from app.workshops.service import moderating as cards

FORGET = "moderation.forget"
_TABLES: dict[str, type[SQLModel]] = {str(table.__tablename__): table for table in (Report, Appeal)}
_KEPT = (
    "status", "reason", "reason_note", "title", "text", "place_note", "latitude", "longitude", "published_at",
    "answer_due_on", "outcome", "outcome_text", "decided_by", "decided_at",
)  # fmt: skip
_READ_AS: dict[str, Callable[[str], Any]] = {
    "published_at": datetime.fromisoformat, "decided_at": datetime.fromisoformat,
    "masked_at": datetime.fromisoformat, "answer_due_on": date.fromisoformat,
}  # fmt: skip


@contextmanager
def deciding(db: Session, *, by: int) -> Iterator[str]:
    """One decision, of one thing or of many: its mails wait, its log entries carry its batch, which is given.

    Taken inside another, it is a part of that one.
    """
    log.in_turn(db)
    held = batch_in_hand(db)
    if held:
        yield held
        return
    batch = token(15)
    with holding(db, batch, timedelta(seconds=MAIL_SECONDS)):
        yield batch
    enqueue(db, FORGET, {}, delay=timedelta(seconds=FORGET_SECONDS))


def keep(db: Session, subject: Any, *, by: int) -> None:
    """Remember what this thing is before the decision in hand changes it (call it first)."""
    batch = batch_in_hand(db)
    if batch is None:
        raise ValueError("a decision is taken inside deciding()")
    before = {name: _written(getattr(subject, name)) for name in _KEPT if hasattr(subject, name)}
    if isinstance(subject, ProfileText):
        before["pseudonym"] = db.get_one(Person, subject.author_id).pseudonym
    original = originals.of(db, subject)
    before["original"] = (
        {"title": original.title, "text": original.text, "place": original.place,
         "latitude": original.latitude, "longitude": original.longitude, "masked_by": original.masked_by,
         "masked_at": _written(original.masked_at)} if original else None
    )  # fmt: skip
    db.add(
        Undoable(
            batch=batch, person_id=by, subject_kind=str(subject.__tablename__), subject_id=subject.id,
            before=before, at=now(),
        )
    )  # fmt: skip


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _read(name: str, value: Any) -> Any:
    return _READ_AS[name](value) if name in _READ_AS and value else value


def undo(db: Session, batch: str, *, by: int) -> list[tuple[str, int]]:
    """Put everything back where a decision of one's own found it: by table and id. The log says so in new entries.

    Raises:
        GoneError: too late, or already done: the mails have left or are about to.
        ConflictError: something else happened to one of these things meanwhile; nothing is undone.
    """
    log.in_turn(db)
    rows = db.exec(
        select(Undoable)
        .where(Undoable.batch == batch, Undoable.person_id == by)
        .order_by(col(Undoable.id).desc()).with_for_update()
    ).all()  # fmt: skip
    since = now() - timedelta(seconds=UNDO_SECONDS + GRACE_SECONDS)
    if not rows or min(row.at for row in rows) < since or not take_back(db, batch):
        raise GoneError(_("Trop tard pour annuler : la décision est partie. Vous pouvez encore la changer."))
    for row in rows:
        _put_back(db, row, by=by)
        db.delete(row)
    db.flush()
    return [(row.subject_kind, row.subject_id) for row in rows]


def _put_back(db: Session, row: Undoable, *, by: int) -> None:
    subject = _subject(db, row)
    if isinstance(subject, Need):
        in_turn(db, subject)
    elif isinstance(subject, ProfileText):
        profiles.in_turn(db, subject)
    db.refresh(subject, ["status"], with_for_update=IN_HAND)
    verb = TAKEN_BACK.get((row.before["status"], subject.status))
    if verb is None or _last_batch(db, row) != row.batch or _overtaken(db, subject, row.before):
        raise ConflictError(_("La situation a changé entre-temps : rien n’est annulé."))
    if verb:
        machine = {"report": REPORT, "appeal": APPEAL}.get(row.subject_kind, MODERATION)
        machine.move(db, subject, verb, by=by, note=row.batch)  # type: ignore[attr-defined]
    title = getattr(subject, "title", "")
    for name, value in row.before.items():
        if name in _KEPT and name != "status":
            setattr(subject, name, _read(name, value))
    db.add(subject)
    db.flush()
    _follow(db, subject, row.before, title)
    threads.queue_moved(db, subject.territory_id)
    log.record(db, subject, "undo", by=by)


def _overtaken(db: Session, subject: Any, before: dict[str, Any]) -> bool:
    """Whether somebody else built on the decision: a need answered since, another pseudonym chosen, a card grouped."""
    if isinstance(subject, Need):
        db.refresh(subject, ["outcome"])
        return bool(subject.outcome != before["outcome"])
    if isinstance(subject, Card) and before["status"] == Moderation.PENDING:
        db.refresh(subject, ["cluster_id", "need_id"])
        return subject.cluster_id is not None or subject.need_id is not None
    return isinstance(subject, ProfileText) and profiles.chosen_since(db, subject)


def _subject(db: Session, row: Undoable) -> Any:
    if row.subject_kind in TABLES:  # a need comes with its accord, a card with its room
        return contribution(db, row.subject_kind, row.subject_id)
    return db.get_one(_TABLES[row.subject_kind], row.subject_id)


def _last_batch(db: Session, row: Undoable) -> str | None:
    """The batch of the last decision on this thing; taking it in charge is not one."""
    last = select(LogEntry.batch).where(
        LogEntry.subject_kind == row.subject_kind, LogEntry.subject_id == row.subject_id,
        col(LogEntry.batch).is_not(None),
    )  # fmt: skip
    return db.exec(last.order_by(col(LogEntry.id).desc()).limit(1)).first()


def _follow(db: Session, subject: Any, before: dict[str, Any], title: str) -> None:
    """What hangs on the words and on the status goes back too; ``title`` is what readers had."""
    original = before["original"]
    originals.forget(db, subject)
    if original:
        kept = {name: _read(name, value) for name, value in original.items()}
        db.add(Original(subject_kind=subject.__tablename__, subject_id=subject.id, **kept))
    if isinstance(subject, Need):
        originals.copies(db, subject, title)
        find_again(db, subject)
    if isinstance(subject, Card):
        cards.moved(db, subject)
    if isinstance(subject, ProfileText):
        person = db.get_one(Person, subject.author_id)
        person.pseudonym = before["pseudonym"]
        db.add(person)
        profiles.sign_again(db, person)


@handler(FORGET)
def forget(database: Database, _payload: Payload) -> None:
    """Nothing can be taken back any more: what was kept for it goes."""
    with database.writing() as db:
        late = now() - timedelta(seconds=FORGET_SECONDS)
        db.execute(delete(Undoable).where(col(Undoable.at) <= late))
