"""People the demonstration lacks: one whose account asks for a key, one whom an organisation invites."""

from typing import Any

from sqlmodel import Session, select

from app.core.db import now
from app.core.security import digest
from app.identity.models import Organisation, Passkey, Person, RecoveryCode
from app.identity.service import delegates

KEYED = "voix-5@demo.emglev.example"
CODE = "AB12CD34EF56"
ORGANISATION = "tregor-a-velo"
WAITING = "les-jardins-du-queffleuth"


def bring_people(db: Session) -> None:
    """A key and a recovery code for one, an invitation for another."""
    keyed = db.exec(select(Person).where(Person.email == KEYED)).one().id or 0
    db.add(Passkey(person_id=keyed, credential_id="kept", public_key=b"", label="Une clé", created_at=now()))
    db.add(RecoveryCode(person_id=keyed, digest=digest(CODE)))
    organisation = db.exec(select(Organisation).where(Organisation.slug == ORGANISATION)).one()
    delegates.invite(db, organisation, _persona(db, "resident").email or "", by=organisation.declared_by or 0)


def facts_of_people(db: Session) -> dict[str, Any]:
    """Who is named in the paths of states."""
    return {"organisation": ORGANISATION, "to_verify": WAITING, "facilitator": _persona(db, "facilitator").id}


def _persona(db: Session, key: str) -> Person:
    return db.exec(select(Person).where(Person.demo_persona == key)).one()
