"""Verbs of the room as a whole: what every act begins with, letting people in, what a vote says of the board.

Every act says which state of the room its sender saw (``edited``): of two facilitators at once, the second
is told what the first did instead of undoing it.
"""

from collections.abc import Sequence
from textwrap import shorten

from sqlmodel import Session, col, delete

from app.actions.models import ActionSheet
from app.core import live
from app.core.db import now
from app.core.errors import ForbiddenError
from app.core.i18n import gettext as _
from app.threads import service as threads
from app.workshops import counting, queries
from app.workshops.models import Step, Workshop, WorkshopRate
from app.workshops.service.preparing import check_fresh
from app.workshops.states import WORKSHOP, Hands, StepKind

VOTE = "vote"  # the kind of the mentions that revealed votes write on fiches


def topic(workshop: Workshop) -> str:
    """The live topic of what the room looks at."""
    return topic_of(workshop.id or 0)


def count_topic(workshop: Workshop) -> str:
    """The live topic of how many came and answered; phones do not listen to it."""
    return count_topic_of(workshop.id or 0)


def topic_of(workshop_id: int) -> str:
    """As ``topic``, by the room's id."""
    return f"room-{workshop_id}"


def count_topic_of(workshop_id: int) -> str:
    """As ``count_topic``, by the room's id."""
    return f"{topic_of(workshop_id)}-count"


def screen_topic_of(workshop_id: int) -> str:
    """Nothing is ever said on it: whoever listens to it is a projected page, and can be counted."""
    return f"{topic_of(workshop_id)}-screen"


def pages_topic_of(workshop_id: int) -> str:
    """What the projected page says of its pages (``service.projecting``); only the console listens."""
    return f"{topic_of(workshop_id)}-pages"


def turn_topic_of(workshop_id: int) -> str:
    """Which page the console wants to see projected; only the projected page listens."""
    return f"{topic_of(workshop_id)}-turn"


def acting(db: Session, workshop: Workshop, edited: int) -> None:
    """Take the room in hand for one act, on the state that its sender saw.

    Raises:
        ConflictError: somebody else acted meanwhile.
    """
    check_fresh(db, workshop, edited)
    workshop.acted_at = now()


def check_calendar(workshop: Workshop) -> None:
    """Whether rooms may be open today.

    Raises:
        ForbiddenError: the territory's calendar does not open workshops today.
    """
    if "workshop.join" not in workshop.open_verbs:
        raise ForbiddenError(
            _("Le calendrier du territoire n’ouvre pas les ateliers aujourd’hui : l’équipe technique peut le modifier.")
        )


def open_room(db: Session, workshop: Workshop, *, edited: int, by: int) -> None:
    """Let people in.

    Raises:
        ForbiddenError: the territory's calendar does not open workshops today.
        ConflictError: somebody else acted meanwhile, or the room is not announced.
    """
    check_calendar(workshop)
    acting(db, workshop, edited)
    WORKSHOP.move(db, workshop, "open_room", by=by)
    workshop.opened_at = now()
    live.publish(db, topic(workshop))


def write_rates(db: Session, step: Step) -> None:
    """What this step says of each priorité and fiche that it carried, by collège."""
    key = step.id or 0
    db.execute(delete(WorkshopRate).where(col(WorkshopRate.step_id) == key))
    casts = queries.casts(db, [key])[key]
    for (kind, subject_id), option_ids in queries.subjects(db, key).items():
        counted = counting.supporters_of(option_ids, casts, queries.threshold(step))
        if kind == queries.SHEET:
            _tell_sheet(db, step, subject_id, counted, _mention(db, step, min(option_ids), casts))
        for college, (supporters, ballots) in counted.items():
            db.add(
                WorkshopRate(
                    step_id=key, kind=kind, subject_id=subject_id, college=college,
                    supporters=supporters, ballots=ballots,
                )
            )  # fmt: skip


def _mention(db: Session, step: Step, option_id: int, casts: Sequence[counting.Cast]) -> str:
    """The majority mention of this option of a jugement majoritaire; empty for the other votes."""
    if step.kind != StepKind.JUDGMENT or not casts:
        return ""
    option_ids = [option.id or 0 for option in queries.option_rows(db, step.id or 0)]
    lines = counting.judgment(option_ids, casts, {}, blank=step.blanks).lines
    found = next(line.mention for line in lines if line.option == option_id)
    return step.scale[found] if found else ""


def _tell_sheet(db: Session, step: Step, sheet_id: int, counted: dict[str, tuple[int, int]], mention: str) -> None:
    """The fiche and the needs behind it show the vote, on the day it was held, without knowing workshops.

    They keep « supporters/ballots/method », then the majority mention if there is one.
    """
    sheet, workshop = db.get_one(ActionSheet, sheet_id), db.get_one(Workshop, step.workshop_id)
    supporters, ballots = (sum(pair[i] for pair in counted.values()) for i in (0, 1))
    method = step.hands if step.kind == StepKind.HANDS and step.hands == Hands.YES_NO else step.kind
    said = shorten(f"« {step.title} », {workshop.title}", 160, placeholder="…")
    state = "/".join(filter(None, (f"{supporters}/{ballots}/{method}", mention)))
    for thread_id in (sheet.thread_id, *queries.threads_behind(db, sheet_id)):
        threads.mention(
            db, thread_id, kind=VOTE, subject_id=step.id or 0, title=said, state=state,
            path=f"/ateliers/{workshop.id}#etape-{step.id}", at=workshop.opened_at or workshop.starts_at,
        )  # fmt: skip
