"""Deciding: publish, mask, refuse, hide, restore, leave. Each act moves, tells the author, is logged, may be undone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.core.db import IN_HAND
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.moderation import notices
from app.moderation.queries.subjects import Subject, place
from app.moderation.service import log, originals, sharing, undoing
from app.moderation.states import DECIDABLE, WORDED, Verb
from app.needs import service as need_verbs
from app.needs.models import Need
from app.needs.queries.wordings import corrected_since
from app.needs.service.authoring import words_mark
from app.needs.service.moderating import Words
from app.needs.service.voices import in_turn
from app.threads import service as threads
from app.threads.models import Comment, File, ProfileText
from app.threads.service import files, profiles
from app.threads.states import Moderation, RefusalReason
from app.workshops.models import Card
from app.workshops.service import moderating as cards

_IN_HAND = (
    "status", "reason", "reason_note", "title", "text", "place_note", "latitude", "longitude", "published_at",
    "answer_due_on",
)  # fmt: skip
ON_ITS_WAY = timedelta(seconds=5)  # a correction that was being written while the queue was read
POINT = "[point de la carte]"  # among the passages to mask: the point that a need puts on the map
_LIMITS = {"need": 3000, "comment": 1500}


@dataclass(frozen=True)
class Verdict:
    """What is decided, under which rule, on which facts, masking what; ``seen`` marks the words that were read, and
    ``read_at`` says when, for many things at once."""

    verb: Verb
    reason: RefusalReason | None = None
    note: str = ""
    passages: tuple[str, ...] = ()
    seen: str = ""
    read_at: datetime | None = None

    @property
    def grounds(self) -> dict[str, Any]:
        """The rule and the facts, as the verbs of features want them."""
        if self.reason is None:
            raise ValueError("this decision needs a rule of the charter")
        return {"reason": self.reason, "note": self.note}


def decidable(subject: Subject) -> tuple[Verb, ...]:
    """What may be decided on this thing as it is."""
    verbs = DECIDABLE.get(subject.status, ())
    return verbs if subject.__tablename__ in WORDED else tuple(verb for verb in verbs if verb != Verb.MASK)


def decide(db: Session, subject: Subject, verdict: Verdict, *, by: int) -> str:
    """Do it, tell the author, write the log; the batch by which it may be undone is given.

    Raises:
        ConflictError: somebody else decided first, or has it in hand.
    """
    with undoing.deciding(db, by=by) as batch:
        _take(db, subject)
        sharing.check_free(db, subject, by=by)
        _check_read(db, subject, verdict)
        if verdict.verb not in decidable(subject):
            raise ConflictError(_("La situation a changé : quelqu’un d’autre vient de décider."))
        undoing.keep(db, subject, by=by)
        words = digested(db, subject)
        verb = _act(db, subject, verdict, by=by)
        log.record(db, subject, verb, by=by, reason=verdict.reason, words=words)
        sharing.drop(db, subject)
        db.flush()
    return batch


def decide_many(
    db: Session, subjects: Iterable[Subject], verdict: Verdict, *, by: int
) -> tuple[str, list[Subject], list[tuple[Subject, str]]]:
    """The same decision on many things, as one batch: the batch, what was decided, and what was not, with why."""
    done: list[Subject] = []
    skipped: list[tuple[Subject, str]] = []
    with undoing.deciding(db, by=by) as batch:
        for subject in sorted(subjects, key=lambda s: (s.territory_id, s.__tablename__, s.id or 0)):
            try:
                with db.begin_nested():
                    decide(db, subject, verdict, by=by)
                done.append(subject)
            except ConflictError as refused:
                skipped.append((subject, refused.message))
    return batch, done, skipped


def _check_read(db: Session, subject: Subject, verdict: Verdict) -> None:
    """The words decided on are those that were read: their author may correct a need while it waits."""
    if not isinstance(subject, Need):
        return
    corrected = verdict.read_at is not None and corrected_since(db, subject.id or 0, verdict.read_at - ON_ITS_WAY)
    if corrected or (verdict.seen and verdict.seen != words_mark(subject)):
        raise ConflictError(_("Son auteur vient de corriger ses mots : relisez-les, puis décidez."))


def _take(db: Session, subject: Subject) -> None:
    """In hand until the end: whoever decides next sees this decision."""
    if isinstance(subject, Need):
        in_turn(db, subject)
    elif isinstance(subject, ProfileText):
        profiles.in_turn(db, subject)
    columns = [name for name in _IN_HAND if hasattr(subject, name)]
    db.refresh(subject, columns, with_for_update=IN_HAND)


def digested(db: Session, subject: Subject) -> str:
    """The words that a decision is about, of which the log keeps the digest."""
    if isinstance(subject, File):
        return subject.digest
    if isinstance(subject, ProfileText):
        return subject.text
    written = originals.first_words(db, subject)
    return "\n".join(part for part in (written.title, written.text, written.place) if part)


def _act(db: Session, subject: Subject, verdict: Verdict, *, by: int) -> str:
    """Do it to a thing of any kind; the verb for the log is given."""
    if verdict.verb == Verb.KEEP:
        note_event(db, subject, "reread", by=by)
        threads.queue_moved(db, subject.territory_id)
        return "reread"
    waited = subject.status == Moderation.PENDING
    if isinstance(subject, Need):
        _act_on_need(db, subject, verdict, by=by)
    elif isinstance(subject, Comment):
        _act_on_comment(db, subject, verdict, by=by)
    elif isinstance(subject, File):
        _act_on_file(db, subject, verdict, by=by)
    elif isinstance(subject, Card):
        _act_on_card(db, subject, verdict, by=by)
    else:
        _act_on_profile(db, subject, verdict, by=by)
    return "publish_masked" if verdict.verb == Verb.MASK and waited else verdict.verb.value


def _act_on_need(db: Session, need: Need, verdict: Verdict, *, by: int) -> None:
    title = need.title
    match verdict.verb:
        case Verb.PUBLISH:
            need_verbs.publish(db, need, by=by)
        case Verb.REFUSE:
            need_verbs.refuse(db, need, by=by, **verdict.grounds)
        case Verb.HIDE:
            need_verbs.hide(db, need, by=by, **verdict.grounds)
        case Verb.MASK:
            words = hidden_words(need, verdict.passages)
            originals.hold(db, need, by=by)
            need_verbs.mask(db, need, by=by, words=words, **verdict.grounds)
        case _restore:
            words, masked = _given_back(db, need)
            need_verbs.restore(db, need, by=by, words=words, masked=masked)
    originals.copies(db, need, title, verdict.passages)


def _act_on_comment(db: Session, comment: Comment, verdict: Verdict, *, by: int) -> None:
    about = place(db, comment).title
    match verdict.verb:
        case Verb.PUBLISH:
            threads.publish_comment(db, comment, by=by, about=about)
        case Verb.REFUSE:
            threads.refuse_comment(db, comment, by=by, about=about, **verdict.grounds)
        case Verb.HIDE:
            threads.hide_comment(db, comment, by=by, about=about, **verdict.grounds)
        case Verb.MASK:
            words = hidden_words(comment, verdict.passages)
            originals.hold(db, comment, by=by)
            threads.mask_comment(db, comment, by=by, about=about, text=words.text, **verdict.grounds)
        case _restore:
            given, masked = _given_back(db, comment)
            threads.restore_comment(db, comment, by=by, about=about, text=given.text, masked=masked)


def hidden_words(subject: Need | Comment, passages: Sequence[str]) -> Words:
    """What readers would read with these passages masked."""
    written, limit = originals.words(subject), _LIMITS[subject.__tablename__]
    return Words(
        notices.masked(written.title, passages, 120), notices.masked(written.text, passages, limit),
        notices.masked(written.place, passages, 120), None if POINT in passages else written.point,
    )  # fmt: skip


def _given_back(db: Session, subject: Need | Comment) -> tuple[Words, bool]:
    """The words that readers get again, and whether a passage stays masked: a hidden thing comes back as it was."""
    if subject.status == Moderation.HIDDEN:
        return originals.words(subject), originals.of(db, subject) is not None
    first = originals.first_words(db, subject)
    originals.forget(db, subject)
    return first, False


def _act_on_file(db: Session, file: File, verdict: Verdict, *, by: int) -> None:
    match verdict.verb:
        case Verb.PUBLISH:
            files.publish_file(db, file, by=by)
        case Verb.REFUSE:
            files.refuse_file(db, file, by=by, **verdict.grounds)
        case Verb.HIDE:
            files.hide_file(db, file, by=by, **verdict.grounds)
        case _restore:
            files.restore_file(db, file, by=by)


def _act_on_card(db: Session, card: Card, verdict: Verdict, *, by: int) -> None:
    match verdict.verb:
        case Verb.PUBLISH:
            cards.publish_card(db, card, by=by)
        case Verb.REFUSE | Verb.HIDE:
            cards.take_off_card(db, card, verdict.verb.value, by=by, **verdict.grounds)
        case _restore:
            cards.restore_card(db, card, by=by)


def _act_on_profile(db: Session, written: ProfileText, verdict: Verdict, *, by: int) -> None:
    match verdict.verb:
        case Verb.PUBLISH:
            profiles.publish_profile(db, written, by=by)
        case Verb.REFUSE:
            profiles.refuse_profile(db, written, by=by, **verdict.grounds)
        case Verb.HIDE:
            profiles.hide_profile(db, written, by=by, **verdict.grounds)
        case _restore:
            profiles.restore_profile(db, written, by=by)
