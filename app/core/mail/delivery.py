"""Handing mails to the mail server: nothing lost while it is down, nothing sent twice that it answered for.

What a failure means, for one mail or for all of them, is decided here; how often a job is tried, in ``core.jobs``.
The server that answers 250 keeps the mail (RFC 5321, section 6.1). Where its answer is lost on the way, nobody can know
whether it did (RFC 1047): the mail leaves again under the same Message-ID, by which readers' servers know it.
"""

import smtplib
from collections import deque
from contextlib import suppress
from datetime import datetime, timedelta
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import SplitResult, unquote, urlsplit

import structlog
from sqlmodel import col, select, update

from app.core.db import Database, now
from app.core.jobs import GiveUpError, LaterError, Payload, handler, pause
from app.core.mail.records import BULK, SEND, Mail
from app.core.mail.shape import message
from app.core.settings import get_settings

log = structlog.get_logger("emglev.mail")
PATIENCE = timedelta(days=3)  # how long a mail is tried before it is left to the administrator
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=1)  # between two tries of one mail
REST, LONGEST_REST = timedelta(seconds=15), timedelta(minutes=5)  # before a server that is down is tried again
TIMEOUT = 20  # seconds, for each exchange with the server
_accepted: set[int] = set()  # taken by the server, and not yet written down: the database was away
_sent_bulk: deque[datetime] = deque()
_down_since: list[datetime] = []  # when the server was found down, at most one


class _AwayError(Exception):
    """The server, or our account there, is the trouble: every mail would meet it."""


class _RefusedError(Exception):
    """The server answered about this mail: ``code`` of RFC 5321, 4xx for a while, 5xx for good."""

    def __init__(self, code: int, said: bytes | str) -> None:
        self.code = code
        status = (said.decode("ascii", "replace") if isinstance(said, bytes) else said).split(" ")[0]
        detail = status if status.replace(".", "").isdigit() else ""  # the words after it may quote an address
        super().__init__(f"{code} {detail}".strip())


class _UnknownError(Exception):
    """The connection was lost after the mail was given and before the server said whether it took it."""


@handler(SEND)
def send(database: Database, payload: Payload) -> None:
    """Send one stored mail; without a mail server it stays in the demonstration's mailbox."""
    mail = _hand_over(database, payload["mail"])
    if mail is None:
        return
    smtp_url = get_settings().smtp_url
    if smtp_url and mail.id not in _accepted:
        since = datetime.fromisoformat(payload["since"]) if "since" in payload else mail.created_at
        _give(database, mail, smtp_url, since)
        _accepted.add(mail.id or 0)
    values = {"sent_at": now()} | ({"body": ""} if smtp_url else {})  # a secret link stays with its reader only
    with database.writing() as db:
        db.execute(update(Mail).where(col(Mail.id) == mail.id).values(**values))
    _accepted.discard(mail.id or 0)


@handler(BULK)
def send_bulk(database: Database, payload: Payload) -> None:
    """As ``send``, at most so many a minute (``EMGLEV_MAILS_PER_MINUTE``) from this process."""
    rate = get_settings().mails_per_minute
    minute_ago = now() - timedelta(minutes=1)
    while _sent_bulk and _sent_bulk[0] < minute_ago:
        _sent_bulk.popleft()
    if rate and len(_sent_bulk) >= rate:
        free = _sent_bulk[0] + timedelta(minutes=1)
        pause([BULK], free)
        raise LaterError("rate", max(free - now(), timedelta()))
    send(database, payload)
    if rate:
        _sent_bulk.append(now())


def _hand_over(database: Database, mail_id: int) -> Mail | None:
    """The mail, marked as leaving, so that nobody takes it back any more; None if it left, or was taken back."""
    with database.writing() as db:
        mail = db.exec(select(Mail).where(Mail.id == mail_id).with_for_update()).first()
        if mail is None or mail.sent_at is not None:
            return None
        if mail.handed_at is not None and mail.id not in _accepted:
            log.warning("mail given again: the answer to an earlier try is not known", mail=mail.id)
        mail.handed_at = now()
        db.add(mail)
        return mail


def _give(database: Database, mail: Mail, smtp_url: str, since: datetime) -> None:
    """Give it to the server; ``since`` is when its patience began."""
    try:
        _deliver(message(mail), smtp_url)
    except _UnknownError as lost:
        raise LaterError(str(lost), SHORTEST) from lost
    except _AwayError as away:
        _take_back(database, mail)
        _retry(since, str(away), _rest())
    except _RefusedError as refused:
        _take_back(database, mail)
        if refused.code >= 500:
            raise GiveUpError(str(refused)) from refused
        _retry(since, str(refused), min(max(now() - since, SHORTEST), LONGEST))
    except (ValueError, MessageError) as wrong:  # an address that no mail can bear
        _take_back(database, mail)
        raise GiveUpError("address") from wrong
    _down_since.clear()


def _take_back(database: Database, mail: Mail) -> None:
    """The server does not have it: it is ours to send, or to recall, again."""
    with database.writing() as db:
        db.execute(update(Mail).where(col(Mail.id) == mail.id).values(handed_at=None))


def _retry(since: datetime, why: str, delay: timedelta) -> None:
    if now() - since > PATIENCE:
        raise GiveUpError(why)
    raise LaterError(why, delay)


def _rest() -> timedelta:
    """Leave the server alone for as long as it has been down, within bounds; the other mails wait too."""
    if not _down_since:
        _down_since.append(now())
    delay = min(max(now() - _down_since[0], REST), LONGEST_REST)
    pause([SEND, BULK], now() + delay)
    return delay


def _deliver(email: EmailMessage, smtp_url: str) -> None:
    """Send over ``smtp://`` or ``smtps://`` (STARTTLS where the server offers it).

    Raises:
        _AwayError, _RefusedError, _UnknownError: what went wrong, and so what to do.
    """
    content = email.as_bytes(policy=SMTP)
    try:
        server = _open(urlsplit(smtp_url))
    except (OSError, smtplib.SMTPException) as failure:
        raise _AwayError(_kind(failure)) from failure
    try:
        _exchange(server, email["From"].addresses[0].addr_spec, email["To"].addresses[0].addr_spec, content)
    finally:
        with suppress(OSError, smtplib.SMTPException):  # once a mail is taken, how we part changes nothing
            server.quit()
        server.close()


def _open(parts: SplitResult) -> smtplib.SMTP:
    secure = parts.scheme == "smtps"
    client: type[smtplib.SMTP] = smtplib.SMTP_SSL if secure else smtplib.SMTP
    server = client(parts.hostname or "localhost", parts.port or (465 if secure else 25), timeout=TIMEOUT)
    try:
        server.ehlo_or_helo_if_needed()
        if not secure and server.has_extn("starttls"):
            server.starttls()
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


def _exchange(server: smtplib.SMTP, sender: str, to: str, content: bytes) -> None:
    try:
        code, said = server.mail(sender)
        if code != 250:  # it refuses us, whoever the reader is
            raise _AwayError(str(_RefusedError(code, said)))
        code, said = server.rcpt(to)
        _check(code, said, (250, 251))
    except (OSError, smtplib.SMTPException) as failure:
        raise _AwayError(_kind(failure)) from failure
    try:
        code, said = server.data(content)
    except smtplib.SMTPDataError as refused:  # before the words were given
        raise _RefusedError(refused.smtp_code, refused.smtp_error) from refused
    except (OSError, smtplib.SMTPException) as lost:
        raise _UnknownError(_kind(lost)) from lost
    _check(code, said, (250,))


def _check(code: int, said: bytes, wanted: tuple[int, ...]) -> None:
    if code == 421:  # the service is closing: it speaks of itself, not of the mail
        raise _AwayError(str(_RefusedError(code, said)))
    if code not in wanted:
        raise _RefusedError(code, said)


def _kind(failure: Exception) -> str:
    """A failure without the words of the server, which may quote an address."""
    code = getattr(failure, "smtp_code", None)
    return f"{type(failure).__name__} {code}" if code else type(failure).__name__
