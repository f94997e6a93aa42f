"""Verbs of the console: open the room, lead its steps, close it, publish its report.

Every act says which state of the room its sender saw (``edited``): of two facilitators at once, the second
is told what the first did instead of undoing it.
"""

from datetime import timedelta

from sqlmodel import Session, col, delete

from app.actions.models import ActionSheet
from app.core import live
from app.core.db import now
from app.core.errors import ConflictError, ForbiddenError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.threads import service as threads
from app.workshops import counting, queries
from app.workshops.forms import ReportForm
from app.workshops.models import Step, Workshop, WorkshopRate
from app.workshops.service.preparing import check_fresh, tell_followers
from app.workshops.states import STEP, VOTES, WORKSHOP, Room, StepStatus

EXTENSION = timedelta(minutes=2)
VOTE = "vote"  # the kind of the mentions that revealed votes write on fiches


def topic(workshop: Workshop) -> str:
    """The live topic of what the room looks at."""
    return f"room-{workshop.id}"


def count_topic(workshop: Workshop) -> str:
    """The live topic of how many came and answered; phones do not listen to it."""
    return f"{topic(workshop)}-count"


def open_room(db: Session, workshop: Workshop, *, edited: int, by: int) -> None:
    """Let people in.

    Raises:
        ForbiddenError: the territory's calendar does not open workshops today.
        ConflictError: somebody else acted meanwhile, or the room is not announced.
    """
    if "workshop.join" not in workshop.open_verbs:
        raise ForbiddenError(
            _("Le calendrier du territoire n’ouvre pas les ateliers aujourd’hui : l’équipe technique peut le modifier.")
        )
    check_fresh(db, workshop, edited)
    WORKSHOP.move(db, workshop, "open_room", by=by)
    workshop.opened_at = now()
    live.publish(db, topic(workshop))


def open_step(db: Session, workshop: Workshop, step: Step, *, edited: int, by: int) -> None:
    """Show a step to everyone; a presentation before it ends by itself, a vote must be closed first."""
    check_fresh(db, workshop, edited)
    if workshop.status == Room.LOBBY:
        WORKSHOP.move(db, workshop, "start", by=by)
    if workshop.status != Room.RUNNING:
        raise ConflictError(_("La salle n’est pas ouverte : ouvrez-la avant de commencer une séquence."))
    _leave_current(db, workshop, by)
    STEP.move(db, step, "open", by=by)
    step.opened_at = now()
    step.closes_at = now() + timedelta(minutes=step.minutes)
    workshop.step_id = step.id
    live.publish(db, topic(workshop))


def _leave_current(db: Session, workshop: Workshop, by: int) -> None:
    """One step at a time: what the room looks at ends, unless it is a vote."""
    current = queries.step(db, workshop.step_id) if workshop.step_id else None
    if current and current.status == StepStatus.OPEN:
        if current.kind in VOTES:
            raise ConflictError(_("Un vote est en cours : arrêtez-le avant de passer à la suite."))
        _close(db, current, by)


def _close(db: Session, step: Step, by: int) -> None:
    STEP.move(db, step, "close", by=by)
    step.closed_at = now()


def close_step(db: Session, workshop: Workshop, step: Step, *, edited: int, by: int) -> None:
    """End a step; ballots on their way are still taken for a few seconds."""
    check_fresh(db, workshop, edited)
    _close(db, step, by)
    live.publish(db, topic(workshop))


def extend_step(db: Session, workshop: Workshop, step: Step, *, edited: int, by: int) -> None:
    """Two more minutes, from now if the time was over."""
    check_fresh(db, workshop, edited)
    if step.status != StepStatus.OPEN:
        raise ConflictError(_("Cette séquence n’est plus ouverte : rouvrez-la pour la prolonger."))
    step.closes_at = max(step.closes_at or now(), now()) + EXTENSION
    note_event(db, step, "extend", by=by)
    live.publish(db, topic(workshop))


def reopen_step(db: Session, workshop: Workshop, step: Step, *, edited: int, by: int) -> None:
    """Open a closed vote again; once its results were shown, or the room is closed, it stays closed."""
    check_fresh(db, workshop, edited)
    if workshop.status != Room.RUNNING or step.kind not in VOTES:
        raise ConflictError(_("Seul un vote se rouvre, tant que la salle est ouverte."))
    _leave_current(db, workshop, by)
    STEP.move(db, step, "reopen", by=by)
    step.closed_at, step.closes_at = None, now() + EXTENSION
    workshop.step_id = step.id
    live.publish(db, topic(workshop))


def reveal_step(db: Session, workshop: Workshop, step: Step, *, edited: int, by: int) -> None:
    """Show the results to the room; they enter the board with their base."""
    check_fresh(db, workshop, edited)
    _reveal(db, step, by)
    live.publish(db, topic(workshop))


def _reveal(db: Session, step: Step, by: int) -> None:
    if step.kind not in VOTES:
        raise ConflictError(_("Une présentation n’a pas de résultats."))
    STEP.move(db, step, "reveal", by=by)
    step.revealed_at = now()
    write_rates(db, step)


def write_rates(db: Session, step: Step) -> None:
    """What this step says of each priorité and fiche that it carried, by collège."""
    key = step.id or 0
    db.execute(delete(WorkshopRate).where(col(WorkshopRate.step_id) == key))
    casts = queries.casts(db, [key])[key]
    for (kind, subject_id), option_ids in queries.subjects(db, key).items():
        counted = counting.supporters_of(option_ids, casts)
        if kind == queries.SHEET:
            _tell_sheet(db, step, subject_id, counted)
        for college, (supporters, ballots) in counted.items():
            db.add(
                WorkshopRate(
                    step_id=key, kind=kind, subject_id=subject_id, college=college,
                    supporters=supporters, ballots=ballots,
                )
            )  # fmt: skip


def _tell_sheet(db: Session, step: Step, sheet_id: int, counted: dict[str, tuple[int, int]]) -> None:
    """The fiche and the needs behind it show the vote, « supporters/ballots », without knowing workshops."""
    sheet, workshop = db.get_one(ActionSheet, sheet_id), db.get_one(Workshop, step.workshop_id)
    supporters, ballots = (sum(pair[i] for pair in counted.values()) for i in (0, 1))
    for thread_id in (sheet.thread_id, *queries.threads_behind(db, sheet_id)):
        threads.mention(
            db, thread_id, kind=VOTE, subject_id=step.id or 0, title=workshop.title,
            state=f"{supporters}/{ballots}", path=f"/ateliers/{workshop.id}",
        )  # fmt: skip


def close_room(db: Session, workshop: Workshop, *, edited: int, by: int) -> None:
    """End the workshop; what was voted is revealed, so that the report is complete."""
    check_fresh(db, workshop, edited)
    for step in queries.steps(db, workshop.id or 0):
        if step.status == StepStatus.OPEN:
            _close(db, step, by)
        if step.status == StepStatus.CLOSED and step.kind in VOTES:
            _reveal(db, step, by)
    WORKSHOP.move(db, workshop, "close_room", by=by)
    workshop.closed_at = now()
    live.publish(db, topic(workshop))


def publish_report(db: Session, workshop: Workshop, form: ReportForm, *, by: int) -> None:
    """Publish the compte rendu: everyone reads the distributions and what the room concludes."""
    WORKSHOP.move(db, workshop, "publish", by=by)
    workshop.conclusion, workshop.next_steps = form.conclusion, form.next_steps
    workshop.published_at = now()
    live.publish(db, topic(workshop))
    tell_followers(
        db, workshop, _("Le compte rendu d’un atelier est publié : %(title)s"), form.conclusion, by=by,
        page=f"/ateliers/{workshop.id}/compte-rendu",
    )  # fmt: skip
