"""What is written once the room is closed."""

from datetime import date

from pydantic import Field

from app.core.forms import Form, Ticked
from app.workshops.states import SHORTEST_CONCLUSION

SEAL = 18  # characters of what tells that a text changed since the page was shown


class TextsForm(Form):
    """What the room concludes and what happens next, as they are being written.

    ``*_seen``: the seal of the text that the page showed; ``replace``: that of the text that one chose to replace.
    """

    conclusion: str = Field(default="", max_length=3000)
    next_steps: str = Field(default="", max_length=2000)
    conclusion_seen: str = Field(default="", max_length=SEAL)
    next_steps_seen: str = Field(default="", max_length=SEAL)
    replace: str = Field(default="", max_length=SEAL)


class ReportForm(TextsForm):
    """The same, to be published, which nothing undoes: ``sure`` is ticked."""

    conclusion: str = Field(min_length=SHORTEST_CONCLUSION, max_length=3000)
    sure: Ticked = False


class OutcomeForm(Form):
    """One line of the relevé de décisions, or a point left unresolved."""

    text: str = Field(min_length=3, max_length=400)
    holder: str = Field(default="", max_length=120)
    due_on: date | None = None
    unresolved: bool = False
    seen: str = Field(default="", max_length=SEAL)
    replace: str = Field(default="", max_length=SEAL)


class ShownForm(Form):
    """Whether an objection is in the report; ``console``: it was decided there, and one goes back there."""

    shown: bool = False
    console: bool = False


class CorrectionForm(Form):
    """What is put right in a published report."""

    correction: str = Field(min_length=10, max_length=1000)
