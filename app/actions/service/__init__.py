"""Verbs on fiches-actions: writing and publishing them, moving them, what is said under them."""

from app.actions.service.files import add_file, remove_file
from app.actions.service.moves import MissingFieldsError, check_seen, move
from app.actions.service.voices import (
    CONFIRM_POSITION,
    answer,
    ask_position_confirmation,
    comment,
    confirm_position,
    leave_position,
    take_position,
)
from app.actions.service.writing import (
    StaleError,
    begin,
    draft,
    link_need,
    publish_version,
    save,
    set_priorities,
    unlink_need,
)
from app.needs.service import confirm_comment

__all__ = [
    "CONFIRM_POSITION",
    "MissingFieldsError",
    "StaleError",
    "add_file",
    "answer",
    "ask_position_confirmation",
    "begin",
    "check_seen",
    "comment",
    "confirm_comment",
    "confirm_position",
    "draft",
    "leave_position",
    "link_need",
    "move",
    "publish_version",
    "remove_file",
    "save",
    "set_priorities",
    "take_position",
    "unlink_need",
]  # fmt: skip
