"""Reads of paper ballots: how many are where, who typed them, what is left to read."""

from collections import Counter
from collections.abc import Iterable, Sequence
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
class Papers:
    """How many paper ballots of one step are where. ``entered``: read once; ``differs``: read twice, not the same."""

    printed: int
    entered: int
    differs: int
    counted: int
    void: int

    @property
    def waiting(self) -> int:
        """Typed, and not in the result yet."""
        return self.entered + self.differs


@dataclass(frozen=True)
class Desk(Papers):
    """How far the paper ballots of one step are; ``people`` are those there, ``alone``: nobody else may read again."""

    phones: int
    people: int
    alone: bool

    @property
    def received(self) -> int:
        """Ballots that people gave, on a phone or on paper; those declared void are not among them."""
        return self.phones + self.waiting + self.counted

    @property
    def too_many(self) -> int:
        """How many more ballots than people."""
        return max(0, self.received - self.people)


def tallies(db: Session, step_ids: Iterable[int]) -> dict[int, Papers]:
    """The paper ballots of each of these steps, by state."""
    by: dict[int, Counter[str]] = {key: Counter() for key in step_ids}
    rows = select(PaperBallot.step_id, PaperBallot.status, func.count()).where(col(PaperBallot.step_id).in_(list(by)))
    for key, status, number in db.execute(rows.group_by(col(PaperBallot.step_id), col(PaperBallot.status))):
        by[key][status] = number
    return {
        key: Papers(
            printed=found.total(), entered=found[Paper.ENTERED], differs=found[Paper.DIFFERS],
            counted=found[Paper.COUNTED], void=found[Paper.VOID],
        )
        for key, found in by.items()
    }  # fmt: skip


def desk(db: Session, workshop: Workshop, step: Step) -> Desk:
    """The paper ballots of this step, beside the phones and the people there."""
    key = step.id or 0
    phones = select(func.count()).where(Ballot.step_id == key, Ballot.channel != Channel.PAPER.value)
    return Desk(
        **vars(tallies(db, [key])[key]), phones=int(db.exec(phones).one()),
        people=sum(present_by(db, workshop.id or 0).values()), alone=len(workshop.conductors | workshop.scribes) < 2,
    )  # fmt: skip


def unread(db: Session, steps: Sequence[Step]) -> list[tuple[Step, int]]:
    """Those whose paper ballots still wait for a second reading, and how many each: closing leaves them out."""
    by = tallies(db, [step.id or 0 for step in steps])
    return [(step, by[step.id or 0].waiting) for step in steps if by[step.id or 0].waiting]


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
