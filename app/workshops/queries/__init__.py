"""Reads of workshops: rooms, what one votes for, who is there, results."""

from app.workshops.queries.casting import ground
from app.workshops.queries.options import (
    PRIORITY,
    SHEET,
    OptionView,
    drawn,
    keeps_order,
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
    papers_to_settle,
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
    votes_on,
)
from app.workshops.queries.rooms import (
    PAST_SHOWN,
    Rooms,
    announced,
    by_code,
    led_by,
    loaded,
    one,
    rooms,
    same_draft,
    step,
    steps,
)

__all__ = [
    "PAST_SHOWN", "PLACES", "PRIORITY", "SHEET", "Counted", "OptionView", "Rates", "Rooms", "announced",
    "answered_by", "ballot", "by_code", "casts", "counted", "device_seats", "drawn", "ground", "has_part",
    "keeps_order", "led_by", "loaded", "one", "option_rows", "options", "papers_to_settle", "present_by", "rates",
    "recountable", "results", "revealed", "rooms", "same_draft", "seat", "seat_digest", "seat_of_ticket", "seats",
    "sheets_to_vote", "shuffled", "step", "steps", "subjects", "table", "table_of_key", "tables", "threads_behind",
    "threshold", "ticket", "took_part", "votes_on",
]  # fmt: skip
