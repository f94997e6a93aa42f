"""Verbs of paper ballots: numbered, typed by one named person, read again by another, then counted.

Held in this order: the step (it must not be revealed meanwhile), then the ballot (two people may type it at once).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from sqlmodel import Session, col, delete, select

from app.core import live
from app.core.db import IN_HAND, now
from app.core.errors import ConflictError, DomainError, NotFoundError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.workshops import queries
from app.workshops.models import Ballot, PaperBallot, Step, Workshop
from app.workshops.queries import paper as reads
from app.workshops.service.casting import wrong_marks
from app.workshops.service.room import count_topic
from app.workshops.states import PAPER, VOTES, Channel, Paper, StepKind, StepStatus

MAX_NUMBER = 9999  # as many as the four digits of « P-0318 » hold


class WrongPaperError(DomainError):
    """What was typed is no ballot of this step."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True)
class Reading:
    """What somebody reads on a ballot."""

    college: str
    marks: dict[int, int]
    words: str = ""

    @property
    def stored(self) -> dict[str, Any]:
        """As it is kept until both readings agree."""
        return {"college": self.college, "marks": {str(key): mark for key, mark in self.marks.items()}}


def check_takes_paper(workshop: Workshop, step: Step, *, printing: bool = False) -> None:
    """Refuse, in words that say why, a step that takes no paper ballot.

    Raises:
        ConflictError: not a vote, not open yet, its results were shown, or the room is closed.
    """
    if step.kind not in VOTES:
        raise ConflictError(_("Cette séquence n’est pas un vote : elle n’a pas de bulletins."))
    if workshop.over:
        raise ConflictError(_("L’atelier est terminé : plus aucun bulletin n’est compté."))
    if step.status == StepStatus.REVEALED:
        raise ConflictError(_("Les résultats ont été montrés : plus aucun bulletin n’est compté."))
    if step.status == StepStatus.WAITING and not printing:
        raise ConflictError(_("Ce vote n’est pas encore ouvert : la saisie commence avec lui."))


def print_ballots(db: Session, workshop: Workshop, step: Step, copies: int, *, by: int) -> tuple[int, int]:
    """Number so many ballots, after the last ones printed; the first and the last number.

    Raises:
        ConflictError: as ``check_takes_paper``, nothing is put to the vote yet, or every number is used.
    """
    db.refresh(step, ["status"], with_for_update=IN_HAND)
    check_takes_paper(workshop, step, printing=True)
    if not queries.option_rows(db, step.id or 0):
        raise ConflictError(_("Ce vote n’a pas encore de choix : imprimez ses bulletins quand ils seront connus."))
    first = reads.last_number(db, step.id or 0) + 1
    last = first + copies - 1
    if last > MAX_NUMBER:
        raise ConflictError(_("Cette séquence a déjà tous les numéros possibles."))
    db.add_all(
        PaperBallot(step_id=step.id or 0, number=number, status=Paper.PRINTED.value, printed_at=now())
        for number in range(first, last + 1)
    )
    note_event(db, step, "print_ballots", by=by, note=f"{reads.paper_ref(first)} {reads.paper_ref(last)}")
    return first, last


def _in_hand(db: Session, workshop: Workshop, step: Step, number: int) -> PaperBallot:
    db.refresh(step, ["status"], with_for_update={"read": True})
    db.refresh(workshop, ["status"])
    check_takes_paper(workshop, step)
    held = select(PaperBallot).where(PaperBallot.step_id == step.id, PaperBallot.number == number)
    paper = db.exec(held.with_for_update().execution_options(populate_existing=True)).first()
    if paper is None:
        raise NotFoundError(_("Ce numéro n’a pas été imprimé pour cette question."))
    return paper


def enter(db: Session, workshop: Workshop, step: Step, number: int, reading: Reading, *, by: int) -> PaperBallot:
    """Type a ballot, or read it again; counted once two named persons read the same.

    Raises:
        NotFoundError: no ballot of this number was printed for this step.
        ConflictError: it is counted or void already, or the step takes no paper any more.
        WrongPaperError: too many dots, several answers: not a ballot of this step.
    """
    paper = _in_hand(db, workshop, step, number)
    _check(db, step, reading)
    if step.kind != StepKind.AGREEMENT:
        reading = Reading(reading.college, reading.marks)
    if paper.status == Paper.PRINTED:
        _keep_first(paper, reading, by)
        PAPER.move(db, paper, "enter", by=by)
    elif paper.status == Paper.ENTERED:
        _read_entered(db, paper, reading, by)
    elif paper.status == Paper.DIFFERS:
        _settle(db, paper, reading, by)
    elif paper.status == Paper.COUNTED:
        raise ConflictError(_("Ce bulletin est déjà compté : deux personnes l’ont lu de la même façon."))
    else:
        raise ConflictError(_("Ce bulletin a été déclaré nul."))
    if paper.status == Paper.COUNTED:
        _count(db, paper)
    live.publish(db, count_topic(workshop))
    return paper


def _keep_first(paper: PaperBallot, reading: Reading, by: int) -> None:
    paper.college, paper.marks, paper.words = reading.college, reading.stored["marks"], reading.words
    paper.entered_by, paper.entered_at = by, now()
    paper.again, paper.read_by, paper.read_at = None, None, None


def _first(paper: PaperBallot) -> dict[str, Any]:
    return {"college": paper.college, "marks": paper.marks}


def _read_entered(db: Session, paper: PaperBallot, reading: Reading, by: int) -> None:
    """The first reader corrects what they typed; anybody else reads again."""
    if by == paper.entered_by:
        _keep_first(paper, reading, by)
        PAPER.move(db, paper, "enter_again", by=by)
        return
    paper.read_by, paper.read_at = by, now()
    if reading.stored == _first(paper):
        paper.words = reading.words
        PAPER.move(db, paper, "count", by=by)
    else:
        paper.again = reading.stored
        PAPER.move(db, paper, "disagree", by=by)


def _settle(db: Session, paper: PaperBallot, reading: Reading, by: int) -> None:
    """Two readings differ: either reader corrects theirs, or somebody else reads; two that agree are counted."""
    first, second = _first(paper), paper.again
    if by == paper.entered_by:
        first = reading.stored
    elif by == paper.read_by:
        second = reading.stored
    elif reading.stored == first:
        second, paper.read_by = first, by
    elif reading.stored == second:
        first, paper.entered_by, paper.read_by = reading.stored, paper.read_by, by
    else:  # a third reading: it stands alone until somebody reads the same
        _keep_first(paper, reading, by)
        PAPER.move(db, paper, "enter_again", by=by)
        return
    paper.college, paper.marks, paper.read_at = first["college"], first["marks"], now()
    paper.words = reading.words or paper.words
    paper.again = None if first == second else second
    if first == second:
        PAPER.move(db, paper, "count", by=by)
    else:
        note_event(db, paper, "enter_again", by=by)


def _check(db: Session, step: Step, reading: Reading) -> None:
    options = {option.id or 0 for option in queries.option_rows(db, step.id or 0)}
    if wrong := wrong_marks(step, reading.marks, options):
        raise WrongPaperError(_WRONG[wrong]() % {"dots": step.dots, "cap": step.cap})


_WRONG = {
    "unknown_option": lambda: _("Un choix n’est pas de cette question. Rechargez la page, puis recommencez."),
    "unknown_grade": lambda: _("Une réponse n’est pas proposée. Rechargez la page, puis recommencez."),
    "negative": lambda: _("Un nombre de gommettes ne peut pas être négatif."),
    "over_cap": lambda: _(
        "Plus de %(cap)s gommettes sur un même choix. Vérifiez ; si le papier dit bien cela, déclarez-le nul."
    ),
    "over_total": lambda: _(
        "Plus de %(dots)s gommettes en tout. Vérifiez ; si le papier dit bien cela, déclarez-le nul."
    ),
    "several": lambda: _("Plusieurs réponses. Vérifiez ; si le papier dit bien cela, déclarez-le nul."),
}


def _count(db: Session, paper: PaperBallot) -> None:
    """It enters the result, like a ballot of a phone."""
    db.add(
        Ballot(
            step_id=paper.step_id, paper_id=paper.id, college=paper.college, channel=Channel.PAPER.value,
            marks=paper.marks, words=paper.words, cast_at=now(),
        )
    )  # fmt: skip


def void(db: Session, workshop: Workshop, step: Step, number: int, reason: str, *, by: int) -> PaperBallot:
    """Declare a ballot void, with the reason; counted already, it leaves the result.

    Raises:
        NotFoundError, ConflictError: as ``enter``.
    """
    paper = _in_hand(db, workshop, step, number)
    if paper.status == Paper.VOID:
        raise ConflictError(_("Ce bulletin a été déclaré nul."))
    db.execute(delete(Ballot).where(col(Ballot.paper_id) == paper.id))
    PAPER.move(db, paper, "void", by=by, note=reason)
    paper.void_reason = reason
    if paper.entered_by is None:
        paper.entered_by, paper.entered_at = by, now()
    live.publish(db, count_topic(workshop))
    return paper


def unread(papers: Sequence[PaperBallot], by: int | None) -> tuple[list[PaperBallot], list[PaperBallot]]:
    """Of the ballots typed once: those that this person may read again, and those that wait for somebody else."""
    mine = [paper for paper in papers if paper.entered_by == by]
    return [paper for paper in papers if paper.entered_by != by], mine
