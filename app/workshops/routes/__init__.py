"""Pages of workshops: the list, the room, the console, the report."""

from fastapi import APIRouter

from app.workshops.routes import (
    acts,
    ballots,
    calendar,
    card_needs,
    cards,
    console,
    crew,
    my_cards,
    paper,
    paper_sheets,
    preparing,
    reading,
    registrations,
    report,
    report_files,
    report_writing,
    room,
    screen,
    seats,
    series,
    steps,
    tables,
    typing_cards,
)
from app.workshops.routes.light import LIGHT, Doors

__all__ = ["LIGHT", "Doors", "router"]

router = APIRouter()
for part in (
    preparing,
    steps,
    series,
    tables,
    console,
    acts,
    crew,
    room,
    screen,
    calendar,
    reading,
    registrations,
    report,
):
    router.include_router(part.router)
for each in (room.apart, seats.router, seats.own):
    router.include_router(each)
for mine in (report_files, report_writing, ballots, paper, paper_sheets, typing_cards, card_needs, cards, my_cards):
    router.include_router(mine.router)
