"""Reads of organisations: the public list, one of them, its delegates, what waits to be verified."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from app.core.db import IN_HAND, now
from app.core.machine import Event
from app.core.search import matching
from app.identity.forms import OrganisationFilter
from app.identity.models import Delegate, Organisation, Person
from app.identity.states import DelegateStatus, OrganisationStatus
from app.policy import ORGANISATION_VERIFY
from app.policy.actor import Actor

PAGE_SIZE = 20
KIND = "organisation"  # of what is searched, and of events
ALIVE = (OrganisationStatus.DECLARED.value, OrganisationStatus.VERIFIED.value)  # a number is theirs alone
_SHOWN = (OrganisationStatus.VERIFIED.value, OrganisationStatus.CLOSED.value)  # their page is public
_CURRENT = (DelegateStatus.INVITED.value, DelegateStatus.ACCEPTED.value)


@dataclass(frozen=True)
class Listed:
    """One page of the public list: ``(organisation, how many delegates)``; pages are numbered from 1."""

    rows: Sequence[tuple[Organisation, int]]
    total: int
    page: int

    @property
    def before(self) -> int | None:
        """The page before."""
        return self.page - 1 if self.page > 1 else None

    @property
    def after(self) -> int | None:
        """The page after."""
        return self.page + 1 if self.page * PAGE_SIZE < self.total else None


def by_slug(db: Session, slug: str) -> Organisation | None:
    """One organisation, whatever its status."""
    return db.exec(select(Organisation).where(Organisation.slug == slug)).first()


def in_hand(db: Session, organisation: Organisation) -> Organisation:
    """The organisation as the last writer left it, and held: its delegates change one at a time."""
    db.refresh(organisation, with_for_update=IN_HAND)
    return organisation


def _delegates() -> Any:
    return (
        select(func.count(col(Delegate.id)))
        .where(col(Delegate.organisation_id) == Organisation.id, Delegate.status == DelegateStatus.ACCEPTED)
        .correlate(Organisation)
        .scalar_subquery()
    )


def listed(db: Session, find: OrganisationFilter, territory_id: int | None) -> Listed:
    """One page of the verified organisations, by name, with how many people speak for each."""
    wanted: list[ColumnElement[bool]] = [col(Organisation.status) == OrganisationStatus.VERIFIED.value]
    if territory_id is not None:
        wanted.append(col(Organisation.territory_id) == territory_id)
    if find.nature:
        wanted.append(col(Organisation.kind) == find.nature.value)
    found = matching(db, KIND, find.q, col(Organisation.id)) if find.q else None
    if found is not None:
        wanted.append(found)
    total = db.exec(select(func.count()).select_from(Organisation).where(*wanted)).one()
    page = min(find.page, max(1, -(-total // PAGE_SIZE)))
    rows = db.execute(
        select(Organisation, _delegates())
        .where(*wanted)
        .order_by(func.lower(Organisation.name), col(Organisation.id))
        .offset((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return Listed([(organisation, number) for organisation, number in rows], total, page)


def delegates_number(db: Session, organisation_id: int) -> int:
    """How many people speak for it today."""
    statement = select(func.count()).where(Delegate.organisation_id == organisation_id)
    return db.exec(statement.where(Delegate.status == DelegateStatus.ACCEPTED)).one()


def delegates_of(db: Session, organisation_id: int) -> Sequence[tuple[Delegate, str | None]]:
    """Who speaks for it and who is invited to, with their pseudonyms; those whose mandate ended come last."""
    rows = db.execute(
        select(Delegate, Person.pseudonym)
        .outerjoin(Person, col(Person.id) == Delegate.person_id)
        .where(Delegate.organisation_id == organisation_id)
        .order_by(col(Delegate.status).not_in(_CURRENT), col(Delegate.id))
        .limit(100)
    )
    return [(delegate, pseudonym) for delegate, pseudonym in rows]


def delegate(db: Session, delegate_id: int) -> Delegate | None:
    """One mandate."""
    return db.get(Delegate, delegate_id)


def current_delegate(
    db: Session, organisation_id: int, *, email: str = "", person_id: int | None = None
) -> Delegate | None:
    """The mandate or the invitation of this address, or of this person, if there is one."""
    who = Delegate.email == email if person_id is None else or_(
        Delegate.email == email, Delegate.person_id == person_id
    )  # fmt: skip
    statement = select(Delegate).where(Delegate.organisation_id == organisation_id, who)
    return db.exec(statement.where(col(Delegate.status).in_(_CURRENT)).order_by(col(Delegate.status))).first()


def asked_today(db: Session, email: str, *, by: int) -> int:
    """How many times this person asked this address, for any organisation, within a day."""
    asked = select(func.count()).where(Delegate.email == email, Delegate.invited_by == by)
    return db.exec(asked.where(col(Delegate.created_at) > now() - timedelta(days=1))).one()


def spokespeople(db: Session, organisation_id: int) -> Sequence[Person]:
    """The people who speak for it, to be told what becomes of it."""
    return db.exec(
        select(Person)
        .join(Delegate, col(Delegate.person_id) == Person.id)
        .where(Delegate.organisation_id == organisation_id, Delegate.status == DelegateStatus.ACCEPTED)
    ).all()


def invitations_to(db: Session, email: str | None) -> Sequence[tuple[Delegate, Organisation]]:
    """The organisations that ask this proved address to speak for them, oldest first."""
    if email is None:
        return []
    rows = db.execute(
        select(Delegate, Organisation)
        .join(Organisation, col(Organisation.id) == Delegate.organisation_id)
        .where(Delegate.email == email.lower(), Delegate.status == DelegateStatus.INVITED)
        .where(Organisation.status != OrganisationStatus.CLOSED)
        .order_by(col(Delegate.id))
    )
    return [(invited, organisation) for invited, organisation in rows]


def mandates_of(db: Session, person_id: int) -> Sequence[tuple[Delegate, Organisation]]:
    """The mandates of a person, in force then ended, by organisation."""
    rows = db.execute(
        select(Delegate, Organisation)
        .join(Organisation, col(Organisation.id) == Delegate.organisation_id)
        .where(Delegate.person_id == person_id)
        .where(col(Delegate.status).in_([DelegateStatus.ACCEPTED.value, DelegateStatus.ENDED.value]))
        .order_by(col(Delegate.status), func.lower(Organisation.name), col(Delegate.id))
        .limit(100)
    )
    return [(mandate, organisation) for mandate, organisation in rows]


def taken(db: Session, *, siret: str | None, rna: str | None, but: int | None = None) -> bool:
    """Whether another living organisation has one of these numbers."""
    same = [column == value for column, value in ((Organisation.siret, siret), (Organisation.rna, rna)) if value]
    if not same:
        return False
    statement = select(Organisation.id).where(or_(*same), col(Organisation.status).in_(ALIVE))
    return db.exec(statement.where(col(Organisation.id).is_distinct_from(but))).first() is not None


def awaiting(db: Session, me: Actor) -> Sequence[Organisation]:
    """What this person may verify, oldest first; never one's own."""
    held: list[Collection[int] | None] = [me.territories("moderator"), me.territories("administrator")]
    statement = select(Organisation).where(Organisation.status == OrganisationStatus.DECLARED)
    if None not in held:
        statement = statement.where(col(Organisation.territory_id).in_([t for where in held for t in where or ()]))
    waiting = db.exec(statement.order_by(col(Organisation.id)).limit(200)).all()
    return [organisation for organisation in waiting if me.can(ORGANISATION_VERIFY, organisation)]


def history(db: Session, organisation_id: int) -> Sequence[Event]:
    """What happened to it, oldest first."""
    statement = select(Event).where(Event.subject_kind == KIND, Event.subject_id == organisation_id)
    return db.exec(statement.order_by(col(Event.at), col(Event.id))).all()


def declared_by(db: Session, person_id: int, name: str) -> Organisation | None:
    """The last organisation of this name that this person declared."""
    statement = select(Organisation).where(Organisation.declared_by == person_id, Organisation.name == name)
    return db.exec(statement.order_by(col(Organisation.id).desc())).first()


def of_employer(db: Session, person_id: int, siret: str) -> Sequence[Organisation]:
    """The organisations of this SIRET that wait to be verified and for which this person was accepted."""
    return db.exec(
        select(Organisation)
        .join(Delegate, col(Delegate.organisation_id) == Organisation.id)
        .where(Organisation.siret == siret, Organisation.status == OrganisationStatus.DECLARED)
        .where(Delegate.person_id == person_id, Delegate.status == DelegateStatus.ACCEPTED)
    ).all()


def was_refused(db: Session, person_id: int, siret: str, verbs: Collection[str]) -> bool:
    """Whether one of these was done to an organisation of this SIRET, or to one for which this person spoke.

    Declared anew, or with another number, it is the same one for whoever said no.
    """
    spoke = select(Delegate.organisation_id).where(Delegate.person_id == person_id)
    same = or_(col(Organisation.siret) == siret, col(Organisation.id).in_(spoke))
    done = select(Event.id).join(Organisation, col(Organisation.id) == Event.subject_id).where(same)
    return db.exec(done.where(Event.subject_kind == KIND, col(Event.verb).in_(verbs)).limit(1)).first() is not None


def pages_of(db: Session, ids: Collection[int | None]) -> dict[int, str]:
    """``{id: slug}`` of those whose page is public, among these."""
    known = [i for i in ids if i is not None]
    if not known:
        return {}
    statement = select(col(Organisation.id), col(Organisation.slug)).where(col(Organisation.id).in_(known))
    return dict(db.execute(statement.where(col(Organisation.status).in_(_SHOWN))).all())
