"""What the rooms of the demonstration decided, left unresolved and put right."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.core.i18n import local
from app.core.machine import note_event
from app.workshops.models import Correction, Outcome, Workshop
from app.workshops.states import Room


def load_report(db: Session, workshop: Workshop, row: dict[str, Any], moment: datetime, *, by: int) -> None:
    """The words of one published report: conclusion, relevé de décisions, corrections."""
    if row["status"] != Room.PUBLISHED:
        return
    workshop.conclusion, workshop.next_steps = row["conclusion"], row["next"]
    workshop.published_at = moment + timedelta(hours=1)
    lines = [(False, item) for item in row.get("decisions", [])] + [
        (True, {"text": text}) for text in row.get("unresolved", [])
    ]
    for position, (unresolved, item) in enumerate(lines, start=1):
        due = local(moment).date() + timedelta(days=item["days"]) if "days" in item else None
        db.add(
            Outcome(
                workshop_id=workshop.id or 0, position=position, text=item["text"], holder=item.get("holder", ""),
                due_on=due, unresolved=unresolved,
            )
        )  # fmt: skip
    for text in row.get("corrections", []):
        at = moment + timedelta(days=3)
        db.add(Correction(workshop_id=workshop.id or 0, text=text, author_id=by, at=at))
        note_event(db, workshop, "rectify", by=by, at=at)
