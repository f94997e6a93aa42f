"""What a person types about a need."""

import re
from datetime import date

from pydantic import Field, field_validator, model_validator

from app.core.forms import Form, Id, clean, wrong
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.identity.forms import plain_email
from app.identity.states import College
from app.needs.states import ListState, Outcome, Sort
from app.threads.forms import OWN_NAME

_LENGTHS = {"q": 200, "territoire": 80, "commune": 5, "apres": 60, "avant": 60}
_KEY = re.compile(r"^[A-Za-z0-9_-]{22,64}$")


class NeedForm(Form):
    """A need, said in two minutes. ``once`` makes a double submit harmless."""

    title: str = Field(min_length=8, max_length=120)
    text: str = Field(min_length=20, max_length=3000)
    theme: str = Field(max_length=40)
    place: str = Field(max_length=10)
    college: College | None = None
    in_name_of: str = Field(default=OWN_NAME, max_length=12)
    email: str | None = Field(default=None, max_length=254)
    charter: bool
    once: str

    @field_validator("title")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join(value.split())

    @field_validator("email", mode="before")
    @classmethod
    def _email(cls, value: str | None) -> str | None:
        return plain_email(value) if value else None

    @field_validator("charter")
    @classmethod
    def _accepted(cls, value: bool) -> bool:
        if not value:
            raise wrong(_("Cochez la case pour continuer."))
        return value

    @field_validator("once")
    @classmethod
    def _key(cls, value: str) -> str:
        if not _KEY.match(value):
            raise wrong(_("Cette page a expiré. Votre texte est gardé : envoyez-le de nouveau."))
        return value


class NeedFilter(Form):
    """How a reader narrows and orders the list; every value may come from a hand-typed address."""

    q: str = ""
    territoire: str = ""
    theme: str = ""
    commune: str = ""
    college: College | None = None
    etat: ListState | None = None
    priorite: int | None = Field(default=None, ge=1, le=2**31)
    tri: Sort = Sort.RECENT
    apres: str = ""
    avant: str = ""

    @model_validator(mode="before")
    @classmethod
    def _forgive(cls, values: dict[str, str]) -> dict[str, str]:
        """An unknown value narrows nothing: a mistyped address still shows a list."""
        kept = {k: clean(str(v)) for k, v in values.items() if v not in ("", None)}
        for name, choices in (("college", College), ("etat", ListState), ("tri", Sort)):
            if name in kept and kept[name] not in set(choices):
                del kept[name]
        if not re.fullmatch(r"[1-9][0-9]{0,8}", str(kept.get("priorite", "1"))):
            del kept["priorite"]
        return {k: v[: _LENGTHS.get(k, 40)] for k, v in kept.items()}


class AttachForm(Form):
    """The priorité that a need serves; empty to detach."""

    priority_id: Id | None = None
    note: str = Field(default="", max_length=600)


class AnswerForm(Form):
    """An answer to a need."""

    outcome: Outcome
    text: str = Field(min_length=20, max_length=3000)
    body_id: Id
    addressee: str = Field(default="", max_length=160)
    answered_on: date

    @field_validator("answered_on")
    @classmethod
    def _past(cls, value: date) -> date:
        if value > today():
            raise wrong(_("Cette date est à venir : une réponse est datée du jour où elle est donnée."))
        return value

    @model_validator(mode="after")
    def _addressed(self) -> "AnswerForm":
        if self.outcome == Outcome.REDIRECTED and not self.addressee:
            raise wrong(_("Dites vers quel service ou quelle politique ce besoin est orienté."), "addressee")
        return self
