"""What a moderator types: a filter of the queue, a decision on one thing or on many, a word for a colleague."""

import re
from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, Field, ValidationError, field_validator, model_validator

from app.core.forms import Form, Id, clean, wrong
from app.core.i18n import gettext as _
from app.moderation.states import REASONED, Kind, Verb
from app.threads.states import RefusalReason

_ITEM = re.compile(r"^(besoin|commentaire|photo|profil|carte)-([0-9]{1,9})$")
MANY = 100


def forgiven(values: dict[str, Any], states: tuple[str, ...] = ("",)) -> dict[str, Any]:
    """An unknown value narrows nothing: a mistyped address still shows a list."""
    kept = {k: clean(str(v))[:80] for k, v in values.items() if v}
    if kept.get("nature") not in set(Kind):
        kept.pop("nature", None)
    if kept.get("etat", "") not in states:
        del kept["etat"]
    if not re.fullmatch(r"[1-9][0-9]{0,4}", kept.get("page", "1")):
        del kept["page"]
    return kept


class QueueFilter(Form):
    """How a moderator narrows the queue; ``etat``: what waits, or what was published and nobody has read."""

    territoire: str = Field(default="", max_length=80)
    nature: Kind | None = None
    etat: Literal["", "publies"] = ""
    page: int = 1

    @model_validator(mode="before")
    @classmethod
    def _forgive(cls, values: dict[str, Any]) -> dict[str, Any]:
        return forgiven(values, ("", "publies"))

    @property
    def kept(self) -> dict[str, str]:
        """The filter as it goes on from one item to the next; empty values are no part of an address."""
        nature = self.nature.value if self.nature else ""
        return {"territoire": self.territoire, "nature": nature, "etat": self.etat}


def passages(text: str) -> tuple[str, ...]:
    """One passage a line."""
    return tuple(line.strip() for line in text.split("\n") if line.strip())


class DecisionForm(Form):
    """One decision: ``masked`` are passages that the machine noticed, ``passages`` those that the moderator copied.

    ``seen`` marks the words that were read: their author may correct them meanwhile.
    """

    decision: Verb
    reason: RefusalReason | None = None
    note: str = Field(default="", max_length=600)
    masked: list[str] = Field(default_factory=list, max_length=100)
    passages: str = Field(default="", max_length=3000)
    preview: Literal["", "1"] = ""
    seen: str = Field(default="", max_length=40)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Every passage to mask."""
        return (*(m for m in self.masked if m), *passages(self.passages))

    @model_validator(mode="after")
    def _complete(self) -> "DecisionForm":
        if self.decision == Verb.MASK and not self.chosen:
            raise wrong(_("Cochez ou copiez au moins un passage à masquer."), "passages")
        if self.decision in REASONED and self.reason is None and not self.preview:
            raise wrong(_("Choisissez la règle de la charte : un refus est toujours motivé."), "reason")
        if self.decision == Verb.PUBLISH and self.chosen:
            raise wrong(_("Des passages sont choisis : prenez « Publier en masquant », ou ôtez-les."), "decision")
        return self


class BulkForm(Form):
    """One decision on the things ticked in the queue: « besoin-12 »; ``read_at``: when that queue was read."""

    decision: Literal["publish", "refuse"]
    reason: RefusalReason | None = None
    note: str = Field(default="", max_length=600)
    items: list[str] = Field(default_factory=list, max_length=MANY)
    read_at: AwareDatetime | None = None

    @field_validator("read_at", mode="wrap")
    @classmethod
    def _moment(cls, value: Any, read: Any) -> datetime | None:
        """What is no moment says nothing."""
        try:
            moment: datetime | None = read(value)
        except ValidationError:
            return None
        return moment

    @field_validator("items")
    @classmethod
    def _known(cls, value: list[str]) -> list[str]:
        return [item for item in dict.fromkeys(value) if _ITEM.match(item)]

    @model_validator(mode="after")
    def _complete(self) -> "BulkForm":
        if not self.items:
            raise wrong(_("Cochez au moins une contribution."), "items")
        if self.decision == "refuse" and self.reason is None:
            raise wrong(_("Choisissez la règle de la charte : un refus est toujours motivé."), "reason")
        return self

    @property
    def chosen(self) -> list[tuple[Kind, int]]:
        """What was ticked: its kind and its number."""
        found = [_ITEM.match(item) for item in self.items]
        return [(Kind(match[1]), int(match[2])) for match in found if match]


class AssignForm(Form):
    """To whom a thing is given."""

    to: Id


class QuestionForm(Form):
    """What one asks the other moderators."""

    question: str = Field(min_length=5, max_length=600)


class AnswerForm(Form):
    """What one thinks of it."""

    answer: str = Field(min_length=2, max_length=600)


class WordForm(Form):
    """A word to add to the list, or several, one a line."""

    words: str = Field(min_length=2, max_length=3000)

    @property
    def chosen(self) -> list[str]:
        """Each word, in small letters, of a length that the list takes."""
        typed = [" ".join(word.lower().split()) for word in re.split(r"[\n,;]", self.words)]
        return [word for word in dict.fromkeys(typed) if 2 <= len(word) <= 60 and " " not in word]


class SettingsForm(Form):
    """How one territory reads: first or afterwards, by kind, and within how long."""

    after: list[Literal["need", "comment", "file", "profile"]] = Field(default_factory=list)
    reading_hours: int = Field(ge=1, le=720)


class LogFilter(Form):
    """How the log is narrowed."""

    territoire: str = Field(default="", max_length=80)
    nature: Kind | None = None
    geste: str = ""
    page: int = 1

    @model_validator(mode="before")
    @classmethod
    def _forgive(cls, values: dict[str, Any]) -> dict[str, Any]:
        return forgiven(values)
