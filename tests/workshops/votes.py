"""Rooms in which something was voted, written straight into the database."""

import json
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from app.core.db import now
from app.workshops.models import Ballot, Option, Seat, Step, Workshop
from tests.site import Site
from tests.workshops import acts

TITLES = ("Car du soir", "Maison de santé", "Halle couverte")
PUBLISHED = {"status": "published", "closed_at": now(), "published_at": now()}


@dataclass
class Given:
    """Ballots to cast: for each, a collège, its marks by option number (from 1), its channel."""

    rows: list[tuple[str, dict[int, int], str]] = field(default_factory=list)

    def add(self, college: str, marks: dict[int, int], times: int = 1, channel: str = "phone") -> "Given":
        """So many alike."""
        self.rows += [(college, marks, channel)] * times
        return self


def voted(site: Site, given: Given, *, titles: tuple[str, ...] = TITLES, room: dict[str, Any], **step: Any) -> Step:
    """A vote in the running demonstration room, which looks at it; each ballot has its own seat."""
    with site.writing() as db:
        workshop = db.get_one(Workshop, acts.room(site).id)
        one = Step(
            workshop_id=workshop.id or 0, position=90, title="Par quoi commencer ?", minutes=5, opened_at=now(),
            closes_at=now(), closed_at=now(), **{"status": "revealed", **step},
        )  # fmt: skip
        db.add(one)
        db.flush()
        options = [Option(step_id=one.id or 0, position=n, title=title) for n, title in enumerate(titles)]
        db.add_all(options)
        db.flush()
        _cast(db, workshop, one, [option.id or 0 for option in options], given)
        workshop.sqlmodel_update({"step_id": one.id, **room})
        db.add(workshop)
    return one


def _cast(db: Session, workshop: Workshop, step: Step, options: list[int], given: Given) -> None:
    for number, (college, marks, channel) in enumerate(given.rows):
        seat = Seat(
            workshop_id=workshop.id or 0, digest=f"vote-{step.id}-{number}", college=college, created_at=now()
        )  # fmt: skip
        db.add(seat)
        db.flush()
        db.add(
            Ballot(
                step_id=step.id or 0, seat_id=seat.id, college=college, channel=channel, cast_at=now(),
                marks={str(options[option - 1]): mark for option, mark in marks.items()},
            )
        )  # fmt: skip


def mixed() -> Given:
    """Twenty people who live here, nine young ones, four of institutions: the last are too few to be shown apart."""
    given = Given().add("habitants", {1: 7, 2: 5, 3: 1}, 12).add("habitants", {1: 4, 2: 6}, 8, "paper")
    return given.add("jeunes", {1: 2, 2: 7, 3: 6}, 9).add("institutions", {1: 1}, 4)


def read_json(text: str) -> Any:
    """A file of the site."""
    return json.loads(text)
