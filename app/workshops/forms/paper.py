"""What is typed from paper ballots."""

import re

from pydantic import Field, field_validator, model_validator

from app.core.forms import Form, Id, clean, wrong
from app.core.i18n import gettext as _
from app.core.machine import label
from app.identity.states import College

MAX_COPIES = 200  # ballots printed at once
OTHER = "other"
VOID_REASONS = {
    "too_many": label("Trop de gommettes ou trop de réponses"),
    "no_college": label("Aucun collège coché, ou plusieurs"),
    "unreadable": label("Illisible"),
    "damaged": label("Abîmé ou gâché, remplacé par un autre"),
    OTHER: label("Autre raison"),
}
_NUMBER = re.compile(r"^(?:P|N°)?[\s.°-]*([0-9]{1,6})$")


def number_of(typed: str) -> int | None:
    """« P-0318 », « p 318 » and « 318 » are the same number; None if it is none."""
    found = _NUMBER.match(clean(typed).upper())
    return int(found[1]) or None if found else None


class CopiesForm(Form):
    """How many ballots to print."""

    copies: int = Field(ge=1, le=MAX_COPIES)


class PaperForm(Form):
    """One paper ballot: a mark beside each option in its order, or the options chosen."""

    college: College
    option: list[Id] = Field(default_factory=list)
    mark: list[str] = Field(default_factory=list)
    choice: list[Id] = Field(default_factory=list)
    words: str = Field(default="", max_length=500)

    @field_validator("mark")
    @classmethod
    def _numbers(cls, values: list[str]) -> list[str]:
        if not all(re.fullmatch(r"[0-9]{0,2}", value.strip()) for value in values):
            raise wrong(_("Écrivez un nombre, ou laissez vide."))
        return values

    @model_validator(mode="after")
    def _paired(self) -> "PaperForm":
        if len(self.option) != len(self.mark):
            raise wrong(_("Ce bulletin n’a pas la forme attendue. Rechargez la page, puis recommencez."), "mark")
        return self

    @property
    def marks(self) -> dict[int, int]:
        """By option; what is left empty, or zero, is left out."""
        typed = {option: int(mark) for option, mark in zip(self.option, self.mark, strict=True) if mark.strip()}
        return dict.fromkeys(self.choice, 1) | {option: mark for option, mark in typed.items() if mark}


class VoidForm(Form):
    """Why a paper ballot is not counted."""

    reason: str = Field(min_length=1, max_length=20)
    words: str = Field(default="", max_length=160)

    @field_validator("reason")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in VOID_REASONS:
            raise wrong(_("Choisissez une des raisons proposées."))
        return value

    @model_validator(mode="after")
    def _explained(self) -> "VoidForm":
        if self.reason == OTHER and not self.words:
            raise wrong(_("Dites la raison en quelques mots."), "words")
        return self

    @property
    def said(self) -> str:
        """The reason, as it is kept and shown."""
        return self.words if self.reason == OTHER else _(VOID_REASONS[self.reason])
