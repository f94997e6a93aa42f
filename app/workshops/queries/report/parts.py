"""What a report is made of. All of it may be public: small collèges do not stand apart."""

from dataclasses import dataclass
from datetime import datetime

from app.places.models import Territory
from app.workshops.models import Correction, Outcome, Step, Workshop
from app.workshops.queries.options import OptionView
from app.workshops.queries.paper import Papers
from app.workshops.queries.results import Counted
from app.workshops.queries.walls import Wall


@dataclass(frozen=True)
class AgendaLine:
    """One step of the run sheet, as it was planned and as it went; lateness is for the console alone."""

    number: int
    step: Step
    planned_at: datetime
    started: datetime | None
    ended: datetime | None

    @property
    def held(self) -> bool:
        """Whether it took place."""
        return self.started is not None


@dataclass(frozen=True)
class PresenceLine:
    """The people of one collège: on their own phone, on a lent device, counted without a device."""

    college: str
    phones: int
    lent: int
    counted: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.phones + self.lent + self.counted


@dataclass(frozen=True)
class Presence:
    """Who was there: everyone in ``total``; ``lines`` are the collèges that may stand apart, ``small`` the others."""

    total: PresenceLine
    lines: tuple[PresenceLine, ...]
    small: tuple[str, ...]

    @property
    def by(self) -> dict[str, int]:
        """People by collège, of those that stand apart."""
        return {line.college: line.total for line in self.lines}


@dataclass(frozen=True)
class Vote:
    """One vote whose results were shown. ``kept_back``: objections that the crew did not show."""

    step: Step
    options: tuple[OptionView, ...]
    result: Counted
    papers: Papers
    objections: tuple[str, ...]
    kept_back: int

    @property
    def titles(self) -> dict[int, OptionView]:
        """What was voted for, by id."""
        return {view.id: view for view in self.options}


@dataclass(frozen=True)
class Report:
    """Everything that is said of one workshop, by its page, its PDF, its DOCX and its CSV alike."""

    workshop: Workshop
    territory: Territory
    agenda: tuple[AgendaLine, ...]
    options: dict[int, list[OptionView]]  # of every vote, held or not
    presence: Presence
    votes: dict[int, Vote]
    walls: dict[int, Wall]  # the cards of each recueil that took place
    decisions: tuple[Outcome, ...]
    unresolved: tuple[Outcome, ...]
    corrections: tuple[Correction, ...]

    @property
    def held(self) -> list[AgendaLine]:
        """The steps that took place."""
        return [line for line in self.agenda if line.held]

    @property
    def left_out(self) -> list[AgendaLine]:
        """The steps of the run sheet that did not take place."""
        return [line for line in self.agenda if not line.held]
