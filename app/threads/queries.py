"""Reads of threads: supporters by collège, comments, events."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from app.core.machine import Event
from app.policy import Actor
from app.threads.models import Comment, Forum, Mention, Position, Support, Thread, Voice
from app.threads.states import Moderation

COMMENTS_SHOWN = 200


def supports_by_college(db: Session, thread_id: int) -> dict[str, int]:
    """How many people of each collège support it."""
    statement = (
        select(Voice.college, func.count())
        .join(Support, col(Support.voice_id) == Voice.id)
        .where(Support.thread_id == thread_id)
        .group_by(Voice.college)
    )
    return dict(db.execute(statement).all())


def voice_of(db: Session, forum_id: int, person_id: int | None) -> Voice | None:
    """The voice of this person in this forum, if they ever spoke there."""
    if person_id is None:
        return None
    return db.exec(select(Voice).where(Voice.forum_id == forum_id, Voice.person_id == person_id)).first()


def supports(db: Session, thread_id: int, voice_id: int | None) -> bool:
    """Whether this voice supports this thread."""
    if voice_id is None:
        return False
    statement = select(Support.id).where(Support.thread_id == thread_id, Support.voice_id == voice_id)
    return db.exec(statement).first() is not None


def positions_by_college(db: Session, thread_id: int) -> dict[str, dict[str, int]]:
    """How many voices of each collège are pour, nuancé, contre: ``{college: {stance: n}}``."""
    statement = (
        select(Voice.college, Position.stance, func.count())
        .join(Position, col(Position.voice_id) == Voice.id)
        .where(Position.thread_id == thread_id)
        .group_by(Voice.college, Position.stance)
    )
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for college, stance, number in db.execute(statement):
        counts[college][stance] = number
    return dict(counts)


def position_of(db: Session, thread_id: int, voice_id: int | None) -> Position | None:
    """The position of this voice on this thread, if it took one."""
    if voice_id is None:
        return None
    return db.exec(select(Position).where(Position.thread_id == thread_id, Position.voice_id == voice_id)).first()


def mentions(db: Session, thread_id: int, kind: str) -> Sequence[Mention]:
    """What happened elsewhere to the owner of this thread, oldest first."""
    statement = select(Mention).where(Mention.thread_id == thread_id, Mention.kind == kind)
    return db.exec(statement.order_by(col(Mention.at), col(Mention.id))).all()


def comments(db: Session, me: Actor, thread_id: int) -> Sequence[Comment]:
    """Published comments, oldest first, and one's own that wait."""
    mine = (col(Comment.author_id) == me.person_id) & (Comment.status == Moderation.PENDING)
    shown = col(Comment.status).in_([Moderation.PUBLISHED, Moderation.MASKED])
    return db.exec(
        select(Comment)
        .where(Comment.thread_id == thread_id, (shown | mine) if me.signed_in else shown)
        .order_by(col(Comment.id))
        .limit(COMMENTS_SHOWN)
    ).all()


def events(db: Session, kind: str, subject_id: int) -> Sequence[Event]:
    """Everything that happened to one object, in order."""
    return db.exec(
        select(Event)
        .where(Event.subject_kind == kind, Event.subject_id == subject_id)
        .order_by(col(Event.at), col(Event.id))
    ).all()


def comment(db: Session, comment_id: int) -> Comment | None:
    """One comment."""
    return db.get(Comment, comment_id)


def thread(db: Session, thread_id: int) -> Thread | None:
    """One thread."""
    return db.get(Thread, thread_id)


def forum(db: Session, forum_id: int) -> Forum | None:
    """One forum."""
    return db.get(Forum, forum_id)
