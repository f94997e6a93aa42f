"""Verbs of the people in the room: take a seat, cast a ballot."""

from datetime import timedelta

from sqlmodel import Session

from app.core import live
from app.core.db import insert_once, now
from app.core.errors import ConflictError, DomainError, ForbiddenError
from app.core.i18n import gettext as _
from app.core.security import digest, token
from app.identity.states import College
from app.policy import WORKSHOP_JOIN
from app.policy.actor import ANONYMOUS
from app.workshops import counting, queries
from app.workshops.models import Ballot, Seat, Step, Workshop
from app.workshops.service.room import count_topic
from app.workshops.states import VOTES, Hands, StepKind, StepStatus

GRACE = timedelta(seconds=5)  # a ballot sent at the last second travels: it is kept, and marked late


def check_joinable(workshop: Workshop) -> None:
    """Refuse a room that is not open, in words that say why.

    Raises:
        ForbiddenError: not open yet, over, or the calendar closed it.
    """
    if not ANONYMOUS.can(WORKSHOP_JOIN, workshop):
        raise ForbiddenError(_("Cet atelier n’est pas ouvert en ce moment : on ne peut ni y entrer ni y voter."))


def take_seat(db: Session, workshop: Workshop, college: College) -> str:
    """A seat for this phone; its secret, which only the phone keeps."""
    check_joinable(workshop)
    secret = token()
    db.add(
        Seat(workshop_id=workshop.id or 0, digest=digest(secret), college=college.value, created_at=now())
    )  # fmt: skip
    live.publish(db, count_topic(workshop))
    return secret


def cast_ballot(db: Session, workshop: Workshop, step: Step, seat: Seat, marks: dict[int, int]) -> Ballot:
    """Record one seat's answer to one step; sent again, it replaces the former one.

    Durable before the answer leaves: the caller's transaction is committed first.

    Raises:
        ForbiddenError: the seat is of another room, or the room is not open.
        ConflictError: the vote is not open, or closed for more than ``GRACE``.
        DomainError: the marks are not a ballot of this step (too many dots, unknown option).
    """
    check_joinable(workshop)
    if seat.workshop_id != workshop.id or step.workshop_id != workshop.id:
        raise ForbiddenError(_("Votre place est dans un autre atelier : ce bulletin n’est pas compté ici."))
    late = _check_open(db, step)
    options = [option.id or 0 for option in queries.option_rows(db, step.id or 0)]
    _check_marks(step, marks, options)
    kept = {str(option): number for option, number in marks.items() if number}
    values = {"marks": kept, "late": late, "cast_at": now(), "college": seat.college, "channel": seat.channel}
    if not insert_once(db, Ballot, step_id=step.id, seat_id=seat.id, **values):
        ballot = queries.ballot(db, step.id or 0, seat.id or 0)
        if ballot is not None:
            ballot.sqlmodel_update(values)
            db.add(ballot)
    db.flush()
    live.publish(db, count_topic(workshop))
    found = queries.ballot(db, step.id or 0, seat.id or 0)
    if found is None:
        raise ConflictError(_("Votre bulletin n’a pas pu être enregistré : envoyez-le de nouveau."))
    return found


def _check_open(db: Session, step: Step) -> bool:
    """Whether the ballot is late; refuses when the vote is not open. It waits to close until this ballot is kept."""
    db.refresh(step, ["status", "closed_at"], with_for_update={"read": True})
    if step.kind not in VOTES or step.status == StepStatus.WAITING:
        raise ConflictError(_("Ce vote n’est pas encore ouvert."))
    if step.status == StepStatus.OPEN:
        return False
    if step.status == StepStatus.CLOSED and step.closed_at and now() - step.closed_at <= GRACE:
        return True
    raise ConflictError(_("Le vote est clos : ce bulletin est arrivé trop tard et n’est pas compté."))


def _check_marks(step: Step, marks: dict[int, int], options: list[int]) -> None:
    if step.kind == StepKind.DOTS:
        wrong = counting.check_dots(marks, options, total=step.dots, cap=step.cap)
    elif step.hands == Hands.SINGLE:
        wrong = counting.check_single(marks, options)
    else:
        wrong = counting.check_approval(marks, options)
    if wrong:
        raise DomainError(_WRONG[wrong]() % {"dots": step.dots, "cap": step.cap})


_WRONG = {
    "unknown_option": lambda: _("Un choix de ce bulletin n’est pas dans ce vote. Rechargez la page, puis recommencez."),
    "negative": lambda: _("Un nombre de gommettes ne peut pas être négatif."),
    "over_cap": lambda: _("Trop de gommettes sur un même choix : %(cap)s au plus. Enlevez-en, puis renvoyez."),
    "over_total": lambda: _("Trop de gommettes : vous en avez %(dots)s en tout. Enlevez-en, puis renvoyez."),
    "several": lambda: _("Une seule réponse est possible."),
}
