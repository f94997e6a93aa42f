"""What each rule of retention finds, at a moment: ids of one table, in order."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlmodel import Session, col, exists, func, or_, select

from app.core.jobs import Job, JobStatus
from app.core.machine import Event
from app.core.mail import Mail
from app.identity.models import (
    Delegate,
    EmailProof,
    Invitation,
    ParentAgreement,
    PendingIdentity,
    Person,
    RecoveryCode,
    WebSession,
)
from app.identity.states import DelegateStatus
from app.intake.models import NeedImport
from app.intake.states import ImportStatus
from app.moderation.models import Report
from app.needs.models import Need
from app.portal.states import RULE, RULES, WARNING_DAYS, Rule
from app.threads.models import Comment, File, Follow, News
from app.threads.states import Moderation, Rhythm
from app.workshops.models import Registration, Seat, Workshop
from app.workshops.states import Room

Old = Callable[[datetime], list[ColumnElement[bool]]]
WARNED = "warn_inactive"  # the event of a person told that the account will close for want of a visit
SECRET = 64  # characters of a digest; a seat whose secret was erased keeps fewer
_UNSEEN = [s.value for s in (Moderation.REFUSED, Moderation.HIDDEN, Moderation.UPHELD, Moderation.WITHDRAWN)]
_NEVER_ACCEPTED = (DelegateStatus.INVITED.value, DelegateStatus.DECLINED.value, DelegateStatus.CANCELLED.value)
_visited = func.coalesce(col(Person.last_seen_at), col(Person.created_at))
_open = col(Person.closing_at).is_(None) & col(Person.closed_at).is_(None)


def _warned(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether this person was warned since the last visit."""
    about = [col(Event.subject_kind) == "person", col(Event.subject_id) == Person.id, col(Event.verb) == WARNED]
    return exists().where(*about, col(Event.at) > _visited, *conditions)


def _unconfirmed(table: type[Need] | type[Comment]) -> Old:
    return lambda before: [col(table.status) == Moderation.AWAITING_EMAIL.value, col(table.created_at) < before]


def _unseen(before: datetime) -> list[ColumnElement[bool]]:
    """Nobody sees them any more, and nothing happened to them, nor to the need that they are on, since then."""
    on = select(Need.id).where(col(Need.thread_id) == File.thread_id)
    theirs = (col(Event.subject_kind) == File.__tablename__) & (col(Event.subject_id) == File.id)
    of_need = (col(Event.subject_kind) == Need.__tablename__) & col(Event.subject_id).in_(on)
    lately = exists().where(or_(theirs, of_need), col(Event.at) >= before)
    gone = col(File.status).in_(_UNSEEN) | exists(on.where(col(Need.status).in_(_UNSEEN)))
    return [col(File.digest) != "", gone, ~lately]


def _reporters(before: datetime) -> list[ColumnElement[bool]]:
    named = or_(col(Report.name).is_not(None), col(Report.email).is_not(None))
    return [named, col(Report.decided_at) < before]


def _parents(before: datetime) -> list[ColumnElement[bool]]:
    left = col(ParentAgreement.agreed_at).is_(None) & (col(ParentAgreement.asked_at) < before)
    return [or_(left, col(ParentAgreement.withdrawn_at) < before)]


def _seats(before: datetime) -> list[ColumnElement[bool]]:
    shown = select(Workshop.id).where(Workshop.status == Room.PUBLISHED.value, col(Workshop.published_at) < before)
    return [col(Seat.workshop_id).in_(shown), func.length(col(Seat.digest)) == SECRET]


def _registrations(before: datetime) -> list[ColumnElement[bool]]:
    return [col(Registration.workshop_id).in_(select(Workshop.id).where(col(Workshop.starts_at) < before))]


def _to_close(before: datetime) -> list[ColumnElement[bool]]:
    told = before + timedelta(days=RULE["inactive"].days - WARNING_DAYS)  # so many days before the moment
    return [_open, _visited < before, _warned(col(Event.at) < told)]


# The table of each rule, and what is old enough in it.
OLD: dict[str, tuple[Any, Old]] = {
    "unconfirmed_needs": (Need, _unconfirmed(Need)),
    "unconfirmed_comments": (Comment, _unconfirmed(Comment)),
    "unseen_files": (File, _unseen),
    "imports": (
        NeedImport,
        lambda before: [col(NeedImport.status) == ImportStatus.READ.value, col(NeedImport.created_at) < before],
    ),
    "news": (News, lambda before: [col(News.at) < before]),
    "follows": (Follow, lambda before: [col(Follow.rhythm) == Rhythm.NEVER.value, col(Follow.told_at) < before]),
    "reporters": (Report, _reporters),
    "proofs": (EmailProof, lambda before: [col(EmailProof.expires_at) < before]),
    "pending_identities": (PendingIdentity, lambda before: [col(PendingIdentity.expires_at) < before]),
    "sessions": (
        WebSession,
        lambda before: [or_(col(WebSession.expires_at) < before, col(WebSession.ended_at) < before)],
    ),
    "recovery_codes": (RecoveryCode, lambda before: [col(RecoveryCode.used_at) < before]),
    "mails": (Mail, lambda before: [col(Mail.created_at) < before]),
    "jobs": (Job, lambda before: [col(Job.status) != JobStatus.WAITING.value, col(Job.run_at) < before]),
    "invitations": (Invitation, lambda before: [col(Invitation.expires_at) < before]),
    "delegates": (
        Delegate,
        lambda before: [col(Delegate.status).in_(_NEVER_ACCEPTED), col(Delegate.created_at) < before],
    ),
    "parents": (ParentAgreement, _parents),
    "seats": (Seat, _seats),
    "registrations": (Registration, _registrations),
    "inactive_warning": (Person, lambda before: [_open, _visited < before, ~_warned()]),
    "inactive": (Person, _to_close),
    "closed_accounts": (Person, lambda before: [col(Person.closing_at) < before, col(Person.closed_at).is_(None)]),
}


def found(rule: Rule, moment: datetime, *, after: int = 0) -> Select[Any]:
    """The ids that this rule applies to at this moment, beyond an id, in order."""
    table, old = OLD[rule.key]
    conditions = old(moment - timedelta(days=rule.days))
    return select(table.id).where(*conditions, table.id > after).order_by(table.id)


def counts(db: Session, moment: datetime) -> dict[str, int]:
    """How many each rule would apply to now."""
    return {rule.key: _count(db, rule, moment) for rule in RULES}


def _count(db: Session, rule: Rule, moment: datetime) -> int:
    listed = found(rule, moment).order_by(None).subquery()
    return int(db.execute(select(func.count()).select_from(listed)).scalar_one())
