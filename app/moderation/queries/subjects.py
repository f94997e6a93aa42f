"""What reports and appeals are about: needs, comments, files, pseudonyms, cards, by the name of their table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.actions import queries as actions
from app.core.i18n import gettext as _
from app.core.machine import Event
from app.moderation.states import Kind
from app.needs import queries as needs
from app.needs.models import Need
from app.threads.models import Comment, File, ProfileText
from app.threads.states import CONTEST_DAYS, Moderation
from app.workshops.models import Card
from app.workshops.queries import moderating as cards
from app.workshops.states import Room

Subject = Need | Comment | File | ProfileText | Card
TABLES: Mapping[str, type[Any]] = {
    "need": Need, "comment": Comment, "file": File, "profile_text": ProfileText, "card": Card,
}  # fmt: skip
KINDS: Mapping[Kind, str] = {
    Kind.NEED: "need", Kind.COMMENT: "comment", Kind.FILE: "file", Kind.PROFILE: "profile_text",
    Kind.CARD: "card",
}  # fmt: skip
KIND_OF = {table: kind for kind, table in KINDS.items()}
AGAINST = ("refuse", "hide", "mask", "publish_masked")  # the decisions that an author may contest
_BY_STATUS: Mapping[str, tuple[str, ...]] = {  # which of them made a contribution what it is; others were undone since
    Moderation.REFUSED: ("refuse",), Moderation.HIDDEN: ("hide",), Moderation.MASKED: ("mask", "publish_masked"),
    Moderation.APPEALED: ("refuse", "hide"), Moderation.UPHELD: ("refuse", "hide"),
}  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """What was decided against a contribution: which verb, when, by whom, under which rule, in which words."""

    verb: str
    at: datetime
    by: int | None
    reason: str | None
    note: str | None

    @property
    def contestable_until(self) -> datetime:
        """The last moment at which its author may ask for another reading."""
        return self.at + timedelta(days=CONTEST_DAYS)


@dataclass(frozen=True)
class Place:
    """Where something stands on the site: words, the words that were written, and its address (empty: no page)."""

    title: str
    words: str
    path: str


def subject(db: Session, kind: str, subject_id: int) -> Subject | None:
    """One contribution by the name of its table; a need comes with its accord, a card with its room."""
    if kind == "need":
        return needs.one(db, subject_id)
    if kind == "card":
        return cards.one(db, subject_id)
    found: Subject | None = db.get(TABLES[kind], subject_id) if kind in TABLES else None
    return found


def decision_against(db: Session, about: Subject) -> Decision | None:
    """The last decision taken against it that still stands, if any: read from its events, which every one writes."""
    mine = select(Event).where(Event.subject_kind == about.__tablename__, Event.subject_id == about.id)
    verbs = _BY_STATUS.get(about.status, AGAINST)
    last = db.exec(mine.where(col(Event.verb).in_(verbs)).order_by(col(Event.id).desc()).limit(1)).first()
    if last is None:
        return None
    facts = cards.facts_of(last.note) if isinstance(about, Card) else about.reason_note
    return Decision(last.verb, last.at, last.actor_id, about.reason, facts)


def territory_of(table: type[Any]) -> Any:
    """The territory of the rows of one of these tables, inside a query on it."""
    return cards.territory() if table is Card else table.territory_id


def place(db: Session, about: Subject) -> Place:
    """Where it stands, for whoever reports it, and for whoever reads the report."""
    if isinstance(about, Need):
        return Place(f"{about.reference}, {about.title}", about.text, f"/besoins/{about.id}")
    if isinstance(about, ProfileText):
        return Place(about.text, about.text, "")
    if isinstance(about, Card):
        return _place_of_card(about)
    title, path = _owner(db, about.thread_id)
    if isinstance(about, File):
        return Place(f"{about.name}, {title}", about.alt, path)
    return Place(title, about.text, f"{path}#commentaire-{about.id}" if path else "")


def _place_of_card(card: Card) -> Place:
    """In the report of its room, once it is published."""
    room = card.step.workshop
    path = f"/ateliers/{room.id}/compte-rendu#carte-{card.id}" if room.status == Room.PUBLISHED else ""
    return Place(_("%(title)s, carte") % {"title": room.title}, card.text, path)


def _owner(db: Session, thread_id: int) -> tuple[str, str]:
    """The title and the address of the need or of the fiche-action that owns a thread."""
    need = needs.of_thread(db, thread_id)
    if need is not None:
        return need.title, f"/besoins/{need.id}"
    sheet = actions.of_thread(db, thread_id)
    return (sheet.title, f"/fiches-actions/{sheet.reference}") if sheet else ("", "")


def written_by(db: Session, person_id: int, kinds: Iterable[str]) -> list[Subject]:
    """What this person wrote of these kinds and that is not simply published, newest first."""
    found: list[Subject] = []
    for kind in kinds:
        table = TABLES[kind]
        shown = [Moderation.PUBLISHED.value, Moderation.DRAFT.value]
        mine = select(table).where(table.author_id == person_id, col(table.status).not_in(shown))
        found += db.exec(mine.order_by(table.id.desc()).limit(50)).all()
    return found


def is_public(db: Session, about: Subject) -> bool:
    """Whether everyone may read it where it stands: itself, and the need, the fiche or the report that holds it."""
    if about.status not in needs.PUBLIC or isinstance(about, ProfileText):
        return False
    if isinstance(about, Need):
        return True
    if isinstance(about, Card):
        return about.step.workshop.status == Room.PUBLISHED
    owner = needs.of_thread(db, about.thread_id)
    if owner is not None:
        return owner.status in needs.PUBLIC
    sheet = actions.of_thread(db, about.thread_id)
    return sheet is not None and sheet.version > 0
