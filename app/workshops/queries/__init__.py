"""Reads of workshops: rooms, what one votes for, who is there, results."""

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
    papers_to_settle,
    present_by,
    seat,
    seat_digest,
    seats,
    tables,
)
from app.workshops.queries.results import ballot, casts, rates, results, revealed, threads_behind, votes_on
from app.workshops.queries.rooms import PAST_SHOWN, Rooms, by_code, loaded, one, rooms, same_draft, step, steps

__all__ = [
    "PAST_SHOWN", "PLACES", "PRIORITY", "SHEET", "OptionView", "Rooms", "answered_by", "ballot", "by_code", "casts",
    "device_seats", "drawn", "keeps_order", "loaded", "one", "option_rows", "options", "papers_to_settle",
    "present_by", "rates", "results", "revealed", "rooms", "same_draft", "seat", "seat_digest", "seats",
    "sheets_to_vote", "shuffled", "step", "steps", "subjects", "tables", "threads_behind", "votes_on",
]  # fmt: skip
