"""What facilitators do before a room opens, in the tests of workshops."""

from typing import Any

import httpx
from sqlmodel import col, select

from app.workshops.models import Step, Workshop
from tests.site import Site, Visitor
from tests.workshops.acts import MORLAIX, act, steps

WHERE = {
    "title": "Atelier de Garlan", "mode": "onsite", "place": "Salle du bourg", "day": "2030-03-14", "hour": "18:30",
    "minutes": 90,
}  # fmt: skip
DOTS = {
    "kind": "dots",
    "title": "Par quoi commencer ?",
    "minutes": 8,
    "dots": 5,
    "cap": 2,
    "typed": "Car\nHalle\nLycée",
}


def create(facilitator: Visitor, **more: Any) -> httpx.Response:
    """Prepare a workshop through its page."""
    return facilitator.post(f"/territoires/{MORLAIX}/ateliers", WHERE | more)


def newest(site: Site) -> Workshop:
    """The last workshop made."""
    with site.reading() as db:
        return db.exec(select(Workshop).order_by(col(Workshop.id).desc()).limit(1)).one()


def draft(site: Site, facilitator: Visitor, *rows: dict[str, Any], **more: Any) -> Workshop:
    """A workshop in preparation with these steps."""
    assert create(facilitator, **more).status_code == 200
    workshop = newest(site)
    for row in rows:
        response = write(site, facilitator, workshop, **row)
        assert response.status_code == 200, response.text[:400]
    return workshop


def write(site: Site, facilitator: Visitor, workshop: Workshop, step: Step | None = None, **row: Any) -> httpx.Response:
    """Add a step, or change this one, on the present state."""
    path = f"sequences/{step.id}" if step else "sequences"
    return act(site, facilitator, workshop, path, **row)


def titles(site: Site, workshop: Workshop) -> list[str]:
    """The run sheet, by title."""
    return [step.title for step in steps(site, workshop)]


def last_step(site: Site, workshop: Workshop) -> Step:
    """The end of the run sheet."""
    return steps(site, workshop)[-1]


def row(site: Site, workshop: Workshop) -> Workshop:
    """The workshop as it is now."""
    with site.reading() as db:
        return db.get_one(Workshop, workshop.id)
