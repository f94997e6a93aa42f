"""Casting a ballot: the checks of one, and the writing of many at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

from sqlmodel import Session

from app.core import live
from app.core.db import now, upsert_all
from app.core.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from app.core.i18n import gettext as _
from app.workshops import counting, queries
from app.workshops.models import Ballot, Seat, Step, Workshop
from app.workshops.queries.casting import Ground, SeatRow
from app.workshops.service.room import count_topic
from app.workshops.service.seats import check_joinable
from app.workshops.states import OBJECTING, VOTES, Hands, StepKind, StepStatus

GRACE = timedelta(seconds=5)  # a ballot sent at the last second travels: it is kept, and marked late


class WrongBallotError(DomainError):
    """Not a ballot of this step: too many dots, an unknown option, a grade that is not of the scale."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class Sent(NamedTuple):
    """A ballot as it came: the room's code, what recognises the seat, the step, the marks by option, an objection.

    ``filled_by``: the seat for which it was filled, when the device says so.
    """

    code: str
    seat: str
    step_id: int
    marks: Mapping[int, int]
    words: str
    at: datetime
    filled_by: int | None = None


class Recorded(NamedTuple):
    """A ballot that is kept: durable, and what it holds."""

    late: bool
    marks: Mapping[int, int]


def no_seat() -> ForbiddenError:
    """Somebody votes who took no seat."""
    return ForbiddenError(_("Prenez d’abord une place dans la salle : rien n’a été compté."))


Row = dict[str, Any]
Rows = dict[tuple[int, int], Row]


def cast_ballots(db: Session, sent: Sequence[Sent]) -> list[Recorded | Exception]:
    """Record these ballots, of any rooms; of two from one seat, the later stays. One outcome each, in their order.

    Durable once the caller's transaction is committed. A refusal is an outcome, not an error: see ``cast_ballot``.
    """
    found = queries.ground(
        db, {each.code for each in sent}, {each.step_id for each in sent}, {each.seat for each in sent}
    )
    rows: Rows = {}
    shut = {code: refusal for code, room in found.rooms.items() if (refusal := _shut(room))}
    outcomes = [shut.get(each.code) or _outcome(found, each, rows) for each in sent]
    upsert_all(db, Ballot, [rows[key] for key in sorted(rows)], key=("step_id", "seat_id"))
    touched = {found.steps[step_id].workshop_id for step_id, _seat in rows}
    for room in found.rooms.values():
        if room.id in touched:
            live.publish(db, count_topic(room))
    return outcomes


def _shut(room: Workshop) -> ForbiddenError | None:
    """Why nobody votes here, asked once for all its ballots."""
    try:
        check_joinable(room)
    except ForbiddenError as refusal:
        return refusal
    return None


def _outcome(found: Ground, sent: Sent, rows: Rows) -> Recorded | Exception:
    try:
        room, seat = found.rooms.get(sent.code), found.seats.get(sent.seat)
        if room is None:
            raise NotFoundError(
                _("Aucun atelier ne porte ce code. Vérifiez les six caractères affichés dans la salle.")
            )
        if seat is None or seat.workshop_id != room.id:
            raise no_seat()
        if sent.filled_by not in (None, seat.id):
            raise ForbiddenError(_("Une autre personne a rempli ce bulletin sur cet appareil : il n’est pas compté."))
        step = found.steps.get(sent.step_id)
        if step is None or step.workshop_id != room.id:
            raise NotFoundError(_("Cette séquence n’existe pas dans cet atelier."))
        row = _checked(step, seat, sent, found.options[sent.step_id])
    except DomainError as refusal:
        return refusal
    rows[row["step_id"], row["seat_id"]] = row
    return Recorded(row["late"], {int(option): mark for option, mark in row["marks"].items()})


def cast_ballot(
    db: Session, workshop: Workshop, step: Step, seat: Seat, marks: Mapping[int, int], words: str = ""
) -> Recorded:  # fmt: skip
    """Record one seat's answer to one step; sent again, it replaces the former one.

    Durable once the caller's transaction is committed.

    Raises:
        ForbiddenError: the seat is of another room, or the room is not open.
        ConflictError: the vote is not open, or closed for more than ``GRACE``.
        WrongBallotError: the marks are not a ballot of this step (too many dots, unknown option).
    """
    check_joinable(workshop)
    if seat.workshop_id != workshop.id or step.workshop_id != workshop.id:
        raise ForbiddenError(_("Votre place est dans un autre atelier : ce bulletin n’est pas compté ici."))
    db.refresh(step, ["status", "closed_at"], with_for_update={"read": True})
    sent = Sent(workshop.code, seat.digest, step.id or 0, marks, words, now())
    options = {option.id or 0 for option in queries.option_rows(db, step.id or 0)}
    row = _checked(step, SeatRow(seat.id or 0, seat.workshop_id, seat.college, seat.channel), sent, options)
    upsert_all(db, Ballot, [row], key=("step_id", "seat_id"))
    live.publish(db, count_topic(workshop))
    return Recorded(row["late"], {int(option): mark for option, mark in row["marks"].items()})


def _checked(step: Step, seat: SeatRow, sent: Sent, options: Collection[int]) -> Row:
    """The row of this ballot, if nothing forbids it."""
    late = _check_open(step, sent.at)
    _check_marks(step, sent.marks, options)
    return {
        "step_id": step.id, "seat_id": seat.id, "college": seat.college, "channel": seat.channel,
        "marks": {str(option): mark for option, mark in sent.marks.items() if mark},
        "words": sent.words if _objects(step, sent.marks) else "", "words_shown": False,
        "late": late, "cast_at": sent.at,
    }  # fmt: skip


def _objects(step: Step, marks: Mapping[int, int]) -> bool:
    """Whether this ballot says why: only a degree that objects does."""
    return step.kind == StepKind.AGREEMENT and any(0 < mark <= OBJECTING for mark in marks.values())


def _check_open(step: Step, at: datetime) -> bool:
    """Whether the ballot came after the close, however long it then waited for its batch; refuses when not open."""
    if step.kind not in VOTES or step.status == StepStatus.WAITING:
        raise ConflictError(_("Ce vote n’est pas encore ouvert."))
    if step.status == StepStatus.OPEN:
        return False
    if step.status == StepStatus.CLOSED and step.closed_at and at - step.closed_at <= GRACE:
        return at > step.closed_at
    raise ConflictError(_("Le vote est clos : ce bulletin est arrivé trop tard et n’est pas compté."))


def wrong_marks(step: Step, marks: Mapping[int, int], options: Collection[int]) -> str | None:
    """What makes these marks no ballot of this step, as ``counting`` names it; None if nothing."""
    if step.kind == StepKind.DOTS:
        return counting.check_dots(marks, options, total=step.dots, cap=step.cap)
    if step.scale:
        return counting.check_grades(marks, options, step.scale)
    if step.hands == Hands.SINGLE:
        return counting.check_single(marks, options)
    return counting.check_approval(marks, options)


def _check_marks(step: Step, marks: Mapping[int, int], options: Collection[int]) -> None:
    if wrong := wrong_marks(step, marks, options):
        raise WrongBallotError(_WRONG[wrong]() % {"dots": step.dots, "cap": step.cap})


_WRONG = {
    "unknown_option": lambda: _("Un choix de ce bulletin n’est pas dans ce vote. Rechargez la page, puis recommencez."),
    "unknown_grade": lambda: _("Une réponse de ce bulletin n’est pas proposée. Rechargez la page, puis recommencez."),
    "negative": lambda: _("Un nombre de gommettes ne peut pas être négatif."),
    "over_cap": lambda: _("Trop de gommettes sur un même choix : %(cap)s au plus. Enlevez-en, puis renvoyez."),
    "over_total": lambda: _("Trop de gommettes : vous en avez %(dots)s en tout. Enlevez-en, puis renvoyez."),
    "several": lambda: _("Une seule réponse est possible."),
}
