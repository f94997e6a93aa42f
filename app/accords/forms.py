"""What a technician types about an accord."""

from datetime import date

from pydantic import Field, field_validator, model_validator

from app.accords.states import Verb
from app.core.forms import Form, Id, wrong
from app.core.i18n import gettext as _
from app.core.i18n import today


class PhaseForm(Form):
    """One step of the calendar."""

    title: str = Field(min_length=3, max_length=80)
    period: str = Field(min_length=3, max_length=60)
    text: str = Field(default="", max_length=400)
    starts_on: date
    ends_on: date
    opens: list[Verb] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ordered(self) -> "PhaseForm":
        if self.ends_on < self.starts_on:
            raise wrong(_("La fin vient avant le début."), "ends_on")
        return self


class ChallengeForm(Form):
    """An enjeu."""

    title: str = Field(min_length=8, max_length=160)
    text: str = Field(default="", max_length=2000)


class PriorityForm(Form):
    """A priorité; ``edited`` is the version on which the person worked."""

    title: str = Field(min_length=8, max_length=160)
    text: str = Field(default="", max_length=2000)
    theme_id: Id
    challenge_id: Id | None = None
    edited: int = Field(default=0, ge=0, le=10**6)


class StageForm(Form):
    """A move of an enjeu or a priorité."""

    verb: str = Field(max_length=20)
    note: str = Field(default="", max_length=600)

    @model_validator(mode="after")
    def _explained(self) -> "StageForm":
        if self.verb == "withdraw" and len(self.note) < 10:
            raise wrong(_("Dites pourquoi elle est retirée : la raison est publiée."), "note")
        return self


class RankForm(Form):
    """The rank set by the territorial committee, and when; empty to unrank."""

    rank: int | None = Field(default=None, ge=1, le=99)
    ranked_on: date | None = None

    @field_validator("ranked_on")
    @classmethod
    def _not_future(cls, value: date | None) -> date | None:
        if value and value > today():
            raise wrong(_("Cette date est à venir : écrivez celle du comité qui a classé."))
        return value

    @model_validator(mode="after")
    def _dated(self) -> "RankForm":
        if self.rank and not self.ranked_on:
            raise wrong(_("Un rang porte la date du comité qui l’a fixé."), "ranked_on")
        return self
