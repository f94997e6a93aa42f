"""What a person types to sign in, and to grant or end a role."""

import re
from datetime import date, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import Field, field_validator, model_validator
from stdnum.fr import siret as siret_numbers

from app.core.forms import Form, Id, clean, wrong
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.identity.states import OrganisationKind, RoleKind, RoleState

LATEST_START = timedelta(days=366)
WHOLE = "tout-le-finistere"  # instead of the slug of a territory: a role on the whole département


class AddressForm(Form):
    """The address that an account wants for its own."""

    email: str = Field(max_length=254)

    @field_validator("email", mode="before")
    @classmethod
    def _lower(cls, value: str) -> str:
        return plain_email(value)


class SignInForm(AddressForm):
    """An address to send a link to, and where to go back."""

    next: str = Field(default="", max_length=500)


class CodeForm(Form):
    """The code shown in the browser that asked for the link."""

    code: str = Field(default="", max_length=20)


def plain_email(value: str) -> str:
    """The address in lower case.

    Raises:
        PydanticCustomError: it has not the form of an address, said in plain words.
    """
    try:
        return validate_email(str(value).strip().lower(), check_deliverability=False).normalized
    except EmailNotValidError as invalid:
        raise wrong(_("Écrivez une adresse complète, par exemple nom@exemple.fr.")) from invalid


class RoleForm(Form):
    """A role offered to an address; ``territory`` is a slug, or WHOLE for the whole département."""

    email: str = Field(max_length=254)
    kind: RoleKind
    territory: str = Field(max_length=80)
    starts_on: date
    ends_on: date | None = None
    reason: str = Field(min_length=3, max_length=300)

    @field_validator("email", mode="before")
    @classmethod
    def _lower(cls, value: str) -> str:
        return plain_email(value)

    @model_validator(mode="after")
    def _ordered(self) -> "RoleForm":
        if self.starts_on < today():
            raise wrong(_("Un rôle commence aujourd’hui ou plus tard."), "starts_on")
        if self.starts_on > today() + LATEST_START:
            raise wrong(_("Un rôle commence dans l’année : invitez plus tard."), "starts_on")
        if self.ends_on and self.ends_on < self.starts_on:
            raise wrong(_("La fin vient avant le début."), "ends_on")
        return self


class EndForm(Form):
    """Why a role ends, and its last day; at once if no day is given."""

    ends_on: date | None = None
    reason: str = Field(min_length=3, max_length=300)

    @field_validator("ends_on")
    @classmethod
    def _to_come(cls, value: date | None) -> date | None:
        if value and value < today():
            raise wrong(_("Le dernier jour est aujourd’hui ou plus tard. Sans date, le rôle prend fin aussitôt."))
        return value


class WhyForm(Form):
    """Why something is done to somebody's account."""

    reason: str = Field(min_length=3, max_length=300)


class RoleFilter(Form):
    """How the list of roles is narrowed; every value may come from a hand-typed address."""

    territoire: str = ""
    role: RoleKind | None = None
    nom: str = ""
    etat: RoleState = RoleState.IN_FORCE
    page: int = 1

    @model_validator(mode="before")
    @classmethod
    def _forgive(cls, values: dict[str, Any]) -> dict[str, Any]:
        """An unknown value narrows nothing: a mistyped address still shows a list."""
        kept = {k: clean(str(v))[:80] for k, v in values.items() if v}
        for name, choices in (("role", RoleKind), ("etat", RoleState)):
            if kept.get(name) not in set(choices):
                kept.pop(name, None)
        if not re.fullmatch(r"[1-9][0-9]{0,4}", kept.get("page", "1")):
            del kept["page"]
        return kept


class PasskeyForm(Form):
    """A passkey to keep: its name, and what the browser answered."""

    label: str = Field(max_length=60)
    credential: str = Field(max_length=50_000)
    next: str = Field(default="", max_length=500)


class ShownKeyForm(Form):
    """A passkey shown: what the browser answered."""

    credential: str = Field(default="", max_length=50_000)
    next: str = Field(default="", max_length=500)


class RecoveryForm(Form):
    """A recovery code, typed."""

    code: str = Field(max_length=40)
    next: str = Field(default="", max_length=500)


_RNA = re.compile(r"W[0-9]{9}")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(:[0-9]{1,5})?")


class OrganisationPageForm(Form):
    """What an organisation says of itself: delegates change it whenever they want."""

    text: str = Field(default="", max_length=1500)
    website: str = Field(default="", max_length=200)

    @field_validator("website")
    @classmethod
    def _web(cls, value: str) -> str:
        if not value:
            return ""
        address = value if "://" in value else f"https://{value}"
        parts = urlsplit(address)
        plain = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.netloc.lower()) and address.isprintable()
        if not plain or " " in address or len(address) > 200:
            raise wrong(_("Écrivez l’adresse d’un site, par exemple https://www.exemple.fr."))
        return address


class OrganisationForm(OrganisationPageForm):
    """What an organisation is, to be verified: its nature, its name, its territory, its numbers."""

    kind: OrganisationKind
    name: str = Field(min_length=3, max_length=120)
    territory: Id
    siret: str | None = Field(default=None, max_length=40)
    rna: str | None = Field(default=None, max_length=40)
    word: str = Field(default="", max_length=600)

    @field_validator("name")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join(value.split())

    @field_validator("siret")
    @classmethod
    def _siret(cls, value: str | None) -> str | None:
        """Its form and its key, La Poste's included."""
        number = re.sub(r"[\s.-]", "", value or "")
        if number and not (number.isascii() and siret_numbers.is_valid(number)):
            raise wrong(_("Ce numéro n’est pas un SIRET : 14 chiffres, dont les derniers vérifient les autres."))
        return number or None

    @field_validator("rna")
    @classmethod
    def _rna(cls, value: str | None) -> str | None:
        number = re.sub(r"[\s.-]", "", value or "").upper()
        if number and not _RNA.fullmatch(number):
            raise wrong(_("Un numéro RNA s’écrit avec un W suivi de 9 chiffres, par exemple W291234567."))
        return number or None

    @model_validator(mode="after")
    def _known_somewhere(self) -> "OrganisationForm":
        """One number at least; without any, what will let somebody verify it."""
        if self.kind in (OrganisationKind.BUSINESS, OrganisationKind.PUBLIC_BODY) and not self.siret:
            raise wrong(
                _("Donnez son numéro SIRET : il est demandé aux entreprises et aux organismes publics."), "siret"
            )
        if not (self.siret or self.rna) and len(self.word) < 20:
            words = _("Sans numéro SIRET ni RNA, dites en une phrase ou deux comment la vérifier.")
            raise wrong(words, "word")
        return self


class OrganisationFilter(Form):
    """How a reader narrows the list; every value may come from a hand-typed address."""

    q: str = ""
    territoire: str = ""
    nature: OrganisationKind | None = None
    page: int = 1

    @model_validator(mode="before")
    @classmethod
    def _forgive(cls, values: dict[str, str]) -> dict[str, str]:
        kept = {name: str(value)[:200] for name, value in values.items() if value}
        if kept.get("nature") not in set(OrganisationKind):
            kept.pop("nature", None)
        if not re.fullmatch(r"[1-9][0-9]{0,4}", kept.get("page", "1")):
            del kept["page"]
        return kept


class DelegateForm(Form):
    """Whom an organisation asks to speak for it."""

    email: str = Field(max_length=254)

    @field_validator("email", mode="before")
    @classmethod
    def _email(cls, value: str) -> str:
        return plain_email(value)


class MandateForm(Form):
    """What becomes of a mandate, by an organisation."""

    verb: Literal["cancel", "end"]


class MandateAnswerForm(Form):
    """What its holder answers."""

    verb: Literal["accept", "decline", "end"]


class OrganisationVerdictForm(Form):
    """Whether an organisation is what it says; ``seen``: the last event of its story when its page was read."""

    decision: Literal["verify", "refuse", "suspend"]
    seen: Id | None = None
    reason: str = Field(default="", max_length=600)

    @model_validator(mode="after")
    def _reasoned(self) -> "OrganisationVerdictForm":
        if self.decision != "verify" and len(self.reason) < 10:
            raise wrong(_("Donnez la raison : les personnes qui parlent pour elle la liront."), "reason")
        return self
