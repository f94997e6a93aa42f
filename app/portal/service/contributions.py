"""One's own words: taken out of view when an account closes, put back, or erased. Never those of an organisation."""

from collections.abc import Sequence

from sqlmodel import Session, col, delete, select, update

from app.actions.models import ActionSheet
from app.core import search
from app.core.i18n import gettext as _
from app.core.machine import Event
from app.moderation.service import appeals
from app.needs.models import Need
from app.needs.queries import KIND, PUBLIC
from app.portal.service import traces
from app.portal.service.traces import WITH_ACCOUNT
from app.threads import service as threads
from app.threads.models import Comment, File, Position, Support, Thread, Voice
from app.threads.service.files import erase_file
from app.threads.states import MODERATION, Moderation
from app.workshops.models import Option


def needs_of(db: Session, person_id: int) -> Sequence[Need]:
    """The needs that this person said for themselves."""
    own = select(Need).where(Need.author_id == person_id, col(Need.organisation_id).is_(None))
    return db.exec(own.order_by(col(Need.id))).all()


def comments_of(db: Session, person_id: int) -> Sequence[Comment]:
    """The comments that this person wrote for themselves."""
    own = select(Comment).where(Comment.author_id == person_id, col(Comment.organisation_id).is_(None))
    return db.exec(own.where(col(Comment.body_id).is_(None)).order_by(col(Comment.id))).all()


def files_of(db: Session, person_id: int) -> Sequence[File]:
    """The photos and documents that this person sent for themselves; those of fiches-actions are a collectivity's."""
    own = select(File).where(File.author_id == person_id, col(File.organisation_id).is_(None))
    return db.exec(own.where(col(File.thread_id).not_in(select(ActionSheet.thread_id))).order_by(col(File.id))).all()


def _all(db: Session, needs: Sequence[Need], person_id: int) -> list[Need | Comment | File]:
    return [*needs, *comments_of(db, person_id), *files_of(db, person_id)]


def _in_turn(db: Session, needs: Sequence[Need], person_id: int) -> None:
    """One writer of counters at a time in every forum concerned, always in the same order."""
    threads_of = select(Thread.forum_id).where(col(Thread.id).in_([need.thread_id for need in needs]))
    spoken = select(Voice.forum_id).where(Voice.person_id == person_id)
    for forum_id in sorted({*db.exec(threads_of), *db.exec(spoken)}):
        threads.in_turn(db, forum_id)


def withdraw(db: Session, person_id: int) -> None:
    """Take everything out of public view at once; each remembers where it was, by its event."""
    needs = needs_of(db, person_id)
    _in_turn(db, needs, person_id)
    for written in _all(db, needs, person_id):
        if MODERATION.allows(written.status, WITH_ACCOUNT):
            MODERATION.move(db, written, WITH_ACCOUNT, by=person_id)
            threads.queue_moved(db, written.territory_id)
    for need in needs:
        search.forget(db, KIND, need.id or 0)


def put_back(db: Session, person_id: int) -> None:
    """Each goes back where the closing of the account found it."""
    needs = needs_of(db, person_id)
    _in_turn(db, needs, person_id)
    for written in _all(db, needs, person_id):
        closed = _closed(db, written)
        if written.status == Moderation.WITHDRAWN and closed:
            MODERATION.move(db, written, f"return_{closed.before}", by=person_id)
            appeals.catch_up(db, written, since=closed.at)
            threads.queue_moved(db, written.territory_id)
    for need in needs:
        if need.status in PUBLIC:
            search.index(db, KIND, need.id or 0, need.title, need.text)


def _closed(db: Session, written: Need | Comment | File) -> Event | None:
    """When its account closed, and where it was before; None if something else took it out of view."""
    moved = select(Event).where(Event.subject_kind == written.__tablename__, Event.subject_id == written.id)
    last = db.exec(moved.where(col(Event.after).in_(list(Moderation))).order_by(col(Event.id).desc()).limit(1)).first()
    return last if last and last.verb == WITH_ACCOUNT and last.before else None


def erase(db: Session, person_id: int) -> None:
    """Words, supports and positions go for good; counters follow by their triggers."""
    withdraw(db, person_id)
    gone = _("Texte effacé par son auteur")
    needs = needs_of(db, person_id)
    for need in needs:
        need.title, need.text, need.reason_note, need.voice_id = gone, gone, None, None
        need.latitude, need.longitude, need.place_note = None, None, None
        db.add(need)
    comments = comments_of(db, person_id)
    for comment in comments:
        comment.text, comment.reason_note = gone, None
        db.add(comment)
    for file in files_of(db, person_id):
        erase_file(db, file)
    db.flush()
    traces.erase(db, person_id, needs, comments, gone)
    db.execute(update(Option).where(col(Option.need_id).in_([need.id for need in needs])).values(title=gone))
    _erase_voices(db, person_id)


def _erase_voices(db: Session, person_id: int) -> None:
    mine = select(Voice.id).where(Voice.person_id == person_id)
    for table in (Support, Position):
        db.execute(delete(table).where(col(table.voice_id).in_(mine)))
    held = select(Need.voice_id).where(col(Need.voice_id).is_not(None))
    db.execute(delete(Voice).where(col(Voice.person_id) == person_id, col(Voice.id).not_in(held)))
