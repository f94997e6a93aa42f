"""Tables of an accord. Nothing here knows ATS: a scheme is data."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from app.accords.states import MapState, Verb
from app.core.i18n import today


class Scheme(SQLModel, table=True):
    """A kind of contract: ATS, Pacte, CRTE, contrat de partenariat."""

    __tablename__ = "scheme"

    id: int | None = Field(default=None, primary_key=True)
    short_name: str = Field(unique=True, max_length=20)
    name: str = Field(max_length=120)
    description: str = Field(default="", max_length=2000)


class Theme(SQLModel, table=True):
    """A thématique of a scheme."""

    __tablename__ = "theme"
    __table_args__ = (UniqueConstraint("scheme_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    scheme_id: int = Field(foreign_key="scheme.id")
    code: str = Field(max_length=40)
    name: str = Field(max_length=80)
    lede: str = Field(default="", max_length=300)
    position: int = 0


class Accord(SQLModel, table=True):
    """The contract of one territory for a period."""

    __tablename__ = "accord"

    id: int | None = Field(default=None, primary_key=True)
    territory_id: int = Field(foreign_key="territory.id", index=True)
    scheme_id: int = Field(foreign_key="scheme.id")
    forum_id: int = Field(foreign_key="forum.id", unique=True)
    title: str = Field(max_length=160)
    lede: str = Field(default="", max_length=600)
    status: str = Field(max_length=20)
    starts_on: date
    ends_on: date
    answer_days: int = 60
    a_posteriori: bool = False
    comments_a_posteriori: bool = False
    files_a_posteriori: bool = False
    profiles_a_posteriori: bool = True
    reading_hours: int = 48
    criteria: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    contact: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))

    phases: list["Phase"] = Relationship(sa_relationship_kwargs={"lazy": "raise", "order_by": "Phase.starts_on"})

    @property
    def open_verbs(self) -> frozenset[str]:
        """What the calendar opens today."""
        day = today()
        return frozenset(v for phase in self.phases if phase.is_current(day) for v in phase.opens)

    def reads_after(self, kind: str) -> bool:
        """Whether what is sent of this kind (``need``, ``comment``, ``file``, ``profile``) shows before it is read."""
        return {
            "need": self.a_posteriori, "comment": self.comments_a_posteriori, "file": self.files_a_posteriori,
            "profile": self.profiles_a_posteriori,
        }[kind]  # fmt: skip

    @property
    def map_state(self) -> MapState:
        """How far this accord is: what it opens says so."""
        opens = self.open_verbs
        if Verb.WORKSHOP in opens:
            return MapState.WORKSHOPS
        return MapState.COLLECTING if Verb.SAY in opens or not self.phases else MapState.VALIDATION


class Phase(SQLModel, table=True):
    """A step of the calendar, and what it opens."""

    __tablename__ = "phase"

    id: int | None = Field(default=None, primary_key=True)
    accord_id: int = Field(foreign_key="accord.id", index=True)
    title: str = Field(max_length=80)
    period: str = Field(max_length=60)
    text: str = Field(default="", max_length=400)
    starts_on: date
    ends_on: date
    opens: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))

    def is_current(self, day: date) -> bool:
        """Whether the day falls in this phase, bounds included."""
        return self.starts_on <= day <= self.ends_on

    def state(self, day: date) -> str:
        """``past``, ``current`` or ``future``."""
        if self.is_current(day):
            return "current"
        return "past" if self.ends_on < day else "future"


class Challenge(SQLModel, table=True):
    """An enjeu: what is at stake for the territory."""

    __tablename__ = "challenge"

    id: int | None = Field(default=None, primary_key=True)
    accord_id: int = Field(foreign_key="accord.id", index=True)
    territory_id: int = Field(foreign_key="territory.id")
    title: str = Field(max_length=160)
    text: str = Field(default="", max_length=2000)
    status: str = Field(max_length=20)


class Priority(SQLModel, table=True):
    """What the accord may retain; a card of the board."""

    __tablename__ = "priority"

    id: int | None = Field(default=None, primary_key=True)
    accord_id: int = Field(foreign_key="accord.id", index=True)
    territory_id: int = Field(foreign_key="territory.id", index=True)
    challenge_id: int | None = Field(default=None, foreign_key="challenge.id", index=True)
    theme_id: int = Field(foreign_key="theme.id", index=True)
    title: str = Field(max_length=160)
    text: str = Field(default="", max_length=2000)
    status: str = Field(max_length=20)
    rank: int | None = None
    ranked_on: date | None = None
    withdrawal_reason: str | None = Field(default=None, max_length=600)
    edited: int = 0


class Figure(SQLModel, table=True):
    """A number about a territory, dated and sourced."""

    __tablename__ = "figure"

    id: int | None = Field(default=None, primary_key=True)
    territory_id: int = Field(foreign_key="territory.id", index=True)
    label: str = Field(max_length=120)
    value: str = Field(max_length=60)
    year: int
    source: str = Field(max_length=200)
    position: int = 0
