"""What the console sends, besides the acts that only say which state they saw."""

from datetime import datetime, time, timedelta
from typing import Literal

from pydantic import Field, field_validator

from app.core.forms import Form
from app.core.i18n import PARIS
from app.identity.states import College
from app.workshops.forms.preparing import written_clock
from app.workshops.forms.room import ActForm
from app.workshops.states import Screen

BEFORE = timedelta(hours=6)  # an hour further back than this is tomorrow's


class ExtendForm(ActForm):
    """Some more minutes."""

    minutes: Literal[2, 5] = 2

    @field_validator("minutes", mode="before")
    @classmethod
    def _number(cls, value: str) -> int:
        return int(value) if str(value).isdecimal() else 0


class EndForm(ActForm):
    """When the present step should end, on the clock of the wall."""

    until: time

    @field_validator("until", mode="before")
    @classmethod
    def _clock(cls, value: str) -> str:
        return written_clock(value)

    def moment(self, now: datetime) -> datetime:
        """The next time that the clock says so; past for the last hours, so that a slip is seen."""
        found = datetime.combine((now - BEFORE).astimezone(PARIS).date(), self.until, PARIS)
        return found + timedelta(days=1) if found < now - BEFORE else found


class LiveForm(ActForm):
    """Whether the bars are shown as they grow."""

    shown: bool


class RevealForm(ActForm):
    """``anyway``: although paper ballots wait, which then never count."""

    anyway: bool = False


class ScreenForm(ActForm):
    """What the projected page does."""

    screen: Screen


class PagesForm(Form):
    """The page of a view that shows, or should; ``held``: it stays there, instead of turning by itself."""

    key: str = Field(pattern=r"^[1-9][0-9]{0,9}-[a-z]{1,12}$")
    page: int = Field(ge=1, le=999)
    pages: int = Field(ge=1, le=999)
    held: bool


class OrderForm(ActForm):
    """One place earlier or later."""

    direction: Literal["up", "down"]

    @property
    def offset(self) -> int:
        """How far down the run sheet."""
        return 1 if self.direction == "down" else -1


class HeadsForm(Form):
    """People without a device, by collège."""

    habitants: int = Field(default=0, ge=0, le=2000)
    associations: int = Field(default=0, ge=0, le=2000)
    entreprises: int = Field(default=0, ge=0, le=2000)
    jeunes: int = Field(default=0, ge=0, le=2000)
    institutions: int = Field(default=0, ge=0, le=2000)

    @property
    def people(self) -> dict[str, int]:
        """The counts, by code of collège."""
        return {college.value: getattr(self, college.value) for college in College}
