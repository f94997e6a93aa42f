"""Somebody of the crowd, who said, commented, supported and took position; and what is left of them."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, func, select

from app.identity import service as identity
from app.identity.access import cookie_name
from app.identity.models import Person
from app.needs.models import Need
from app.threads.models import Comment, Position, Support, Voice
from tests.site import Site, Visitor


@dataclass(frozen=True)
class Neighbour:
    """A person of the crowd with words and voices of every kind."""

    id: int
    email: str
    pseudonym: str


def neighbour(site: Site) -> Neighbour:
    """Who wrote a published need and comments, supports needs, and holds positions."""
    with site.reading() as db:
        said = select(Need.author_id).where(Need.status == "published", col(Need.organisation_id).is_(None))
        wrote = select(Comment.author_id).where(Comment.status == "published", col(Comment.organisation_id).is_(None))
        supported = select(Voice.person_id).join(Support, col(Support.voice_id) == Voice.id)
        stood = select(Voice.person_id).join(Position, col(Position.voice_id) == Voice.id)
        wanted = select(Person).where(*(col(Person.id).in_(each) for each in (said, wrote, supported, stood)))
        person = db.exec(wanted.where(col(Person.demo_persona).is_(None)).order_by(col(Person.id))).first()
        assert person and person.email
        return Neighbour(person.id or 0, person.email, person.pseudonym)


def enter(site: Site, email: str) -> Visitor:
    """A browser signed in at this address."""
    visitor = site.visitor()
    with site.writing() as db:
        person = db.exec(select(Person).where(Person.email == email)).one()
        visitor.http.cookies.set(cookie_name(), identity.open_session(db, person), domain="localhost.local")
    return visitor


def close(visitor: Visitor, contributions: str) -> Any:
    """Close the account of a visitor."""
    return visitor.post("/mon-espace/fermeture", {"contributions": contributions, "sure": "true"})


def written(db: Session, person_id: int) -> list[tuple[str, int, str]]:
    """Where each text of a person is, own words only."""
    needs = db.exec(select(Need).where(Need.author_id == person_id).order_by(col(Need.id)))
    comments = db.exec(select(Comment).where(Comment.author_id == person_id).order_by(col(Comment.id)))
    return [("need", n.id or 0, n.status) for n in needs] + [("comment", c.id or 0, c.status) for c in comments]


def voices(db: Session, person_id: int) -> tuple[int, int]:
    """How many supports and positions a person has."""
    mine = select(Voice.id).where(Voice.person_id == person_id)
    supports = db.exec(select(func.count()).select_from(Support).where(col(Support.voice_id).in_(mine))).one()
    positions = db.exec(select(func.count()).select_from(Position).where(col(Position.voice_id).in_(mine))).one()
    return supports, positions
