"""Reads of the console: who answered by which way and at which table, and when the run sheet should end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from app.core.i18n import gettext as _
from app.workshops.models import Ballot, Crew, Headcount, PaperBallot, Seat, Step, Table, Workshop
from app.workshops.queries import cards
from app.workshops.queries.people import answered_by, present_by, tables
from app.workshops.queries.rooms import steps
from app.workshops.states import VOTES, Channel, StepStatus

DONE = frozenset({StepStatus.CLOSED, StepStatus.REVEALED})


@dataclass(frozen=True)
class TableCount:
    """One table: people at it, ballots from its phones, ballots that its scribe typed from paper and that count."""

    table: Table
    people: int
    votes: int
    papers: int

    @property
    def complete(self) -> bool:
        """Whether everyone at it answered."""
        return self.people > 0 and self.votes + self.papers >= self.people


@dataclass(frozen=True)
class Line:
    """One step of the run sheet: when it begins or began; ``held`` is false when it does not take place."""

    step: Step
    begins_at: datetime | None
    held: bool

    @property
    def minutes(self) -> int:
        """How long it lasts: as it was extended, once it began."""
        step = self.step
        if step.status != StepStatus.OPEN or step.opened_at is None or step.closes_at is None:
            return step.minutes
        return max(1, round((step.closes_at - step.opened_at).total_seconds() / 60))


@dataclass(frozen=True)
class RunSheet:
    """When everything happens if the present step ends on time; ``late`` is in minutes, negative in advance."""

    lines: Sequence[Line]
    ends_at: datetime
    late: int

    @property
    def gap(self) -> str:
        """How much late or in advance: « 12 min », « 4 h 06 »."""
        hours, minutes = divmod(abs(self.late), 60)
        return _("%(h)s h %(m)s") % {"h": hours, "m": f"{minutes:02}"} if hours else _("%(n)s min") % {"n": minutes}


@dataclass(frozen=True)
class Ends:
    """What closing a room stops: its open step with its ballots, the votes to reveal, the steps that never begin."""

    present: int
    going: Step | None
    votes: int
    hidden: Sequence[Step]
    waiting: Sequence[Step]
    cards: int  # that nobody read


def what_ends(db: Session, workshop: Workshop) -> Ends:
    """What is left in an open room."""
    rows = steps(db, workshop.id or 0)
    going = next((step for step in rows if step.status == StepStatus.OPEN), None)
    return Ends(
        present=sum(present_by(db, workshop.id or 0).values()), going=going,
        votes=sum(answered_by(db, going.id or 0).values()) if going and going.kind in VOTES else 0,
        hidden=[step for step in rows if step.kind in VOTES and step.status == StepStatus.CLOSED],
        waiting=[step for step in rows if step.status == StepStatus.WAITING and not step.skipped],
        cards=cards.pending(db, workshop.id or 0),
    )  # fmt: skip


def passed(steps: Sequence[Step], step: Step | None, following: Step | None) -> Step | None:
    """The last step that was passed between the present one and the next, which may be put back."""
    first = step.position if step else 0
    last = following.position if following else len(steps) + 1
    between = [each for each in steps if first < each.position < last]
    return next((each for each in reversed(between) if each.skipped and each.status == StepStatus.WAITING), None)


def left_out(db: Session, steps: Sequence[Step], following: Step | None) -> int:
    """How many cards are in no group when the next step is a vote on groups: nobody can vote for them."""
    source = following.source_id if following and following.kind in VOTES else None
    wall = cards.wall(db, next((each for each in steps if source and each.id == source), None))
    return len(wall.loose) + len(wall.pending) if wall else 0


def channels(db: Session, step_id: int) -> dict[str, int]:
    """How many ballots of a step came by which way."""
    statement = select(Ballot.channel, func.count()).where(Ballot.step_id == step_id).group_by(Ballot.channel)
    return {channel.value: 0 for channel in Channel} | dict(db.execute(statement).all())


def heads(db: Session, workshop_id: int) -> dict[str, int]:
    """People without a device, as they were counted, by collège."""
    statement = select(Headcount.college, Headcount.people).where(Headcount.workshop_id == workshop_id)
    return dict(db.execute(statement).all())


def by_table(db: Session, workshop_id: int, step_id: int | None) -> list[TableCount]:
    """Each table of the room, for the step that it answers."""
    rows = tables(db, workshop_id)
    if not rows:
        return []
    at, writes = col(Seat.table_id), col(Crew.table_id)
    seated = select(at, func.count()).where(Seat.workshop_id == workshop_id).group_by(at)
    phones = select(at, func.count()).join(Ballot, col(Ballot.seat_id) == Seat.id).where(Ballot.step_id == step_id)
    papers = (
        select(writes, func.count())
        .join(PaperBallot, col(PaperBallot.entered_by) == Crew.person_id)
        .join(Ballot, col(Ballot.paper_id) == PaperBallot.id)
        .where(Ballot.step_id == step_id, Crew.workshop_id == workshop_id)
    )
    here, votes, typed = (
        dict(db.execute(asked).all()) for asked in (seated, phones.group_by(at), papers.group_by(writes))
    )
    return [
        TableCount(
            table, here.get(table.id, 0) if table.people is None else table.people, votes.get(table.id, 0),
            typed.get(table.id, 0),
        )
        for table in rows
    ]  # fmt: skip


def forecast(workshop: Workshop, steps: Sequence[Step], moment: datetime) -> RunSheet:
    """The run sheet as it goes: what is behind at its real times, the rest one after the other."""
    begun = [step for step in steps if step.status != StepStatus.WAITING]
    at = max([_end(step, moment) for step in begun], default=workshop.starts_at)
    if workshop.under_way:
        at = max(at, moment)
    begins = {step.id: step.opened_at for step in begun}
    last = max((step.position for step in begun), default=0)
    waiting = [step for step in steps if step.status == StepStatus.WAITING and not step.skipped]
    if not workshop.over:
        for step in sorted(waiting, key=lambda step: (step.position < last, step.position)):
            begins[step.id] = at
            at += timedelta(minutes=step.minutes)
    planned = workshop.starts_at + timedelta(minutes=sum(step.minutes for step in steps))
    lines = [Line(step, begins.get(step.id), step.id in begins) for step in steps]
    return RunSheet(lines, at, round((at - planned).total_seconds() / 60))


def _end(step: Step, moment: datetime) -> datetime:
    """When a step that began ended, or should."""
    if step.status in DONE:
        return step.closed_at or moment
    return max(step.closes_at or moment, moment)
