"""What a person types about a need."""

import re
from datetime import date
from typing import Literal

from pydantic import Field, field_validator, model_validator

from app.core.forms import Form, Id, Once, Ticked, clean, wrong
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.identity.forms import plain_email
from app.identity.states import College
from app.needs.states import GroupState, ListState, Outcome, Scale, Sort
from app.threads.forms import OWN_NAME, TrapForm, VoiceForm

SHORTEST_COMMENT, LONGEST_COMMENT = 10, 1500  # as CommentForm
_LENGTHS = {"q": 200, "territoire": 80, "commune": 5, "apres": 60, "avant": 60}
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,20})?", re.ASCII)


class PlaceForm(Form):
    """Where: a commune, a spot in it, or a whole territory.

    ``place`` is the INSEE code of a commune, or « T » and the id of a territory; ``whole`` is the latter, chosen in a
    list of its own. ``latitude`` and ``longitude`` are degrees (WGS 84), kept to four decimals: about ten metres.
    """

    scale: Scale | None = None
    place: str = Field(default="", max_length=10)
    whole: str = Field(default="", max_length=10)
    place_note: str = Field(default="", max_length=120)
    latitude: float | None = None
    longitude: float | None = None

    @field_validator("place_note")
    @classmethod
    def _note(cls, value: str) -> str:
        return " ".join(value.split())

    @field_validator("latitude", "longitude", mode="before")
    @classmethod
    def _degrees(cls, value: str | None) -> float | None:
        if not value:
            return None
        written = str(value).replace(",", ".").removesuffix("°").strip()
        if not _DEGREES.fullmatch(written) or abs(float(written)) > 180:
            raise wrong(_("Écrivez des degrés, par exemple 48,5776."))
        return round(float(written), 4)


class NeedForm(PlaceForm, TrapForm):
    """A need, said in two minutes. ``once`` makes a double submit harmless."""

    title: str = Field(min_length=8, max_length=120)
    text: str = Field(min_length=20, max_length=3000)
    theme: str = Field(max_length=40)
    college: College | None = None
    in_name_of: str = Field(default=OWN_NAME, max_length=12)
    email: str | None = Field(default=None, max_length=254)
    charter: Ticked = False
    once: Once

    @field_validator("title")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join(value.split())

    @field_validator("email", mode="before")
    @classmethod
    def _email(cls, value: str | None) -> str | None:
        return plain_email(value) if value else None


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


class BackForm(Form):
    """Where one goes afterwards: the list from which one came, or the page of what was changed."""

    retour: str = Field(default="", max_length=300)


class AttachForm(BackForm):
    """The priorité that a need, or a group, serves; empty to detach."""

    priority_id: Id | None = None
    note: str = Field(default="", max_length=600)


class AnswerForm(BackForm):
    """An answer to a need, or to a group."""

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


class MembersForm(Form):
    """Needs of a group, ticked in a list, or named by their references: « ML-4K7P, ML-9Q2T »."""

    besoin: list[Id] = Field(default_factory=list, max_length=100)
    references: str = Field(default="", max_length=400)

    def each(self) -> list[str]:
        """Each reference typed, once, as it is written on a page."""
        return list(dict.fromkeys(part for part in re.split(r"[\s,;\[\]]+", self.references.upper()) if part))


class GroupWords(Form):
    """The words of a group; ``edited`` is the save on which the person worked."""

    title: str = Field(min_length=8, max_length=120)
    summary: str = Field(default="", max_length=3000)
    edited: int = Field(default=0, ge=0, le=10**6)

    @field_validator("title")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join(value.split())


class GroupForm(GroupWords):
    """A group that begins: its words, its needs, and the group that it leaves, if it splits one."""

    besoin: list[Id] = Field(default_factory=list, max_length=100)
    depuis: Id | None = None


class LeaveForm(Form):
    """« Ce n’est pas ce que j’ai dit »: why a need does not belong to its group."""

    words: str = Field(min_length=10, max_length=600)


class LeaveAnswerForm(Form):
    """The answer to an author who asks that a need leave its group; to keep it, one says why."""

    decision: Literal["sort", "reste"]
    words: str = Field(default="", max_length=600)

    @model_validator(mode="after")
    def _explained(self) -> "LeaveAnswerForm":
        if self.decision == "reste" and len(self.words) < 10:
            raise wrong(_("Dites pourquoi ce besoin reste, en dix caractères au moins : son auteur le lira."), "words")
        return self


class GroupFilter(Form):
    """How a reader narrows the list of groups, or of what awaits an answer; any value may come from a typed address."""

    territoire: str = ""
    theme: str = ""
    etat: GroupState | None = None
    apres: str = ""
    avant: str = ""

    @model_validator(mode="before")
    @classmethod
    def _forgive(cls, values: dict[str, str]) -> dict[str, str]:
        """An unknown value narrows nothing: a mistyped address still shows a list."""
        kept = {k: clean(str(v)) for k, v in values.items() if v not in ("", None)}
        if kept.get("etat") not in set(GroupState):
            kept.pop("etat", None)
        return {k: v[: _LENGTHS.get(k, 40)] for k, v in kept.items()}


class AlsoForm(VoiceForm, TrapForm):
    """« C’est aussi mon besoin », pressed while saying one: what was typed comes along; ``keep``: as a comment."""

    title: str = ""
    text: str = ""
    words: str = ""
    keep: bool = False

    @model_validator(mode="after")
    def _kept(self) -> "AlsoForm":
        if self.keep and not SHORTEST_COMMENT <= len(self.words) <= LONGEST_COMMENT:
            raise wrong(_("Un commentaire fait de 10 à 1 500 signes : complétez ou raccourcissez vos mots."), "words")
        return self
