"""What is kept of a mail, and where it is on its way."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.core.db import UtcDateTime

SEND = "mail.send"
BULK = "mail.bulk"  # news that many people receive: never in the way of the others


class Mail(SQLModel, table=True):
    """One message to one person.

    ``handed_at`` alone: it was being given to the mail server, whose answer is not known yet, or was lost;
    ``sent_at``: the server took it, and answers for it. ``unsubscribe``: the address that ends such mails.
    """

    __tablename__ = "mail"

    id: int | None = Field(default=None, primary_key=True)
    to: str = Field(max_length=254)
    subject: str = Field(max_length=200)
    body: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    handed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    batch: str | None = Field(default=None, max_length=24, index=True)
    unsubscribe: str | None = Field(default=None, max_length=200)
