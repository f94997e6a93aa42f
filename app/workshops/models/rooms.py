"""Tables of a room and its run sheet."""

from collections.abc import Mapping
from datetime import datetime

from slugify import slugify
from sqlalchemy import Index
from sqlmodel import Field, Relationship, SQLModel

from app.accords.models import Accord
from app.core import files
from app.core.db import UtcDateTime
from app.workshops.models.people import Crew
from app.workshops.states import GRADES, ROOM_OVER, ROOM_UNDER_WAY, ROOM_WRITABLE, Duty, Hands, StepKind


class Series(SQLModel, table=True):
    """One workshop held in several places: their twin steps add up."""

    __tablename__ = "workshop_series"

    id: int | None = Field(default=None, primary_key=True)
    accord_id: int = Field(foreign_key="accord.id", index=True)
    territory_id: int = Field(foreign_key="territory.id", index=True)
    title: str = Field(max_length=120)
    created_by: int | None = Field(default=None, foreign_key="person.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)

    @property
    def slug(self) -> str:
        """The readable end of its address."""
        return slugify(self.title.replace("’", "-"), max_length=70, word_boundary=True) or "serie"


class Workshop(SQLModel, table=True):
    """A room of people, at a place or at a distance, at a time.

    ``code`` opens a seat, ``screen_key`` only shows the projected page, ``crew_key`` is the link by which scribes come
    in: the first two are shown in the hall, so they are kept as they are. ``capacity`` counts people on site.
    """

    __tablename__ = "workshop"
    __table_args__ = (Index("ix_workshop_when", "territory_id", "status", "starts_at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    accord_id: int = Field(foreign_key="accord.id", index=True)
    territory_id: int = Field(foreign_key="territory.id")
    author_id: int | None = Field(default=None, foreign_key="person.id")
    lead_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    offered_to_id: int | None = Field(default=None, foreign_key="person.id")  # asked to take the lead
    series_id: int | None = Field(default=None, foreign_key="workshop_series.id", index=True)
    title: str = Field(max_length=120)
    mode: str = Field(default="onsite", max_length=8)
    place: str = Field(max_length=160)
    link: str = Field(default="", max_length=300)  # given to those registered, and shown when the room opens
    text: str = Field(default="", max_length=2000)
    access: str = Field(default="", max_length=600)  # how one comes in, and what helps to take part
    starts_at: datetime = Field(sa_type=UtcDateTime)
    minutes: int
    registration: bool = False
    capacity: int | None = None
    code: str = Field(unique=True, max_length=6)
    screen_key: str = Field(max_length=40)
    crew_key: str = Field(default="", max_length=40)
    status: str = Field(max_length=20)
    step_id: int | None = None  # the step that the room looks at
    screen: str = Field(default="live", max_length=8)
    screen_step_id: int | None = None  # what a frozen screen keeps showing
    edited: int = 0
    conclusion: str = Field(default="", max_length=3000)
    next_steps: str = Field(default="", max_length=2000)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the console's last act
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_alone: bool = False  # left open, it closed itself
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    accord: Accord = Relationship(sa_relationship_kwargs={"lazy": "raise"})
    crew: list[Crew] = Relationship(sa_relationship_kwargs={"lazy": "raise"})

    @property
    def conductors(self) -> frozenset[int]:
        """Who leads: the lead and the co-facilitators."""
        helpers = {member.person_id for member in self.crew if member.duty == Duty.CO_FACILITATOR}
        return frozenset(helpers | ({self.lead_id} if self.lead_id else set()))

    @property
    def scribes(self) -> frozenset[int]:
        """Who writes for a table."""
        return frozenset(member.person_id for member in self.crew if member.duty == Duty.SCRIBE)

    @property
    def under_way(self) -> bool:
        """Whether people may come in: from the lobby to the end."""
        return self.status in ROOM_UNDER_WAY

    @property
    def over(self) -> bool:
        """Whether it is closed, its report published or not."""
        return self.status in ROOM_OVER

    @property
    def writable(self) -> bool:
        """Whether its report may be written: once it opened, until the report is published."""
        return self.status in ROOM_WRITABLE

    @property
    def open_verbs(self) -> frozenset[str]:
        """What its accord's calendar opens today."""
        return self.accord.open_verbs

    @property
    def slug(self) -> str:
        """The readable end of its address."""
        return slugify(self.title.replace("’", "-"), max_length=70, word_boundary=True) or "atelier"


class Step(SQLModel, table=True):
    """One step of the run sheet: what is shown, written or voted, and how.

    ``source_id``: the recueil whose cards are grouped, or whose groups are put to the vote. ``twin_id``: the same step
    of the workshop that this one was copied from. ``limit_percent``: an agreement's rule, set beforehand. Image fields
    describe what a presentation shows; its bytes are kept outside the database.
    """

    __tablename__ = "step"
    __table_args__ = (Index("ix_step_order", "workshop_id", "position", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    workshop_id: int = Field(foreign_key="workshop.id")
    position: int
    kind: str = Field(max_length=20)
    title: str = Field(max_length=90)
    text: str = Field(default="", max_length=2000)
    minutes: int
    dots: int = 7
    cap: int = 3
    hands: str = Field(default="single", max_length=10)
    reveal: str = Field(default="hidden", max_length=12)
    blanks: str = Field(default="worst", max_length=10)
    limit_percent: int | None = None
    cards: int = 5
    approve: bool = True
    signed: str = Field(default="none", max_length=8)
    source_id: int | None = Field(default=None, foreign_key="step.id", index=True)
    twin_id: int | None = Field(default=None, foreign_key="step.id", index=True)
    image_digest: str | None = Field(default=None, max_length=64)
    image_type: str | None = Field(default=None, max_length=60)
    image_alt: str = Field(default="", max_length=300)
    image_width: int | None = None
    image_height: int | None = None
    skipped: bool = False
    status: str = Field(max_length=20)
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closes_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revealed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    workshop: Workshop = Relationship(sa_relationship_kwargs={"lazy": "raise"})

    @property
    def sort(self) -> str:
        """What it is called: its kind, or « yes_no » for a question of yes or no about one thing."""
        return self.hands if self.kind == StepKind.HANDS and self.hands == Hands.YES_NO else self.kind

    @property
    def scale(self) -> Mapping[int, str]:
        """What the marks of a vote by grades are called, best first; empty for the other votes."""
        return GRADES.get(self.hands if self.kind == StepKind.HANDS else self.kind, {})

    @property
    def offered(self) -> Mapping[int, str]:
        """As ``scale``, in the order in which a ballot offers it: yes, no, then whoever abstains."""
        if self.kind != StepKind.HANDS or not self.scale:
            return self.scale
        yes, abstain, no = self.scale
        return {grade: self.scale[grade] for grade in (yes, no, abstain)}


class Option(SQLModel, table=True):
    """What one may vote for: a priorité, a fiche, a need or a group of needs, a group of cards, or typed words."""

    __tablename__ = "option"
    __table_args__ = (Index("ix_option_order", "step_id", "position", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    step_id: int = Field(foreign_key="step.id")
    position: int
    title: str = Field(max_length=160)
    priority_id: int | None = Field(default=None, foreign_key="priority.id", index=True)
    sheet_id: int | None = Field(default=None, foreign_key="action_sheet.id", index=True)
    need_id: int | None = Field(default=None, foreign_key="need.id", index=True)
    group_id: int | None = Field(default=None, foreign_key="need_group.id", index=True)
    cluster_id: int | None = Field(default=None, foreign_key="cluster.id", index=True)
    twin_id: int | None = Field(default=None, foreign_key="option.id", index=True)


files.NAMED_IN.append(Step.image_digest)
