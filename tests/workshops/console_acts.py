"""What the tests of the console share: one act on a step, and what a page says."""

from typing import Any

from sqlmodel import Session, select

from app.core.machine import Event
from app.workshops import queries
from app.workshops.models import Step, Workshop
from tests.site import Site, Visitor
from tests.workshops.acts import act, soup


def add(site: Site, workshop: Workshop, kind: str, title: str, **more: Any) -> Step:
    """One more step at the end of the run sheet."""
    with site.writing() as db:
        rows = queries.steps(db, workshop.id or 0)
        step = Step(
            workshop_id=workshop.id or 0, position=len(rows) + 1, kind=kind, title=title, minutes=5, status="waiting",
            **more,
        )  # fmt: skip
        db.add(step)
        db.flush()
        return step


def press(site: Site, who: Visitor, workshop: Workshop, step: Step, what: str, **more: Any) -> Any:
    """One act of the console on a step."""
    return act(site, who, workshop, f"sequences/{step.id}/{what}", **more)


def again(site: Site, step: Step) -> Step:
    """The step as it is now."""
    with site.reading() as db:
        return db.get_one(Step, step.id)


def console(who: Visitor, workshop: Workshop) -> Any:
    """The console as this person sees it."""
    return soup(who.get(f"/ateliers/{workshop.id}/regie"))


def said(page: Any) -> str:
    """Its words, with plain spaces."""
    return " ".join(page.get_text(" ").replace("\u00a0", " ").split())


def verbs(db: Session, kind: str, subject_id: int | None) -> list[str]:
    """What was done to an object, in order."""
    wanted = select(Event.verb).where(Event.subject_kind == kind, Event.subject_id == subject_id).order_by(Event.id)  # type: ignore[arg-type]
    return list(db.exec(wanted))
