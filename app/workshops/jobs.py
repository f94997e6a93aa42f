"""What workshops do by themselves at set moments."""

from datetime import datetime, timedelta

from app.core.db import Database, now
from app.core.jobs import Payload, Regular, handler
from app.workshops.service import ending, registrations

REMIND = "workshops.remind"
LEFT_OPEN = "workshops.left_open"
QUARTER = timedelta(minutes=15)


def next_hour(moment: datetime) -> datetime:
    """The next full hour."""
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def next_quarter(moment: datetime) -> datetime:
    """The next quarter of an hour."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0) + QUARTER


REGULAR = (Regular(REMIND, next_hour), Regular(LEFT_OPEN, next_quarter))


@handler(REMIND)
def remind(database: Database, _payload: Payload) -> None:
    """Each hour: write to those whose workshop is in two days."""
    registrations.remind(database, now())


@handler(LEFT_OPEN)
def left_open(database: Database, _payload: Payload) -> None:
    """Each quarter of an hour: close the rooms that nobody leads any more."""
    ending.close_left_open(database)
