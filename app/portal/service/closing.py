"""Closing an account, coming back within 30 days, and what is left of it afterwards."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, or_, select, update

from app.core.db import now
from app.core.errors import ConflictError
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.core.machine import Event, note_event
from app.core.mail import Mail
from app.core.settings import get_settings
from app.identity import service as identity
from app.identity.models import (
    Delegate,
    EmailProof,
    FederatedIdentity,
    Invitation,
    ParentAgreement,
    Passkey,
    Person,
    RecoveryCode,
    Role,
    WebSession,
)
from app.identity.queries.profile import closed_name
from app.identity.states import DELEGATE, DelegateStatus
from app.portal.queries.closing import hindrances
from app.portal.service import contributions, traces
from app.portal.service.profile import forget_agreements
from app.portal.states import REOPENING_DAYS
from app.threads.models import ProfileText
from app.threads.service.profiles import sign_again
from app.workshops.models import Participation, Registration
from app.workshops.service import registrations


def final_day(person: Person) -> datetime:
    """Until when the account may be reopened."""
    return (person.closing_at or now()) + timedelta(days=REOPENING_DAYS)


def close(db: Session, person_id: int, *, erases: bool, why: str = "close_account") -> Person:
    """Close the account at once: sessions, roles and mandates end; with ``erases``, words leave public view.

    Raises:
        ConflictError: nobody else administers the site, or speaks for an organisation.
    """
    person = identity.in_hand(db, person_id)
    if person.closing_at is not None or person.closed_at is not None:
        return person  # a double click
    obstacles = hindrances(db, person_id, lock=True)
    if obstacles:
        raise ConflictError(" ".join(obstacles))
    person.closing_at, person.closing_erases = now(), erases
    note_event(db, person, why, by=person_id)
    _end_mandates(db, person_id)
    registrations.leave_all(db, person_id)
    if erases:
        contributions.withdraw(db, person_id)
    _say_closed(db, person)
    identity.end_sessions(db, person_id)
    return person


def _end_mandates(db: Session, person_id: int) -> None:
    for role in db.exec(select(Role).where(Role.person_id == person_id, col(Role.ended_at).is_(None))):
        role.ended_at, role.ended_by, role.end_reason = now(), person_id, closed_name()
        note_event(db, role, "end", by=person_id)
    held = select(Delegate).where(Delegate.person_id == person_id, Delegate.status == DelegateStatus.ACCEPTED.value)
    for mandate in db.exec(held).all():
        DELEGATE.move(db, mandate, "end", by=person_id)
        mandate.ended_at = now()


def _say_closed(db: Session, person: Person) -> None:
    kept = _("Vos contributions restent en ligne ; passé ce délai, votre pseudonyme en sera retiré.")
    erased = _("Vos contributions ne sont plus visibles ; passé ce délai, elles seront effacées, avec vos voix.")
    body = _(
        "Bonjour,\n\nVotre compte est fermé.\n\n%(what)s\n\n"
        "Vous avez changé d’avis ? Jusqu’au %(day)s, connectez-vous comme d’habitude, puis rouvrez votre compte :\n"
        "%(link)s\n\nAprès cette date, rien ne permet plus de le retrouver.\n"
    ) % {
        "what": erased if person.closing_erases else kept, "day": fdate(final_day(person)),
        "link": f"{get_settings().public_url}/connexion",
    }  # fmt: skip
    identity.tell(db, person, _("Votre compte est fermé"), body)


def reopen(db: Session, person_id: int) -> bool:
    """Come back: everything is where it was, but roles and mandates, which are granted again.

    Returns whether it was still closed.
    Raises:
        ConflictError: the time to come back is over.
    """
    person = identity.in_hand(db, person_id)
    if person.closed_at is not None:
        raise ConflictError(_("Ce compte ne peut plus être rouvert : ses données ont été effacées."))
    if person.closing_at is None:
        return False
    if person.closing_erases:
        contributions.put_back(db, person_id)
    person.closing_at, person.closing_erases = None, False
    note_event(db, person, "reopen_account", by=person_id)
    return True


def anonymise(db: Session, person_id: int, *, before: datetime) -> bool:
    """Forget who it was, once the account was closed before this moment; whether it was done now."""
    person = identity.in_hand(db, person_id)
    if person.closed_at is not None or person.closing_at is None or person.closing_at >= before:
        return False  # reopened meanwhile, or done by another purge
    if person.closing_erases:
        contributions.erase(db, person_id)
    _forget_ways(db, person_id)
    traces.forget(db, person)
    traces.forget_pseudonyms(db, db.exec(select(ProfileText).where(ProfileText.author_id == person_id)).all())
    if person.email:
        _forget_address(db, person.email)
    _forget_mandates(db, person_id)
    _forget_workshops(db, person_id)
    person.email, person.pseudonym, person.demo_persona = None, closed_name(), None
    person.college, person.commune_insee, person.age_bracket = None, None, None
    person.shows_commune, person.last_seen_at, person.closed_at = False, None, now()
    about = (col(Event.subject_kind) == "person") & (col(Event.subject_id) == person_id)
    db.execute(update(Event).where(about).values(note=None))  # what others wrote of them
    note_event(db, person, "anonymise", by=None)
    db.flush()
    sign_again(db, person)
    return True


def _forget_ways(db: Session, person_id: int) -> None:
    """Ways in, second factors, browsers, and what a parent said with their address."""
    asked = select(col(ParentAgreement.id)).where(ParentAgreement.person_id == person_id)
    forget_agreements(db, list(db.execute(asked).scalars()))
    db.execute(delete(EmailProof).where(EmailProof.data["person"].as_integer() == person_id))  # a new address, unproved
    for table in (FederatedIdentity, Passkey, RecoveryCode, WebSession):
        db.execute(delete(table).where(col(table.person_id) == person_id))


def _forget_address(db: Session, email: str) -> None:
    """What was sent to this address, or waits for it."""
    db.execute(delete(EmailProof).where(col(EmailProof.email) == email))
    db.execute(delete(Mail).where(func.lower(Mail.to) == email))
    offered = select(col(Invitation.id)).where(Invitation.email == email)
    remove(db, Invitation, list(db.execute(offered).scalars()))
    never = or_(col(Delegate.person_id).is_(None), col(Delegate.accepted_at).is_(None))
    waiting = select(col(Delegate.id)).where(Delegate.email == email, never)
    remove(db, Delegate, list(db.execute(waiting).scalars()))


def _forget_mandates(db: Session, person_id: int) -> None:
    """That a role or a mandate was held stays, for those who answer for it; not the words nor the address."""
    db.execute(update(Role).where(col(Role.person_id) == person_id).values(reason=None, end_reason=None))
    db.execute(update(Delegate).where(col(Delegate.person_id) == person_id).values(email=""))


def _forget_workshops(db: Session, person_id: int) -> None:
    """Where they said that they would come, or that they took part: nobody can take it back any more."""
    came = select(col(Registration.id)).where(Registration.person_id == person_id)
    remove(db, Registration, list(db.execute(came).scalars()))
    db.execute(delete(Participation).where(col(Participation.person_id) == person_id))


def remove(
    db: Session, table: type[Invitation] | type[Delegate] | type[Registration], ids: list[int]
) -> None:  # fmt: skip
    """Rows and their events: an id may be given again, to a row that has its own story."""
    db.execute(delete(Event).where(col(Event.subject_kind) == table.__tablename__, col(Event.subject_id).in_(ids)))
    db.execute(delete(table).where(col(table.id).in_(ids)))
