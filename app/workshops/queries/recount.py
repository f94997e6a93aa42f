"""What is published of a vote so that anyone may count it again."""

from typing import Any

from sqlmodel import Session

from app.workshops import counting
from app.workshops.counting import recount
from app.workshops.models import Step
from app.workshops.queries.options import options
from app.workshops.queries.people import present_by
from app.workshops.queries.results import casts
from app.workshops.states import Hands, StepKind

TIES = {
    recount.DOTS: "des points égaux partagent le rang ; montrés dans l’ordre des soutiens, puis des options",
    recount.JUDGMENT: "à égalité, la contestation l’emporte (médiane basse) ; des profils égaux partagent le rang",
}


def recountable(db: Session, step: Step) -> tuple[counting.Method, list[counting.Cast]]:
    """How this step is counted, and its ballots, its options numbered from 1."""
    key = step.id or 0
    views, given = options(db, [key])[key], casts(db, [key])[key]
    numbers = {view.id: number for number, view in enumerate(views, start=1)}
    present = present_by(db, step.workshop_id)
    ballots_by: dict[str, int] = dict.fromkeys(present, 0)
    for cast in given:
        ballots_by[cast.college] = ballots_by.get(cast.college, 0) + 1
    method = counting.Method(
        question=step.title, kind=kind_of(step), options=tuple(view.title for view in views), words=dict(step.scale),
        rules=_rules(step, len(views)), present=sum(present.values()),
        present_by={college: present.get(college, 0) for college in counting.shown_apart(ballots_by)},
        late=sum(cast.late for cast in given), papers=sum(cast.channel == counting.PAPER for cast in given),
    )  # fmt: skip
    numbered = [
        counting.Cast(cast.college, {numbers[o]: n for o, n in cast.marks.items()}, cast.late, cast.channel)
        for cast in given
    ]
    return method, numbered


def kind_of(step: Step) -> str:
    """The published name of its method."""
    if step.kind == StepKind.HANDS:
        return {
            Hands.SINGLE: recount.SINGLE, Hands.APPROVAL: recount.APPROVAL, Hands.YES_NO: recount.YES_NO,
        }[Hands(step.hands)]  # fmt: skip
    return {
        StepKind.DOTS: recount.DOTS, StepKind.JUDGMENT: recount.JUDGMENT, StepKind.AGREEMENT: recount.AGREEMENT,
    }[StepKind(step.kind)]  # fmt: skip


def _rules(step: Step, width: int) -> dict[str, Any]:
    """The parameters of the method, and what it does of ties and blanks."""
    kind = kind_of(step)
    rules: dict[str, dict[str, Any]] = {
        recount.DOTS: {"gommettes": step.dots, "au_plus_par_choix": step.cap},
        recount.SINGLE: {"choix_au_plus": 1},
        recount.APPROVAL: {"choix_au_plus": width},
        recount.JUDGMENT: {"sans_mention": step.blanks},
        recount.AGREEMENT: {"oppositions_au_plus_pourcent": step.limit_percent},
        recount.YES_NO: {},
    }
    blanks = "un bulletin vide compte parmi les bulletins"
    return {**rules[kind], "egalites": TIES.get(kind, "dans l’ordre des options"), "blancs": blanks}
