"""Verbs on workshops: preparing, running the room, voting."""

from app.workshops.service.ballots import GRACE, cast_ballot, take_seat
from app.workshops.service.preparing import (
    add_step,
    create,
    missing,
    move_step,
    remove_step,
    save,
    save_step,
    schedule,
    unschedule,
)
from app.workshops.service.room import (
    EXTENSION,
    close_room,
    close_step,
    count_topic,
    extend_step,
    open_room,
    open_step,
    publish_report,
    reopen_step,
    reveal_step,
    topic,
)

__all__ = [
    "EXTENSION", "GRACE", "add_step", "cast_ballot", "close_room", "close_step", "count_topic", "create",
    "extend_step", "missing", "move_step", "open_room", "open_step", "publish_report", "remove_step", "reopen_step",
    "reveal_step", "save", "save_step", "schedule", "take_seat", "topic", "unschedule",
]  # fmt: skip
