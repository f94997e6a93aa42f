"""Load-or-404-or-403 for what belongs to an accord."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from app.accords import queries
from app.accords.models import Accord, Challenge, Phase, Priority
from app.core.db import Db
from app.core.errors import NotFoundError
from app.identity.access import Me, check
from app.places.models import Territory
from app.places.queries import reference

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """A territory and its present accord."""

    territory: Territory
    accord: Accord


def found(obj: T | None) -> T:
    """The object, or 404."""
    if obj is None:
        raise NotFoundError
    return obj


def place(db: Db, slug: str) -> Place:
    """The territory of this address, with its accord."""
    territory = found(reference(db).by_slug.get(slug))
    return Place(territory, found(queries.accord_of(db, territory.territory_id)))


def place_for(right: str) -> Callable[..., Place]:
    """A dependency: the territory of this address, if the right is held on it."""

    def load(db: Db, me: Me, slug: str) -> Place:
        loaded = place(db, slug)
        check(me, right, loaded.accord)
        return loaded

    return load


def challenge_for(right: str) -> Callable[..., Challenge]:
    """A dependency: this enjeu, if the right is held on its territory."""

    def load(db: Db, me: Me, challenge_id: int) -> Challenge:
        challenge = found(queries.challenge(db, challenge_id))
        check(me, right, challenge)
        return challenge

    return load


def priority_for(right: str) -> Callable[..., Priority]:
    """A dependency: this priorité, if the right is held on its territory."""

    def load(db: Db, me: Me, priority_id: int) -> Priority:
        priority = found(queries.priority(db, priority_id))
        check(me, right, priority)
        return priority

    return load


def phase_of(db: Db, here: Place, phase_id: int) -> Phase:
    """A step of this accord's calendar, or 404."""
    phase = found(queries.phase(db, phase_id))
    if phase.accord_id != here.accord.id:
        raise NotFoundError
    return phase
