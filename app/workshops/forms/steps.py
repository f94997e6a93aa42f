"""One step of the run sheet, of any kind."""

import re

from pydantic import Field, ValidationInfo, field_validator, model_validator

from app.core.forms import Form, Id, wrong
from app.core.i18n import gettext as _
from app.workshops.states import VOTES, Blanks, Hands, Reveal, Signed, StepKind

MAX_OPTIONS = 12
SHORTEST_TITLE, LONGEST_TITLE, LONGEST_OPTION = 4, 90, 90  # characters
_SUBJECT = re.compile(r"(priorite|fiche)-([1-9][0-9]{0,8})")


def _untitled() -> Exception:
    return wrong(_("Écrivez au moins %(n)s caractères.") % {"n": SHORTEST_TITLE}, "title")


class StepForm(Form):
    """One step of the run sheet; what one votes for is ticked, cited or typed, one line each.

    ``subject``: the one priorité or fiche of a vote on one thing (« priorite-3 », « fiche-5 »), whose ``title`` may be
    empty: the question is then made of that thing. ``source``: the recueil whose groups are put to the vote, or whose
    cards are grouped. ``after``: which step it follows, 0 for none. ``back``: one came from the console. ``twins``:
    written in the other rooms of the series too.
    """

    kind: StepKind
    title: str = Field(default="", max_length=LONGEST_TITLE, validate_default=True)
    text: str = Field(default="", max_length=2000)
    minutes: int = Field(ge=1, le=240)
    dots: int = Field(default=7, ge=1, le=20)
    cap: int = Field(default=3, ge=1, le=20)
    hands: Hands = Hands.SINGLE
    reveal: Reveal = Reveal.HIDDEN
    blanks: Blanks = Blanks.WORST
    limit_percent: int | None = Field(default=None, ge=0, le=100)
    cards: int = Field(default=5, ge=1, le=20)
    approve: bool = False
    signed: Signed = Signed.NONE
    source: Id | None = None
    subject: str = Field(default="", max_length=20)
    priorities: list[Id] = Field(default_factory=list)
    sheets: list[Id] = Field(default_factory=list)
    needs_typed: str = Field(default="", max_length=200)
    typed: str = Field(default="", max_length=1500)
    drop_image: bool = False
    twins: bool = False
    back: bool = False
    after: int | None = Field(default=None, ge=0, le=2**31 - 1)
    edited: int = 0

    @property
    def on_one(self) -> bool:
        """Whether it asks one question about one thing, which the result is then about."""
        return self.kind == StepKind.AGREEMENT or (self.kind == StepKind.HANDS and self.hands == Hands.YES_NO)

    @property
    def lines(self) -> list[str]:
        """The options typed, one a line."""
        return [line.strip() for line in self.typed.split("\n") if line.strip()]

    @property
    def references(self) -> list[str]:
        """The needs and groups of needs cited, by reference, each once."""
        return list(dict.fromkeys(word.upper() for word in re.split(r"[\s,;]+", self.needs_typed) if word))

    @property
    def priority_ids(self) -> list[int]:
        """The priorités put to the vote."""
        return self._ids("priorite", self.priorities)

    @property
    def sheet_ids(self) -> list[int]:
        """The fiches put to the vote."""
        return self._ids("fiche", self.sheets)

    def _ids(self, kind: str, ticked: list[int]) -> list[int]:
        if not self.on_one:
            return ticked
        found = _SUBJECT.fullmatch(self.subject)
        return [int(found[2])] if found and found[1] == kind else []

    @field_validator("title")
    @classmethod
    def _titled(cls, value: str, info: ValidationInfo) -> str:
        may_be_empty = info.data.get("kind") in (StepKind.AGREEMENT, StepKind.HANDS)
        if len(value) < SHORTEST_TITLE and (value or not may_be_empty):
            raise _untitled()
        return value

    @field_validator("priorities", "sheets")
    @classmethod
    def _once(cls, values: list[int]) -> list[int]:
        return list(dict.fromkeys(values))

    @field_validator("subject")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and not _SUBJECT.fullmatch(value):
            raise wrong(_("Choisissez une des réponses proposées."))
        return value

    @model_validator(mode="after")
    def _coherent(self) -> "StepForm":
        if not self.title and not self.on_one:
            raise _untitled()
        if self.kind == StepKind.GROUPING and self.source is None:
            raise wrong(_("Dites de quel recueil viennent les cartes à regrouper."), "source")
        if self.kind not in VOTES:
            return self
        if self.kind == StepKind.DOTS and self.cap > self.dots:
            raise wrong(_("Une personne ne peut pas poser plus de gommettes sur un choix qu’elle n’en a."), "cap")
        if any(len(line) > LONGEST_OPTION for line in self.lines):
            raise wrong(_("Un choix est trop long : 90 caractères au plus par ligne."), "typed")
        if len({line.casefold() for line in self.lines}) < len(self.lines):
            raise wrong(_("Deux choix sont les mêmes : gardez-en un."), "typed")
        self._check_how_many()
        return self

    def _check_how_many(self) -> None:
        total = len(self.lines) + len(self.priority_ids) + len(self.sheet_ids) + len(self.references)
        if self.on_one:
            if not total:
                raise wrong(_("Dites ce qui est mis au vote : écrivez-le, ou choisissez-le plus bas."), "typed")
            if total > 1:
                raise wrong(_("Ce vote porte sur une seule chose : gardez-en une."), "typed")
        elif self.source is not None:
            if total:
                raise wrong(_("Prenez soit les groupes d’un recueil, soit des choix écrits d’avance."), "source")
        elif not 2 <= total <= MAX_OPTIONS:
            message = _("Un vote propose de 2 à %(n)s choix ; il y en a %(given)s.")
            raise wrong(message % {"n": MAX_OPTIONS, "given": total}, "typed")


class DirectionForm(Form):
    """One place earlier or later: a step, a group of cards, a line of the relevé de décisions."""

    direction: str

    @property
    def offset(self) -> int:
        """-1 goes earlier, 1 later."""
        return -1 if self.direction == "up" else 1
