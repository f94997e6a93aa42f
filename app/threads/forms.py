"""What a person types under a need or a fiche, and what a moderator answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from app.core.files import Ready
from app.core.forms import Filled, Form, clean, wrong
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.core.uploads import Sent
from app.identity.forms import plain_email
from app.identity.states import College
from app.policy.actor import Actor, Affiliation
from app.threads.states import CommentKind, RefusalReason, Stance

OWN_NAME = "moi"
SHORTEST_WORDS, LONGEST_WORDS = 5, 300  # characters that say what a file shows


class NameForm(Form):
    """In whose name one speaks: one's own, or the organisation of this id."""

    in_name_of: str = Field(default=OWN_NAME, max_length=12)


class TrapForm(Form):
    """What tells a machine: ``site`` is a field that nobody sees, ``opened`` when the page was made (Unix seconds)."""

    site: str = ""
    opened: str = ""


class VoiceForm(NameForm):
    """Who supports, without an account: a collège and an address to confirm."""

    college: College | None = None
    email: str | None = Field(default=None, max_length=254)

    @field_validator("email", mode="before")
    @classmethod
    def _email(cls, value: str | None) -> str | None:
        return plain_email(value) if value else None


class PositionForm(VoiceForm):
    """A position on a fiche-action."""

    stance: Stance


class CommentForm(VoiceForm, TrapForm):
    """A comment: its kind and its words."""

    kind: CommentKind
    text: str = Field(min_length=10, max_length=1500)


def speaker(form: Filled[Any], me: Actor) -> Affiliation | None:
    """The organisation in whose name one speaks, None for one's own; what one may not say for it is refused here."""
    chosen = str(form.values.get("in_name_of") or OWN_NAME)
    if chosen == OWN_NAME:
        return None
    known = chosen.isascii() and chosen.isdigit() and len(chosen) < 10
    affiliation = me.speaks_for(int(chosen)) if known else None
    if affiliation is None:
        form.refuse("in_name_of", _("Vous ne parlez pas, ou plus, au nom de cette organisation."))
    return affiliation


def check_author(form: Filled[Any], me: Actor, affiliation: Affiliation | None) -> None:
    """Refuse a comment of nobody: without an account, a collège and an address are asked."""
    if not (affiliation or form.values.get("college") or me.college or "in_name_of" in form.errors):
        form.refuse("college", _("Dites à quel titre vous parlez."))
    if not me.signed_in and not form.values.get("email"):
        form.refuse("email", _("Une adresse est nécessaire pour vous répondre."))


def check_voice(form: Filled[Any], me: Actor, affiliation: Affiliation | None) -> None:
    """Refuse a voice of nobody: a collège is asked, and an address of who is not signed in."""
    if form.data and not (affiliation or form.data.college or me.college):
        form.refuse("college", _("Dites dans quel collège votre voix compte."))
    if form.data and not me.signed_in and not form.data.email:
        form.refuse("email", _("Une adresse est nécessaire : chaque personne compte une fois."))


def sent_words(me: Actor) -> str:
    """What happens next to a comment just sent."""
    if me.signed_in:
        return _("Votre commentaire part en relecture.")
    return _("Un message vous attend : ouvrez son lien pour envoyer votre commentaire.")


class VerdictForm(Form):
    """A moderator's decision on one contribution."""

    decision: Literal["publish", "refuse"]
    reason: RefusalReason | None = None
    note: str = Field(default="", max_length=600)

    @model_validator(mode="after")
    def _reasoned(self) -> "VerdictForm":
        if self.decision == "refuse" and self.reason is None:
            raise wrong(_("Choisissez la règle de la charte : un refus est toujours motivé."), "reason")
        return self


@dataclass(frozen=True)
class Chosen:
    """A file that may be kept, and what it shows in words."""

    ready: Ready
    alt: str


def chosen_files(form: Filled[Any], sent: Sequence[Sent]) -> list[Chosen]:
    """The files of a form (``file_0``, described by ``alt_0``…); what is wrong with one is said beside it."""
    chosen = []
    known = {f"file_{n}" for n in range(get_settings().files_per_contribution)}
    for file in sent:
        alt = clean(str(form.values.get(_words_of(file.field), ""))).replace("\n", " ")
        if file.problem or file.field not in known:
            form.refuse(file.field, file.problem or _("C’est un fichier de trop."))
        elif not SHORTEST_WORDS <= len(alt) <= LONGEST_WORDS:
            form.refuse(_words_of(file.field), _("Dites en quelques mots ce que montre ce fichier."))
        elif file.ready:
            chosen.append(Chosen(file.ready, alt))
    for name in sorted(known - {file.field for file in sent}):
        if str(form.values.get(_words_of(name), "")).strip():
            form.refuse(name, _("Choisissez le fichier que vous décrivez, ou effacez sa description."))
    return chosen


def choose_again(form: Filled[Any], sent: Sequence[Sent]) -> None:
    """Before a form is shown again: a browser keeps what was typed, never the files."""
    for file in sent:
        form.refuse(file.field, _("Choisissez de nouveau ce fichier : il n’a pas pu être gardé d’une page à l’autre."))


def _words_of(field: str) -> str:
    return field.replace("file_", "alt_")
