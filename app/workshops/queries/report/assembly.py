"""Gathers a report from the tables: the one place where what it says is read."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from app.core.i18n import fnum, ngettext
from app.core.i18n import gettext as _
from app.identity.states import College
from app.places.queries import reference
from app.workshops.counting import shown_apart
from app.workshops.models import Ballot, Correction, Headcount, Outcome, Seat, Step, Workshop
from app.workshops.queries import cards
from app.workshops.queries.options import options
from app.workshops.queries.paper import tallies
from app.workshops.queries.report.papers import to_settle
from app.workshops.queries.report.parts import AgendaLine, Presence, PresenceLine, Report, Vote
from app.workshops.queries.results import Counted, results, revealed
from app.workshops.queries.rooms import steps
from app.workshops.states import SHORTEST_CONCLUSION, VOTES, Channel, StepKind, StepStatus


def assemble(db: Session, workshop: Workshop) -> Report:
    """Everything that is said of this workshop, in about a dozen queries whatever the size of the room."""
    key = workshop.id or 0
    sheet = steps(db, key)
    votes = [step.id or 0 for step in sheet if step.kind in VOTES]
    people = _people(db, key)
    shown = revealed(sheet)
    counted = results(db, shown, {line.college: line.total for line in people})
    views = options(db, votes)
    outcomes = list_outcomes(db, key)
    return Report(
        workshop=workshop, territory=reference(db).by_id[workshop.territory_id], agenda=agenda(workshop, sheet),
        options=views, presence=_presence(people), votes=_votes(db, shown, counted, views),
        walls=cards.of_step(db, [s.id or 0 for s in sheet if s.kind == StepKind.CARDS and s.opened_at]),
        decisions=tuple(row for row in outcomes if not row.unresolved),
        unresolved=tuple(row for row in outcomes if row.unresolved), corrections=_corrections(db, key),
    )  # fmt: skip


def agenda(workshop: Workshop, sheet: Sequence[Step]) -> tuple[AgendaLine, ...]:
    """The run sheet with planned and real hours; a step that was skipped takes no time of the plan."""
    lines, planned = [], workshop.starts_at
    for number, step in enumerate(sheet, start=1):
        started = step.opened_at if step.status != StepStatus.WAITING else None
        lines.append(AgendaLine(number, step, planned, started, _ended(step, workshop)))
        if not step.skipped:
            planned += timedelta(minutes=step.minutes)
    return tuple(lines)


def _ended(step: Step, workshop: Workshop) -> datetime | None:
    """Its end; that of the room for a step that nobody ended."""
    return step.closed_at or (workshop.closed_at if step.opened_at else None)


def _people(db: Session, workshop_id: int) -> list[PresenceLine]:
    """Who was there by collège: those of devices, and those who were counted."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    taken = select(Seat.college, Seat.channel, func.count()).where(Seat.workshop_id == workshop_id)
    for college, channel, people in db.execute(taken.group_by(col(Seat.college), col(Seat.channel))):
        found[college]["lent" if channel == Channel.LENT else "phones"] += people
    for college, people in db.execute(
        select(Headcount.college, Headcount.people).where(Headcount.workshop_id == workshop_id)
    ):
        found[college]["counted"] += people
    lines = (PresenceLine(c.value, found[c]["phones"], found[c]["lent"], found[c]["counted"]) for c in College)
    return [line for line in lines if line.total]


def _presence(people: Sequence[PresenceLine]) -> Presence:
    apart = shown_apart({line.college: line.total for line in people})
    total = PresenceLine(
        "", sum(p.phones for p in people), sum(p.lent for p in people), sum(p.counted for p in people)
    )  # fmt: skip
    lines = tuple(line for line in people if line.college in apart)
    return Presence(total, lines, tuple(line.college for line in people if line.college not in apart))


def _votes(db: Session, shown: Sequence[Step], counted: dict[int, Counted], views: dict[int, Any]) -> dict[int, Vote]:
    keys = [step.id or 0 for step in shown]
    papers, said = tallies(db, keys), defaultdict(list)
    for row in list_objections(db, keys):
        said[row.step_id].append(row)
    return {
        key: Vote(
            step, tuple(views.get(key, ())), counted[key], papers[key],
            tuple(row.words for row in said[key] if row.words_shown),
            sum(not row.words_shown for row in said[key]),
        )
        for key, step in zip(keys, shown, strict=True)
    }  # fmt: skip


def list_objections(db: Session, step_ids: Iterable[int]) -> Sequence[Ballot]:
    """What people wrote against the texts of these steps; its order, that of the words, says not who voted when."""
    wanted = select(Ballot).where(col(Ballot.step_id).in_(list(step_ids)), Ballot.words != "")
    return db.exec(wanted.order_by(col(Ballot.step_id), col(Ballot.words), col(Ballot.id))).all()


def list_outcomes(db: Session, workshop_id: int) -> Sequence[Outcome]:
    """What the room decided and left unresolved, in order."""
    wanted = select(Outcome).where(Outcome.workshop_id == workshop_id)
    return db.exec(wanted.order_by(col(Outcome.position), col(Outcome.id))).all()


def _corrections(db: Session, workshop_id: int) -> tuple[Correction, ...]:
    wanted = select(Correction).where(Correction.workshop_id == workshop_id)
    return tuple(db.exec(wanted.order_by(col(Correction.at), col(Correction.id))).all())


def to_check(db: Session, workshop: Workshop) -> list[str]:
    """What it is better to settle before the report is published, in plain words."""
    key = workshop.id or 0
    votes = [step.id or 0 for step in steps(db, key) if step.kind in VOTES]
    waiting = cards.pending(db, key)
    found = []
    if len(workshop.conclusion) < SHORTEST_CONCLUSION:
        words = _("Il manque ce que la salle conclut : ce texte est obligatoire, %(n)s caractères au moins.")
        found.append(words % {"n": SHORTEST_CONCLUSION})
    if not list_outcomes(db, key):
        found.append(_("Aucune décision ni aucun point non résolu n’est noté."))
    found += to_settle(tallies(db, votes).values())
    if waiting:
        words = ngettext(
            "%(n)s carte n’a pas été lue : lisez-la, ou le Conseil de développement la lira.",
            "%(n)s cartes n’ont pas été lues : lisez-les, ou le Conseil de développement les lira.", waiting,
        )  # fmt: skip
        found.append(words % {"n": fnum(waiting)})
    return found
