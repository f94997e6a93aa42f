"""What a facilitator prepares, what the room sends, what is written afterwards."""

from app.workshops.forms.preparing import MAX_OPTIONS, MoveStepForm, StepForm, WorkshopForm
from app.workshops.forms.report import ReportForm
from app.workshops.forms.room import ActForm, BallotForm, SeatForm, normal_room_code

__all__ = [
    "MAX_OPTIONS", "ActForm", "BallotForm", "MoveStepForm", "ReportForm", "SeatForm", "StepForm", "WorkshopForm",
    "normal_room_code",
]  # fmt: skip
