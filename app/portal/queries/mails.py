"""Where the mails are: leaving, late, dead; for who administers the site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from app.core.db import now
from app.core.jobs import Job, JobStatus
from app.core.mail import BULK, SEND, Mail

LATE = timedelta(minutes=15)
SHOWN = 100
_KINDS = col(Job.kind).in_([SEND, BULK])
_DEAD = (_KINDS, col(Job.status) == JobStatus.DEAD.value)


@dataclass(frozen=True)
class Post:
    """How many mails wait, how many of them for long, how many died; and the oldest that waits."""

    waiting: int
    late: int
    dead: int
    oldest: datetime | None


@dataclass(frozen=True)
class Dead:
    """A mail that could not be given: no address in whole, no words of it."""

    job_id: int
    subject: str
    to: str
    written_at: datetime
    tries: int
    said: str


def post(db: Session) -> Post:
    """The state of the mailing, in one look."""
    due = (_KINDS, col(Job.status) == JobStatus.WAITING.value)
    mail = Job.payload["mail"].as_integer() == Mail.id
    waiting: Any = select(func.count(), func.min(Mail.created_at)).select_from(Job).join(Mail, mail).where(*due)
    number, oldest = db.execute(waiting).one()
    late = waiting.where(col(Mail.created_at) < now() - LATE)
    return Post(number, db.execute(late).one()[0], dead(db), oldest)


def dead(db: Session) -> int:
    """How many could not be given."""
    return db.exec(select(func.count()).select_from(Job).where(*_DEAD)).one()


def dead_ones(db: Session) -> Sequence[Dead]:
    """The last mails that could not be given."""
    mail = Job.payload["mail"].as_integer() == Mail.id
    found = db.execute(select(Job, Mail).join(Mail, mail).where(*_DEAD).order_by(col(Job.id).desc()).limit(SHOWN))
    return [
        Dead(job.id, written.subject, veiled(written.to), written.created_at, job.attempts, job.last_error or "")
        for job, written in found
    ]


def veiled(address: str) -> str:
    """Enough of an address to see that it was mistyped: « k…@exemple.fr »."""
    name, _at, host = address.rpartition("@")
    return f"{name[:1]}…@{host}"
