"""A room whose vote takes ballots on paper, for the tests of workshops."""

from typing import Any

import httpx
from sqlmodel import col, select

from app.core.db import insert_once, now
from app.identity.models import Person
from app.workshops.models import Ballot, Crew, PaperBallot
from app.workshops.queries import paper as reads
from app.workshops.states import Duty
from tests.site import Site, Visitor
from tests.workshops.acts import act, options, prepared, soup, steps


class Room:
    """A room whose vote by gommettes is open, with a facilitator and a scribe at the table of paper ballots."""

    def __init__(self, site: Site, *, alone: bool = False, **step: Any) -> None:
        self.site, self.amina = site, site.signed_in("facilitator")
        self.workshop = prepared(site, self.amina, **step)
        self.step = steps(site, self.workshop)[1]
        self.katell = site.signed_in("relay")
        if not alone:
            self.join("relay")
        act(site, self.amina, self.workshop, f"sequences/{self.step.id}/ouverture")

    @property
    def base(self) -> str:
        return f"/ateliers/{self.workshop.id}/sequences/{self.step.id}/bulletins"

    def person(self, persona: str) -> int:
        with self.site.reading() as db:
            return db.exec(select(Person).where(Person.demo_persona == persona)).one().id or 0

    def join(self, persona: str) -> None:
        with self.site.writing() as db:
            insert_once(
                db, Crew, workshop_id=self.workshop.id, person_id=self.person(persona), duty=Duty.SCRIBE.value,
                added_at=now(),
            )  # fmt: skip

    def print(self, copies: int = 10) -> httpx.Response:
        return self.amina.post(f"{self.base}/impression", {"copies": copies})

    def type(self, who: Visitor, number: int, marks: dict[int, int], **more: Any) -> httpx.Response:
        """Type the marks, by position of the option."""
        known = options(self.site, self.step)
        sent = {"college": "jeunes", "option": known, "mark": [marks.get(i, "") for i in range(len(known))]} | more
        return who.post(f"{self.base}/{number}", sent)

    def paper(self, number: int) -> PaperBallot:
        with self.site.reading() as db:
            found = reads.one_paper(db, self.step.id or 0, number)
            assert found
            return found

    def counted(self) -> list[Ballot]:
        with self.site.reading() as db:
            rows = select(Ballot).where(Ballot.step_id == self.step.id, Ballot.channel == "paper")
            return list(db.exec(rows.order_by(col(Ballot.id))))


def read_two_ways(site: Site) -> Room:
    """A room whose ballot 1 was read for the first option by one, for the second by the other; a third may read it."""
    here = Room(site)
    here.print()
    here.join("moderator")
    here.type(here.amina, 1, {0: 2})
    here.type(here.katell, 1, {1: 2})
    return here


def closed_with_a_ballot_read_twice(site: Site) -> Room:
    """A room whose vote is closed, its one ballot on paper counted."""
    here = Room(site)
    here.print()
    here.type(here.amina, 1, {0: 1})
    here.type(here.katell, 1, {0: 1})
    act(site, here.amina, here.workshop, f"sequences/{here.step.id}/cloture")
    return here


def words(response: httpx.Response) -> str:
    """What the page says, its spaces plain."""
    return soup(response).get_text(" ", strip=True).replace("\u00a0", " ")
