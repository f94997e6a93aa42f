"""Who may do what: one right a line. A right without a row is denied.

Predicates read protocols (``territory_id``, ``author_id``, ``status``, ``open_verbs``), so this
module knows no feature. Rights are checked by ``access`` dependencies and by templates.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import reduce
from operator import and_
from typing import Any
from zoneinfo import ZoneInfo

# Rights
NEED_READ = "need.read"
NEED_SAY = "need.say"
NEED_SUPPORT = "need.support"
NEED_COMMENT = "need.comment"
NEED_WITHDRAW = "need.withdraw"
NEED_MODERATE = "need.moderate"
NEED_ATTACH = "need.attach"
NEED_ANSWER = "need.answer"
COMMENT_MODERATE = "comment.moderate"
MODERATION_OPEN = "moderation.open"
CALENDAR_EDIT = "calendar.edit"
CHALLENGE_EDIT = "challenge.edit"
PRIORITY_READ = "priority.read"
PRIORITY_EDIT = "priority.edit"
PRIORITY_RANK = "priority.rank"
SHEET_READ = "sheet.read"
SHEET_DRAFT = "sheet.draft"
SHEET_EDIT = "sheet.edit"
SHEET_MOVE = "sheet.move"
SHEET_POSITION = "sheet.position"
SHEET_COMMENT = "sheet.comment"
SHEET_ANSWER = "sheet.answer"
WORKSHOP_READ = "workshop.read"
WORKSHOP_CREATE = "workshop.create"
WORKSHOP_RUN = "workshop.run"
WORKSHOP_REPORT = "workshop.report"
WORKSHOP_JOIN = "workshop.join"
OWN_SPACE = "space.own"
ACCOUNT_REOPEN = "account.reopen"
ROLES_OPEN = "roles.open"
ROLE_READ = "role.read"
ROLE_GRANT = "role.grant"
ORGANISATION_READ = "organisation.read"
ORGANISATION_DECLARE = "organisation.declare"
ORGANISATION_EDIT = "organisation.edit"
ORGANISATION_VERIFY = "organisation.verify"
ORGANISATION_APPOINT = "organisation.appoint"
ORGANISATIONS_OPEN = "organisations.open"

PUBLIC_STATUSES = frozenset({"published", "masked"})
DEBATED = frozenset({"candidate", "in_workshop", "proposed"})  # a fiche on which one takes position
LEFT = frozenset({"redirected", "withdrawn", "abandoned"})  # a fiche that left the accord
ROOM_OPEN = frozenset({"lobby", "running"})
_LOCAL_ROLES = frozenset({"facilitator", "moderator", "technician", "elected"})
# Who may grant which roles, on the territory where they hold their own.
GRANTABLE = {
    "administrator": _LOCAL_ROLES | {"data_manager", "referent", "administrator"},
    "referent": _LOCAL_ROLES,
}


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
        return bool(self.asleep) and replace(self, grants=self.grants | self.asleep).can(right, obj)


ANONYMOUS = Actor()


@dataclass(frozen=True)
class Condition:
    """One thing that a right asks of who acts, or of what is acted on; ``role``: the mandate that it asks for."""

    name: str
    test: Callable[[Actor, Any], bool]
    role: str = ""
    wanted: bool = True

    def __call__(self, actor: Actor, obj: Any) -> bool:
        """Whether it is as wanted."""
        return self.test(actor, obj) == self.wanted


class Rule:
    """The ways to hold a right, each a row of conditions; combines with &, | and ~.

    The pages that tell people their rights read ``ways``, which are also what answers: they cannot differ.
    """

    def __init__(self, *ways: tuple[Condition, ...]) -> None:
        self.ways = ways

    def __call__(self, actor: Actor, obj: Any) -> bool:
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


def when(name: str, test: Callable[[Actor, Any], bool], *, role: str = "") -> Rule:
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


anyone = Rule(())
signed_in = when("signed_in", lambda actor, _obj: actor.signed_in)
author = when("author", lambda actor, obj: actor.person_id is not None and obj.author_id == actor.person_id)
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
administrator = role("administrator")
referent = role("referent")
grantable = (administrator & offers("administrator")) | (referent & offers("referent"))
oneself = when("oneself", lambda actor, obj: actor.person_id is not None and obj.person_id == actor.person_id)
own_organisation = when(
    "own_organisation",
    lambda actor, obj: any(mine.organisation_id == obj.organisation_id for mine in actor.organisations),
)
personal = when("personal", lambda _actor, obj: obj.organisation_id is None)
known = in_status("known", {"verified", "closed"})
closed = in_status("closed", {"closed"})
returning = when("returning", lambda actor, _obj: actor.returning is not None)
own = author | own_organisation  # one's own words, or those of an organisation for which one speaks

POLICY: dict[str, Rule] = {
    #                    who                                         when
    NEED_READ:           public | own | ((moderator | technician)     & ~unsent),
    NEED_SAY:            anyone                                      & opened("need.say"),
    NEED_SUPPORT:        public                                      & opened("need.support"),
    NEED_COMMENT:        public                                      & opened("need.comment"),
    NEED_WITHDRAW:       personal | own_organisation,
    NEED_MODERATE:       moderator & ~own                            & ~unsent,
    NEED_ATTACH:         technician                                  & public,
    NEED_ANSWER:         technician                                  & public,
    COMMENT_MODERATE:    moderator & ~own                            & ~unsent,
    MODERATION_OPEN:     role_anywhere("moderator"),
    CALENDAR_EDIT:       technician,
    CHALLENGE_EDIT:      technician,
    PRIORITY_READ:       anyone,
    PRIORITY_EDIT:       technician,
    PRIORITY_RANK:       technician,
    SHEET_READ:          released | technician,
    SHEET_DRAFT:         technician,
    SHEET_EDIT:          technician                                  & ~left,
    SHEET_MOVE:          technician,
    SHEET_POSITION:      released & debated                          & opened("sheet.position"),
    SHEET_COMMENT:       released & ~left                            & opened("sheet.comment"),
    SHEET_ANSWER:        technician & released,
    WORKSHOP_READ:       ~draft | facilitator,
    WORKSHOP_CREATE:     facilitator,
    WORKSHOP_RUN:        facilitator,
    WORKSHOP_REPORT:     reported | facilitator,
    WORKSHOP_JOIN:       in_status("room_open", ROOM_OPEN)           & opened("workshop.join"),
    OWN_SPACE:           signed_in,
    ACCOUNT_REOPEN:      returning,
    ROLES_OPEN:          role_anywhere("administrator") | role_anywhere("referent"),
    ROLE_READ:           administrator | referent,
    ROLE_GRANT:          grantable & ~oneself,
    ORGANISATION_READ:   known | own_organisation | author | moderator | administrator,
    ORGANISATION_DECLARE: signed_in,
    ORGANISATION_EDIT:   own_organisation                            & ~closed,
    ORGANISATION_VERIFY: (moderator | administrator) & ~own          & ~closed,
    ORGANISATION_APPOINT: administrator & ~own                      & ~closed,
    ORGANISATIONS_OPEN:  role_anywhere("moderator") | role_anywhere("administrator"),
}  # fmt: skip


def grants_in_force(roles: Iterable[Any]) -> frozenset[Grant]:
    """The roles that count today (on the walls of the Finistère), given their dates and their end."""
    day = datetime.now(ZoneInfo("Europe/Paris")).date()
    return frozenset(Grant(r.kind, r.territory_id) for r in roles if in_force(r, day))


def in_force(role: Any, day: date) -> bool:
    """Whether this role counts on this day."""
    return role.ended_at is None and role.starts_on <= day and (role.ends_on is None or role.ends_on >= day)
