"""What a clerk types: a contribution that somebody else wrote or said, a collecte, how many sheets to print."""

import re
from datetime import date
from typing import Any

from pydantic import Field, field_validator, model_validator

from app.core.forms import Form, Id, Once, wrong
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.identity.states import College
from app.threads.states import Origin

CLERKED = (Origin.PAPER, Origin.PHONE, Origin.WORKSHOP)  # the ways that go through somebody's hands
MAX_FORMS = 100  # A4 forms printed at once
MAX_PAGES = 50  # pages of four cards printed at once
_FRENCH_DATE = re.compile(r"^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})$")
_WORD = re.compile(r"^[A-Z0-9]{2,5}$")


def iso_date(value: Any) -> Any:
    """« 14/03/2027 » as « 2027-03-14 »; anything else as it came."""
    found = _FRENCH_DATE.match(value.strip()) if isinstance(value, str) else None
    return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else value


class WordsForm(Form):
    """The words of a contribution; however short, they are those of the sheet."""

    title: str = Field(min_length=3, max_length=120)
    text: str = Field(min_length=3, max_length=3000)

    @field_validator("title")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join(value.split())


class ReadForm(WordsForm):
    """Words read again against their sheet; ``seen`` marks those that the page showed."""

    seen: str = Field(default="", max_length=16)


class TranscriptionForm(WordsForm):
    """A contribution typed for somebody: ``place`` is an INSEE code, or « T » for the whole territory."""

    origin: Origin
    campaign_id: Id | None = None
    sheet_ref: str = Field(default="", max_length=40)
    collected_on: date
    place: str = Field(max_length=10)
    theme: str = Field(max_length=40)
    college: College

    @field_validator("collected_on", mode="before")
    @classmethod
    def _as_people_write_it(cls, value: Any) -> Any:
        return iso_date(value)

    @field_validator("collected_on")
    @classmethod
    def _past(cls, value: date) -> date:
        if value > today():
            raise wrong(_("Cette date est à venir : donnez le jour où la contribution a été recueillie."))
        return value

    @field_validator("origin")
    @classmethod
    def _through_hands(cls, value: Origin) -> Origin:
        if value not in CLERKED:
            raise wrong(_("Choisissez une des réponses proposées."))
        return value

    @field_validator("sheet_ref")
    @classmethod
    def _capitals(cls, value: str) -> str:
        return " ".join(value.upper().split())

    @model_validator(mode="after")
    def _numbered(self) -> "TranscriptionForm":
        if self.origin == Origin.PAPER and not self.sheet_ref:
            raise wrong(_("Donnez le numéro de la fiche : la deuxième lecture en a besoin."), "sheet_ref")
        return self


class SeriesForm(TranscriptionForm):
    """The same, typed on the page of series; ``once`` makes a double submit harmless."""

    once: Once


class CampaignForm(Form):
    """A collecte; ``word`` ends its mark, « COLL » in « ML-COLL », and is not asked again once it is printed."""

    word: str = Field(min_length=2, max_length=5)
    name: str = Field(min_length=4, max_length=120)
    text: str = Field(default="", max_length=600)
    starts_on: date
    ends_on: date | None = None

    @field_validator("starts_on", "ends_on", mode="before")
    @classmethod
    def _as_people_write_it(cls, value: Any) -> Any:
        return iso_date(value)

    @field_validator("word")
    @classmethod
    def _capitals(cls, value: str) -> str:
        if not _WORD.match(value.upper()):
            raise wrong(_("De 2 à 5 lettres ou chiffres, sans accent ni espace."))
        return value.upper()

    @model_validator(mode="after")
    def _in_order(self) -> "CampaignForm":
        if self.ends_on and self.ends_on < self.starts_on:
            raise wrong(_("La fin vient avant le début."), "ends_on")
        return self


class FormsForm(Form):
    """How many A4 forms to print."""

    copies: int = Field(ge=1, le=MAX_FORMS)


class CardsForm(Form):
    """How many pages of four cards to print."""

    pages: int = Field(ge=1, le=MAX_PAGES)


class AcceptForm(Form):
    """« Tout importer »: the key from which the tracking codes are made, which only this page knows."""

    once: Once
