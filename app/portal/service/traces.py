"""What is left of somebody's words beside the words themselves: former wordings, what was masked, appeals, news."""

from collections.abc import Sequence

from sqlmodel import Session, col, delete, or_, update

from app.identity.models import Person
from app.identity.queries.profile import closed_name
from app.moderation.models import Appeal, Original, Report, Undoable
from app.needs.models import GroupMember, Need, NeedWording
from app.threads.models import Comment, Follow, ProfileText
from app.threads.service import follows
from app.threads.states import MODERATION

WITH_ACCOUNT = "withdraw_with_account"


def remove_with_needs(db: Session, needs: Sequence[int], threads: Sequence[int]) -> None:
    """What speaks of needs that go for good: nothing may quote them any more."""
    db.execute(delete(NeedWording).where(col(NeedWording.need_id).in_(needs)))
    remove_originals(db, Need.__tablename__, needs)
    follows.forget(db, threads)


def remove_originals(db: Session, kind: str, ids: Sequence[int]) -> None:
    """The words before a passage was masked, and those kept for the seconds in which a decision may be taken back."""
    for table in (Original, Undoable):
        db.execute(delete(table).where(col(table.subject_kind) == kind, col(table.subject_id).in_(ids)))


def erase(db: Session, person_id: int, needs: Sequence[Need], comments: Sequence[Comment], gone: str) -> None:
    """Erase what quotes these needs and comments, and what their author wrote to moderators; ``gone`` stands there."""
    ids = [need.id or 0 for need in needs]
    remove_with_needs(db, ids, [need.thread_id for need in needs])
    remove_originals(db, Comment.__tablename__, [comment.id or 0 for comment in comments])
    asked = (col(GroupMember.need_id).in_(ids)) & col(GroupMember.asked_at).is_not(None)
    db.execute(update(GroupMember).where(asked).values(asked_words=gone, answered_words=None))
    own = (col(Appeal.author_id) == person_id) & col(Appeal.organisation_id).is_(None)
    db.execute(update(Appeal).where(own).values(text=gone, outcome_text=None))
    db.execute(update(Report).where(col(Report.author_id) == person_id).values(text=gone, outcome_text=None))


def forget(db: Session, person: Person) -> None:
    """Whoever leaves: what they followed goes, and their name where they gave it to report something."""
    db.execute(delete(Follow).where(col(Follow.person_id) == person.id))
    mine = col(Report.author_id) == person.id
    if person.email:
        mine = or_(mine, col(Report.email) == person.email)
    db.execute(update(Report).where(mine).values(name=None, email=None))


def forget_pseudonyms(db: Session, pseudonyms: Sequence[ProfileText]) -> None:
    """The names under which one was known, read or waiting to be: nobody is asked to read them any more."""
    for chosen in pseudonyms:
        if MODERATION.allows(chosen.status, WITH_ACCOUNT):
            MODERATION.move(db, chosen, WITH_ACCOUNT, by=chosen.author_id)
        chosen.text, chosen.reason_note = closed_name(), None
        db.add(chosen)
    remove_originals(db, ProfileText.__tablename__, [chosen.id or 0 for chosen in pseudonyms])
