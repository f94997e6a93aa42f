"""What people and facilitators do with cards in the tests of workshops."""

from typing import Any

import httpx
from sqlmodel import col, select

from app.core.db import now
from app.core.security import token
from app.workshops.access import seat_cookie_of
from app.workshops.models import Card, Cluster, Seat, Step, Table, Workshop
from app.workshops.queries import seat_digest
from tests.site import Site, Visitor


def recueil(site: Site, workshop: Workshop, *, status: str = "open", **more: Any) -> Step:
    """A recueil of this workshop, that the room looks at."""
    values = {"kind": "cards", "title": "Qu’est-ce qui vous manque ?", "minutes": 10, "position": 90, "cards": 3}
    with site.writing() as db:
        held = db.get_one(Workshop, workshop.id)
        step = Step(workshop_id=workshop.id, status=status, opened_at=now(), **values | more)
        db.add(step)
        db.flush()
        held.step_id = step.id
        return step


def end(site: Site, step: Step, status: str = "closed") -> None:
    """The recueil is over for good: the seconds of grace are past."""
    with site.writing() as db:
        held = db.get_one(Step, step.id)
        held.status, held.closed_at = status, now().replace(year=2025)


def seated(site: Site, workshop: Workshop, college: str = "jeunes") -> Visitor:
    """A phone that has a seat."""
    phone, secret = site.visitor(), token()
    with site.writing() as db:
        db.add(Seat(workshop_id=workshop.id, digest=seat_digest(secret), college=college, created_at=now()))
    phone.http.cookies.set(seat_cookie_of(workshop.id or 0), secret, domain="localhost.local")
    return phone


def write(phone: Visitor, workshop: Workshop, step: Step, text: str, **more: Any) -> httpx.Response:
    """Send a card with the plain form."""
    return phone.post(f"/a/{workshop.code}/carte", {"step": step.id, "text": text} | more)


def send(phone: Visitor, workshop: Workshop, step: Step, text: str, **more: Any) -> httpx.Response:
    """Send a card as the script does."""
    return phone.post(f"/a/{workshop.code}/cartes", {"step": step.id, "text": text} | more)


def cards(site: Site, step: Step) -> list[Card]:
    """Every card, in the order of writing."""
    with site.reading() as db:
        return list(db.exec(select(Card).where(Card.step_id == step.id).order_by(col(Card.id))))


def clusters(site: Site, step: Step) -> list[Cluster]:
    """Every group, in its order."""
    with site.reading() as db:
        return list(db.exec(select(Cluster).where(Cluster.step_id == step.id).order_by(col(Cluster.position))))


def seen(*held: Card) -> list[str]:
    """Cards as a page of facilitators sends them: each with the group in which it is seen."""
    return [f"{card.id}:{card.cluster_id or 0}" for card in held]


def act(who: Visitor, workshop: Workshop, step: Step, what: str, **more: Any) -> httpx.Response:
    """Press a button of the page of cards."""
    return who.post(f"/ateliers/{workshop.id}/cartes/{what}", {"step": step.id} | more)


def published(site: Site, workshop: Workshop, step: Step, *texts: str, **more: Any) -> list[Card]:
    """Cards that everybody sees, typed straight into the database."""
    with site.writing() as db:
        for n, text in enumerate(texts):
            values = {"college": "habitants"} | more
            card = Card(
                step_id=step.id, key=f"{step.id} {text}"[:64], text=text, status="published", created_at=now(),
                published_at=now(), place=n, **values,
            )  # fmt: skip
            db.add(card)
    return cards(site, step)


def at_table(site: Site, workshop: Workshop) -> Table:
    """The last seat taken in the room sits down at a table."""
    with site.writing() as db:
        table = Table(workshop_id=workshop.id, number=44, key=f"cle-{workshop.id}-44", people=12)
        db.add(table)
        db.flush()
        seat = db.exec(select(Seat).where(Seat.workshop_id == workshop.id).order_by(col(Seat.id).desc())).first()
        assert seat
        seat.table_id = table.id
        return table
