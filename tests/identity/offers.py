"""Roles offered, held and looked for, for the tests that speak of them."""

from typing import Any

from sqlmodel import Session, col, select

from app.core.i18n import today
from app.identity import service as identity
from app.identity.access import cookie_name
from app.identity.models import Invitation, Person, Role
from tests.site import Site, Visitor

HOME, ELSEWHERE, WHOLE = "morlaix-communaute", "brest-metropole", "tout-le-finistere"
ADDRESS = "nouvelle@exemple.fr"


def words(**more: str) -> dict[str, str]:
    """A role as a referent offers it."""
    return {
        "email": ADDRESS, "kind": "moderator", "territory": HOME, "starts_on": today().isoformat(),
        "reason": "Désignée par le Conseil de développement.",
    } | more  # fmt: skip


def arrives(site: Site, email: str = ADDRESS) -> Visitor:
    """Whoever proves this address, signed in."""
    visitor = site.visitor()
    with site.writing() as db:
        person = identity.person_for(db, email)
        db.flush()
        visitor.http.cookies.set(cookie_name(), identity.open_session(db, person), domain="localhost.local")
    return visitor


def person_id(site: Site, *, email: str = "", persona: str = "") -> int:
    with site.reading() as db:
        wanted = Person.demo_persona == persona if persona else Person.email == email
        return db.exec(select(Person.id).where(wanted)).one() or 0


def last_offer(site: Site, email: str = ADDRESS) -> Invitation:
    with site.reading() as db:
        return db.exec(select(Invitation).where(Invitation.email == email).order_by(col(Invitation.id).desc())).all()[0]


def offered(site: Site, by: str = "referent", **more: str) -> int:
    """An offer sent by a demonstration person; its id."""
    sent = site.signed_in(by).post("/roles", words(**more))
    assert sent.status_code == 200 and sent.url.path == "/roles", sent.text
    return last_offer(site, more.get("email", ADDRESS)).id or 0


def accept(visitor: Visitor, offer: int) -> Any:
    return visitor.post(f"/mon-espace/roles/propositions/{offer}/acceptation")


def granted(site: Site, kind: str, persona: str) -> int:
    """The id of the role of a demonstration person."""
    with site.reading() as db:
        holder = select(Person.id).where(Person.demo_persona == persona)
        return db.exec(select(Role.id).where(Role.kind == kind, col(Role.person_id).in_(holder))).one() or 0


def grant(db: Session, email: str, kind: str, territory_id: int | None, **more: Any) -> Role:
    """A role that somebody holds already."""
    person = identity.person_for(db, email)
    db.flush()
    role = Role(person_id=person.id or 0, kind=kind, territory_id=territory_id, **({"starts_on": today()} | more))
    db.add(role)
    db.flush()
    return role


def territory_id(site: Site, persona: str = "referent") -> int:
    with site.reading() as db:
        return (
            db.exec(
                select(Role.territory_id)
                .join(Person, col(Person.id) == Role.person_id)
                .where(Person.demo_persona == persona)
            ).one()
            or 0
        )
