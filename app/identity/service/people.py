"""Persons: created at their first proof, told by mail, placed in the demonstration."""

from sqlmodel import Session, select

from app.core.db import IN_HAND, insert_once, now
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.mail import post
from app.core.security import random_code
from app.identity import queries
from app.identity.models import Person


def new_pseudonym() -> str:
    """A pseudonym that says nothing of anybody, until its owner chooses another."""
    return _("Voix %(code)s") % {"code": random_code(4)}


def tell(db: Session, person: Person | None, subject: str, body: str) -> None:
    """Mail a person who gave an address; who has none reads it in Mon espace."""
    if person and person.email:
        post(db, person.email, subject, body)


def in_hand(db: Session, person_id: int) -> Person:
    """This person as they are now, whom nobody else changes until the end of the transaction."""
    held = select(Person).where(Person.id == person_id).with_for_update(**IN_HAND)
    return db.exec(held.execution_options(populate_existing=True)).one()


def staying(db: Session, person_id: int) -> Person:
    """This person, held until the end of the transaction, and whose account was not closed while one waited.

    Raises:
        ConflictError: it was.
    """
    person = in_hand(db, person_id)
    if person.closing_at is not None or person.closed_at is not None:
        raise ConflictError(_("Votre compte vient d’être fermé : rien n’a été enregistré."))
    return person


def person_for(db: Session, email: str, *, college: str | None = None, commune: str | None = None) -> Person:
    """The person of a proved address, created at the first proof."""
    person = queries.person_by_email(db, email)
    if person is None:  # two links of one new address may be confirmed at the same moment
        insert_once(
            db,
            Person,
            email=email.lower(),
            pseudonym=new_pseudonym(),
            college=college,
            commune_insee=commune,
            created_at=now(),
        )
        person = queries.person_by_email(db, email)
    if person is None:
        raise LookupError("a person just inserted is there")
    if person.college is None:
        person.college = college
    db.add(person)
    db.flush()
    return person


def place_demo_person(db: Session, person: Person, territory_id: int) -> None:
    """Let a demonstration person play their part on another territory."""
    for role in queries.roles_of(db, person.id or 0):
        if role.territory_id is not None:
            role.territory_id = territory_id
            db.add(role)
