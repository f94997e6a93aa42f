"""Verbs on groups of needs: making and changing them, leaving them, what follows, who supports them."""

from app.needs.service.groups.changing import StaleError, SummaryError, edit
from app.needs.service.groups.following import answer, attach
from app.needs.service.groups.leaving import answer_request, ask_to_leave
from app.needs.service.groups.making import add, dissolve, make, restore, take_out
from app.needs.service.groups.voices import CONFIRM_GROUP_SUPPORT, ask_support_confirmation, support, unsupport

__all__ = [
    "CONFIRM_GROUP_SUPPORT", "StaleError", "SummaryError", "add", "answer", "answer_request",
    "ask_support_confirmation", "ask_to_leave", "attach", "dissolve", "edit", "make", "restore", "support", "take_out",
    "unsupport",
]  # fmt: skip
