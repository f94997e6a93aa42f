"""What facilitators and participants do in the tests of workshops."""

from typing import Any

import httpx
from bs4 import BeautifulSoup
from sqlmodel import Session, col, select

from app.identity.models import Person, Role
from app.workshops import queries
from app.workshops.models import Ballot, Option, Seat, Step, Workshop
from tests.site import Site, Visitor

MORLAIX = "morlaix-communaute"


def room(site: Site, *, status: str = "running") -> Workshop:
    """A demonstration workshop in this status."""
    with site.reading() as db:
        workshop = db.exec(select(Workshop).where(Workshop.status == status).order_by(col(Workshop.id))).first()
        assert workshop
        return workshop


def steps(site: Site, workshop: Workshop) -> list[Step]:
    """The run sheet as it is now."""
    with site.reading() as db:
        return list(queries.steps(db, workshop.id or 0))


def current(site: Site, workshop: Workshop) -> Step:
    """The step that the room looks at now."""
    with site.reading() as db:
        step_id = db.get_one(Workshop, workshop.id).step_id
        assert step_id
        return db.get_one(Step, step_id)


def options(site: Site, step: Step) -> list[int]:
    """The ids of what is put to the vote."""
    with site.reading() as db:
        return [
            o.id or 0 for o in db.exec(select(Option).where(Option.step_id == step.id).order_by(col(Option.position)))
        ]


def seated(site: Site, workshop: Workshop, college: str = "jeunes") -> Visitor:
    """A phone that took a seat."""
    phone = site.visitor()
    response = phone.post(f"/a/{workshop.code}/place", {"college": college})
    assert response.status_code == 200, response.text[:300]
    return phone


def vote(phone: Visitor, workshop: Workshop, step: Step, marks: dict[int, int], **more: Any) -> httpx.Response:
    """Send a ballot, as the plain form does."""
    name = "dots" if step.kind == "dots" else "choice"
    values = [f"{o}:{n}" for o, n in marks.items()] if step.kind == "dots" else [str(o) for o in marks]
    return phone.post(f"/a/{workshop.code}/bulletin", {"step": step.id, name: values} | more)


def act(site: Site, facilitator: Visitor, workshop: Workshop, what: str, **more: Any) -> httpx.Response:
    """Press a button of the console, on the present state."""
    with site.reading() as db:
        edited = db.get_one(Workshop, workshop.id).edited
    return facilitator.post(f"/ateliers/{workshop.id}/{what}", {"edited": edited} | more)


def ballots(site: Site, step: Step) -> list[Ballot]:
    """Every ballot of a step."""
    with site.reading() as db:
        return list(db.exec(select(Ballot).where(Ballot.step_id == step.id).order_by(col(Ballot.id))))


def seats(site: Site, workshop: Workshop) -> int:
    """How many people are there."""
    with site.reading() as db:
        return len(db.exec(select(Seat.id).where(Seat.workshop_id == workshop.id)).all())


def soup(response: httpx.Response) -> BeautifulSoup:
    """A page, to look into."""
    return BeautifulSoup(response.text, "html.parser")


def shown(response: httpx.Response) -> str:
    """What a page shows without script: nothing that is hidden or kept in a template."""
    found = soup(response)
    for part in found.select("template, [hidden], dialog"):
        part.decompose()
    return " ".join(str(found).replace("\u00a0", " ").split())


def colleague(site: Site, persona: str = "elected") -> Visitor:
    """Somebody else who facilitates on the same territory, and leads nothing yet."""
    with site.writing() as db:
        amina = db.exec(select(Person).where(Person.demo_persona == "facilitator")).one()
        held = db.exec(select(Role).where(Role.person_id == amina.id, Role.kind == "facilitator")).one()
        person = person_id(db, persona)
        db.add(
            Role(person_id=person, kind="facilitator", territory_id=held.territory_id, starts_on=held.starts_on)
        )  # fmt: skip
    return site.signed_in(persona)


def person_id(db: Session, persona: str) -> int:
    """Who plays this part of the demonstration."""
    return db.exec(select(Person.id).where(Person.demo_persona == persona)).one() or 0


def stored(site: Site, workshop: Workshop) -> Workshop:
    """The workshop as it is now, with its crew."""
    with site.reading() as db:
        found = queries.one(db, workshop.id or 0)
        assert found
        return found


def prepared(site: Site, facilitator: Visitor, **step: Any) -> Workshop:
    """A workshop made through the pages: one presentation, one vote; announced, its room open."""
    base = f"/territoires/{MORLAIX}/ateliers"
    sent = {
        "title": "Atelier de Garlan",
        "place": "Salle du bourg",
        "day": "2030-03-14",
        "hour": "18 h 30",
        "minutes": 90,
    }
    assert facilitator.post(base, sent).status_code == 200
    with site.reading() as db:
        workshop = db.exec(select(Workshop).order_by(col(Workshop.id).desc())).first()
    assert workshop and workshop.title == "Atelier de Garlan"
    first = {"kind": "presentation", "title": "Bienvenue", "minutes": 5}
    question = {
        "kind": "dots",
        "title": "Par quoi commencer ?",
        "minutes": 8,
        "dots": 5,
        "cap": 2,
        "typed": "Car du soir\nMaison de santé\nHalle",
    }
    for row in (first, question | step):
        response = act(site, facilitator, workshop, "sequences", **row)
        assert response.status_code == 200, response.text[:400]
    facilitator.post(f"/ateliers/{workshop.id}/annonce")
    assert act(site, facilitator, workshop, "salle").status_code == 200
    return workshop
