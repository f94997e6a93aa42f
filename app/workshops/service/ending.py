"""Verbs that close a room, by hand or by itself when it was left open, and the one that opens it again."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.core import live, mail
from app.core.db import IN_HAND, Database, now
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.identity.models import Person
from app.threads import service as threads
from app.workshops import queries
from app.workshops.models import Workshop
from app.workshops.service.room import acting, check_calendar, topic
from app.workshops.service.running import end_step, show_result
from app.workshops.states import ROOM_UNDER_WAY, VOTES, WORKSHOP, Room, Screen, StepStatus

LATE = timedelta(hours=2)  # after the planned end, a room that nobody leads any more is taken to be left open
QUIET = timedelta(hours=1)  # since the console's last act
LONGEST = timedelta(hours=24)  # since the room opened
REGRET = timedelta(minutes=30)  # since it closed, during which its lead may open it again


def close_room(db: Session, workshop: Workshop, *, edited: int, by: int) -> None:
    """End the workshop; what was voted is revealed, so that the report is complete."""
    acting(db, workshop, edited)
    _close(db, workshop, by)


def _close(db: Session, workshop: Workshop, by: int | None) -> None:
    for step in queries.steps(db, workshop.id or 0):
        if step.status == StepStatus.OPEN:
            end_step(db, step, by)
        if step.status == StepStatus.CLOSED and step.kind in VOTES:
            show_result(db, step, by)
    WORKSHOP.move(db, workshop, "close_room", by=by)
    workshop.closed_at = now()
    workshop.screen, workshop.screen_step_id = Screen.LIVE.value, None
    live.publish(db, topic(workshop))
    threads.queue_moved(db, workshop.territory_id)  # the cards that nobody read are the moderators' now


def may_reopen_until(workshop: Workshop, moment: datetime) -> datetime | None:
    """Until when a closed room may open again; None: too late, open for a day already, or its report is published."""
    if workshop.status != Room.CLOSED or workshop.closed_at is None:
        return None
    until = min(workshop.closed_at + REGRET, (workshop.opened_at or workshop.starts_at) + LONGEST)
    return until if moment < until else None


def reopen_room(db: Session, workshop: Workshop, *, edited: int, by: int) -> None:
    """Back to the step that was left; what closing revealed stays revealed, and a vote that ended stays ended.

    Raises:
        ForbiddenError: the territory's calendar does not open workshops today.
        ConflictError: somebody else acted meanwhile, it is too late, or the report is published.
    """
    check_calendar(workshop)
    acting(db, workshop, edited)
    if may_reopen_until(workshop, now()) is None:
        words = _("Trop tard pour rouvrir : c’est possible %(n)s minutes après la clôture, compte rendu non publié.")
        raise ConflictError(words % {"n": REGRET // timedelta(minutes=1)})
    WORKSHOP.move(db, workshop, "reopen_room" if workshop.step_id else "reopen_lobby", by=by)
    workshop.closed_at, workshop.closed_alone = None, False
    live.publish(db, topic(workshop))
    threads.queue_moved(db, workshop.territory_id)


def is_left_open(workshop: Workshop, moment: datetime) -> bool:
    """Whether nobody leads this open room any more."""
    opened = workshop.opened_at or workshop.starts_at
    if moment - opened >= LONGEST:
        return True
    planned = workshop.starts_at + timedelta(minutes=workshop.minutes)
    return moment - planned >= LATE and moment - (workshop.acted_at or opened) >= QUIET


def close_left_open(database: Database) -> int:
    """Close the rooms left open, each in a transaction of its own; how many."""
    with database.reading() as db:
        rooms = db.exec(select(Workshop).where(col(Workshop.status).in_(ROOM_UNDER_WAY))).all()
    return sum(_close_alone(database, room.id or 0) for room in rooms if is_left_open(room, now()))


def _close_alone(database: Database, workshop_id: int) -> bool:
    """Look again once it is in hand: somebody may have come back."""
    with database.writing() as db:
        workshop = db.exec(select(Workshop).where(Workshop.id == workshop_id).with_for_update(**IN_HAND)).one()
        if not workshop.under_way or not is_left_open(workshop, now()):
            return False
        workshop.edited += 1
        workshop.closed_alone = True
        _close(db, workshop, None)
        _tell_lead(db, workshop)
        return True


def _tell_lead(db: Session, workshop: Workshop) -> None:
    lead = db.get(Person, workshop.lead_id) if workshop.lead_id else None
    if lead is None or not lead.email:
        return
    body = _(
        "La salle de l’atelier « %(title)s » était restée ouverte : elle s’est fermée d’elle-même.\n\n"
        "Les votes en cours ont été arrêtés et leurs résultats révélés. Il vous reste à compléter le compte rendu, "
        "puis à le publier :\n\n%(address)s"
    )
    address = f"{get_settings().public_url}/ateliers/{workshop.id}/compte-rendu"
    subject = _("Compte rendu à compléter : %(title)s") % {"title": workshop.title}
    mail.post(db, lead.email, subject, body % {"title": workshop.title, "address": address})
