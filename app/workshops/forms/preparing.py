"""What a facilitator prepares: where and when people meet, the same elsewhere, tables and printed codes."""

import re
from datetime import date, time
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from app.core.forms import Filled, Form, fill, wrong
from app.core.i18n import gettext as _
from app.workshops.states import Mode

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)  # beyond, it is a slip of the keyboard
MOST_COPIES = 20
COPY_FIELDS = ("commune", "place", "day", "hour")
_START = re.compile(r"(modele-[a-z]{2,20}|atelier-[1-9][0-9]{0,8})")


def written_clock(value: str) -> str:
    """« 18 h 30 », « 18h » and « 18:30 » are the same hour."""
    found = re.fullmatch(r"([0-2]?[0-9])\s*[h:]\s*([0-5][0-9])?(?::00)?", str(value).lower())
    if not found or int(found[1]) > 23:
        raise wrong(_("Écrivez une heure, par exemple 18:30."))
    return f"{int(found[1]):02}:{found[2] or '00'}"


class WhenForm(Form):
    """A day and an hour, as people write them."""

    day: date
    hour: time

    @field_validator("day")
    @classmethod
    def _likely(cls, value: date) -> date:
        if not FIRST_DAY <= value <= LAST_DAY:
            raise wrong(_("Écrivez une date possible, par exemple 14/03/2027."))
        return value

    @field_validator("hour", mode="before")
    @classmethod
    def _clock(cls, value: str) -> str:
        return written_clock(value)


class WorkshopForm(WhenForm):
    """Where and when people meet, and about what.

    ``start_from``: the run sheet that a new workshop begins with, ready-made (« modele-… ») or another workshop's.
    """

    title: str = Field(min_length=8, max_length=120)
    mode: Mode = Mode.ONSITE
    place: str = Field(default="", max_length=160)
    link: str = Field(default="", max_length=300)
    text: str = Field(default="", max_length=2000)
    access: str = Field(default="", max_length=600)
    minutes: int = Field(ge=15, le=600)
    registration: bool = False
    capacity: int | None = Field(default=None, ge=1, le=5000)
    start_from: str = Field(default="", max_length=30)
    edited: int = 0

    @field_validator("link")
    @classmethod
    def _safe(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            written = not value or (parts.scheme == "https" and "." in (parts.hostname or "") and not parts.username)
        except ValueError:
            written = False
        if not written or re.search(r"\s", value):
            raise wrong(_("Écrivez une adresse complète qui commence par https://."))
        return value

    @field_validator("start_from")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and not _START.fullmatch(value):
            raise wrong(_("Choisissez une des réponses proposées."))
        return value

    @model_validator(mode="after")
    def _somewhere(self) -> "WorkshopForm":
        if self.mode != Mode.REMOTE and len(self.place) < 3:
            raise wrong(_("Dites où l’on se retrouve : la salle, puis la commune."), "place")
        return self


class ReplicateForm(Form):
    """The same workshop elsewhere: the name of the series; its rows are numbered fields (``commune_1``…)."""

    title: str = Field(min_length=8, max_length=100)
    rows: int = Field(default=3, ge=1, le=MOST_COPIES)
    more: str = Field(default="", max_length=3)  # the button that asks for more rows


class CopyForm(WhenForm):
    """One more place and time."""

    commune: str = Field(pattern=r"^[0-9AB]{5}$")
    place: str = Field(min_length=3, max_length=120)


def copies(form: Filled[ReplicateForm]) -> list[CopyForm]:
    """The rows of a series; an empty one is left out, what is wrong with another is said beside its fields."""
    found = []
    for number in range(1, MOST_COPIES + 1):
        typed: dict[str, Any] = {name: str(form.values.get(f"{name}_{number}") or "") for name in COPY_FIELDS}
        if not any(typed[name] for name in COPY_FIELDS[:3]):
            continue
        row = fill(CopyForm, typed)
        for name, message in row.errors.items():
            form.refuse(f"{name}_{number}", message)
        if row.ok:
            found.append(row.ok)
    if not found and not form.errors:
        form.refuse("commune_1", _("Remplissez au moins une ligne : une commune, un lieu, un jour, une heure."))
    return found


class TablesForm(Form):
    """How many tables, and what each is called, in order."""

    tables: int = Field(ge=0, le=40)
    labels: list[str] = Field(default_factory=list, max_length=40)

    @property
    def names(self) -> list[str]:
        """A name a table, empty where none is typed."""
        return [*self.labels, *[""] * self.tables][: self.tables]

    @field_validator("labels")
    @classmethod
    def _short(cls, values: list[str]) -> list[str]:
        if any(len(value) > 60 for value in values):
            raise wrong(_("Un nom de table est trop long : 60 caractères au plus."), "labels")
        return [" ".join(value.split()) for value in values]


class TicketsForm(Form):
    """How many codes to print for borrowed devices."""

    codes: int = Field(ge=1, le=100)
