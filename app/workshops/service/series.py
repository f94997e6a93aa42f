"""Verbs on a series: the same workshop held in several places, whose twin steps add up."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from app.core.db import IN_HAND, now
from app.core.errors import ConflictError
from app.core.i18n import PARIS
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.threads import service as threads
from app.threads.service.files import forget
from app.workshops import queries
from app.workshops.forms import CopyForm
from app.workshops.models import Option, Series, Step, Workshop
from app.workshops.queries import series as reads
from app.workshops.queries.paper import last_number
from app.workshops.service import options
from app.workshops.service.preparing import blank_room, changed, in_hand
from app.workshops.service.steps import copy_step, copy_steps, number, same, what_needs
from app.workshops.states import ROOM_OVER, Mode, StepKind, StepStatus

MOST_ROOMS = 40


def replicate(
    db: Session, workshop: Workshop, title: str, rows: Sequence[tuple[CopyForm, str]], *, by: int
) -> Series:  # fmt: skip
    """Hold this workshop also in these communes (each row with the commune's name): copies to prepare, one series.

    The same place and time asked twice is one copy.

    Raises:
        ConflictError: the run sheet is empty, or the series would be too long.
    """
    in_hand(db, workshop)
    threads.in_turn(db, workshop.accord.forum_id)
    if not queries.steps(db, workshop.id or 0):
        raise ConflictError(_("Le déroulé est vide : écrivez-le d’abord, les autres ateliers le reprendront."))
    series = _series(db, workshop, title, by)
    held = {(room.place, room.starts_at) for room in reads.rooms_of(db, series.id or 0)}
    for form, commune in rows:
        place, starts = f"{form.place}, {commune}", datetime.combine(form.day, form.hour, PARIS).astimezone(UTC)
        if (place, starts) in held:
            continue
        if len(held) >= MOST_ROOMS:
            raise ConflictError(_("Une série compte %(n)s ateliers au plus.") % {"n": MOST_ROOMS})
        held.add((place, starts))
        _copy(db, workshop, series, f"{series.title}, {commune}", place, starts, by)
    return series


def _series(db: Session, workshop: Workshop, title: str, by: int) -> Series:
    found = db.get(Series, workshop.series_id) if workshop.series_id else None
    if found is None:
        found = Series(
            accord_id=workshop.accord_id, territory_id=workshop.territory_id, title=title, created_by=by,
            created_at=now(),
        )  # fmt: skip
        note_event(db, found, "create", by=by)
        workshop.series_id = found.id
        db.add(workshop)
    return found


def _copy(
    db: Session, workshop: Workshop, series: Series, title: str, place: str, starts: datetime, by: int
) -> None:  # fmt: skip
    """One more room, to prepare; what is said of coming in is the first room's alone."""
    room = blank_room(db, workshop.accord, by=by)
    room.series_id, room.title, room.place, room.starts_at = series.id, title[:120], place[:160], starts
    room.text, room.minutes, room.mode = workshop.text, workshop.minutes, Mode.ONSITE.value
    room.registration, room.capacity = workshop.registration, workshop.capacity
    note_event(db, room, "create", by=by)
    copy_steps(db, workshop.id or 0, room, twins=True)


def update_twins(db: Session, step: Step, *, by: int) -> int:
    """Write this step as it is now in the other rooms of its series where it has not started; in how many.

    Rooms are taken in the order of their ids, so that two facilitators never wait for each other.
    """
    done = 0
    for twin in reads.twins_waiting(db, step.id or 0):
        room = db.exec(select(Workshop).where(Workshop.id == twin.workshop_id).with_for_update(**IN_HAND)).one()
        db.refresh(room)
        db.refresh(twin)
        if twin.status != StepStatus.WAITING or room.over:
            continue
        if last_number(db, twin.id or 0) or (twin.kind != step.kind and what_needs(db, twin)):
            continue  # what is on paper there, or on the wall, stays
        former = twin.image_digest
        for name, value in same(step).items():
            setattr(twin, name, value)
        if former and former != twin.image_digest:
            forget(db, [former])
        twin.source_id = _source(db, step, twin)
        db.add(twin)
        _same_options(db, step, twin, room)
        note_event(db, twin, "edit", by=by)
        changed(db, room)
        done += 1
    return done


def add_to_twins(db: Session, workshop: Workshop, step: Step, *, by: int) -> int:
    """Add this new step to the other rooms of the series too, after the same step as here; in how many."""
    rows = list(queries.steps(db, workshop.id or 0))
    before = next((rows[i - 1] for i, row in enumerate(rows) if row.id == step.id and i), None)
    done = 0
    for other in others_open(db, workshop):
        room = db.exec(select(Workshop).where(Workshop.id == other.id).with_for_update(**IN_HAND)).one()
        there = list(queries.steps(db, room.id or 0))
        if any(row.status != StepStatus.WAITING for row in there):
            continue
        place = next((i for i, row in enumerate(there, start=1) if before and row.twin_id == before.id), len(there))
        twin = copy_step(db, step, room, twin=True)
        twin.source_id = _source(db, step, twin)
        number(db, [*there[:place], twin, *there[place:]])
        note_event(db, twin, "add", by=by)
        changed(db, room)
        done += 1
    return done


def others_open(db: Session, workshop: Workshop) -> Sequence[Workshop]:
    """The other rooms of the series, by id, when this is the one that they were copied from and they may change."""
    if not workshop.series_id or any(step.twin_id for step in queries.steps(db, workshop.id or 0)):
        return []
    statement = select(Workshop).where(Workshop.series_id == workshop.series_id, Workshop.id != workshop.id)
    return db.exec(statement.where(col(Workshop.status).not_in(ROOM_OVER)).order_by(col(Workshop.id))).all()


def _source(db: Session, step: Step, twin: Step) -> int | None:
    """The same recueil, in the twin's room."""
    if step.source_id is None:
        return None
    statement = select(Step.id).where(Step.workshop_id == twin.workshop_id, Step.twin_id == step.source_id)
    return db.exec(statement.where(Step.kind == StepKind.CARDS.value).order_by(col(Step.id))).first()


def _same_options(db: Session, step: Step, twin: Step, room: Workshop) -> None:
    wanted: list[Option] = []
    for option in queries.option_rows(db, step.id or 0):
        if options.still_offered(db, room, option):
            wanted.append(options.copied(option))
            wanted[-1].twin_id = option.id
    options.put(db, twin, wanted)
