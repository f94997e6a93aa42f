"""Sharing the work: who has what in hand, a second opinion, and stepping back."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from app.core.db import IN_HAND, insert_once, now
from app.core.errors import ConflictError, ForbiddenError
from app.core.i18n import gettext as _
from app.identity import queries as people
from app.moderation.models import Appeal, Claim, Recusal, Report, SecondOpinion
from app.moderation.queries.appeals import decided_against
from app.moderation.queries.items import RIGHTS, Item, is_recused
from app.moderation.service import log
from app.moderation.states import CLAIM_HOURS, REPORT
from app.threads import service as threads


def _claim(db: Session, subject: Any) -> Claim | None:
    """Who has it in hand, unless they left it there too long."""
    held = select(Claim).where(Claim.subject_kind == subject.__tablename__, Claim.subject_id == subject.id)
    claim = db.exec(held.with_for_update(**IN_HAND)).first()
    return claim if claim and claim.at > now() - timedelta(hours=CLAIM_HOURS) else None


def check_free(db: Session, subject: Any, *, by: int) -> None:
    """Refuse to decide on what somebody else has in hand: taking over is a gesture of its own.

    Raises:
        ConflictError: somebody else has it.
    """
    claim = _claim(db, subject)
    if claim and claim.person_id != by:
        holder = people.person(db, claim.person_id)
        raise ConflictError(
            _("%(name)s s’en occupe. Prenez la main sur sa page si c’est à vous de décider.")
            % {"name": holder.pseudonym if holder else _("Quelqu’un d’autre")}
        )


def drop(db: Session, subject: Any) -> None:
    """Nobody has it in hand any more."""
    db.execute(
        delete(Claim).where(col(Claim.subject_kind) == subject.__tablename__, col(Claim.subject_id) == subject.id)
    )


def claim(db: Session, subject: Item, *, by: int, take_over: bool = False) -> None:
    """Take it in charge: others see it. Taken already, it must be taken over, which says so.

    Raises:
        ConflictError: somebody else took it a moment ago.
    """
    log.in_turn(db)
    held = _claim(db, subject)
    if held and held.person_id == by:
        return
    if held and not take_over:
        check_free(db, subject, by=by)
    _give(db, subject, to=by, by=by)
    log.record(db, subject, "take_over" if held else "claim", by=by)


def assign(db: Session, subject: Item, *, to: int, by: int) -> None:
    """Give it to another moderator of its territory, who may read it.

    Raises:
        ForbiddenError: that person may not decide on it: their own words, or they stepped back.
    """
    log.in_turn(db)
    person = people.person(db, to)
    actor = people.actor_of(db, person) if person else None
    involved = is_recused(db, subject, to) or (isinstance(subject, Appeal) and to in decided_against(db, subject))
    if actor is None or involved or not actor.can(RIGHTS[subject.__tablename__], subject):
        raise ForbiddenError(_("Cette personne ne peut pas décider de cette contribution."))
    _give(db, subject, to=to, by=by)
    log.record(db, subject, "assign", by=by)


def _give(db: Session, subject: Item, *, to: int, by: int) -> None:
    drop(db, subject)
    db.add(
        Claim(
            subject_kind=subject.__tablename__, subject_id=subject.id or 0, person_id=to,
            assigned_by=by if by != to else None, at=now(),
        )
    )  # fmt: skip
    if isinstance(subject, Report) and REPORT.allows(subject.status, "claim"):
        REPORT.move(db, subject, "claim", by=by)
    threads.queue_moved(db, subject.territory_id)


def release(db: Session, subject: Item, *, by: int) -> None:
    """Give it back to everybody.

    Raises:
        ConflictError: it is in nobody's hands, or in somebody else's.
    """
    log.in_turn(db)
    held = _claim(db, subject)
    if held is None or by not in (held.person_id, held.assigned_by):
        raise ConflictError(_("Cette contribution n’est pas, ou plus, entre vos mains."))
    drop(db, subject)
    if isinstance(subject, Report) and REPORT.allows(subject.status, "release"):
        REPORT.move(db, subject, "release", by=by)
    log.record(db, subject, "release", by=by)
    threads.queue_moved(db, subject.territory_id)


def ask(db: Session, subject: Item, question: str, *, by: int) -> None:
    """Ask the other moderators what they think; asked twice in the same words, it is asked once."""
    log.in_turn(db)
    same = select(SecondOpinion).where(
        SecondOpinion.subject_kind == subject.__tablename__, SecondOpinion.subject_id == subject.id,
        SecondOpinion.asked_by == by, SecondOpinion.question == question,
    )  # fmt: skip
    if db.exec(same).first():
        return
    db.add(
        SecondOpinion(
            subject_kind=subject.__tablename__, subject_id=subject.id or 0, asked_by=by, asked_at=now(),
            question=question,
        )
    )  # fmt: skip
    log.record(db, subject, "ask", by=by)
    threads.queue_moved(db, subject.territory_id)


def advise(db: Session, subject: Item, opinion: SecondOpinion, answer: str, *, by: int) -> None:
    """Say what one thinks of it.

    Raises:
        ConflictError: somebody answered meanwhile, or one asked oneself.
    """
    log.in_turn(db)
    db.refresh(opinion, ["answered_at", "answer"], with_for_update=IN_HAND)
    if opinion.answered_at is not None and (opinion.answered_by, opinion.answer) == (by, answer):
        return
    if opinion.answered_at is not None or opinion.asked_by == by:
        raise ConflictError(_("Un avis vient d’être donné, ou c’est vous qui l’avez demandé."))
    opinion.answered_by, opinion.answered_at, opinion.answer = by, now(), answer
    db.add(opinion)
    log.record(db, subject, "advise", by=by)
    threads.queue_moved(db, subject.territory_id)


def recuse(db: Session, subject: Item, *, by: int) -> None:
    """Step back: it leaves one's queue for good, and comes back into everybody else's."""
    log.in_turn(db)
    mine = {"person_id": by, "subject_kind": subject.__tablename__, "subject_id": subject.id}
    if not insert_once(db, Recusal, **mine, at=now()):
        return
    held = _claim(db, subject)
    if held is None or held.person_id == by:
        drop(db, subject)
        if isinstance(subject, Report) and REPORT.allows(subject.status, "release"):
            REPORT.move(db, subject, "release", by=by)
    log.record(db, subject, "recuse", by=by)
    threads.queue_moved(db, subject.territory_id)
