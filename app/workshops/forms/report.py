"""What is written once the room is closed."""

from pydantic import Field

from app.core.forms import Form


class ReportForm(Form):
    """What the room concludes, and what happens next."""

    conclusion: str = Field(min_length=20, max_length=3000)
    next_steps: str = Field(default="", max_length=2000)
