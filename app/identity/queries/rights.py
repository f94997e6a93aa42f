"""What a role or a person may do, and where each right comes from: read in the table of rights itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from app.core.i18n import today
from app.core.settings import get_settings
from app.identity import queries
from app.identity.models import Person, Role
from app.identity.states import RoleState
from app.identity.states.rights import CONDITION_LABELS, RIGHT_LABELS
from app.policy import POLICY, ROLE_GRANT, ROLE_READ
from app.policy.actor import Actor, Affiliation, in_force
from app.policy.rules import Condition

Way = tuple[Condition, ...]


@dataclass(frozen=True)
class Right:
    """A right and, for each way to hold it, the labels of what it asks besides its source."""

    name: str
    ways: tuple[tuple[str, ...], ...]

    @property
    def label(self) -> str:
        """What it lets one do."""
        return RIGHT_LABELS[self.name]


def _given(by: Callable[[Way], bool], *, but: str) -> tuple[Right, ...]:
    """The rights with a way for which ``by`` holds; the condition named ``but`` is their source, not told again."""
    found = []
    for name, rule in POLICY.items():
        ways = [tuple(c for c in way if c.name != but) for way in rule.ways if by(way)]
        if ways:
            found.append(Right(name, tuple(tuple(CONDITION_LABELS[c.name, c.wanted] for c in way) for way in ways)))
    return tuple(found)


def _roles(way: Way) -> set[str]:
    return {c.role for c in way if c.role and c.wanted}


def _asks(way: Way, name: str) -> bool:
    return any(c.name == name and c.wanted for c in way)


def of_role(kind: str) -> tuple[Right, ...]:
    """What a role gives on its territory."""
    return _given(lambda way: kind in _roles(way), but="role")


def of_organisation() -> tuple[Right, ...]:
    """What speaking for an organisation gives."""
    return _given(lambda way: not _roles(way) and _asks(way, "own_organisation"), but="own_organisation")


def of_everyone() -> tuple[Right, ...]:
    """What anyone signed in may do, without any role nor organisation."""
    others = ("own_organisation", "returning")
    return _given(lambda way: not _roles(way) and not any(_asks(way, name) for name in others), but="signed_in")


@dataclass(frozen=True)
class Mandate:
    """A role of a person as shown: where it is today, who granted it, what it gives."""

    role: Role
    state: RoleState
    asleep: bool
    granted_by: str | None
    rights: tuple[Right, ...]


@dataclass(frozen=True)
class Sheet:
    """Everything that a person may do, by where it comes from."""

    person: Person
    mandates: tuple[Mandate, ...]
    organisations: tuple[Affiliation, ...]
    of_organisation: tuple[Right, ...]
    of_everyone: tuple[Right, ...]
    keyed: bool


def state_of(role: Role, day: date) -> RoleState:
    """Whether the role is to come, in force or over on this day."""
    if in_force(role, day):
        return RoleState.IN_FORCE
    return RoleState.TO_COME if role.ended_at is None and role.starts_on > day else RoleState.ENDED


def sheet(db: Session, person: Person, me: Actor) -> Sheet:
    """The rights of a person, with the roles that are over where ``me`` may read them.

    A role sleeps until its holder shows a second factor: known of oneself, expected of others.
    """
    own = me.person_id == person.id
    guarded = frozenset[str]() if own and not me.asleep else get_settings().guarded_roles
    mandates = [_mandate(db, role, guarded) for role in queries.roles_of(db, person.id or 0)]
    mandates = [m for m in mandates if own or m.state != RoleState.ENDED or me.can(ROLE_READ, m.role)]
    return Sheet(
        person=person, mandates=tuple(mandates), organisations=queries.affiliations_of(db, person.id or 0),
        of_organisation=of_organisation(), of_everyone=of_everyone(), keyed=queries.has_passkey(db, person.id or 0),
    )  # fmt: skip


def _mandate(db: Session, role: Role, guarded: frozenset[str]) -> Mandate:
    state = state_of(role, today())
    granter = queries.person(db, role.granted_by) if role.granted_by else None
    return Mandate(
        role=role, state=state, asleep=state == RoleState.IN_FORCE and role.kind in guarded,
        granted_by=granter.pseudonym if granter else None,
        rights=of_role(role.kind) if state != RoleState.ENDED else (),
    )  # fmt: skip


def may_lift(me: Actor, shown: Sheet) -> bool:
    """Whether this reader may lift a lost second factor: only who may grant every role that the person holds."""
    held = [mandate.role for mandate in shown.mandates if mandate.state != RoleState.ENDED]
    return shown.keyed and bool(held) and all(me.can(ROLE_GRANT, role) for role in held)
