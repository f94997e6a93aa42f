"""Role × right × status, printed and compared with the committed table; every route guarded."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from app import policy
from app.accords.states import Verb
from app.actions.states import Sheet
from app.identity.access import Requires
from app.identity.states import OrganisationStatus, RoleKind
from app.main import ROUTERS
from app.moderation.states import AppealStatus, ReportStatus
from app.needs.states import GroupStatus
from app.policy import POLICY
from app.policy.actor import ANONYMOUS, Actor, Affiliation, Grant
from app.threads.states import Moderation
from app.workshops.states import Room
from tests.architecture.tree import flat_routes

TABLE = Path(__file__).parent / "rights.txt"
HERE, ELSEWHERE = 1, 2
ROLES = ["facilitator", "moderator", "technician", "elected", "relay", "data_manager", "referent", "administrator"]
OURS = 7  # an organisation


@dataclass
class Thing:
    """Anything that a right may concern."""

    status: str
    territory_id: int = HERE
    author_id: int | None = 99
    open_verbs: frozenset[str] = field(default_factory=frozenset)
    version: int = 1
    organisation_id: int | None = OURS
    kind: str = "technician"
    person_id: int | None = 99
    transcribed_by: int | None = 98
    contested_by: int | None = 97
    elsewhere: bool = False
    lead_id: int | None = 95
    conductors: frozenset[int] = frozenset({95, 94})
    scribes: frozenset[int] = frozenset({93})
    room_over: bool = True


def actors() -> dict[str, Actor]:
    """Who may ask."""
    cast = {"visitor": ANONYMOUS, "participant": Actor(person_id=5), "author": Actor(person_id=99)}
    for kind in ROLES:
        cast[kind] = Actor(person_id=6, grants=frozenset({Grant(kind, HERE)}))
    cast["moderator elsewhere"] = Actor(person_id=6, grants=frozenset({Grant("moderator", ELSEWHERE)}))
    cast["technician elsewhere"] = Actor(person_id=6, grants=frozenset({Grant("technician", ELSEWHERE)}))
    cast["moderator everywhere"] = Actor(person_id=6, grants=frozenset({Grant("moderator")}))
    cast["referent elsewhere"] = Actor(person_id=6, grants=frozenset({Grant("referent", ELSEWHERE)}))
    cast["administrator everywhere"] = Actor(person_id=6, grants=frozenset({Grant("administrator")}))
    ours = (Affiliation(OURS, "Les nôtres", "les-notres", "associations", verified=True),)
    cast["delegate"] = Actor(person_id=6, organisations=ours)
    cast["delegate and moderator"] = Actor(
        person_id=6, organisations=ours, grants=frozenset({Grant("moderator", HERE)})
    )
    cast["closed account"] = Actor(returning=6)
    cast["transcriber"] = Actor(person_id=98, grants=frozenset({Grant("relay", HERE)}))
    cast["first judge"] = Actor(person_id=97, grants=frozenset({Grant("moderator", HERE)}))
    cast["lead"] = Actor(person_id=95, grants=frozenset({Grant("facilitator", HERE)}))
    cast["co-facilitator"] = Actor(person_id=94)
    cast["scribe"] = Actor(person_id=93)
    cast["author and moderator"] = Actor(person_id=99, grants=frozenset({Grant("moderator", HERE)}))
    return cast


def statuses(right: str) -> list[str]:
    """The statuses of what this right is about; a fiche of which nothing was published is « unreleased »."""
    kind = right.partition(".")[0]
    if kind == "sheet":
        return ["unreleased", *Sheet]
    if kind == "organisation":
        return list(OrganisationStatus)
    if kind == "group":
        return list(GroupStatus)
    if kind == "report":
        return list(ReportStatus)
    if kind == "appeal":
        return list(AppealStatus)
    if right == policy.ROLE_GRANT:
        return list(RoleKind)
    return list(Room) if kind == "workshop" else list(Moderation)


def thing(status: str, verbs: frozenset[str]) -> Thing:
    """An example in this status."""
    if status in set(RoleKind):
        return Thing("sent", kind=status)
    if status == "unreleased":
        return Thing("project", open_verbs=verbs, version=0)
    return Thing(status, open_verbs=verbs)


def table() -> str:
    """One line per right and actor: the statuses in which it holds, phases open then closed."""
    lines = []
    opened = frozenset(Verb)
    for right in sorted(POLICY):
        known = statuses(right)
        for name, actor in actors().items():
            for phase, verbs in (("open", opened), ("closed", frozenset[str]())):
                held = [str(s) for s in known if actor.can(right, thing(str(s), frozenset(map(str, verbs))))]
                if not held:
                    continue  # what is not in the table is never allowed
                shown = "always" if len(held) == len(known) else ", ".join(held)
                lines.append(f"{right:18} {name:22} {phase:7} {shown}")
    return "\n".join(lines) + "\n"


def test_rights_are_those_of_the_committed_table() -> None:
    assert table() == TABLE.read_text("utf-8"), "rights changed: python -m tests.test_rights > tests/rights.txt"


def test_a_right_without_a_row_is_denied() -> None:
    everything = Actor(person_id=1, grants=frozenset(Grant(kind) for kind in ROLES))
    assert not everything.can("need.invented", Thing("published"))


def test_every_named_right_has_a_row() -> None:
    named = {value for name, value in vars(policy).items() if name.isupper() and isinstance(value, str)}
    assert named == set(POLICY)


def test_nobody_decides_on_their_own_words() -> None:
    own = actors()["author and moderator"]
    assert not own.can(policy.NEED_MODERATE, Thing("pending"))
    assert not own.can(policy.COMMENT_MODERATE, Thing("pending"))
    delegate = actors()["delegate and moderator"]
    assert not delegate.can(policy.NEED_MODERATE, Thing("pending"))
    assert delegate.can(policy.NEED_MODERATE, Thing("pending", organisation_id=None))


def test_nobody_grants_oneself_a_role() -> None:
    boss = Actor(person_id=99, grants=frozenset({Grant("administrator")}))
    assert not boss.can(policy.ROLE_GRANT, Thing("sent"))
    assert boss.can(policy.ROLE_GRANT, Thing("sent", person_id=98))


def test_a_role_that_sleeps_gives_nothing_and_says_so() -> None:
    grants = frozenset({Grant("moderator", HERE)})
    sleeper = Actor(person_id=6, asleep=grants)
    assert not sleeper.can(policy.MODERATION_OPEN) and sleeper.could(policy.MODERATION_OPEN)
    assert not sleeper.could(policy.CALENDAR_EDIT, Thing("published"))


def _guards(route: APIRoute) -> set[str]:
    names: set[str] = set()
    pending = [route.dependant]
    while pending:
        dependant = pending.pop()
        call = dependant.call
        names.add(getattr(call, "__qualname__", type(call).__name__))
        if isinstance(call, Requires):
            names.add("Requires")
        pending += dependant.dependencies
    return names


OPEN = {
    # For machines: one says « ok », another asks for a token.
    "portal.alive", "portal.metrics", "portal.robots",
    # They wait for a provider, so they hold no database session meanwhile, as a guard would.
    "identity.start", "identity.callback", "identity.leave_provider",
    # Its ballot waits to be committed with those of others, who need the writing session that a guard would hold.
    "workshops.cast",
}  # fmt: skip


@pytest.mark.parametrize(
    "router", ROUTERS, ids=lambda router: router.routes[0].name if hasattr(router.routes[0], "name") else "router"
)
def test_every_route_has_a_guard_or_is_explicitly_public(router: object) -> None:
    marks = {"public", "Requires", "demo_only", "moderated_need", "moderated_comment"}
    for route in flat_routes(router):
        original = getattr(route, "original_route", route)
        if route.name in OPEN:
            continue
        guards = _guards(original if hasattr(original, "dependant") else route)
        loaders = {name for name in guards if "_for.<locals>.load" in name}
        assert guards & marks or loaders, f"{route.name} has no guard"


if __name__ == "__main__":
    print(table(), end="")
