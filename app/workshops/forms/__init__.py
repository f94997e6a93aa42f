"""What a facilitator prepares, what the room sends, what is written afterwards."""

from app.workshops.forms.preparing import (
    MOST_COPIES,
    CopyForm,
    ReplicateForm,
    TablesForm,
    TicketsForm,
    WorkshopForm,
    copies,
)
from app.workshops.forms.report import CorrectionForm, OutcomeForm, ReportForm, ShownForm, TextsForm
from app.workshops.forms.room import (
    ActForm,
    BallotForm,
    LentForm,
    PeopleForm,
    SeatForm,
    TableForm,
    normal_room_code,
)
from app.workshops.forms.steps import MAX_OPTIONS, DirectionForm, StepForm

__all__ = [
    "MAX_OPTIONS", "MOST_COPIES", "ActForm", "BallotForm", "CopyForm", "CorrectionForm", "DirectionForm", "LentForm",
    "OutcomeForm", "PeopleForm", "ReplicateForm", "ReportForm", "SeatForm", "ShownForm", "StepForm", "TableForm",
    "TablesForm", "TextsForm", "TicketsForm", "WorkshopForm", "copies", "normal_room_code",
]  # fmt: skip
