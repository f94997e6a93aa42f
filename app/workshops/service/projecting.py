"""Which page of a view is projected: said by the projected page, wanted by the console.

Only a projected page knows how many pages its size makes: it says so, and is told which to show. No table holds it: it
is said on live topics, and each process keeps the last words until it stops. After a restart pages turn by themselves.
"""

from dataclasses import dataclass

from sqlmodel import Session

from app.core import live
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.security import token
from app.workshops.models import Step, Workshop
from app.workshops.service.room import pages_topic_of, turn_topic_of
from app.workshops.states import Room, Screen


@dataclass(frozen=True)
class Pages:
    """A view of one step in one status (``key``), the page that shows, out of how many; ``held``: it stays there."""

    key: str
    page: int
    pages: int
    held: bool

    @property
    def words(self) -> str:
        """As they are said on a topic."""
        return f"{self.key} {self.page} {self.pages} {int(self.held)}"


def key_of(step: Step) -> str:
    """The view of a step: results are not the vote."""
    return f"{step.id}-{step.status}"


def say_pages(db: Session, workshop: Workshop, shown: Pages) -> None:
    """What a projected page shows now."""
    live.publish(db, pages_topic_of(workshop.id or 0), shown.words)


def turn(db: Session, workshop: Workshop, wanted: Pages) -> None:
    """Show this page and stay there, or turn by itself again.

    Raises:
        ConflictError: the room is not open.
    """
    if not workshop.under_way:
        raise ConflictError(_("La salle n’est pas ouverte : l’écran montre la page de fin ou l’annonce."))
    page = wanted.page if wanted.held else 0
    live.publish(db, turn_topic_of(workshop.id or 0), f"{wanted.key} {page} {token(6)}")
    say_pages(db, workshop, wanted)


def pages_said(words: str, workshop: Workshop, step: Step | None) -> Pages | None:
    """What was last said of this view, if it has several pages and they are lit."""
    parts = words.split(" ")
    if step is None or len(parts) != 4 or parts[0] != key_of(step):
        return None
    if workshop.status != Room.RUNNING or workshop.screen == Screen.BLANK:
        return None
    said = Pages(parts[0], int(parts[1]), int(parts[2]), parts[3] == "1")
    return said if said.pages > 1 else None


def page_wanted(words: str, step: Step | None) -> str:
    """« page stamp » that the console last wanted of this view; page 0: by itself. Empty: nothing was asked."""
    key, _space, rest = words.partition(" ")
    return rest if step is not None and key == key_of(step) else ""
