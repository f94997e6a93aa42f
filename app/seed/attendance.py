"""Demonstration of who comes to workshops: registrations and a waiting list at Morlaix, ballots on paper in two rooms."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.core.db import insert_once, now
from app.identity.states import College
from app.seed.needs import Loader
from app.workshops.models import (
    Ballot,
    Crew,
    Headcount,
    Option,
    PaperBallot,
    Registration,
    Step,
    Workshop,
)
from app.workshops.service.room import write_rates
from app.workshops.states import PAPER, REGISTRATION, Attendance, Channel, Duty, Mode, Paper, StepKind, StepStatus

ANNOUNCED, UNDER_WAY, PAST = "RVRE64", "CRTN47", "PGNU47"  # codes of the rooms, app/seed/workshops.py
CAPACITY, AT_A_DISTANCE, WAITING = 24, 5, 3
LINK = "https://visio.emglev.example/atelier-riviere"
NOTES = {
    2: "Je me déplace en fauteuil. Y a-t-il une rampe à l’entrée ?",
    9: "Une boucle magnétique m’aiderait à suivre les échanges.",
    15: "Je viens avec deux enfants de 4 et 6 ans.",
}
# Readings of the ballots: collège, dots by position of the option.
COUNTED: tuple[tuple[College, dict[int, int]], ...] = (
    (College.RESIDENTS, {1: 2, 0: 2, 2: 1}), (College.RESIDENTS, {1: 2, 2: 2}), (College.ASSOCIATIONS, {0: 1, 1: 2}),
    (College.RESIDENTS, {1: 1, 4: 2, 0: 2}),
)  # fmt: skip
TYPED: tuple[tuple[College, dict[int, int]], ...] = (
    (College.RESIDENTS, {0: 2, 2: 1}), (College.RESIDENTS, {1: 2, 3: 2, 4: 1}), (College.BUSINESSES, {2: 2}),
)  # fmt: skip


def load_attendance(loader: Loader) -> None:
    """Registrations, then paper: counted in a past room, waiting for a second reading in the one under way."""
    db = loader.db
    room = {w.code: w for w in db.exec(select(Workshop).where(col(Workshop.code).in_([ANNOUNCED, UNDER_WAY, PAST])))}
    _register(loader, room[ANNOUNCED])
    facilitator, relay = loader.cast.id_of("facilitator"), loader.cast.id_of("relay")
    desk = Desk(db, facilitator, relay)
    desk.people(room[PAST], 4)
    past = desk.vote(room[PAST], StepStatus.REVEALED)
    desk.count(past, COUNTED)
    desk.void(past, len(COUNTED) + 1, "Trop de gommettes ou trop de réponses")
    write_rates(db, past)
    desk.people(room[UNDER_WAY], 6)
    under_way = desk.vote(room[UNDER_WAY], StepStatus.OPEN)
    desk.count(under_way, COUNTED[:1])
    desk.type(under_way, TYPED)
    desk.differ(under_way, len(TYPED) + 2)
    db.flush()


def _register(loader: Loader, workshop: Workshop) -> None:
    db, crowd = loader.db, loader.cast.crowd
    workshop.registration, workshop.capacity = True, CAPACITY
    workshop.mode, workshop.link = Mode.BOTH.value, LINK
    db.add(workshop)
    coming = [loader.cast.personas["association"], *crowd[: CAPACITY + AT_A_DISTANCE - 1]]
    late = [*crowd[60 : 60 + WAITING - 1], loader.cast.personas["youth"]]
    for place, person in enumerate([*coming, *late]):
        held = Registration(
            workshop_id=workshop.id or 0, person_id=person.id or 0, remote=CAPACITY <= place < CAPACITY + AT_A_DISTANCE,
            note=NOTES.get(place, ""), status=Attendance.ASKED.value, token=f"demonstration-inscription-{place}",
            queued_at=now() - timedelta(hours=100 - place),
        )  # fmt: skip
        db.add(held)
        REGISTRATION.move(db, held, "queue" if person in late else "register", by=person.id, at=held.queued_at)


class Desk:
    """The table where paper ballots are typed: the facilitator, and the relais who is in the crew of these rooms."""

    def __init__(self, db: Session, facilitator: int, relay: int) -> None:
        self.db, self.facilitator, self.relay = db, facilitator, relay

    def people(self, workshop: Workshop, without: int) -> None:
        """So many people without a device, and a second person in the crew."""
        key = workshop.id or 0
        insert_once(self.db, Headcount, workshop_id=key, college=College.RESIDENTS.value, people=without)
        insert_once(
            self.db, Crew, workshop_id=key, person_id=self.relay, duty=Duty.SCRIBE.value, added_by=self.facilitator,
            added_at=workshop.starts_at,
        )  # fmt: skip

    def vote(self, workshop: Workshop, status: StepStatus) -> Step:
        """The gommettes of this room, twelve ballots of which were printed."""
        wanted = [Step.workshop_id == workshop.id, Step.kind == StepKind.DOTS.value, Step.status == status.value]
        step = self.db.exec(select(Step).where(*wanted).order_by(col(Step.position))).first()
        if step is None:
            raise LookupError("a vote by gommettes is in the content")
        self.db.add_all(
            PaperBallot(step_id=step.id or 0, number=n, status=Paper.PRINTED.value, printed_at=workshop.starts_at)
            for n in range(1, 13)
        )
        self.db.flush()
        return step

    def _enter(self, step: Step, number: int, college: College, dots: dict[int, int], by: int) -> PaperBallot:
        held = select(PaperBallot).where(PaperBallot.step_id == step.id, PaperBallot.number == number)
        paper = self.db.exec(held).one()
        paper.college, paper.marks = college.value, self._marks(step, dots)
        paper.entered_by, paper.entered_at = by, step.opened_at
        PAPER.move(self.db, paper, "enter", by=by, at=step.opened_at)
        return paper

    def _marks(self, step: Step, dots: dict[int, int]) -> dict[str, Any]:
        rows = select(Option.id).where(Option.step_id == step.id).order_by(col(Option.position), col(Option.id))
        options = self.db.exec(rows).all()
        return {str(options[place]): n for place, n in sorted(dots.items())}

    def count(self, step: Step, readings: tuple[tuple[College, dict[int, int]], ...]) -> None:
        """Typed by one, read again by the other, in the result."""
        for number, (college, dots) in enumerate(readings, start=1):
            paper = self._enter(step, number, college, dots, self.facilitator)
            paper.read_by, paper.read_at = self.relay, step.opened_at
            PAPER.move(self.db, paper, "count", by=self.relay, at=step.opened_at)
            self.db.add(
                Ballot(
                    step_id=step.id or 0, paper_id=paper.id, college=paper.college, channel=Channel.PAPER.value,
                    marks=paper.marks, cast_at=step.opened_at or now(),
                )
            )  # fmt: skip
        self.db.flush()

    def type(self, step: Step, readings: tuple[tuple[College, dict[int, int]], ...]) -> None:
        """Typed by the relais, to be read again."""
        for number, (college, dots) in enumerate(readings, start=2):
            self._enter(step, number, college, dots, self.relay)

    def differ(self, step: Step, number: int) -> None:
        """Read in two ways."""
        paper = self._enter(step, number, College.RESIDENTS, {0: 2, 4: 2}, self.relay)
        paper.again = {"college": College.RESIDENTS.value, "marks": self._marks(step, {0: 2, 3: 2})}
        paper.read_by, paper.read_at = self.facilitator, step.opened_at
        PAPER.move(self.db, paper, "disagree", by=self.facilitator, at=step.opened_at)

    def void(self, step: Step, number: int, reason: str) -> None:
        """Not counted."""
        held = select(PaperBallot).where(PaperBallot.step_id == step.id, PaperBallot.number == number)
        paper = self.db.exec(held).one()
        paper.void_reason, paper.entered_by, paper.entered_at = reason, self.facilitator, step.opened_at
        PAPER.move(self.db, paper, "void", by=self.facilitator, at=step.opened_at, note=reason)
