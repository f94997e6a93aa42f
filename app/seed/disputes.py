"""Demonstration of what is contested: a report, an appeal, a pseudonym to read, and the log of the readings above."""

from datetime import timedelta

from sqlmodel import Session, col, select

from app.core.db import now
from app.core.machine import Event, note_event
from app.core.security import digest, readable
from app.identity.states import College
from app.moderation.models import Appeal, LogEntry, Report
from app.moderation.queries.subjects import TABLES
from app.moderation.service.decisions import digested
from app.moderation.service.log import record
from app.moderation.states import APPEAL_DAYS, AppealStatus, ReportReason, ReportStatus
from app.needs.service import tracking_code
from app.needs.service.recording import record_need
from app.seed.needs import Loader
from app.seed.people import HOME
from app.threads.models import Comment, ProfileText
from app.threads.states import MODERATION, Moderation, Origin, RefusalReason

APPEALED_CODE = "demonstration-emglev-recours"
REPORT_CODE = "DEM05S1GNA1E"
_READ = ("publish", "refuse")


def load_disputes(loader: Loader) -> None:
    """One of each, at Morlaix: Nolwenn decided, so Goulven answers the appeal."""
    fresh = loader.db.exec(select(LogEntry.id).limit(1)).first() is None  # loaded again, it has it all: it only grows
    if fresh:
        _log(loader.db)
    _report(loader)
    _appeal(loader, logged=fresh)
    _pseudonym(loader)
    loader.db.flush()


def _log(db: Session) -> None:
    """The readings of the demonstration, in the log."""
    read = select(Event).where(col(Event.subject_kind).in_(["need", "comment"]), col(Event.verb).in_(_READ))
    for event in db.exec(read.order_by(col(Event.at), col(Event.id))).all():
        subject = db.get_one(TABLES[event.subject_kind], event.subject_id)
        words, rule = digested(db, subject), event.note if event.verb == "refuse" else None
        record(db, subject, event.verb, by=event.actor_id, reason=rule, words=words, at=event.at)


def _report(loader: Loader) -> None:
    db, home = loader.db, loader.grounds[HOME].territory.territory_id
    published = select(Comment).where(Comment.territory_id == home, Comment.status == Moderation.PUBLISHED.value)
    comment = db.exec(published.where(col(Comment.body_id).is_(None)).order_by(col(Comment.id))).first()
    if comment is None:
        return
    report = Report(
        receipt=digest(REPORT_CODE), subject_kind="comment", subject_id=comment.id or 0, territory_id=home,
        reason=ReportReason.PRIVATE_DATA.value, status=ReportStatus.OPEN.value, created_at=now() - timedelta(hours=5),
        text="Le collègue dont il parle, c’est moi, et ici tout le monde le sait. Je préférerais que cela ne soit pas écrit.",
        name="Un voisin (démonstration)",
    )  # fmt: skip
    db.add(report)
    db.flush()
    note_event(db, report, "report", by=None, after=report.status)


def _appeal(loader: Loader, *, logged: bool) -> None:
    db, ground, written = loader.db, loader.grounds[HOME], now() - timedelta(days=6)
    need = record_need(
        db, accord=ground.accord, territory=ground.territory, commune=None, theme_id=ground.themes["mobilites"],
        college=College.RESIDENTS, origin=Origin.ONLINE, code=tracking_code(APPEALED_CODE),
        title="Le chef de gare a fermé la salle d’attente",
        text="Depuis septembre la salle d’attente reste fermée le soir. On attend le dernier train dehors, sous la pluie, "
        "avec les enfants. On nous dit que c’est le chef de gare qui décide. Il faudrait qu’elle reste ouverte jusqu’au "
        "dernier train, ou au moins un abri sur le quai.",
    )  # fmt: skip
    need.created_at = written
    need.reference = f"{ground.territory.code}-{readable(bytes.fromhex(digest(tracking_code(APPEALED_CODE))), 4)}"
    MODERATION.move(db, need, "submit", by=None, at=written)
    refused = written + timedelta(hours=9)
    MODERATION.move(db, need, "refuse", by=loader.moderator, note=RefusalReason.NAMED_PERSON.value, at=refused)
    need.reason = RefusalReason.NAMED_PERSON.value
    need.reason_note = "Le texte met en cause le chef de gare, que les habitués reconnaîtraient."
    if logged:
        words = digested(db, need)
        record(db, need, "refuse", by=loader.moderator, reason=need.reason, words=words, at=refused)
    asked = now() - timedelta(days=4)
    MODERATION.move(db, need, "appeal", by=None, at=asked)
    appeal = Appeal(
        subject_kind="need", subject_id=need.id or 0, territory_id=need.territory_id, contested_by=loader.moderator,
        text="Je cite une fonction, comme le demande la charte, pas un nom. Et ce n’est pas lui que je vise : "
        "c’est la salle fermée.",
        status=AppealStatus.OPEN.value, due_at=asked + timedelta(days=APPEAL_DAYS), created_at=asked,
    )  # fmt: skip
    db.add(appeal)
    db.flush()
    note_event(db, appeal, "appeal", by=None, after=appeal.status, at=asked)


def _pseudonym(loader: Loader) -> None:
    person = loader.cast.crowd[7]
    chosen = ProfileText(
        author_id=person.id or 0, territory_id=loader.grounds[HOME].territory.territory_id, text="Goéland du Léon",
        status=Moderation.DRAFT.value, created_at=now() - timedelta(hours=20),
    )  # fmt: skip
    loader.db.add(chosen)
    MODERATION.move(loader.db, chosen, "submit", by=person.id, at=chosen.created_at)
