"""Rooms that have just closed, written straight into the database: what a report is made from."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import httpx
from sqlmodel import Session, select

from app.core.db import now
from app.identity.models import Person
from app.workshops.models import Ballot, Headcount, Option, Outcome, Seat, Step, Workshop
from tests.site import Site, Visitor
from tests.workshops.acts import room

PEOPLE = {"habitants": 12, "associations": 6, "entreprises": 2, "jeunes": 7}
STARTED = timedelta(minutes=60)
WORDS = "La place vit mieux sans voitures le samedi."


def base(workshop: Workshop) -> str:
    """Where its pages are."""
    return f"/ateliers/{workshop.id}"


def write(visitor: Visitor, workshop: Workshop, what: str, **sent: Any) -> httpx.Response:
    """Send something of its report."""
    return visitor.post(f"{base(workshop)}/{what}", sent)


def closed(site: Site, *votes: Mapping[str, Any], people: Mapping[str, int] = PEOPLE, **more: Any) -> Workshop:
    """A closed room led by the facilitator of the demonstration; each vote: kind, options, ``marks(place)``."""
    like = room(site)
    with site.writing() as db:
        lead = db.exec(select(Person).where(Person.demo_persona == "facilitator")).one()
        began = now() - STARTED
        workshop = Workshop(
            accord_id=like.accord_id, territory_id=like.territory_id, author_id=lead.id, lead_id=lead.id,
            title="Atelier de Taulé : la place du marché", place="Salle Steredenn", text="La place et ses abords.",
            starts_at=began, minutes=60, code="AAAA33", screen_key="ecran-taule", status="closed", opened_at=began,
            closed_at=now(),
        )  # fmt: skip
        for name, value in more.items():
            setattr(workshop, name, value)
        db.add(workshop)
        db.flush()
        seats = _seats(db, workshop, people)
        for place, vote in enumerate(votes, start=1):
            _vote(db, workshop, place, vote, seats)
        return workshop


def _seats(db: Session, workshop: Workshop, people: Mapping[str, int]) -> list[Seat]:
    seats = [
        Seat(workshop_id=workshop.id or 0, digest=f"{workshop.code}-{college}-{n}", college=college, created_at=now())
        for college, total in people.items() for n in range(total)
    ]  # fmt: skip
    db.add_all(seats)
    db.flush()
    return seats


def _vote(db: Session, workshop: Workshop, place: int, vote: Mapping[str, Any], seats: Sequence[Seat]) -> None:
    fields = {"title": f"Question {place}", "minutes": 10, "status": "revealed"} | dict(vote)
    titles, marks = fields.pop("options", []), fields.pop("marks", None)
    words = fields.pop("words", {})
    began = workshop.starts_at + timedelta(minutes=12 * place)
    if fields["status"] != "waiting":
        fields |= {"opened_at": began, "closed_at": began + timedelta(minutes=8)}
    step = Step(workshop_id=workshop.id or 0, position=place, **fields)
    db.add(step)
    db.flush()
    options = [Option(step_id=step.id or 0, position=i, title=title) for i, title in enumerate(titles)]
    db.add_all(options)
    db.flush()
    for n, seat in enumerate(seats if marks else []):
        given = {str(options[i].id): mark for i, mark in marks(n).items()}
        db.add(
            Ballot(
                step_id=step.id or 0, seat_id=seat.id, college=seat.college, marks=given, words=words.get(n, ""),
                cast_at=now(),
            )
        )  # fmt: skip


def dots() -> dict[str, Any]:
    """Three options; the first two are equal."""
    return {"kind": "dots", "options": ["Un banc", "Une fontaine", "Un arbre"], "marks": lambda n: {n % 2: 2, 2: 1}}


def judgment(options: int = 12) -> dict[str, Any]:
    """As many options as a ballot may hold, with long names."""
    titles = [f"Proposition {n} : une place sans voitures le samedi, avec des bancs à l’ombre" for n in range(options)]
    return {"kind": "judgment", "options": titles, "marks": lambda n: {i: 1 + (n * 3 + i) % 7 for i in range(options)}}


def agreement(words: Mapping[int, str]) -> dict[str, Any]:
    """A text that two collèges oppose, with a rule set beforehand; ``words`` by place of the seat."""
    return {
        "kind": "agreement", "title": "Le texte de la charte", "options": ["La charte"], "limit_percent": 20,
        "marks": lambda n: {0: 1 if n % 2 else 6}, "words": words,
    }  # fmt: skip


def yes_no() -> dict[str, Any]:
    """Oui, non, abstention."""
    return {"kind": "hands", "hands": "yes_no", "options": ["Le samedi"], "marks": lambda n: {0: 1 + n % 3}}


def decided(site: Site, workshop: Workshop) -> None:
    """Two decisions and one point left unresolved; two people counted without a device."""
    with site.writing() as db:
        key = workshop.id or 0
        db.add_all(
            [
                Outcome(workshop_id=key, position=1, text="Fermer la place le samedi", holder="La commune"),
                Outcome(workshop_id=key, position=2, text="Planter trois arbres", due_on=date(2027, 3, 1)),
                Outcome(workshop_id=key, position=3, text="Qui paie la fontaine", unresolved=True),
                Headcount(workshop_id=key, college="habitants", people=3),
            ]
        )
