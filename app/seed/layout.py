"""Demonstration of how rooms are laid out: tables and lent devices in the one under way, a workshop held twice."""

from sqlmodel import Session, col, select

from app.accords.models import Accord
from app.core.db import now
from app.core.machine import note_event
from app.seed.accords import read
from app.workshops import queries
from app.workshops.models import Seat, Series, Table, Ticket, Workshop
from app.workshops.states import VOTES, Channel

CODES = (
    "AFTM3K7P", "CRHX64NE", "DUV9QW3A", "EKJ7TM4H", "FYP6RC9N", "GAD4XU7T", "HNE3VK6W", "JQT9PA4C", "KXM7HF3R",
    "MWC6DY9G",
)  # fmt: skip
USED = 3  # of these codes


def load_layout(db: Session, facilitator: int) -> None:
    """The rooms whose content says so, by title."""
    for row in read("workshops.json"):
        workshop = db.exec(select(Workshop).where(Workshop.title == row["title"])).one()
        if row.get("tables"):
            _tables(db, workshop, row["tables"])
        if row.get("tickets"):
            _tickets(db, workshop)
        if row.get("twins_of"):
            first = db.exec(select(Workshop).where(Workshop.code == row["twins_of"]["code"])).one()
            _twins(db, first, workshop, row["twins_of"]["title"], facilitator)
    db.flush()


def _seats(db: Session, workshop: Workshop) -> list[Seat]:
    return list(db.exec(select(Seat).where(Seat.workshop_id == workshop.id).order_by(col(Seat.id))))


def _tables(db: Session, workshop: Workshop, labels: list[str]) -> None:
    """Tables with their names; two seats in three are at one, and one table shares a device."""
    tables = [
        Table(
            workshop_id=workshop.id or 0, number=n, label=name, key=f"table{n}{workshop.code.lower()}",
            people=7 if n == len(labels) else None,
        )
        for n, name in enumerate(labels, start=1)
    ]  # fmt: skip
    db.add_all(tables)
    db.flush()
    for place, seat in enumerate(_seats(db, workshop)):
        if place % 3:
            seat.table_id = tables[place // 2 % len(tables)].id
            db.add(seat)


def _tickets(db: Session, workshop: Workshop) -> None:
    """Codes for lent devices, the first of which gave a seat."""
    tickets = [Ticket(workshop_id=workshop.id or 0, code=code, printed_at=now()) for code in CODES]
    db.add_all(tickets)
    db.flush()
    for ticket, seat in zip(tickets[:USED], _seats(db, workshop), strict=False):
        seat.ticket_id, seat.channel = ticket.id, Channel.LENT.value
        db.add(seat)


def _twins(db: Session, first: Workshop, second: Workshop, title: str, facilitator: int) -> None:
    """The second room was copied from the first: steps and choices of the same name are twins."""
    accord = db.get_one(Accord, first.accord_id)
    series = Series(
        accord_id=first.accord_id, territory_id=accord.territory_id, title=title, created_by=facilitator,
        created_at=first.starts_at,
    )  # fmt: skip
    note_event(db, series, "create", by=facilitator, at=first.starts_at)
    first.series_id = second.series_id = series.id
    db.add_all([first, second])
    origin = {(step.kind, step.title): step for step in queries.steps(db, first.id or 0)}
    for step in queries.steps(db, second.id or 0):
        former = origin[step.kind, step.title]
        step.twin_id = former.id
        db.add(step)
        if step.kind in VOTES:
            names = {option.title: option.id for option in queries.option_rows(db, former.id or 0)}
            for option in queries.option_rows(db, step.id or 0):
                option.twin_id = names[option.title]
                db.add(option)
