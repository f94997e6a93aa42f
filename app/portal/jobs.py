"""What the site does by itself at set moments."""

from app.core.db import Database
from app.core.jobs import Payload, Regular, handler
from app.portal.service import digest

WEEKLY = "portal.weekly_letters"
REGULAR = (Regular(WEEKLY, digest.next_monday),)


@handler(WEEKLY)
def weekly_letters(database: Database, _payload: Payload) -> None:
    """Monday morning: the letters of those who follow something."""
    digest.send_letters(database)
