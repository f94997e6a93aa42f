"""One thing of a queue, whatever its kind: how to find it, which right it asks, what is known around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from app.actions import queries as actions
from app.core.db import now
from app.core.i18n import today
from app.identity.models import Person, Role
from app.identity.states import RoleKind
from app.moderation.models import Appeal, Claim, LogEntry, Original, Recusal, Report, SecondOpinion
from app.moderation.queries.subjects import KINDS, TABLES, Subject, subject
from app.moderation.states import CLAIM_HOURS, Kind
from app.needs import queries as needs
from app.policy import (
    APPEAL_DECIDE,
    CARD_MODERATE,
    COMMENT_MODERATE,
    FILE_MODERATE,
    NEED_MODERATE,
    PROFILE_MODERATE,
    REPORT_DECIDE,
)
from app.policy.actor import in_force

Item = Subject | Report | Appeal
RIGHTS: Mapping[str, str] = {
    "need": NEED_MODERATE, "comment": COMMENT_MODERATE, "file": FILE_MODERATE, "profile_text": PROFILE_MODERATE,
    "card": CARD_MODERATE, "report": REPORT_DECIDE, "appeal": APPEAL_DECIDE,
}  # fmt: skip
TABLE_OF: Mapping[Kind, str] = {**KINDS, Kind.REPORT: "report", Kind.APPEAL: "appeal"}
KIND_OF: Mapping[str, Kind] = {table: kind for kind, table in TABLE_OF.items()}
LAST = 5  # contributions of the same author that are shown


def one(db: Session, kind: Kind, item_id: int) -> Item | None:
    """One thing of a queue."""
    if kind == Kind.REPORT:
        return db.get(Report, item_id)
    if kind == Kind.APPEAL:
        return db.get(Appeal, item_id)
    return subject(db, KINDS[kind], item_id)


@dataclass(frozen=True)
class Holder:
    """Who has a thing in hand, since when."""

    person_id: int
    name: str
    since: datetime


def holder(db: Session, item: Item) -> Holder | None:
    """Who has it in hand, unless they left it there too long."""
    found = db.execute(
        select(col(Claim.person_id), col(Person.pseudonym), col(Claim.at))
        .join(Person, col(Person.id) == col(Claim.person_id))
        .where(
            col(Claim.subject_kind) == item.__tablename__, col(Claim.subject_id) == item.id,
            col(Claim.at) > now() - timedelta(hours=CLAIM_HOURS),
        )
    ).first()  # fmt: skip
    return Holder(*found) if found else None


def opinions(db: Session, item: Item) -> Sequence[SecondOpinion]:
    """What other moderators were asked about it, and answered, oldest first."""
    mine = select(SecondOpinion).where(
        SecondOpinion.subject_kind == item.__tablename__, SecondOpinion.subject_id == item.id
    )
    return db.exec(mine.order_by(col(SecondOpinion.id))).all()


def opinion(db: Session, item: Item, opinion_id: int) -> SecondOpinion | None:
    """One question about this thing."""
    return next((asked for asked in opinions(db, item) if asked.id == opinion_id), None)


def names(db: Session, ids: set[int | None]) -> dict[int, str]:
    """The names of some moderators, for each other."""
    wanted = {i for i in ids if i}
    if not wanted:
        return {}
    found = db.exec(select(Person.id, Person.pseudonym).where(col(Person.id).in_(wanted)))
    return {person_id or 0: name for person_id, name in found}


def colleagues(db: Session, territory_id: int) -> dict[int, str]:
    """Who moderates this territory today, or everywhere: by id, their name."""
    held = (
        select(Role, col(Person.pseudonym))
        .join(Person, col(Person.id) == col(Role.person_id))
        .where(Role.kind == RoleKind.MODERATOR.value, col(Role.ended_at).is_(None))
        .where((col(Role.territory_id) == territory_id) | col(Role.territory_id).is_(None))
    )
    day = today()
    return {role.person_id: name for role, name in db.execute(held) if in_force(role, day)}


def is_recused(db: Session, item: Item, person_id: int | None) -> bool:
    """Whether this person stepped back from it, or from the words that a report or an appeal is about."""
    here = (col(Recusal.subject_kind) == item.__tablename__) & (col(Recusal.subject_id) == item.id)
    if isinstance(item, Report | Appeal):
        about = (col(Recusal.subject_kind) == item.subject_kind) & (col(Recusal.subject_id) == item.subject_id)
        here = here | about
    return db.exec(select(Recusal.id).where(Recusal.person_id == person_id, here)).first() is not None


def original(db: Session, item: Item) -> Original | None:
    """Its words before a passage was masked."""
    mine = select(Original).where(Original.subject_kind == item.__tablename__, Original.subject_id == item.id)
    return db.exec(mine).first()


@dataclass(frozen=True)
class Past:
    """What else the same author wrote, without who they are: how many of each state, and the last ones."""

    counts: Mapping[str, int]
    last: Sequence[tuple[str, str, str, datetime]]  # kind, its words, its state, when


def past(db: Session, item: Subject) -> Past | None:
    """The author's history, or that of the organisation for which they spoke; nothing when nobody is known."""
    whose = _same_author(item)
    if whose is None:
        return None
    counts: dict[str, int] = {}
    last: list[tuple[str, str, str, datetime]] = []
    for kind in ("need", "comment"):
        table = TABLES[kind]
        where = [whose(table), ~((table.id == item.id) if kind == item.__tablename__ else table.id.is_(None))]
        for status, number in db.execute(select(table.status, func.count()).where(*where).group_by(table.status)):
            counts[status] = counts.get(status, 0) + number
        shown = table.title if kind == "need" else table.text
        rows = db.execute(
            select(shown, table.status, table.created_at).where(*where).order_by(table.id.desc()).limit(LAST)
        )
        last += [(KIND_OF[kind].value, words, status, at) for words, status, at in rows]
    return Past(counts, sorted(last, key=lambda row: row[3], reverse=True)[:LAST])


def _same_author(item: Subject) -> Any:
    organisation, author = item.organisation_id, item.author_id
    if organisation is not None:
        return lambda table: table.organisation_id == organisation
    if author is not None:
        return lambda table: (table.author_id == author) & table.organisation_id.is_(None)
    return None


def last_acts(db: Session, item: Item) -> Sequence[LogEntry]:
    """What was done about it, newest first."""
    mine = select(LogEntry).where(LogEntry.subject_kind == item.__tablename__, LogEntry.subject_id == item.id)
    return db.exec(mine.order_by(col(LogEntry.id).desc()).limit(20)).all()


@dataclass(frozen=True)
class About:
    """What a comment or a file hangs on: a need or a fiche-action."""

    kind: str
    title: str
    text: str
    reference: str
    path: str


def about(db: Session, thread_id: int) -> About | None:
    """The need or the fiche-action that owns this thread."""
    need = needs.of_thread(db, thread_id)
    if need is not None:
        return About("besoin", need.title, need.text, need.reference, f"/besoins/{need.id}")
    sheet = actions.of_thread(db, thread_id)
    if sheet is None:
        return None
    return About("fiche", sheet.title, sheet.lede, sheet.reference or "", f"/fiches-actions/{sheet.reference}")


def label_of(item: Subject) -> str:
    """A few words that name a contribution to whoever has it before their eyes."""
    words = str(getattr(item, "title", "") or getattr(item, "name", "") or getattr(item, "text", ""))
    return words if len(words) <= 60 else words[:59].rsplit(" ", 1)[0].rstrip(".,;: ") + "…"
