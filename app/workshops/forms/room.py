"""What the console and the phones send."""

import re

from pydantic import Field, field_validator

from app.core.forms import Form, Id, clean, wrong
from app.core.i18n import gettext as _
from app.identity.states import College

_MARK = re.compile(r"^([1-9][0-9]{0,8}):([0-9]{1,2})$")


class ActForm(Form):
    """An act of the console, on the room as its sender saw it; -1 saw nothing."""

    edited: int = Field(default=-1, ge=0, le=2**31 - 1)


class SeatForm(Form):
    """The collège of a participant: asked once."""

    college: College


class BallotForm(Form):
    """One ballot: ``dots`` and ``grade`` are « option:number », ``choice`` the options chosen.

    ``words``: why one objects. ``place``: which of the people that one device holds.
    """

    step: Id
    dots: list[str] = Field(default_factory=list)
    grade: list[str] = Field(default_factory=list)
    choice: list[Id] = Field(default_factory=list)
    words: str = Field(default="", max_length=500)
    place: int = Field(default=1, ge=1, le=20)

    @field_validator("dots", "grade")
    @classmethod
    def _readable(cls, values: list[str]) -> list[str]:
        if not all(_MARK.match(value) for value in values):
            raise wrong(_("Ce bulletin n’a pas la forme attendue. Rechargez la page : vos choix sont à refaire."))
        return values

    @property
    def marks(self) -> dict[int, int]:
        """Dots, approvals or grades by option; an option without any is left out."""
        found = dict.fromkeys(self.choice, 1)
        for value in (*self.dots, *self.grade):
            option, number = value.split(":")
            if int(number):
                found[int(option)] = int(number)
        return found


def normal_room_code(typed: str) -> str:
    """A room's code as typed: case, spaces and dashes do not matter."""
    return "".join(c for c in clean(typed).upper() if c.isalnum())[:12]
