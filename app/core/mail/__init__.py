"""Mails: a row in the transaction of its cause, sent by a job; kept readable in the demonstration."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlmodel import Session, col, select

from app.core.db import now
from app.core.jobs import Job, JobStatus, enqueue
from app.core.mail.delivery import send, send_bulk
from app.core.mail.records import BULK, SEND, Mail
from app.core.mail.shape import message, one_line, quoted, signed

__all__ = [
    "BULK", "SEND", "Mail", "batch_in_hand", "delay_in_hand", "holding", "message", "post", "quoted", "recall",
    "send", "send_again", "send_bulk",
]  # fmt: skip
HELD = "mails_held"  # in the session: the batch and the delay of what is posted


@contextmanager
def holding(db: Session, batch: str, delay: timedelta) -> Iterator[None]:
    """What is posted meanwhile carries this batch and leaves after the delay: until then ``recall`` takes it back."""
    db.info[HELD] = (batch, delay)
    try:
        yield
    finally:
        del db.info[HELD]


def batch_in_hand(db: Session) -> str | None:
    """The batch that is being held, if any."""
    return db.info[HELD][0] if HELD in db.info else None


def delay_in_hand(db: Session) -> timedelta:
    """How long what is posted now waits before it leaves."""
    return db.info[HELD][1] if HELD in db.info else timedelta()


def recall(db: Session, batch: str) -> bool:
    """Take back every mail of a batch; False, and nothing done, if one has left already, or is leaving."""
    mails = db.exec(select(Mail).where(Mail.batch == batch).with_for_update()).all()
    if any(mail.sent_at or mail.handed_at for mail in mails):
        return False
    for mail in mails:
        db.delete(mail)
    return True


def send_again(db: Session) -> int:
    """Try the mails that were given up; how many."""
    moment = now()
    dead = col(Job.kind).in_([SEND, BULK]) & (col(Job.status) == JobStatus.DEAD.value)
    given_up = db.exec(select(Job).where(dead).with_for_update()).all()
    for job in given_up:
        job.payload = {"mail": job.payload["mail"], "since": moment.isoformat()}  # patience begins again
        job.status, job.run_at, job.attempts, job.last_error = JobStatus.WAITING.value, moment, 0, None
        db.add(job)
    return len(given_up)


def post(db: Session, to: str, subject: str, body: str, *, unsubscribe: str | None = None) -> Mail:
    """Write a mail now, send it once the transaction is durable.

    ``unsubscribe``: the address that ends such mails; it makes the mail one of those that many people receive, sent at
    a bounded rate.
    """
    mail = Mail(
        to=to, subject=one_line(subject)[:200], body=signed(body), created_at=now(), batch=batch_in_hand(db),
        unsubscribe=unsubscribe,
    )  # fmt: skip
    db.add(mail)
    db.flush()
    enqueue(db, BULK if unsubscribe else SEND, {"mail": mail.id}, delay=delay_in_hand(db))
    return mail
