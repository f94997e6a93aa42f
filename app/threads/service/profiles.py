"""Pseudonyms that people choose: shown at once or once they are read, as their territory decided."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.core.db import IN_HAND, now
from app.core.i18n import gettext as _
from app.identity import queries as people
from app.identity import service as identity
from app.identity.models import Person
from app.identity.queries.profile import public_name
from app.threads import service as threads
from app.threads.models import Comment, ProfileText
from app.threads.states import MODERATION, Moderation, RefusalReason

_LIVE = (Moderation.PENDING.value, Moderation.PUBLISHED.value)


def in_turn(db: Session, written: ProfileText) -> None:
    """Before this text is held: who chose it may be choosing another one, and holds themselves first."""
    identity.in_hand(db, written.author_id)


def choose(db: Session, person: Person, territory_id: int, text: str, *, shown_at_once: bool) -> ProfileText:
    """Somebody chose a pseudonym: a new text to read, in place of the one before.

    Chosen again while it waits, it is the same one. Not shown at once, the former pseudonym stays meanwhile.
    """
    identity.in_hand(db, person.id or 0)
    mine = select(ProfileText).where(ProfileText.author_id == person.id, col(ProfileText.status).in_(_LIVE))
    for former in db.exec(mine.order_by(col(ProfileText.id))).all():
        if former.status == Moderation.PENDING and former.text == text and not shown_at_once:
            return former
        _leave(db, former, by=person.id)
    written = ProfileText(
        author_id=person.id or 0, territory_id=territory_id, text=text, status=Moderation.DRAFT.value, created_at=now(),
    )  # fmt: skip
    db.add(written)
    db.flush()
    if shown_at_once:
        MODERATION.move(db, written, "post", by=person.id)
        _show(db, person, written)
    else:
        MODERATION.move(db, written, "submit", by=person.id)
    threads.queue_moved(db, territory_id)
    return written


def leave_former(db: Session, person: Person) -> None:
    """Texts that no longer say how somebody is shown wait for nobody."""
    mine = select(ProfileText).where(ProfileText.author_id == person.id, ProfileText.status == Moderation.PENDING.value)
    for former in db.exec(mine.with_for_update(**IN_HAND)).all():
        _leave(db, former, by=person.id)


def _leave(db: Session, former: ProfileText, *, by: int | None) -> None:
    MODERATION.move(db, former, "withdraw", by=by)
    threads.queue_moved(db, former.territory_id)


def publish_profile(db: Session, written: ProfileText, *, by: int) -> None:
    """A moderator lets a pseudonym be shown: it signs from now on, past comments included."""
    MODERATION.move(db, written, "publish", by=by)
    person = _author(db, written)
    _show(db, person, written)
    identity.tell(
        db, person, _("Votre pseudonyme est accepté"),
        _("Bonjour,\n\nVotre pseudonyme, « %(name)s », a été relu. Il signe désormais vos commentaires.\n")
        % {"name": written.text},
    )  # fmt: skip
    threads.queue_moved(db, written.territory_id)


def refuse_profile(db: Session, written: ProfileText, *, by: int, reason: RefusalReason, note: str) -> None:
    """A moderator does not let it be shown; whoever chose it keeps the former one, or one that says nothing."""
    MODERATION.move(db, written, "refuse", by=by, note=reason.value)
    _give_another(db, written, reason, note)


def hide_profile(db: Session, written: ProfileText, *, by: int, reason: RefusalReason, note: str) -> None:
    """A moderator takes away a pseudonym that was shown before it was read."""
    MODERATION.move(db, written, "hide", by=by, note=reason.value)
    _give_another(db, written, reason, note)


def restore_profile(db: Session, written: ProfileText, *, by: int) -> None:
    """A moderator gives back a pseudonym that had been taken away."""
    MODERATION.move(db, written, "restore", by=by)
    accept_again(db, written)
    body = _("Bonjour,\n\nVotre pseudonyme, « %(name)s », a été relu : il est de nouveau accepté.\n")
    identity.tell(db, _author(db, written), _("Votre pseudonyme est de nouveau accepté"), body % {"name": written.text})


def accept_again(db: Session, written: ProfileText) -> None:
    """It signs again, unless another one was chosen since."""
    written.reason = written.reason_note = None
    if not chosen_since(db, written):
        _show(db, _author(db, written), written)
    threads.queue_moved(db, written.territory_id)


def chosen_since(db: Session, written: ProfileText) -> bool:
    """Whether its author chose another pseudonym after this one."""
    later = select(ProfileText.id).where(ProfileText.author_id == written.author_id)
    return db.exec(later.where(col(ProfileText.id) > written.id).limit(1)).first() is not None


def sign_again(db: Session, person: Person) -> None:
    """Sign one's comments as one is shown now; those of an organisation or of a body keep their signature."""
    own = (col(Comment.author_id) == person.id) & col(Comment.organisation_id).is_(None)
    db.flush()
    signed = update(Comment).where(own, col(Comment.body_id).is_(None)).values(signature=public_name(db, person))
    db.execute(signed)


def _author(db: Session, written: ProfileText) -> Person:
    person = people.person(db, written.author_id)
    if person is None:
        raise LookupError("who chose a pseudonym stays, even with a closed account")
    return person


def _show(db: Session, person: Person, written: ProfileText) -> None:
    written.published_at = now()
    db.add(written)
    if person.closing_at is None and person.closed_at is None:
        person.pseudonym = written.text
        db.add(person)
        sign_again(db, person)


def _give_another(db: Session, written: ProfileText, reason: RefusalReason, note: str) -> None:
    written.reason, written.reason_note = reason.value, note
    person = _author(db, written)
    if person.pseudonym == written.text and person.closed_at is None:
        person.pseudonym = identity.new_pseudonym()
        sign_again(db, person)
    db.add_all([written, person])
    body = _(
        "Bonjour,\n\nVotre pseudonyme, « %(name)s », n’est pas accepté. Vos commentaires sont signés « %(now)s ».\n\n"
        "%(why)s\n\nVous pouvez en choisir un autre dans votre profil.\n"
    ) % {"name": written.text, "now": public_name(db, person), "why": threads.refusal_text(reason, note)}
    identity.tell(db, person, _("Votre pseudonyme n’est pas accepté"), body)
    threads.queue_moved(db, written.territory_id)
