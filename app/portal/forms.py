"""What a person types on pages that join features."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from app.core.forms import Form, wrong
from app.core.i18n import gettext as _
from app.identity.forms import plain_email
from app.identity.states import YOUTH_AGES, AgeBracket, College


class LookupForm(Form):
    """A tracking code or a public reference, as typed or read aloud."""

    code: str = Field(min_length=6, max_length=40)


class CorrectionForm(Form):
    """The words of a need, corrected by its author; ``seen`` marks those that the form showed."""

    title: str = Field(min_length=8, max_length=120)
    text: str = Field(min_length=20, max_length=3000)
    seen: str = Field(default="", max_length=40)

    @field_validator("title")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join(value.split())


class ProfileForm(Form):
    """What a person says of themselves."""

    pseudonym: str = Field(min_length=2, max_length=60)
    college: College | None = None
    commune: str = Field(default="", max_length=5)
    age: AgeBracket | None = None
    shows_commune: bool = False

    @field_validator("pseudonym")
    @classmethod
    def _name(cls, value: str) -> str:
        """One line, with something to read in it."""
        if not any(sign.isalnum() for sign in value):
            raise wrong(_("Écrivez au moins une lettre ou un chiffre."))
        return " ".join(value.split())

    @model_validator(mode="after")
    def _consistent(self) -> "ProfileForm":
        if self.college == College.YOUTH and self.age and self.age not in YOUTH_AGES:
            raise wrong(_("Le collège jeunes réunit les personnes de 12 à 27 ans. Choisissez-en un autre."), "college")
        if self.shows_commune and not self.commune:
            raise wrong(_("Choisissez votre commune pour la montrer."), "commune")
        return self


class ParentForm(Form):
    """The address of a parent."""

    email: str = Field(max_length=254)

    @field_validator("email", mode="before")
    @classmethod
    def _lower(cls, value: str) -> str:
        return plain_email(value)


class AgreementForm(Form):
    """What a parent answers."""

    answer: Literal["yes", "no"]


class ClosingForm(Form):
    """What becomes of one's contributions, and that one means it."""

    contributions: Literal["keep", "erase"]
    sure: bool = False

    @model_validator(mode="after")
    def _meant(self) -> "ClosingForm":
        if not self.sure:
            raise wrong(_("Cochez cette case pour fermer votre compte."), "sure")
        return self


class FollowForm(Form):
    """How often one wants news, and where; an account knows where."""

    rhythm: Literal["aussitot", "semaine"]
    email: str | None = Field(default=None, max_length=254)

    @field_validator("email", mode="before")
    @classmethod
    def _lower(cls, value: str) -> str:
        return plain_email(value)


class RhythmForm(Form):
    """How often one wants news of what one follows already, or no more."""

    rhythm: Literal["aussitot", "semaine", "jamais"]


class PersonaForm(Form):
    """Which demonstration person to become."""

    persona: str = Field(max_length=20)
    territoire: str = Field(default="", max_length=80)
    next: str = Field(default="", max_length=500)
