"""What is written on cards, and what a facilitator makes of them."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator, model_validator

from app.core.forms import Form, Id, Once, wrong
from app.core.i18n import gettext as _
from app.identity.states import College
from app.threads.states import RefusalReason
from app.workshops.forms.room import MOST_PEOPLE

_PICKED = re.compile(r"^([1-9][0-9]{0,8}):(0|[1-9][0-9]{0,8})$")
MAX_CARD, MAX_TITLE = 280, 90  # characters
SHORTEST_TITLE = 2


def _one_line(value: str) -> str:
    return " ".join(value.split())


Line = Annotated[str, AfterValidator(_one_line)]


class TypedCardForm(Form):
    """A card that the crew types: in the name of a table, or from a note on paper."""

    step: Id
    text: str = Field(min_length=2, max_length=MAX_CARD)
    table: Id | None = None
    college: College | None = None
    key: Once


class PlaceForm(Form):
    """Which of the people that one device holds."""

    place: int = Field(default=1, ge=1, le=MOST_PEOPLE)


class CardForm(PlaceForm):
    """One card. ``key`` is made by the phone, so that twice is once; ``table``: in the name of the whole table.

    ``seat``: who wrote it, when a script knows: a device may have gone to somebody else since.
    """

    step: Id
    text: str = Field(min_length=2, max_length=MAX_CARD)
    key: str = Field(default="", max_length=64)
    table: bool = False
    seat: Id | None = None


class TakeBackForm(PlaceForm):
    """One's own card, to take back."""

    card: Id


class PickForm(Form):
    """Cards ticked, each with the group in which it was seen: « card:group », 0 for none."""

    step: Id
    cards: list[str] = Field(default_factory=list, validate_default=True)

    @field_validator("cards")
    @classmethod
    def _readable(cls, values: list[str]) -> list[str]:
        if not all(_PICKED.match(value) for value in values):
            raise wrong(_("Cette page a expiré : rechargez-la, puis recommencez."), "cards")
        if not values:
            raise wrong(_("Cochez au moins une carte."), "cards")
        return values

    @property
    def picked(self) -> dict[int, int]:
        """The group in which each card was seen, by card."""
        return {int(card): int(group) for card, group in (value.split(":") for value in self.cards)}


class RefuseForm(PickForm):
    """Cards not to be shown, by which rule of the charter."""

    reason: RefusalReason


class MoveCardsForm(PickForm):
    """Cards to put in a group (0: in none), or in a new one that ``title`` names."""

    cluster: int = Field(default=0, ge=0, le=2**31 - 1)
    title: Line = Field(default="", max_length=MAX_TITLE)
    new: bool = False

    @model_validator(mode="after")
    def _named(self) -> "MoveCardsForm":
        if self.new and len(self.title) < SHORTEST_TITLE:
            raise wrong(_("Donnez un titre au nouveau groupe."), "title")
        return self


class NewClusterForm(Form):
    """A group without any card yet."""

    step: Id
    title: Line = Field(min_length=SHORTEST_TITLE, max_length=MAX_TITLE)


class RenameForm(Form):
    """A group's title; ``seen`` is the one that its sender replaced."""

    title: Line = Field(min_length=SHORTEST_TITLE, max_length=MAX_TITLE)
    seen: str = Field(default="", max_length=MAX_TITLE)


class MergeForm(Form):
    """Another group of the same recueil, whose cards come here."""

    other: Id


class NeedOfCardsForm(Form):
    """A need made of cards: its title, its theme, the collège that it speaks for, a commune if there is one."""

    title: Line = Field(min_length=8, max_length=120)
    theme: Id
    college: College
    commune: str = Field(default="", max_length=5)
    once: Once


class JoinForm(Form):
    """The reference of a need, or of a group of needs, that says the same."""

    reference: str = Field(min_length=4, max_length=20)

    @property
    def normal(self) -> str:
        """In capitals, without spaces."""
        return "".join(self.reference.upper().split())
