"""Demonstration workshops: rooms, seats and ballots drawn from the leanings of the content."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlmodel import col, insert, select

from app.accords.models import Priority
from app.actions.models import ActionSheet
from app.core.db import now
from app.core.i18n import PARIS, today
from app.core.machine import note_event
from app.core.security import digest
from app.needs.models import Need
from app.seed.accords import Ground, read
from app.seed.cards import load_cards
from app.seed.layout import load_layout
from app.seed.needs import Loader
from app.seed.reports import load_report
from app.workshops.models import Ballot, Option, Seat, Step, Workshop
from app.workshops.service.room import write_rates
from app.workshops.states import (
    GRADES,
    OBJECTING,
    ROOM_OVER,
    STEP,
    VOTES,
    WORKSHOP,
    Blanks,
    Hands,
    Room,
    StepKind,
    StepStatus,
)

_PATHS = {
    Room.DRAFT: [],
    Room.SCHEDULED: ["schedule"],
    Room.LOBBY: ["schedule", "open_room"],
    Room.RUNNING: ["schedule", "open_room", "start"],
    Room.CLOSED: ["schedule", "open_room", "start", "close_room"],
    Room.PUBLISHED: ["schedule", "open_room", "start", "close_room", "publish"],
}
_STEP_PATHS = {
    StepStatus.WAITING: [],
    StepStatus.OPEN: ["open"],
    StepStatus.CLOSED: ["open", "close"],
    StepStatus.REVEALED: ["open", "close", "reveal"],
}
CODES = (
    "PGNU47",
    "ANMU63",
    "PUY769",
    "CRTN47",
    "RVRE64",
    "PYEN97",
    "PNVZ64",
)  # known, so that a demonstration can be joined
HOME = "242900835"  # where the facilitator of the demonstration has the role
LEFT_OPEN = timedelta(minutes=8)


class WorkshopLoader:
    """Loads the workshops one after the other."""

    def __init__(self, loader: Loader, sheets: dict[str, ActionSheet], facilitator: int) -> None:
        self.db, self.grounds, self.chance = loader.db, loader.grounds, loader.chance
        self.sheets, self.facilitator = sheets, facilitator

    def load(self, row: dict[str, Any], code: str) -> None:
        """One workshop, from its announcement to its report."""
        ground = self.grounds[row["territory_siren"]]
        workshop = self._workshop(row, code, ground)
        moment = workshop.starts_at
        seats, source = self._seats(workshop, row["seats"]), None
        for position, item in enumerate(row["steps"], start=1):
            step = self._step(workshop, position, item, moment)
            source = load_cards(self.db, step, item, seats, source, by=self.facilitator, at=moment)
            options = self._options(step, item, ground)
            if step.kind in VOTES and item["leaning"]:
                self._ballots(step, options, seats, item)
            self._advance(step, StepStatus(item["status"]), moment)
            if step.status != StepStatus.WAITING:
                workshop.step_id = step.id
            moment += timedelta(minutes=item["minutes"])
        self._close(workshop, row, moment)

    def _workshop(self, row: dict[str, Any], code: str, ground: Ground) -> Workshop:
        starts = datetime.combine(today() - timedelta(days=row["age_days"]), time(row["hour"], 30), PARIS)
        if row["status"] == Room.RUNNING:
            starts = now() - timedelta(minutes=35)  # whenever the demonstration is loaded, this one is under way
        workshop = Workshop(
            accord_id=ground.accord.id or 0, territory_id=ground.territory.territory_id, author_id=self.facilitator,
            lead_id=self.facilitator if row["territory_siren"] == HOME else None, crew_key=f"equipe-{row['key']}",
            title=row["title"], place=row["place"], text=row["text"], starts_at=starts.astimezone(UTC),
            minutes=row["minutes"], code=code, screen_key=f"demonstration-{row['key']}", status=Room.DRAFT.value,
        )  # fmt: skip
        note_event(self.db, workshop, "create", by=self.facilitator, at=starts - timedelta(days=15))
        for verb in _PATHS[Room(row["status"])]:
            WORKSHOP.move(self.db, workshop, verb, by=self.facilitator, at=min(now(), workshop.starts_at))
        if row["status"] in (Room.RUNNING, *ROOM_OVER):
            workshop.opened_at = workshop.starts_at - timedelta(minutes=15)
        return workshop

    def _seats(self, workshop: Workshop, wanted: dict[str, int]) -> list[Seat]:
        seats = [
            Seat(
                workshop_id=workshop.id or 0, college=college, created_at=workshop.starts_at,
                digest=digest(f"{workshop.code} {college} {number}"),
            )
            for college, total in wanted.items() for number in range(total)
        ]  # fmt: skip
        self.db.add_all(seats)
        self.db.flush()
        return seats

    def _step(self, workshop: Workshop, position: int, item: dict[str, Any], moment: datetime) -> Step:
        step = Step(
            workshop_id=workshop.id or 0, position=position, kind=item["kind"], title=item["title"], text=item["text"],
            minutes=item["minutes"], dots=item.get("dots", 7), cap=item.get("cap", 3),
            hands=item.get("hands", Hands.SINGLE.value), reveal=item["reveal"], status=StepStatus.WAITING.value,
            blanks=item.get("blanks", Blanks.WORST.value), limit_percent=item.get("limit_percent"),
        )  # fmt: skip
        note_event(self.db, step, "add", by=self.facilitator, at=min(now(), moment))
        return step

    def _options(self, step: Step, item: dict[str, Any], ground: Ground) -> list[Option]:
        options = [self._option(one, ground) for one in item["options"]]
        for position, option in enumerate(options):
            option.step_id, option.position = step.id or 0, position
        self.db.add_all(options)
        self.db.flush()
        return options

    def _option(self, one: dict[str, str], ground: Ground) -> Option:
        if "sheet" in one:
            sheet = self.sheets[one["sheet"]]
            return Option(step_id=0, position=0, title=sheet.title, sheet_id=sheet.id)
        if "priority" in one:
            priority = self.db.exec(
                select(Priority).where(Priority.accord_id == ground.accord.id, Priority.title == one["priority"])
            ).one()
            return Option(step_id=0, position=0, title=priority.title, priority_id=priority.id)
        if "need" in one:
            need = self.db.exec(
                select(Need).where(Need.accord_id == ground.accord.id, col(Need.title) == one["need"])
            ).first()
            return Option(step_id=0, position=0, title=one["need"], need_id=need.id if need else None)
        return Option(step_id=0, position=0, title=one["text"])

    def _ballots(self, step: Step, options: list[Option], seats: list[Seat], item: dict[str, Any]) -> None:
        rows, words = [], list(item.get("words", []))
        for seat in seats:
            if self.chance.random() > item["turnout"]:
                continue
            weights = item["leaning"].get(seat.college) or [1] * len(options)
            marks = self._marks(step, [o.id or 0 for o in options], weights)
            objects = step.kind == StepKind.AGREEMENT and words and max(marks.values(), default=OBJECTING) <= OBJECTING
            rows.append(
                {"step_id": step.id, "seat_id": seat.id, "college": seat.college, "channel": "phone", "marks": marks,
                 "words": words.pop(0) if objects else "", "words_shown": bool(objects) and len(words) > 1,
                 "late": False, "cast_at": now()}
            )  # fmt: skip
        if rows:
            self.db.execute(insert(Ballot), rows)

    def _marks(self, step: Step, options: list[int], weights: list[int]) -> dict[str, int]:
        if step.kind == StepKind.JUDGMENT:
            return {
                str(o): self._mention(w) for o, w in zip(options, weights, strict=True) if self.chance.random() > 0.04
            }
        if step.scale:
            return {str(options[0]): self.chance.choices(list(step.scale), weights)[0]}
        if step.kind == StepKind.HANDS:
            if step.hands == Hands.SINGLE:
                return {str(self.chance.choices(options, weights)[0]): 1}
            top = max(weights)
            return {str(o): 1 for o, w in zip(options, weights, strict=True) if self.chance.random() < w / (top + 2)}
        marks: dict[str, int] = {}
        for _dot in range(step.dots):
            chosen = str(self.chance.choices(options, weights)[0])
            if marks.get(chosen, 0) < step.cap:
                marks[chosen] = marks.get(chosen, 0) + 1
        return marks

    def _mention(self, middle: float) -> int:
        """A mention drawn around this one."""
        grades = list(GRADES[StepKind.JUDGMENT])
        return self.chance.choices(grades, [2.2 ** -abs(grade - middle) for grade in grades])[0]

    def _advance(self, step: Step, reached: StepStatus, moment: datetime) -> None:
        ends = moment + timedelta(minutes=step.minutes)
        for verb in _STEP_PATHS[reached]:
            STEP.move(self.db, step, verb, by=self.facilitator, at=min(now(), moment if verb == "open" else ends))
        if reached != StepStatus.WAITING:
            step.opened_at, step.closes_at = moment, ends
        if reached == StepStatus.OPEN:
            step.opened_at, step.closes_at = now(), now() + LEFT_OPEN
        elif reached != StepStatus.WAITING:
            step.closed_at = ends
        if reached == StepStatus.REVEALED:
            step.revealed_at = ends
            write_rates(self.db, step)

    def _close(self, workshop: Workshop, row: dict[str, Any], moment: datetime) -> None:
        if row["status"] in ROOM_OVER:
            workshop.closed_at = moment
        load_report(self.db, workshop, row, moment, by=self.facilitator)
        self.db.add(workshop)


def load_workshops(loader: Loader, sheets: dict[str, ActionSheet], facilitator: int) -> None:
    """Every workshop of the content."""
    workshops = WorkshopLoader(loader, sheets, facilitator)
    for row, code in zip(read("workshops.json"), CODES, strict=True):
        workshops.load(row, code)
    loader.db.flush()
    load_layout(loader.db, facilitator)
