"""What the console and the phones send."""

import re
from typing import Any

from pydantic import Field, field_validator, model_validator

from app.core.forms import Form, Id, Once, clean, wrong
from app.core.i18n import gettext as _
from app.identity.states import College

_MARK = re.compile(r"^([1-9][0-9]{0,8}):([0-9]{1,2})$")
_GROUP = re.compile(r"^grade-[1-9][0-9]{0,8}$")  # the name of a group of mentions: one an option
MOST_PEOPLE = 20  # places of one device, people around one table


class ActForm(Form):
    """An act of the console, on the room as its sender saw it; -1 saw nothing."""

    edited: int = Field(default=-1, ge=0, le=2**31 - 1)


class SeatForm(Form):
    """The collège of a participant, asked once; ``place``: which of the people that one device holds."""

    college: College
    once: Once | None = None
    place: int = Field(default=1, ge=1, le=MOST_PEOPLE)
    table: Id | None = None


class LentForm(Form):
    """A printed code on a borrowed device; the collège is asked the first time that it serves."""

    code: str = Field(min_length=1, max_length=40)
    college: College | None = None
    once: Once | None = None


class TableForm(Form):
    """The table where one sits down."""

    table: Id


class PeopleForm(Form):
    """How many people share the device of a table."""

    people: int = Field(ge=1, le=MOST_PEOPLE)


class BallotForm(Form):
    """One ballot: ``dots`` and ``grade`` are « option:number », ``choice`` the options chosen.

    ``words``: why one objects. ``place``: which of the people that one device holds. A plain form has one group of
    mentions an option, each with a name of its own: they are all ``grade``. ``seat``: who filled it, when a script
    knows: a device may have gone to somebody else since.
    """

    step: Id
    dots: list[str] = Field(default_factory=list)
    grade: list[str] = Field(default_factory=list)
    choice: list[Id] = Field(default_factory=list)
    words: str = Field(default="", max_length=500)
    seat: Id | None = None
    place: int = Field(default=1, ge=1, le=MOST_PEOPLE)

    @model_validator(mode="before")
    @classmethod
    def _grouped(cls, given: Any) -> Any:
        groups = [value for name, value in given.items() if _GROUP.match(name)]
        return given | {"grade": [*given.get("grade", []), *groups]} if groups else given

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
