"""Verbs on threads: speak once per forum, support, comment."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from app.core.db import IN_HAND, insert_once, now
from app.core.i18n import gettext as _
from app.core.mail import post
from app.core.security import token
from app.core.settings import get_settings
from app.identity import queries as people
from app.identity import service as identity
from app.identity.queries.profile import no_account, public_name
from app.identity.states import College
from app.policy.actor import Actor, Affiliation
from app.threads import queries
from app.threads.forms import CommentForm
from app.threads.models import Comment, Forum, Mention, Position, Support, Thread, Voice
from app.threads.service.moderating import (
    ALL_QUEUES,
    hide_comment,
    mask_comment,
    measure,
    publish_comment,
    queue_moved,
    queue_topic,
    refusal_text,
    refuse_comment,
    restore_comment,
)
from app.threads.states import (
    MODERATION,
    OFFICIAL_ANSWER,
    CommentKind,
    Moderation,
    Stance,
)

__all__ = [
    "ALL_QUEUES", "hide_comment", "mask_comment", "measure", "publish_comment", "queue_moved", "queue_topic",
    "refusal_text", "refuse_comment", "restore_comment",
]  # fmt: skip
CONFIRM_COMMENT = "comment"
SENT_TWICE = timedelta(minutes=10)  # the same words within this time are a double click


def open_forum(db: Session, territory_id: int) -> Forum:
    """A new place where voices count once."""
    forum = Forum(territory_id=territory_id)
    db.add(forum)
    db.flush()
    return forum


def in_turn(db: Session, forum_id: int) -> None:
    """One writer of counters at a time per accord: on PostgreSQL, two could lock cells in opposite orders."""
    db.execute(select(Forum.id).where(Forum.id == forum_id).with_for_update(**IN_HAND))


def open_thread(db: Session, forum_id: int) -> Thread:
    """A new thread in a forum."""
    thread = Thread(forum_id=forum_id)
    db.add(thread)
    db.flush()
    return thread


def voice(db: Session, forum_id: int, person_id: int, college: str) -> Voice:
    """The voice of this person here; the collège declared first stands for the whole accord."""
    insert_once(db, Voice, forum_id=forum_id, person_id=person_id, college=str(college))
    return db.exec(select(Voice).where(Voice.forum_id == forum_id, Voice.person_id == person_id)).one()


def voice_of_organisation(db: Session, forum_id: int, organisation_id: int, college: str) -> Voice:
    """The one voice of an organisation here, whoever of its delegates speaks."""
    insert_once(db, Voice, forum_id=forum_id, organisation_id=organisation_id, college=str(college))
    return db.exec(select(Voice).where(Voice.forum_id == forum_id, Voice.organisation_id == organisation_id)).one()


def voice_for(db: Session, forum_id: int, person_id: int, college: str, affiliation: Affiliation | None) -> Voice:
    """The voice with which somebody speaks this time: their own, or that of the organisation they speak for."""
    if affiliation is None:
        return voice(db, forum_id, person_id, college)
    return voice_of_organisation(db, forum_id, affiliation.organisation_id, affiliation.college)


def support(db: Session, thread: Thread, by: Voice) -> bool:
    """Support once; whether it is new."""
    return insert_once(db, Support, thread_id=thread.id, voice_id=by.id, created_at=now())


def unsupport(db: Session, thread: Thread, by: Voice) -> None:
    """Take one's support back."""
    db.execute(delete(Support).where(col(Support.thread_id) == thread.id, col(Support.voice_id) == by.id))


def take_position(db: Session, thread: Thread, by: Voice, stance: Stance) -> str:
    """Say what one thinks, or change it; ``new``, ``changed`` or ``same``."""
    if insert_once(db, Position, thread_id=thread.id, voice_id=by.id, stance=stance.value, created_at=now()):
        return "new"
    held = queries.position_of(db, thread.id or 0, by.id)
    if held is None or held.stance == stance:
        return "same"
    held.stance, held.created_at = stance.value, now()
    db.add(held)
    return "changed"


def leave_position(db: Session, thread: Thread, by: Voice) -> None:
    """Take one's position back."""
    db.execute(delete(Position).where(col(Position.thread_id) == thread.id, col(Position.voice_id) == by.id))


def mention(
    db: Session, thread_id: int, *, kind: str, subject_id: int, title: str, state: str, path: str,
    at: datetime | None = None,
) -> None:  # fmt: skip
    """Say on a thread what happens to its owner elsewhere, now unless said; said again, it replaces what was said."""
    said = {"title": title, "state": state, "path": path}
    insert_once(db, Mention, thread_id=thread_id, kind=kind, subject_id=subject_id, at=at or now(), **said)
    held = db.exec(
        select(Mention).where(
            Mention.thread_id == thread_id, Mention.kind == kind, Mention.subject_id == subject_id
        )
    ).one()  # fmt: skip
    held.sqlmodel_update(said)
    db.add(held)


def unmention(db: Session, thread_id: int, *, kind: str, subject_id: int) -> None:
    """It concerns this thread no more."""
    db.execute(
        delete(Mention).where(
            col(Mention.thread_id) == thread_id, col(Mention.kind) == kind, col(Mention.subject_id) == subject_id
        )
    )


def signed(form: CommentForm, me: Actor, affiliation: Affiliation | None) -> dict[str, Any]:
    """Under which name and in which collège a comment is written."""
    if affiliation:
        return {
            "college": affiliation.college, "signature": affiliation.name,
            "organisation_id": affiliation.organisation_id,
        }  # fmt: skip
    college = College(form.college or me.college or College.RESIDENTS)
    return {"college": college.value, "signature": me.name or no_account()}


def comment(
    db: Session, thread: Thread, territory_id: int, *, kind: CommentKind, text: str, college: str,
    signature: str, author_id: int | None, a_posteriori: bool = False, version: int | None = None,
    organisation_id: int | None = None, held_for: str | None = None,
) -> Comment:  # fmt: skip
    """Write a comment; with a known author it goes to moderation, otherwise its address is awaited.

    ``held_for``: why it is read first even where comments are read afterwards.

    Raises:
        ConflictError: the account of its author was closed meanwhile.
    """
    if author_id:
        identity.staying(db, author_id)  # an account that closes takes all its words out of view, this one too
    db.execute(select(Thread.id).where(Thread.id == thread.id).with_for_update(**IN_HAND))  # or both clicks write
    same = select(Comment).where(
        Comment.thread_id == thread.id, Comment.text == text, Comment.author_id == author_id,
        col(Comment.organisation_id).is_not_distinct_from(organisation_id),
        col(Comment.created_at) > now() - SENT_TWICE,
    )  # fmt: skip
    already = db.exec(same).first() if author_id else None
    if already:
        return already
    written = Comment(
        thread_id=thread.id or 0, territory_id=territory_id, author_id=author_id, college=college,
        organisation_id=organisation_id, signature=signature, kind=kind.value, text=text,
        status=Moderation.DRAFT.value, created_at=now(), version=version,
        held_for=held_for,
    )  # fmt: skip
    db.add(written)
    db.flush()
    if author_id is None:
        MODERATION.move(db, written, "await_email", by=None)
    else:
        send_comment(db, written, a_posteriori=a_posteriori)
    return written


def send_comment(db: Session, written: Comment, *, a_posteriori: bool) -> None:
    """Hand a comment to moderation, or publish it at once where the accord moderates afterwards."""
    author = people.person(db, written.author_id) if written.author_id else None
    if author and written.organisation_id is None:
        written.signature = public_name(db, author)  # as its author chose to be shown
    shown = a_posteriori and not written.held_for
    MODERATION.move(db, written, "post" if shown else "submit", by=written.author_id)
    if shown:
        written.published_at = now()
    queue_moved(db, written.territory_id)


def answer_officially(
    db: Session, asked: Comment, *, text: str, body_id: int, signature: str, college: str, by: int
) -> Comment:
    """Answer a comment in the name of a body; whoever asked is told. The same words twice are one answer."""
    db.execute(select(Comment.id).where(Comment.id == asked.id).with_for_update(**IN_HAND))
    same = select(Comment).where(Comment.parent_id == asked.id, Comment.text == text, Comment.body_id == body_id)
    already = db.exec(same).first()
    if already:
        return already
    written = Comment(
        thread_id=asked.thread_id, territory_id=asked.territory_id, author_id=by, college=college, signature=signature,
        kind=OFFICIAL_ANSWER, text=text, status=Moderation.DRAFT.value, created_at=now(), published_at=now(),
        parent_id=asked.id, body_id=body_id,
    )  # fmt: skip
    MODERATION.move(db, written, "post", by=by)
    return written


def ask_comment_confirmation(db: Session, written: Comment, email: str, title: str) -> None:
    """Mail the link that confirms a comment written without an account."""
    data = {"comment": written.id, "college": written.college}
    secret = identity.issue_proof(db, email, CONFIRM_COMMENT, data, life=identity.CONFIRMATION_LIFE)
    body = _(
        "Bonjour,\n\nVous avez commenté « %(title)s ».\n"
        "Ouvrez ce lien et confirmez : votre commentaire partira en relecture.\n%(link)s\n\n"
        "Sans confirmation sous 7 jours, il ne sera ni relu ni publié. Si ce n’est pas vous, ignorez ce message.\n"
    ) % {"title": title, "link": f"{get_settings().public_url}/confirmation/{secret}"}
    post(db, email, _("Confirmez votre commentaire"), body)


def submission_key() -> str:
    """A fresh secret for one form: sent twice, it counts once."""
    return token(18)
