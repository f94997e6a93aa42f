"""The purge: what each rule of retention does, in small transactions that may stop and start again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select, update

from app.core.db import Database, now
from app.core.errors import ConflictError
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.core.jobs import Job
from app.core.machine import Event, note_event
from app.core.mail import Mail
from app.core.settings import get_settings
from app.identity import service as identity
from app.identity.models import (
    Delegate,
    EmailProof,
    Invitation,
    PendingIdentity,
    RecoveryCode,
    WebSession,
)
from app.intake.models import NeedImport
from app.intake.service import imports
from app.moderation.models import Report
from app.needs.models import Need
from app.portal.queries.retention import WARNED, found
from app.portal.service import closing, profile, traces
from app.portal.states import REOPENING_DAYS, RULE, RULES, WARNING_DAYS, Rule
from app.threads.models import Comment, File, Follow, News, Thread
from app.threads.service import files
from app.workshops.models import Registration, Seat

log = structlog.get_logger("emglev.retention")
BATCH = 100  # rows a transaction: the site waits for none of them
INACTIVE = "close_inactive"
Done = Callable[[Session, list[int], datetime], int]


def purge(database: Database, *, moment: datetime | None = None) -> dict[str, int]:
    """Apply every rule; how many rows each one changed."""
    moment = moment or now()
    return {rule.key: _apply(database, rule, moment) for rule in RULES}


def _apply(database: Database, rule: Rule, moment: datetime) -> int:
    """Batch after batch, each beyond the last id of the one before: what resists is passed over."""
    done, last = 0, 0
    size = 1 if rule.key in ONE_BY_ONE else BATCH
    while True:
        try:
            with database.writing() as db:
                chosen = found(rule, moment, after=last).limit(size).with_for_update(skip_locked=True)
                ids = list(db.execute(chosen).scalars())
                if not ids:
                    return done
                last = ids[-1]
                changed = DONE[rule.key](db, ids, moment)
        except IntegrityError:  # something points to them that this rule does not know: the others do not wait
            log.error("retention rule refused by the database", rule=rule.key, last=last)
            continue
        done += changed


def _remove(table: Any) -> Done:
    """Rows that nothing points to."""

    def act(db: Session, ids: list[int], _moment: datetime) -> int:
        db.execute(delete(table).where(col(table.id).in_(ids)))
        return len(ids)

    return act


def _remove_with_events(table: type[Invitation] | type[Delegate] | type[Registration]) -> Done:
    def act(db: Session, ids: list[int], _moment: datetime) -> int:
        closing.remove(db, table, ids)
        return len(ids)

    return act


def _remove_agreements(db: Session, ids: list[int], _moment: datetime) -> int:
    profile.forget_agreements(db, ids)
    return len(ids)


def _remove_needs(db: Session, ids: list[int], _moment: datetime) -> int:
    """Never read by anybody: the row goes, with its thread and its events."""
    anchors = list(db.exec(select(Need.thread_id).where(col(Need.id).in_(ids))))
    _forget_events(db, Need.__tablename__, ids)
    files.remove_with(db, anchors)
    traces.remove_with_needs(db, ids, anchors)
    db.execute(delete(Need).where(col(Need.id).in_(ids)))
    db.execute(delete(Thread).where(col(Thread.id).in_(anchors)))
    return len(ids)


def _remove_comments(db: Session, ids: list[int], _moment: datetime) -> int:
    _forget_events(db, Comment.__tablename__, ids)
    db.execute(delete(Comment).where(col(Comment.id).in_(ids)))
    return len(ids)


def _erase_files(db: Session, ids: list[int], _moment: datetime) -> int:
    for file in db.exec(select(File).where(col(File.id).in_(ids))):
        files.erase_file(db, file)
    return len(ids)


def _give_up_imports(db: Session, ids: list[int], _moment: datetime) -> int:
    for held in db.exec(select(NeedImport).where(col(NeedImport.id).in_(ids))):
        imports.give_up(db, held, by=None)
    return len(ids)


def _forget_events(db: Session, kind: str, ids: list[int]) -> None:
    db.execute(delete(Event).where(col(Event.subject_kind) == kind, col(Event.subject_id).in_(ids)))


def _forget_seats(db: Session, ids: list[int], _moment: datetime) -> int:
    """A ballot keeps its seat, which no phone can open any more."""
    for seat_id in ids:
        db.execute(update(Seat).where(col(Seat.id) == seat_id).values(digest=f"-{seat_id}"))
    return len(ids)


def _forget_reporters(db: Session, ids: list[int], _moment: datetime) -> int:
    """What was reported and decided stays; not the name nor the address of who said so."""
    db.execute(update(Report).where(col(Report.id).in_(ids)).values(name=None, email=None))
    return len(ids)


def _warn(db: Session, ids: list[int], moment: datetime) -> int:
    warned = 0
    for person_id in ids:
        person = identity.in_hand(db, person_id)
        due = found(RULE["inactive_warning"], moment, after=person_id - 1).limit(1)
        if db.execute(due).scalar() != person_id:
            continue  # came back, or another purge warned them, while this one waited
        warned += 1
        note_event(db, person, WARNED, by=None)
        body = _(
            "Bonjour,\n\nVotre compte Emglev n’a pas servi depuis près de trois ans. Il sera fermé après le "
            "%(day)s. Vos contributions resteront, sans votre pseudonyme.\n\n"
            "Pour le garder, il suffit de vous connecter :\n%(link)s\n"
        ) % {"day": fdate(now() + timedelta(days=WARNING_DAYS)), "link": f"{get_settings().public_url}/connexion"}
        identity.tell(db, person, _("Votre compte va être fermé"), body)
    return warned


def _close_inactive(db: Session, ids: list[int], _moment: datetime) -> int:
    """Whoever may not leave (the last to administer, the last of an organisation) stays."""
    closed = 0
    for person_id in ids:
        try:
            closing.close(db, person_id, erases=False, why=INACTIVE)
            closed += 1
        except ConflictError:
            continue
    return closed


def _anonymise(db: Session, ids: list[int], moment: datetime) -> int:
    before = moment - timedelta(days=REOPENING_DAYS)
    return sum(closing.anonymise(db, person_id, before=before) for person_id in ids)


DONE: dict[str, Done] = {
    "unconfirmed_needs": _remove_needs,
    "unconfirmed_comments": _remove_comments,
    "unseen_files": _erase_files,
    "imports": _give_up_imports,
    "news": _remove(News),
    "follows": _remove(Follow),
    "reporters": _forget_reporters,
    "proofs": _remove(EmailProof),
    "pending_identities": _remove(PendingIdentity),
    "sessions": _remove(WebSession),
    "recovery_codes": _remove(RecoveryCode),
    "mails": _remove(Mail),
    "jobs": _remove(Job),
    "invitations": _remove_with_events(Invitation),
    "delegates": _remove_with_events(Delegate),
    "parents": _remove_agreements,
    "seats": _forget_seats,
    "registrations": _remove_with_events(Registration),
    "inactive_warning": _warn,
    "inactive": _close_inactive,
    "closed_accounts": _anonymise,
}
ONE_BY_ONE = frozenset({"inactive_warning", "inactive", "closed_accounts"})
