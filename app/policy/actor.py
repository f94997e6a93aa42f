"""Who asks: a person, the roles in force, the organisations for which they speak."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.policy import POLICY


@dataclass(frozen=True)
class Grant:
    """A role in force: its kind, and its territory (None: the whole département)."""

    kind: str
    territory_id: int | None = None


@dataclass(frozen=True)
class Affiliation:
    """An organisation of which one is a delegate; once it is verified, one speaks for it."""

    organisation_id: int
    name: str
    slug: str
    college: str
    verified: bool


@dataclass(frozen=True)
class Actor:
    """Who asks: a person signed in or not, and the roles in force.

    ``asleep`` holds the roles that wait for a second factor in this browser: they give no right. ``halfway`` is the id
    of a person whose second factor is still awaited, ``returning`` that of one who closed the account and may still
    reopen it: nothing else is theirs.
    """

    person_id: int | None = None
    name: str | None = None
    email: str | None = None
    college: str | None = None
    grants: frozenset[Grant] = field(default_factory=frozenset)
    session_id: int | None = None
    organisations: tuple[Affiliation, ...] = ()
    asleep: frozenset[Grant] = field(default_factory=frozenset)
    halfway: int | None = None
    returning: int | None = None
    age_bracket: str | None = None

    @property
    def signed_in(self) -> bool:
        """Whether somebody proved who they are."""
        return self.person_id is not None

    @property
    def awake(self) -> bool:
        """Whether somebody is there, and no role of theirs waits for a second factor."""
        return self.signed_in and not self.asleep

    @property
    def is_staff(self) -> bool:
        """Whether any role in force is held."""
        return bool(self.grants)

    def holds(self, kind: str, territory_id: int | None) -> bool:
        """Whether the role is held on that territory, or on the whole département."""
        return any(g.kind == kind and g.territory_id in (None, territory_id) for g in self.grants)

    def territories(self, kind: str) -> frozenset[int] | None:
        """Where the role is held; None means everywhere."""
        held = [g for g in self.grants if g.kind == kind]
        if any(g.territory_id is None for g in held):
            return None
        return frozenset(g.territory_id for g in held if g.territory_id is not None)

    @property
    def voices(self) -> tuple[Affiliation, ...]:
        """The organisations in whose name this person may speak today."""
        return tuple(o for o in self.organisations if o.verified)

    def speaks_for(self, organisation_id: int | None) -> Affiliation | None:
        """The organisation, if this person may speak in its name."""
        return next((o for o in self.voices if o.organisation_id == organisation_id), None)

    def can(self, right: str, obj: Any = None) -> bool:
        """Ask the table."""
        rule = POLICY.get(right)
        return rule is not None and rule(self, obj)

    def could(self, right: str, obj: Any = None) -> bool:
        """Whether a second factor would give the right."""
        return bool(self.asleep) and replace(self, grants=self.grants | self.asleep, asleep=frozenset()).can(right, obj)


ANONYMOUS = Actor()


def grants_in_force(roles: Iterable[Any]) -> frozenset[Grant]:
    """The roles that count today (on the walls of the Finistère), given their dates and their end."""
    day = datetime.now(ZoneInfo("Europe/Paris")).date()
    return frozenset(Grant(r.kind, r.territory_id) for r in roles if in_force(r, day))


def in_force(role: Any, day: date) -> bool:
    """Whether this role counts on this day."""
    return role.ended_at is None and role.starts_on <= day and (role.ends_on is None or role.ends_on >= day)
