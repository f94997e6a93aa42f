"""Cards and their groups as pages show them: plain values, made by ``queries.cards``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.threads.states import Moderation

SHOWN = frozenset({Moderation.PUBLISHED.value})
CONTESTED = frozenset({Moderation.APPEALED.value, Moderation.UPHELD.value})
NOT_SHOWN = frozenset({Moderation.REFUSED.value, Moderation.HIDDEN.value}) | CONTESTED


@dataclass(frozen=True)
class Link:
    """A need, or a group of needs, that cards became or joined; ``path`` is empty while it is not public."""

    id: int
    reference: str
    title: str
    path: str
    status: str


@dataclass(frozen=True)
class CardView:
    """A card as it was written. ``signed``: what it says of who wrote it, as its step wanted; it may be empty."""

    id: int
    text: str
    signed: str
    status: str
    college: str | None
    cluster_id: int | None
    reason: str | None
    created_at: datetime
    need: Link | None = None
    published_at: datetime | None = None

    @property
    def masked(self) -> bool:
        """Whether everybody could read it, and no longer can."""
        hidden = self.status == Moderation.HIDDEN
        return hidden or (self.status in CONTESTED and self.published_at is not None)


@dataclass(frozen=True)
class ClusterView:
    """A group: its title, its published cards in their order, what it became.

    ``lines`` are what the report shows: those that were masked too, without their words.
    """

    id: int
    title: str
    cards: Sequence[CardView]
    need: Link | None = None
    group: Link | None = None
    lines: Sequence[CardView] = ()

    @property
    def key(self) -> str:
        """How addresses name it."""
        return f"groupe-{self.id}"


@dataclass(frozen=True)
class Wall:
    """The cards of one recueil: its groups, the published cards without a group, those to read, those refused.

    ``refused`` holds those that were masked as well, with their words; ``by_reason`` counts those never shown.
    """

    step_id: int
    clusters: Sequence[ClusterView] = ()
    loose: Sequence[CardView] = ()
    pending: Sequence[CardView] = ()
    refused: Sequence[CardView] = ()
    total: int = 0
    by_reason: Mapping[str, int] = field(default_factory=dict)
    loose_lines: Sequence[CardView] = ()

    @property
    def shown(self) -> int:
        """How many cards everybody may read."""
        return len(self.loose) + sum(len(cluster.cards) for cluster in self.clusters)

    @property
    def masked(self) -> int:
        """How many cards were shown, then masked."""
        return sum(card.masked for card in self.refused)

    @property
    def told(self) -> list[ClusterView]:
        """The groups of which the report says something."""
        return [cluster for cluster in self.clusters if cluster.lines]

    @property
    def filled(self) -> list[ClusterView]:
        """The groups that hold a card."""
        return [cluster for cluster in self.clusters if cluster.cards]
