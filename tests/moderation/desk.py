"""What a moderator finds on the desk: one contribution of each kind, and the gestures of the workspace."""

from typing import Any

import httpx
from sqlmodel import col, select

from app.core.mail import Mail
from app.identity.models import Person
from app.moderation.models import LogEntry, Undoable
from app.moderation.queries.subjects import TABLES
from app.needs.models import Need
from app.threads.models import Comment, File, ProfileText
from tests.needs.test_say import say
from tests.site import Site, Visitor

HOME = 3  # Morlaix Communauté, where the persons of the demonstration moderate
SECRET = "06 12 34 56 78"
WORDS = f"Appelez Monsieur Le Gall au {SECRET}, il a vu le banc cassé."
TABLE = {"besoin": "need", "commentaire": "comment", "photo": "file", "profil": "profile_text", "carte": "card"}
REASON = {"reason": "donnee_privee", "note": "Un numéro de téléphone y figure."}


def need(site: Site, text: str = WORDS, title: str = "Un banc devant la boulangerie") -> int:
    """A need of the resident, that waits."""
    say(site.signed_in("resident"), text=text, title=title, neighbours_seen="1")
    with site.reading() as db:
        newest = select(Need.id).where(Need.title == title, Need.status == "pending").order_by(col(Need.id).desc())
        return db.exec(newest).first() or 0


def public_need(site: Site) -> Need:
    """A need of the demonstration that everyone reads, in the territory of the moderators."""
    with site.reading() as db:
        found = select(Need).where(Need.territory_id == HOME, Need.status == "published", col(Need.outcome).is_(None))
        return db.exec(found.order_by(col(Need.id))).first() or Need()


def comment(site: Site, text: str = WORDS) -> int:
    """A comment of the resident, that waits."""
    path = f"/besoins/{public_need(site).id}/commentaires"
    site.signed_in("resident").post(path, {"kind": "remarque", "text": text})
    with site.reading() as db:
        return db.exec(select(Comment.id).where(Comment.text == text)).one() or 0


def waiting(site: Site, kind: str) -> int:
    """A contribution of this kind that waits to be read."""
    if kind == "besoin":
        return need(site)
    if kind == "commentaire":
        return comment(site)
    table: Any = File if kind == "photo" else ProfileText
    with site.reading() as db:
        return db.exec(select(table.id).where(table.status == "pending", table.territory_id == HOME)).first()


def state(site: Site, kind: str, item_id: int) -> Any:
    """The contribution as the database holds it."""
    with site.reading() as db:
        return db.get_one(TABLES[TABLE[kind]], item_id)


def decide(visitor: Visitor, kind: str, item_id: int, decision: str, **more: Any) -> httpx.Response:
    """Send a decision."""
    return visitor.post(f"/moderation/{kind}/{item_id}", {"decision": decision, **more})


def batch(site: Site) -> str:
    """The last decision that may be taken back."""
    with site.reading() as db:
        return db.exec(select(Undoable.batch).order_by(col(Undoable.id).desc())).first() or ""


def undo(visitor: Visitor, name: str) -> httpx.Response:
    """Take it back."""
    return visitor.post(f"/moderation/annulation/{name}")


def log(site: Site, kind: str, item_id: int) -> list[LogEntry]:
    """What the log says of it, in order."""
    with site.reading() as db:
        mine = select(LogEntry).where(LogEntry.subject_kind == TABLE[kind], LogEntry.subject_id == item_id)
        return list(db.exec(mine.order_by(col(LogEntry.id))))


def held_mails(site: Site, name: str) -> list[Mail]:
    """The mails of a decision."""
    with site.reading() as db:
        return list(db.exec(select(Mail).where(Mail.batch == name).order_by(col(Mail.id))))


def person(site: Site, persona: str) -> Person:
    """One of the demonstration persons."""
    with site.reading() as db:
        return db.exec(select(Person).where(Person.demo_persona == persona)).one()
