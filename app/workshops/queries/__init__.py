"""Reads of workshops: rooms, what one votes for, who is there, results."""

from app.workshops.queries.casting import ground
from app.workshops.queries.options import (
    PRIORITY,
    SHEET,
    OptionView,
    drawn,
    option_rows,
    options,
    sheets_to_vote,
    shuffled,
    subjects,
)
from app.workshops.queries.people import (
    PLACES,
    answered_by,
    device_seats,
    has_part,
    present_by,
    seat,
    seat_digest,
    seat_of_ticket,
    seats,
    table,
    table_of_key,
    tables,
    ticket,
    took_part,
)
from app.workshops.queries.recount import recountable
from app.workshops.queries.results import (
    Counted,
    Rates,
    ballot,
    casts,
    counted,
    rates,
    results,
    revealed,
    threads_behind,
    threshold,
)
from app.workshops.queries.rooms import (
    Rooms,
    announced,
    by_code,
    led_by,
    loaded,
    on_stage,
    one,
    rooms,
    same_draft,
    step,
    steps,
)

__all__ = [
    "PLACES", "PRIORITY", "SHEET", "Counted", "OptionView", "Rates", "Rooms", "announced", "answered_by", "ballot",
    "by_code", "casts", "counted", "device_seats", "drawn", "ground", "has_part", "led_by", "loaded", "on_stage", "one",
    "option_rows", "options", "present_by", "rates", "recountable", "results", "revealed", "rooms", "same_draft",
    "seat", "seat_digest", "seat_of_ticket", "seats", "sheets_to_vote", "shuffled", "step", "steps", "subjects",
    "table", "table_of_key", "tables", "threads_behind", "threshold", "ticket", "took_part",
]  # fmt: skip
