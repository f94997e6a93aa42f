"""Verbs of moderators on cards: what a room left unread, and what is reported once its report is written."""

from sqlmodel import Session

from app.core import live
from app.core.db import now
from app.threads import service as threads
from app.threads.states import MODERATION, RefusalReason
from app.workshops.models import Card
from app.workshops.queries.moderating import note_of
from app.workshops.service.room import count_topic


def publish_card(db: Session, card: Card, *, by: int) -> None:
    """A moderator lets it be read in the report."""
    MODERATION.move(db, card, "publish", by=by, note=note_of())
    card.reason, card.published_at = None, now()
    moved(db, card)


def take_off_card(db: Session, card: Card, verb: str, *, by: int, reason: RefusalReason, note: str) -> None:
    """A moderator does not publish it (``refuse``) or takes it out of view (``hide``): by which rule, which facts."""
    MODERATION.move(db, card, verb, by=by, note=note_of(reason, note))
    card.reason = reason.value
    moved(db, card)


def restore_card(db: Session, card: Card, *, by: int) -> None:
    """A moderator puts it back in view."""
    MODERATION.move(db, card, "restore", by=by, note=note_of())
    card.reason = None
    moved(db, card)


def moved(db: Session, card: Card) -> None:
    """The page of cards, the console and the queue look again."""
    db.add(card)
    live.publish(db, count_topic(card.step.workshop))
    threads.queue_moved(db, card.territory_id)
