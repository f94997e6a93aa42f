"""Reads of threads: supporters by collège, comments, events."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, and_, col, func, select

from app.core.machine import Event
from app.identity.models import Organisation
from app.policy.actor import Actor, Affiliation
from app.threads.models import Comment, Forum, Mention, Position, Support, Thread, Voice
from app.threads.states import Moderation

COMMENTS_SHOWN = 200
ORGANISATIONS_SHOWN = 50


def supports_by_college(db: Session, thread_id: int) -> tuple[dict[str, int], Sequence[Any]]:
    """How many voices of each collège support it, and the organisations among them (as ``organisations_on``)."""
    statement: Any = (
        select(col(Voice.college), func.count(), func.count(col(Voice.organisation_id)))
        .join(Support, col(Support.voice_id) == Voice.id)
        .where(Support.thread_id == thread_id)
        .group_by(col(Voice.college))
    )
    rows = db.execute(statement).all()
    among = any(organisations for _college, _number, organisations in rows)
    counts = {college: number for college, number, _organisations in rows}
    return counts, organisations_on(db, thread_id, Support) if among else []


def voice_of(db: Session, forum_id: int, person_id: int | None) -> Voice | None:
    """The voice of this person in this forum, if they ever spoke there."""
    if person_id is None:
        return None
    return db.exec(select(Voice).where(Voice.forum_id == forum_id, Voice.person_id == person_id)).first()


def voice_in_name(db: Session, forum_id: int, me: Actor, affiliation: Affiliation | None) -> Voice | None:
    """One's own voice in this forum, or that of the organisation for which one speaks, if it ever spoke there."""
    if affiliation is None:
        return voice_of(db, forum_id, me.person_id)
    own = Voice.organisation_id == affiliation.organisation_id
    return db.exec(select(Voice).where(Voice.forum_id == forum_id, own)).first()


@dataclass(frozen=True)
class Spoken:
    """What one of the organisations for which one speaks said on a thread."""

    affiliation: Affiliation
    supports: bool
    stance: str | None


def spoken(db: Session, me: Actor, forum_id: int, thread_id: int) -> list[Spoken]:
    """What each organisation for which one speaks said on a thread; no query for who speaks for none."""
    if not me.voices:
        return []
    statement = (
        select(col(Voice.organisation_id), col(Support.id), col(Position.stance))
        .outerjoin(Support, and_(col(Support.voice_id) == Voice.id, col(Support.thread_id) == thread_id))
        .outerjoin(Position, and_(col(Position.voice_id) == Voice.id, col(Position.thread_id) == thread_id))
        .where(Voice.forum_id == forum_id, col(Voice.organisation_id).in_([a.organisation_id for a in me.voices]))
    )
    said = {organisation_id: (support, stance) for organisation_id, support, stance in db.execute(statement)}
    each = [(affiliation, *said.get(affiliation.organisation_id, (None, None))) for affiliation in me.voices]
    return [Spoken(affiliation, support is not None, stance) for affiliation, support, stance in each]


def organisations_on(db: Session, thread_id: int, act: type[Support] | type[Position]) -> Sequence[Any]:
    """The organisations among the voices that support, or took position: id, name, collège, stance (of a position)."""
    stance = [col(Position.stance)] if act is Position else []
    statement: Any = (
        select(col(Organisation.id), col(Organisation.name), col(Voice.college), *stance)
        .join(Voice, col(Voice.organisation_id) == Organisation.id)
        .join(act, col(act.voice_id) == Voice.id)
        .where(col(act.thread_id) == thread_id)
        .order_by(func.lower(Organisation.name), col(Organisation.id))
        .limit(ORGANISATIONS_SHOWN)
    )
    return list(db.execute(statement))


def supports(db: Session, thread_id: int, voice_id: int | None) -> bool:
    """Whether this voice supports this thread."""
    if voice_id is None:
        return False
    statement = select(Support.id).where(Support.thread_id == thread_id, Support.voice_id == voice_id)
    return db.exec(statement).first() is not None


def positions_by_college(db: Session, thread_id: int) -> tuple[dict[str, dict[str, int]], Sequence[Any]]:
    """``{college: {stance: n}}``, and the organisations among these voices (as ``organisations_on``)."""
    statement: Any = (
        select(col(Voice.college), col(Position.stance), func.count(), func.count(col(Voice.organisation_id)))
        .join(Position, col(Position.voice_id) == Voice.id)
        .where(Position.thread_id == thread_id)
        .group_by(col(Voice.college), col(Position.stance))
    )
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    among = 0
    for college, stance, number, organisations in db.execute(statement):
        counts[college][stance] = number
        among += organisations
    return dict(counts), organisations_on(db, thread_id, Position) if among else []


def position_of(db: Session, thread_id: int, voice_id: int | None) -> Position | None:
    """The position of this voice on this thread, if it took one."""
    if voice_id is None:
        return None
    return db.exec(select(Position).where(Position.thread_id == thread_id, Position.voice_id == voice_id)).first()


def mentions(db: Session, thread_id: int, kind: str | None = None) -> Sequence[Mention]:
    """What happened elsewhere to the owner of this thread, of one kind or of all, oldest first."""
    statement = select(Mention).where(Mention.thread_id == thread_id)
    if kind is not None:
        statement = statement.where(Mention.kind == kind)
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
