"""Reads of roles: who holds what where, what is offered to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, func, or_, select

from app.core.db import IN_HAND, now
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.core.search import fold
from app.identity.forms import WHOLE, RoleFilter
from app.identity.models import Invitation, Person, Role
from app.identity.queries import person_by_email
from app.identity.states import INCOMPATIBLE, InvitationStatus, RoleKind, RoleState
from app.places.models import Territory
from app.places.queries import reference
from app.policy import POLICY, ROLE_READ
from app.policy.actor import Actor

PAGE_SIZE = 50
SHOWN = 200  # how many invitations, or holders of one role, a page shows at most


@dataclass(frozen=True)
class Offer:
    """A role that somebody may be given, as rights read it."""

    kind: str
    territory_id: int | None
    person_id: int | None


@dataclass(frozen=True)
class Held:
    """A role, who holds it and who granted it."""

    role: Role
    person: Person
    granted_by: str | None


@dataclass(frozen=True)
class Listing:
    """One page of roles, and how many there are in each state."""

    rows: Sequence[Held]
    counts: dict[RoleState, int]
    page: int
    pages: int


def place_name(db: Session, territory_id: int | None) -> str:
    """Where a role is held, in words; the département stands for the communes outside any intercommunalité."""
    if territory_id is None:
        return _("tout le Finistère")
    territory = reference(db).by_id[territory_id]
    return _("Ouessant et Île-de-Sein") if territory.is_departement else territory.name


def scope(me: Actor) -> frozenset[int] | None:
    """The territories whose roles this reader may see; None means all, and the whole département."""
    kinds = {condition.role for way in POLICY[ROLE_READ].ways for condition in way}
    places = [me.territories(kind) for kind in kinds]
    held = frozenset[int]().union(*(place for place in places if place is not None))
    return None if None in places else held


def _state(state: RoleState, day: date) -> ColumnElement[bool]:
    ended = or_(col(Role.ended_at).is_not(None), col(Role.ends_on) < day)
    match state:
        case RoleState.ENDED:
            return ended
        case RoleState.TO_COME:
            return and_(~func.coalesce(ended, False), col(Role.starts_on) > day)
        case RoleState.IN_FORCE:
            return and_(~func.coalesce(ended, False), col(Role.starts_on) <= day)


def _named(db: Session, words: str) -> ColumnElement[bool]:
    """Those whose pseudonym or address holds these words, whatever their accents and capitals."""
    wanted = fold(words)
    holders = select(Person.id, Person.pseudonym, Person.email).where(col(Person.id).in_(select(Role.person_id)))
    found = [i for i, name, email in db.exec(holders) if wanted in fold(name) or wanted in (email or "")]
    return col(Role.person_id).in_(found)


def _within(db: Session, me: Actor, find: RoleFilter) -> list[ColumnElement[bool]]:
    """Where this reader may see roles, narrowed to what is asked for."""
    places = scope(me)
    wanted: list[ColumnElement[bool]] = []
    if places is not None:
        wanted.append(col(Role.territory_id).in_(places))
    if find.territoire == WHOLE:
        wanted.append(col(Role.territory_id).is_(None))
    elif territory := reference(db).by_slug.get(find.territoire):
        wanted.append(col(Role.territory_id) == territory.id)
    if find.role:
        wanted.append(col(Role.kind) == find.role.value)
    if find.nom:
        wanted.append(_named(db, find.nom))
    return wanted


def listed(db: Session, me: Actor, find: RoleFilter) -> Listing:
    """One page of the roles that this reader may see: by territory, role, name."""
    wanted = _within(db, me, find)
    day = today()
    figures = [func.count().filter(_state(state, day)) for state in RoleState]
    counts = dict(zip(RoleState, db.execute(select(*figures).select_from(Role).where(*wanted)).one(), strict=True))
    pages = max(1, -(-counts[find.etat] // PAGE_SIZE))
    page = min(find.page, pages)
    rows = _held(db, [*wanted, _state(find.etat, day)], limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    return Listing(rows, counts, page, pages)


def holders(db: Session, me: Actor, kind: RoleKind) -> Sequence[Held]:
    """Who holds this role today, where this reader may see it."""
    return _held(db, [*_within(db, me, RoleFilter(role=kind)), _state(RoleState.IN_FORCE, today())], limit=SHOWN)


def _held(db: Session, wanted: list[ColumnElement[bool]], *, limit: int, offset: int = 0) -> Sequence[Held]:
    granter = aliased(Person)
    statement = (
        select(Role, Person, granter.pseudonym)
        .join(Person, col(Person.id) == Role.person_id)
        .outerjoin(granter, col(granter.id) == Role.granted_by)
        .outerjoin(Territory, col(Territory.id) == Role.territory_id)
        .where(*wanted)
        .order_by(col(Territory.slug).is_not(None), col(Territory.slug), Role.kind, Person.pseudonym, col(Role.id))
        .limit(limit)
        .offset(offset)
    )
    return [Held(*row) for row in db.execute(statement)]


def role(db: Session, role_id: int) -> Role | None:
    """One role."""
    return db.get(Role, role_id)


def invitation(db: Session, invitation_id: int) -> Invitation | None:
    """One invitation."""
    return db.get(Invitation, invitation_id)


def offer_of(db: Session, invitation: Invitation) -> Offer:
    """What an invitation offers, as rights read it: to whom, if the address is somebody's."""
    person = person_by_email(db, invitation.email)
    return Offer(invitation.kind, invitation.territory_id, person.id if person else None)


def invitations_sent(db: Session, me: Actor) -> Sequence[Invitation]:
    """The invitations that wait for an answer, where this reader may see roles; the last sent first."""
    places = scope(me)
    statement = select(Invitation).where(Invitation.status == InvitationStatus.SENT)
    if places is not None:
        statement = statement.where(col(Invitation.territory_id).in_(places))
    return db.exec(statement.order_by(col(Invitation.id).desc()).limit(SHOWN)).all()


def invitations_to(db: Session, email: str | None) -> Sequence[Invitation]:
    """The roles offered to this proved address, oldest first."""
    if email is None:
        return []
    return db.exec(
        select(Invitation)
        .where(Invitation.email == email.lower(), Invitation.status == InvitationStatus.SENT)
        .where(col(Invitation.expires_at) > now())
        .order_by(col(Invitation.id))
        .limit(SHOWN)
    ).all()


def same_offer(db: Session, email: str, kind: str, territory_id: int | None) -> bool:
    """Whether this role, there, already waits for an answer from this address."""
    return any((i.kind, i.territory_id) == (kind, territory_id) for i in invitations_to(db, email))


def overlapping(
    db: Session, person_id: int, territory_id: int | None, starts_on: date, ends_on: date | None
) -> list[Role]:
    """The roles of a person that count on the same territory and on the same days, from today."""
    statement = select(Role).where(
        Role.person_id == person_id, col(Role.ended_at).is_(None),
        or_(col(Role.ends_on).is_(None), col(Role.ends_on) >= max(starts_on, today())),
    )  # fmt: skip
    if ends_on:
        statement = statement.where(Role.starts_on <= ends_on)
    if territory_id is not None:
        statement = statement.where(or_(col(Role.territory_id).is_(None), Role.territory_id == territory_id))
    return list(db.exec(statement.order_by(col(Role.id))))


def administrators(db: Session, *, in_hand: bool = False) -> Sequence[Role]:
    """Every role of administration of the whole département that was not ended; locked by who is about to end one."""
    statement = (
        select(Role)
        .join(Person, col(Person.id) == Role.person_id)
        .where(Role.kind == RoleKind.ADMINISTRATOR, col(Role.territory_id).is_(None))
        .where(col(Person.closing_at).is_(None), col(Person.closed_at).is_(None))
        .order_by(col(Role.id))
    )
    if in_hand:
        statement = statement.with_for_update(of=Role, **IN_HAND)
    roles = db.exec(statement.execution_options(populate_existing=in_hand)).all()
    return [role for role in roles if role.ended_at is None]


def excluded_by(kind: str) -> frozenset[str]:
    """The roles that may not be held together with this one."""
    pairs = [pair for pair in INCOMPATIBLE if kind in pair]
    return frozenset(str(other) for pair in pairs for other in pair) - {kind}
