"""What a facilitator prepares."""

import re
from datetime import date, time

from pydantic import Field, field_validator, model_validator

from app.core.forms import Form, Id, wrong
from app.core.i18n import gettext as _
from app.workshops.states import VOTES, Hands, Reveal, StepKind

MAX_OPTIONS = 12
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)  # beyond, it is a slip of the keyboard


class WorkshopForm(Form):
    """Where and when people meet, and about what."""

    title: str = Field(min_length=8, max_length=120)
    place: str = Field(min_length=3, max_length=160)
    text: str = Field(default="", max_length=2000)
    day: date
    hour: time
    minutes: int = Field(ge=15, le=600)
    edited: int = 0

    @field_validator("day")
    @classmethod
    def _likely(cls, value: date) -> date:
        if not FIRST_DAY <= value <= LAST_DAY:
            raise wrong(_("Écrivez une date possible, par exemple 14/03/2027."))
        return value

    @field_validator("hour", mode="before")
    @classmethod
    def _clock(cls, value: str) -> str:
        """« 18 h 30 », « 18h » and « 18:30 » are the same hour."""
        found = re.fullmatch(r"([0-2]?[0-9])\s*[h:]\s*([0-5][0-9])?(?::00)?", str(value).lower())
        if not found or int(found[1]) > 23:
            raise wrong(_("Écrivez une heure, par exemple 18:30."))
        return f"{int(found[1]):02}:{found[2] or '00'}"


class StepForm(Form):
    """One step of the run sheet; what one votes for is ticked or typed, one line each."""

    kind: StepKind
    title: str = Field(min_length=4, max_length=90)
    text: str = Field(default="", max_length=2000)
    minutes: int = Field(ge=1, le=240)
    dots: int = Field(default=7, ge=1, le=20)
    cap: int = Field(default=3, ge=1, le=20)
    hands: Hands = Hands.SINGLE
    reveal: Reveal = Reveal.HIDDEN
    priorities: list[Id] = Field(default_factory=list)
    sheets: list[Id] = Field(default_factory=list)
    needs_typed: str = Field(default="", max_length=200)
    typed: str = Field(default="", max_length=1500)
    edited: int = 0

    @property
    def lines(self) -> list[str]:
        """The options typed, one a line."""
        return [line.strip() for line in self.typed.split("\n") if line.strip()]

    @property
    def need_references(self) -> list[str]:
        """The needs cited, by reference, each once."""
        return list(dict.fromkeys(word.upper() for word in re.split(r"[\s,;]+", self.needs_typed) if word))

    @field_validator("priorities", "sheets")
    @classmethod
    def _once(cls, values: list[int]) -> list[int]:
        return list(dict.fromkeys(values))

    @model_validator(mode="after")
    def _coherent(self) -> "StepForm":
        if self.kind not in VOTES:
            return self
        if self.cap > self.dots:
            raise wrong(_("Une personne ne peut pas poser plus de gommettes sur un choix qu’elle n’en a."), "cap")
        if any(len(line) > 90 for line in self.lines):
            raise wrong(_("Un choix est trop long : 90 caractères au plus par ligne."), "typed")
        if len({line.casefold() for line in self.lines}) < len(self.lines):
            raise wrong(_("Deux choix sont les mêmes : gardez-en un."), "typed")
        total = len(self.lines) + len(self.priorities) + len(self.sheets) + len(self.need_references)
        if not 2 <= total <= MAX_OPTIONS:
            message = _("Un vote propose de 2 à %(n)s choix ; il y en a %(given)s.")
            raise wrong(message % {"n": MAX_OPTIONS, "given": total}, "typed")
        return self


class MoveStepForm(Form):
    """Up or down in the run sheet."""

    direction: str

    @property
    def offset(self) -> int:
        """-1 goes earlier, 1 later."""
        return -1 if self.direction == "up" else 1
