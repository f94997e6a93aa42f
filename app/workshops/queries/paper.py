"""Reads of paper ballots: how many are where, who typed them, what is left to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, func, select

from app.identity.models import Person
from app.workshops.models import Ballot, PaperBallot, Step, Workshop
from app.workshops.queries.people import present_by
from app.workshops.states import Channel, Paper

LISTED = 60  # ballots of one state shown on the page; the next ones come as these are done


def paper_ref(number: int) -> str:
    """« P-0318 », as it is printed."""
    return f"P-{number:04}"


@dataclass(frozen=True)
class Desk:
    """How far the paper ballots of one step are; ``people`` are those there, ``alone``: nobody else may read again."""

    printed: int
    entered: int
    differs: int
    counted: int
    void: int
    phones: int
    people: int
    alone: bool

    @property
    def waiting(self) -> int:
        """Typed, and not in the result yet."""
        return self.entered + self.differs

    @property
    def received(self) -> int:
        """Ballots that people gave, on a phone or on paper; those declared void are not among them."""
        return self.phones + self.waiting + self.counted

    @property
    def too_many(self) -> int:
        """How many more ballots than people."""
        return max(0, self.received - self.people)


def desk(db: Session, workshop: Workshop, step: Step) -> Desk:
    """The paper ballots of this step, beside the phones and the people there."""
    key = step.id or 0
    rows = select(PaperBallot.status, func.count()).where(PaperBallot.step_id == key).group_by(PaperBallot.status)
    by: dict[str, int] = dict(db.execute(rows).all())
    phones = select(func.count()).where(Ballot.step_id == key, Ballot.channel != Channel.PAPER.value)
    return Desk(
        printed=sum(by.values()), entered=by.get(Paper.ENTERED, 0), differs=by.get(Paper.DIFFERS, 0),
        counted=by.get(Paper.COUNTED, 0), void=by.get(Paper.VOID, 0), phones=int(db.exec(phones).one()),
        people=sum(present_by(db, workshop.id or 0).values()),
        alone=len(workshop.conductors | workshop.scribes) < 2,
    )  # fmt: skip


def unread(db: Session, workshop_id: int) -> list[tuple[Step, int]]:
    """The votes whose paper ballots still wait for a second reading, and how many each: closing leaves them out."""
    waits = col(PaperBallot.status).in_([Paper.ENTERED.value, Paper.DIFFERS.value])
    counted = select(PaperBallot.step_id, func.count()).where(waits).group_by(col(PaperBallot.step_id))
    of_room = counted.join(Step, col(PaperBallot.step_id) == Step.id).where(Step.workshop_id == workshop_id)
    by: dict[int, int] = dict(db.execute(of_room).all())
    steps = db.exec(select(Step).where(col(Step.id).in_(by)).order_by(col(Step.position))).all() if by else []
    return [(step, by[step.id or 0]) for step in steps]


def one_paper(db: Session, step_id: int, number: int) -> PaperBallot | None:
    """The ballot of this number, if it was printed for this step."""
    if not 0 < number < 10**6:
        return None
    return db.exec(select(PaperBallot).where(PaperBallot.step_id == step_id, PaperBallot.number == number)).first()


def elsewhere(db: Session, step: Step, number: int) -> Step | None:
    """Another question of the same workshop for which this number was printed."""
    if not 0 < number < 10**6:
        return None
    statement = (
        select(Step)
        .join(PaperBallot, col(PaperBallot.step_id) == Step.id)
        .where(Step.workshop_id == step.workshop_id, Step.id != step.id, PaperBallot.number == number)
    )
    return db.exec(statement.order_by(col(Step.position)).limit(1)).first()


def papers(db: Session, step_id: int, status: Paper) -> Sequence[PaperBallot]:
    """The ballots in this state, by number."""
    statement = select(PaperBallot).where(PaperBallot.step_id == step_id, PaperBallot.status == status.value)
    return db.exec(statement.order_by(col(PaperBallot.number)).limit(LISTED)).all()


def next_number(db: Session, step_id: int, after: int) -> int | None:
    """The next number that nobody typed yet."""
    waiting = col(PaperBallot.status) == Paper.PRINTED.value
    of_step = select(func.min(PaperBallot.number)).where(PaperBallot.step_id == step_id)
    return db.exec(of_step.where(waiting, col(PaperBallot.number) > after)).one()


def last_number(db: Session, step_id: int) -> int:
    """The last number printed for this step, 0 before the first."""
    return int(db.exec(select(func.max(PaperBallot.number)).where(PaperBallot.step_id == step_id)).one() or 0)


def numbers(db: Session, step_id: int, first: int, last: int) -> Sequence[int]:
    """The numbers printed for this step within these bounds."""
    of_step = select(PaperBallot.number).where(PaperBallot.step_id == step_id)
    return db.exec(of_step.where(col(PaperBallot.number).between(first, last)).order_by(col(PaperBallot.number))).all()


def names(db: Session, papers: Sequence[PaperBallot]) -> dict[int, str]:
    """Who typed and who read these, by pseudonym."""
    ids = {each for one in papers for each in (one.entered_by, one.read_by) if each}
    rows: Any = db.execute(select(Person.id, Person.pseudonym).where(col(Person.id).in_(ids)))
    return dict(rows.all())
