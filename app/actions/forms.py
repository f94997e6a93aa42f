"""What a technician types about a fiche-action, how a reader narrows the list, what is said under a fiche."""

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pydantic import Field, field_validator, model_validator

from app.actions.states import REASONED, FundingState, SheetSort, SheetStep, whole
from app.core.forms import Filled, Form, Id, clean, wrong
from app.core.i18n import gettext as _
from app.threads.forms import CommentForm

LONG, MEDIUM, SHORT = 4000, 600, 200
ROWS, MAX_ROWS = 6, 12
MAX_AMOUNT = 10**9  # euros: what an integer column and a reader can still hold
_AMOUNT = re.compile(r"(?P<euros>[0-9]{1,3}(?:[ .][0-9]{3})+|[0-9]+)(?:[.,](?P<cents>[0-9]{1,2}))? ?(?:€|euros?)?")
_LENGTHS = {"q": 200, "territoire": 80, "apres": 60, "avant": 60}
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def euros(typed: str) -> int:
    """An amount as people write it (« 92 000 », « 92 000,50 € », « 92.000 »), in euros, half a euro rounded up.

    Raises:
        PydanticCustomError: it is no amount, or a sum that no fiche holds, said in plain words.
    """
    plain = " ".join(typed.replace("\u202f", " ").replace("\u00a0", " ").split())
    match = _AMOUNT.fullmatch(plain)
    if match is None:
        raise wrong(_("Écrivez le montant en euros et en chiffres, par exemple 92 000 ou 92 000,50 €."))
    digits = match["euros"].replace(" ", "").replace(".", "")
    if len(digits) > 12:
        raise wrong(_("Ce montant est trop grand pour une fiche : vérifiez le nombre de zéros."))
    amount = int(Decimal(f"{digits}.{match['cents'] or 0}").quantize(Decimal(1), ROUND_HALF_UP))
    if amount == 0:
        raise wrong(_("Écrivez un montant d’au moins 1 €, ou laissez la ligne vide."))
    if amount > MAX_AMOUNT:
        raise wrong(_("Ce montant est trop grand pour une fiche : vérifiez le nombre de zéros."))
    return amount


Rows = Sequence[tuple[str, str, str]]


def _rows(values: Mapping[str, Any]) -> Rows:
    """The three parallel lists as rows, however many of each were sent."""
    lists = [values.get(name) or [] for name in ("funder", "funding_state", "amount")]
    size = max(len(each) for each in lists)
    padded = [[clean(str(v)) for v in each] + [""] * (size - len(each)) for each in lists]
    return list(zip(*padded, strict=True))


def funding(values: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The lines of a financing plan, and what is wrong with each row; an empty row says nothing."""
    kept: list[dict[str, Any]] = []
    errors: dict[str, str] = {}
    for number, (funder, state, amount) in enumerate(_rows(values)):
        if not funder and not amount:
            continue
        try:
            kept.append({"funder": _funder(funder), "state": _state(state), "amount": _amount(amount)})
        except ValueError as error:
            errors[f"{error.args[0]}-{number}"] = error.args[1]
    if len(kept) > MAX_ROWS:
        errors["funder-0"] = _("Douze lignes au plus : regroupez les plus petites.")
    return kept, errors


def _funder(name: str) -> str:
    if not name:
        raise ValueError("funder", _("Dites qui apporte cette somme."))
    if len(name) > SHORT:
        raise ValueError("funder", _("Trop long : 200 caractères au plus."))
    return name


def _state(state: str) -> str:
    if state not in set(FundingState):
        raise ValueError("funding_state", _("Choisissez une des réponses proposées."))
    return state


def _amount(amount: str) -> int:
    if not amount:
        raise ValueError("amount", _("Écrivez le montant en euros, ou videz la ligne."))
    try:
        return euros(amount)
    except ValueError as error:
        raise ValueError("amount", str(error)) from error


class SheetForm(Form):
    """The words of a fiche; ``edited`` is the save on which the person worked."""

    title: str = Field(min_length=8, max_length=120)
    lede: str = Field(default="", max_length=200)
    context: str = Field(default="", max_length=LONG)
    needs_found: str = Field(default="", max_length=LONG)
    objectives: str = Field(default="", max_length=LONG)
    description: str = Field(default="", max_length=LONG)
    holder: str = Field(default="", max_length=SHORT)
    holder_sought: bool = False
    partners: str = Field(default="", max_length=MEDIUM)
    area: str = Field(default="", max_length=MEDIUM)
    engineering: str = Field(default="", max_length=LONG)
    support: str = Field(default="", max_length=LONG)
    financing: str = Field(default="", max_length=LONG)
    funder: list[str] = Field(default_factory=list)
    funding_state: list[str] = Field(default_factory=list)
    amount: list[str] = Field(default_factory=list)
    calendar: str = Field(default="", max_length=LONG)
    indicators: str = Field(default="", max_length=LONG)
    edited: int = Field(default=0, ge=0, le=10**6)
    theme: str = Field(max_length=40)
    priorities: list[Id] = Field(default_factory=list)

    @field_validator("title", "lede")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join(value.split())

    @model_validator(mode="after")
    def _funded(self) -> "SheetForm":
        for name, message in funding(self.__dict__)[1].items():
            raise wrong(message, name)
        return self

    def content(self) -> dict[str, Any]:
        """The words to keep: every key of ``states.FIELDS``."""
        return whole(self.model_dump() | {"funding": funding(self.__dict__)[0]})


def every_row(form: Filled[SheetForm]) -> Filled[SheetForm]:
    """The same form, with what is wrong beside each row of the financing plan, not beside the first only."""
    for name, message in funding(form.values)[1].items():
        form.refuse(name, message)
    return form


class DraftForm(Form):
    """A fiche that begins: where, about what, from which needs and priorités."""

    territoire: str = Field(max_length=80)
    title: str = Field(min_length=8, max_length=120)
    theme: str = Field(max_length=40)
    besoin: list[Id] = Field(default_factory=list)
    priorite: list[Id] = Field(default_factory=list)

    @field_validator("title")
    @classmethod
    def _one_line(cls, value: str) -> str:
        return " ".join(value.split())


class PublishForm(Form):
    """What changes with this version, for its readers."""

    note: str = Field(default="", max_length=300)


class MoveForm(Form):
    """A move of a fiche; an exit says why, and a redirection to whom."""

    verb: str = Field(max_length=20)
    seen: str = Field(default="", max_length=20)
    note: str = Field(default="", max_length=600)
    addressee: str = Field(default="", max_length=160)

    @model_validator(mode="after")
    def _explained(self) -> "MoveForm":
        if self.verb in REASONED and len(self.note) < 10:
            raise wrong(_("Dites pourquoi, en dix caractères au moins : la raison est publiée."), "note")
        if self.verb == "redirect" and not self.addressee:
            raise wrong(_("Dites quel service ou quelle politique reprend cette fiche."), "addressee")
        return self


class LinkForm(Form):
    """The needs that a fiche answers, by their public references: « ML-4K7P, ML-9Q2T »."""

    references: str = Field(min_length=4, max_length=400)

    def each(self) -> list[str]:
        """Each reference, once, as it is written on a page."""
        found = re.split(r"[\s,;]+", self.references.upper())
        return list(dict.fromkeys(reference for reference in found if reference))


class SheetCommentForm(CommentForm):
    """A comment, and the version that its author was reading."""

    version: int = Field(default=0, ge=0, le=10**6)


class AnswerForm(Form):
    """The answer of an institution to a comment."""

    text: str = Field(min_length=10, max_length=1500)
    body_id: Id


class SheetFilter(Form):
    """How a reader narrows and orders the list; every value may come from a hand-typed address."""

    q: str = ""
    territoire: str = ""
    theme: str = ""
    etat: SheetStep | None = None
    priorite: int | None = None
    besoin: int | None = None
    tri: SheetSort = SheetSort.RECENT
    apres: str = ""
    avant: str = ""

    @model_validator(mode="before")
    @classmethod
    def _forgive(cls, values: dict[str, Any]) -> dict[str, Any]:
        """An unknown value narrows nothing: a mistyped address still shows a list."""
        kept = {k: clean(str(v)) for k, v in values.items() if v not in ("", None)}
        for name, choices in (("etat", SheetStep), ("tri", SheetSort)):
            if name in kept and kept[name] not in set(choices):
                del kept[name]
        for name in ("priorite", "besoin"):
            if not _NUMBER.fullmatch(kept.get(name, "1")):
                del kept[name]
        return {k: v[: _LENGTHS.get(k, 40)] for k, v in kept.items()}
