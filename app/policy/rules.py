"""How a line of the table is written: named conditions, combined into the ways to hold a right."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_
from typing import Any

PUBLIC_STATUSES = frozenset({"published", "masked"})
DEBATED = frozenset({"candidate", "in_workshop", "proposed"})  # a fiche on which one takes position
LEFT = frozenset({"redirected", "withdrawn", "abandoned"})  # a fiche that left the accord
ROOM_OPEN = frozenset({"lobby", "running"})
_LOCAL_ROLES = frozenset({"facilitator", "moderator", "technician", "elected", "relay"})
# Who may grant which roles, on the territory where they hold their own.
GRANTABLE = {
    "administrator": _LOCAL_ROLES | {"data_manager", "referent", "administrator"},
    "referent": _LOCAL_ROLES,
}


@dataclass(frozen=True)
class Condition:
    """One thing that a right asks of who acts, or of what is acted on; ``role``: the mandate that it asks for."""

    name: str
    test: Callable[[Any, Any], bool]
    role: str = ""
    wanted: bool = True

    def __call__(self, actor: Any, obj: Any) -> bool:
        """Whether it is as wanted."""
        return self.test(actor, obj) == self.wanted


class Rule:
    """The ways to hold a right, each a row of conditions; combines with &, | and ~.

    The pages that tell people their rights read ``ways``, which are also what answers: they cannot differ.
    """

    def __init__(self, *ways: tuple[Condition, ...]) -> None:
        self.ways = ways

    def __call__(self, actor: Any, obj: Any) -> bool:
        """Whether the actor may, on this object."""
        return any(all(condition(actor, obj) for condition in way) for way in self.ways)

    def __and__(self, other: "Rule") -> "Rule":
        """Both must hold."""
        return Rule(*(mine + theirs for mine in self.ways for theirs in other.ways))

    def __or__(self, other: "Rule") -> "Rule":
        """Either suffices."""
        return Rule(*self.ways, *other.ways)

    def __invert__(self) -> "Rule":
        """It must not hold: in each way, one condition at least fails."""
        failing = (Rule(*((replace(c, wanted=not c.wanted),) for c in way)) for way in self.ways)
        return reduce(and_, failing)


def when(name: str, test: Callable[[Any, Any], bool], *, role: str = "") -> Rule:
    """A rule of one condition; the words of its name stand in identity's states."""
    return Rule((Condition(name, test, role),))


def role(kind: str) -> Rule:
    """Holds this role on the object's territory."""
    return when("role", lambda actor, obj: actor.holds(kind, obj.territory_id), role=kind)


def role_anywhere(kind: str) -> Rule:
    """Holds this role on any territory."""
    return when("role", lambda actor, _obj: any(g.kind == kind for g in actor.grants), role=kind)


def offers(kind: str) -> Rule:
    """The object is a role that holders of this one may grant."""
    return when("offers", lambda _actor, obj: obj.kind in GRANTABLE[kind])


def opened(verb: str) -> Rule:
    """The accord's present phase opens this verb."""
    return when("opened", lambda _actor, obj: verb in obj.open_verbs)


def in_status(name: str, statuses: Iterable[str]) -> Rule:
    """The object is in one of these statuses, named together."""
    wanted = frozenset(statuses)
    return when(name, lambda _actor, obj: obj.status in wanted)


def myself(name: str, field: str) -> Rule:
    """The object says in this field that it is who acts."""
    return when(name, lambda actor, obj: actor.person_id is not None and getattr(obj, field) == actor.person_id)


anyone = Rule(())
signed_in = when("signed_in", lambda actor, _obj: actor.signed_in)
author = myself("author", "author_id")
public = in_status("public", PUBLIC_STATUSES)
moderator = role("moderator")
unsent = in_status("unsent", {"draft", "awaiting_email", "withdrawn"})  # not given to be read, or taken back
technician = role("technician")
facilitator = role("facilitator")
released = when("released", lambda _actor, obj: obj.version > 0)  # a version of the fiche was published
debated = in_status("debated", DEBATED)
left = in_status("left", LEFT)
draft = in_status("draft", {"draft"})
reported = in_status("reported", {"published"})
room_over = when("room_over", lambda _actor, obj: obj.room_over)  # until then a card is its crew's
administrator = role("administrator")
referent = role("referent")
grantable = (administrator & offers("administrator")) | (referent & offers("referent"))
oneself = myself("oneself", "person_id")
own_organisation = when(
    "own_organisation",
    lambda actor, obj: any(mine.organisation_id == obj.organisation_id for mine in actor.organisations),
)
personal = when("personal", lambda _actor, obj: obj.organisation_id is None)
known = in_status("known", {"verified", "closed"})
closed = in_status("closed", {"closed"})
returning = when("returning", lambda actor, _obj: actor.returning is not None)
relay = role("relay")
transcriber = myself("transcriber", "transcribed_by")
dissolved = in_status("dissolved", {"dissolved"})
# Who is in a crew holds no role for it; somebody whose role waits for a second factor gives it first all the same.
lead = when("lead", lambda actor, obj: actor.awake and actor.person_id == obj.lead_id)
conductor = when("conductor", lambda actor, obj: actor.awake and actor.person_id in obj.conductors)
scribe = when("scribe", lambda actor, obj: actor.awake and actor.person_id in obj.scribes)
announced = in_status("announced", {"scheduled"})
first_judge = myself("first_judge", "contested_by")
elsewhere = when("elsewhere", lambda _actor, obj: obj.elsewhere)  # nobody of the Conseil concerned is left
own = author | own_organisation  # one's own words, or those of an organisation for which one speaks
