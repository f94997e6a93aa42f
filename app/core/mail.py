"""Mails: a row in the transaction of its cause, sent by a job; kept readable in the demonstration."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from sqlmodel import Field, Session, SQLModel, select

from app.core.db import Database, UtcDateTime, now
from app.core.jobs import Payload, enqueue, handler
from app.core.settings import get_settings

SEND = "mail.send"
HELD = "mails_held"  # in the session: the batch and the delay of what is posted


class Mail(SQLModel, table=True):
    """One message to one person."""

    __tablename__ = "mail"

    id: int | None = Field(default=None, primary_key=True)
    to: str = Field(max_length=254)
    subject: str = Field(max_length=200)
    body: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    batch: str | None = Field(default=None, max_length=24, index=True)
    unsubscribe: str | None = Field(default=None, max_length=200)


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


def recall(db: Session, batch: str) -> bool:
    """Take back every mail of a batch; False, and nothing done, if one has left already."""
    mails = db.exec(select(Mail).where(Mail.batch == batch).with_for_update()).all()
    if any(mail.sent_at for mail in mails):
        return False
    for mail in mails:
        db.delete(mail)
    return True


def post(db: Session, to: str, subject: str, body: str, *, unsubscribe: str | None = None) -> Mail:
    """Write a mail now, send it once the transaction is durable; ``unsubscribe``: the address that ends such mails."""
    batch, delay = db.info.get(HELD, (None, timedelta()))
    mail = Mail(
        to=to, subject=" ".join(subject.split())[:200], body=body, created_at=now(), batch=batch,
        unsubscribe=unsubscribe,
    )  # fmt: skip
    db.add(mail)
    db.flush()
    enqueue(db, SEND, {"mail": mail.id}, delay=delay)
    return mail


def message(mail: Mail) -> EmailMessage:
    """The mail as SMTP wants it: plain text, our language, no tracker."""
    settings = get_settings()
    email = EmailMessage()
    email["From"] = settings.mail_from
    email["To"] = Address(addr_spec=mail.to)
    email["Subject"] = mail.subject
    email["Date"] = formatdate()
    email["Message-ID"] = make_msgid(domain=urlsplit(settings.public_url).hostname or "localhost")
    email["Content-Language"] = "fr"
    email["Auto-Submitted"] = "auto-generated"
    email.set_content(mail.body)
    return email


def _deliver(email: EmailMessage, smtp_url: str) -> None:
    """Send over ``smtp://`` or ``smtps://`` (STARTTLS where the server offers it)."""
    parts = urlsplit(smtp_url)
    host = parts.hostname or "localhost"
    client: type[smtplib.SMTP] = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with client(host, parts.port or (465 if parts.scheme == "smtps" else 25), timeout=20) as server:
        if parts.scheme != "smtps" and server.has_extn("starttls"):
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(email)


@handler(SEND)
def send(database: Database, payload: Payload) -> None:
    """Send one stored mail; without a mail server it stays in the demonstration's mailbox."""
    with database.reading() as db:
        mail = db.get(Mail, payload["mail"])
    if mail is None or mail.sent_at is not None:
        return
    smtp_url = get_settings().smtp_url
    if smtp_url:
        _deliver(message(mail), smtp_url)
    with database.writing() as db:
        mail.sent_at = now()
        if smtp_url:
            mail.body = ""  # it may hold a secret link or code: only its reader keeps it
        db.merge(mail)
