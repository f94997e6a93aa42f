"""Verbs on workshops: preparing, running the room, voting."""

from app.workshops.service.casting import (
    Recorded,
    Sent,
    cast_ballot,
    cast_ballots,
    no_seat,
)
from app.workshops.service.ending import REGRET, close_left_open, close_room, may_reopen_until, reopen_room
from app.workshops.service.preparing import create, missing, save, schedule, unschedule
from app.workshops.service.report import publish_report
from app.workshops.service.room import (
    count_topic,
    count_topic_of,
    open_room,
    screen_topic_of,
    topic,
    topic_of,
)
from app.workshops.service.running import (
    close_step,
    count_heads,
    extend_step,
    open_step,
    reopen_step,
    reorder_step,
    reveal_step,
    set_end,
    set_live,
    set_screen,
    show_step,
    skip_step,
    unskip_step,
)
from app.workshops.service.seats import (
    Held,
    count_table,
    forget_part,
    give_back,
    keep_part,
    secret_of_form,
    sit,
    take_lent_seat,
    take_seat,
)
from app.workshops.service.steps import add_step, move_step, remove_step, save_step

__all__ = [
    "REGRET", "Held", "Recorded", "Sent", "add_step", "cast_ballot", "cast_ballots", "close_left_open", "close_room",
    "close_step", "count_heads", "count_table", "count_topic", "count_topic_of", "create", "extend_step", "forget_part",
    "give_back", "keep_part", "may_reopen_until", "missing", "move_step", "no_seat", "open_room", "open_step",
    "publish_report", "remove_step", "reopen_room", "reopen_step", "reorder_step", "reveal_step", "save", "save_step",
    "schedule", "screen_topic_of", "secret_of_form", "set_end", "set_live", "set_screen", "show_step", "sit",
    "skip_step", "take_lent_seat", "take_seat", "topic", "topic_of", "unschedule", "unskip_step",
]  # fmt: skip
