"""Verbs of the console on the steps of an open room, on the projected page and on the people counted by hand."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from app.core import live
from app.core.db import now, upsert_all
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.workshops import queries
from app.workshops.models import Headcount, Step, Workshop
from app.workshops.service import cards
from app.workshops.service.room import acting, count_topic, topic, write_rates
from app.workshops.service.steps import move_step
from app.workshops.states import ASKING, STEP, VOTES, WORKSHOP, Reveal, Room, Screen, StepKind, StepStatus

EXTENSION = timedelta(minutes=2)  # what a vote opened again, or one more « + », gives
REOPENED = ASKING | {StepKind.GROUPING}


def open_step(db: Session, workshop: Workshop, step: Step, *, edited: int, by: int) -> None:
    """Show a step to everyone; what was only looked at ends by itself, what people answer must be closed first.

    Raises:
        ConflictError: people still answer another step, or this vote has nothing to vote for.
    """
    acting(db, workshop, edited)
    if workshop.status == Room.LOBBY:
        WORKSHOP.move(db, workshop, "start", by=by)
    _check_running(workshop)
    _end_others(db, workshop, by)
    if step.kind in VOTES:
        cards.options_from(db, step)  # what was grouped until now, when a vote is about the groups of a recueil
    STEP.move(db, step, "open", by=by)
    step.skipped, step.opened_at = False, now()
    step.closes_at = now() + timedelta(minutes=step.minutes)
    _look_at(db, workshop, step)


def _check_running(workshop: Workshop) -> None:
    if workshop.status != Room.RUNNING:
        raise ConflictError(_("La salle n’est pas ouverte : ouvrez-la avant de commencer une séquence."))


def _look_at(db: Session, workshop: Workshop, step: Step) -> None:
    workshop.step_id = step.id
    db.add(step)
    live.publish(db, topic(workshop))


def _check_nobody_answers(db: Session, workshop: Workshop) -> list[Step]:
    """The steps still open, none of which waits for people's answers."""
    going = [step for step in queries.steps(db, workshop.id or 0) if step.status == StepStatus.OPEN]
    kinds = {step.kind for step in going}
    if kinds & VOTES:
        raise ConflictError(_("Un vote est en cours : arrêtez-le avant de passer à la suite."))
    if kinds & ASKING:
        raise ConflictError(_("Un recueil est en cours : arrêtez-le avant de passer à la suite."))
    return going


def _end_others(db: Session, workshop: Workshop, by: int) -> None:
    """One step at a time: what the room looks at ends, unless people answer it."""
    for step in _check_nobody_answers(db, workshop):
        end_step(db, step, by)


def end_step(db: Session, step: Step, by: int | None) -> None:
    """It is over; ``by`` is empty when the room closes itself."""
    STEP.move(db, step, "close", by=by)
    step.closed_at = now()


def close_step(db: Session, workshop: Workshop, step: Step, *, edited: int, by: int) -> None:
    """End a step; ballots on their way are still taken for a few seconds."""
    acting(db, workshop, edited)
    end_step(db, step, by)
    live.publish(db, topic(workshop))


def extend_step(db: Session, workshop: Workshop, step: Step, *, minutes: int = 2, edited: int, by: int) -> None:
    """Some more minutes, from now if the time was over."""
    acting(db, workshop, edited)
    _set_end(db, workshop, step, max(step.closes_at or now(), now()) + timedelta(minutes=minutes), by)


def set_end(db: Session, workshop: Workshop, step: Step, *, until: datetime, edited: int, by: int) -> None:
    """The moment at which the countdown ends; it closes nothing by itself."""
    acting(db, workshop, edited)
    _set_end(db, workshop, step, until, by)


def _set_end(db: Session, workshop: Workshop, step: Step, until: datetime, by: int) -> None:
    if step.status != StepStatus.OPEN:
        raise ConflictError(_("Cette séquence n’est plus ouverte : rouvrez-la pour la prolonger."))
    step.closes_at = until
    note_event(db, step, "extend", by=by)
    live.publish(db, topic(workshop))


def reopen_step(db: Session, workshop: Workshop, step: Step, *, edited: int, by: int) -> None:
    """Open a closed vote, recueil or regroupement again; results shown, or a closed room, keep it closed."""
    acting(db, workshop, edited)
    if workshop.status != Room.RUNNING or step.kind not in REOPENED:
        words = _("Seul un vote, un recueil ou un regroupement se rouvre, tant que la salle est ouverte.")
        raise ConflictError(words)
    _end_others(db, workshop, by)
    STEP.move(db, step, "reopen", by=by)
    step.closed_at, step.closes_at = None, now() + EXTENSION
    _look_at(db, workshop, step)


def show_step(db: Session, workshop: Workshop, step: Step, *, edited: int, by: int) -> None:
    """Show again a step that began; neither it nor what goes on changes.

    Raises:
        ConflictError: people answer another step, or this one did not begin.
    """
    acting(db, workshop, edited)
    _check_running(workshop)
    if step.status == StepStatus.WAITING:
        raise ConflictError(_("Cette séquence n’a pas commencé : ouvrez-la."))
    if step.status != StepStatus.OPEN:
        _check_nobody_answers(db, workshop)
    note_event(db, step, "show", by=by)
    _look_at(db, workshop, step)


def skip_step(db: Session, workshop: Workshop, step: Step, *, edited: int, by: int) -> None:
    """Go past a step that has not begun; the following ones come earlier."""
    _set_skipped(db, workshop, step, True, edited, by)


def unskip_step(db: Session, workshop: Workshop, step: Step, *, edited: int, by: int) -> None:
    """Put back a step that was passed."""
    _set_skipped(db, workshop, step, False, edited, by)


def _set_skipped(db: Session, workshop: Workshop, step: Step, skipped: bool, edited: int, by: int) -> None:
    acting(db, workshop, edited)
    if not workshop.under_way or step.status != StepStatus.WAITING:
        raise ConflictError(_("Cette séquence a commencé : terminez-la plutôt."))
    step.skipped = skipped
    note_event(db, step, "skip" if skipped else "unskip", by=by)
    live.publish(db, topic(workshop))


def reorder_step(db: Session, workshop: Workshop, step: Step, *, offset: int, edited: int, by: int) -> None:
    """Earlier or later among the steps that have not begun, while the room is open."""
    acting(db, workshop, edited)
    move_step(db, workshop, step, offset)
    note_event(db, step, "rank", by=by)
    live.publish(db, topic(workshop))


def reveal_step(db: Session, workshop: Workshop, step: Step, *, edited: int, by: int) -> None:
    """Show the results to the room; they enter the board with their base."""
    acting(db, workshop, edited)
    show_result(db, step, by)
    live.publish(db, topic(workshop))


def show_result(db: Session, step: Step, by: int | None) -> None:
    """Results become public; ``by`` is empty when the room closes itself."""
    if step.kind not in VOTES:
        raise ConflictError(_("Cette séquence n’a pas de résultats."))
    STEP.move(db, step, "reveal", by=by)
    step.revealed_at = now()
    write_rates(db, step)


def set_live(db: Session, workshop: Workshop, step: Step, *, shown: bool, edited: int, by: int) -> None:
    """Whether the screen shows the bars of an open vote as they grow."""
    acting(db, workshop, edited)
    if step.kind not in VOTES or step.status != StepStatus.OPEN:
        raise ConflictError(_("Ce vote n’est plus ouvert : révélez ses résultats, ou rouvrez-le."))
    step.reveal = (Reveal.LIVE if shown else Reveal.HIDDEN).value
    note_event(db, step, "show_live" if shown else "hide_live", by=by)
    live.publish(db, topic(workshop))


def set_screen(db: Session, workshop: Workshop, *, screen: Screen, edited: int, by: int) -> None:
    """What the projected page does: it follows the room, goes dark, or keeps what it shows."""
    acting(db, workshop, edited)
    if not workshop.under_way:
        raise ConflictError(_("La salle n’est pas ouverte : l’écran montre la page de fin ou l’annonce."))
    workshop.screen = screen.value
    workshop.screen_step_id = workshop.step_id if screen == Screen.FROZEN else None
    note_event(db, workshop, f"screen_{screen.value}", by=by)
    live.publish(db, topic(workshop))


def count_heads(db: Session, workshop: Workshop, people: Mapping[str, int], *, by: int) -> None:
    """People present without a device, by collège, as they were counted in the room.

    Raises:
        ConflictError: the room did not open yet, or its report is published.
    """
    db.refresh(workshop, ["status"], with_for_update={"read": True})
    if not workshop.writable:
        raise ConflictError(_("Les personnes présentes se comptent entre l’accueil et la publication du compte rendu."))
    rows = [{"workshop_id": workshop.id, "college": college, "people": n} for college, n in sorted(people.items())]
    upsert_all(db, Headcount, rows, key=("workshop_id", "college"))
    note_event(db, workshop, "count_heads", by=by)
    live.publish(db, count_topic(workshop))
