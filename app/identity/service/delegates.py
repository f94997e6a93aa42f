"""Verbs on delegates: invited by address, accepted by who proved it, ended; never a shared password."""

from sqlmodel import Session

from app.core.db import now
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.mail import post
from app.core.settings import get_settings
from app.identity import queries as people
from app.identity.models import Delegate, Organisation, Person
from app.identity.queries import organisations as queries
from app.identity.service.people import staying, tell
from app.identity.service.sessions import ask_rotation
from app.identity.states import DELEGATE, DelegateStatus, OrganisationStatus

MOST = 20  # delegates and invitations of one organisation
MOST_A_DAY = 3  # invitations of one address by one person


def invite(db: Session, organisation: Organisation, email: str, *, by: int) -> None:
    """Ask this address to speak for it; the mail holds no secret: one signs in with that address, then accepts.

    Raises:
        ConflictError: already asked, already its delegate, or too many; asked too often today.
    """
    queries.in_hand(db, organisation)
    known = people.person_by_email(db, email)
    if queries.current_delegate(db, organisation.id or 0, email=email, person_id=known.id if known else None):
        raise ConflictError(_("Cette adresse est déjà invitée, ou parle déjà pour cette organisation."))
    current = [d for d, _name in queries.delegates_of(db, organisation.id or 0) if d.ended_at is None]
    if len([d for d in current if d.status in (DelegateStatus.INVITED, DelegateStatus.ACCEPTED)]) >= MOST:
        raise ConflictError(_("%(n)s personnes au plus parlent pour une organisation.") % {"n": MOST})
    if queries.asked_today(db, email, by=by) >= MOST_A_DAY:
        raise ConflictError(_("Cette adresse a déjà reçu plusieurs invitations de vous. Recommencez demain."))
    db.add(
        Delegate(
            organisation_id=organisation.id or 0, email=email, status=DelegateStatus.INVITED.value, invited_by=by,
            created_at=now(),
        )
    )  # fmt: skip
    _ask(db, organisation, email)


def appoint(db: Session, organisation: Organisation, email: str, *, by: int) -> None:
    """An administrator asks somebody to speak for an organisation that nobody speaks for any more.

    Raises:
        ConflictError: somebody speaks for it, or was already asked.
    """
    queries.in_hand(db, organisation)
    if queries.delegates_number(db, organisation.id or 0):
        raise ConflictError(_("Une personne parle déjà pour cette organisation : c’est à elle d’inviter."))
    invite(db, organisation, email, by=by)


def _ask(db: Session, organisation: Organisation, email: str) -> None:
    words = {"name": organisation.name, "link": f"{get_settings().public_url}/mon-espace/organisations"}
    body = _(
        "Bonjour,\n\nOn vous propose de parler au nom de « %(name)s » sur Emglev.\n"
        "Pour accepter ou décliner, connectez-vous avec cette adresse :\n%(link)s\n\n"
        "Vous garderez votre propre voix : chaque fois, vous choisissez au nom de qui vous parlez.\n"
        "Si vous ne connaissez pas cette organisation, ignorez ce message.\n"
    )
    post(db, email, _("Parler au nom de « %(name)s »") % words, body % words)


def accept(db: Session, delegate: Delegate, organisation: Organisation, person: Person) -> None:
    """From now on this person speaks for it, as soon as it is verified.

    Raises:
        ConflictError: the invitation, the organisation or the account is no more, or they speak for it already.
    """
    staying(db, person.id or 0)
    queries.in_hand(db, organisation)
    if organisation.status == OrganisationStatus.CLOSED:
        raise ConflictError(_("La page de cette organisation est fermée."))
    held = queries.current_delegate(db, organisation.id or 0, email=delegate.email, person_id=person.id)
    if held and held.status == DelegateStatus.ACCEPTED:
        raise ConflictError(_("Vous parlez déjà pour cette organisation."))
    DELEGATE.move(db, delegate, "accept", by=person.id)
    delegate.person_id, delegate.accepted_at = person.id, now()
    ask_rotation(db, person.id or 0)
    words = {"who": person.pseudonym, "name": organisation.name}
    for other in queries.spokespeople(db, organisation.id or 0):
        if other.id != person.id:
            body = _("Bonjour,\n\n%(who)s a accepté de parler au nom de « %(name)s ».\n") % words
            tell(db, other, _("Une personne de plus parle pour « %(name)s »") % words, body)


def decline(db: Session, delegate: Delegate, *, by: int) -> None:
    """No, thank you."""
    DELEGATE.move(db, delegate, "decline", by=by)


def cancel(db: Session, delegate: Delegate, *, by: int) -> None:
    """The organisation takes its invitation back."""
    DELEGATE.move(db, delegate, "cancel", by=by)


def end(db: Session, delegate: Delegate, organisation: Organisation, *, by: int) -> None:
    """This person speaks for it no more; what they said in its name stays.

    Raises:
        ConflictError: nobody would be left, or the mandate ended already.
    """
    queries.in_hand(db, organisation)
    if delegate.status == DelegateStatus.ACCEPTED and queries.delegates_number(db, organisation.id or 0) == 1:
        raise ConflictError(
            _("Personne d’autre ne parle pour cette organisation : invitez d’abord quelqu’un, ou fermez sa page.")
        )
    DELEGATE.move(db, delegate, "end", by=by)
    delegate.ended_at = now()
    ask_rotation(db, delegate.person_id or 0)
    person = people.person(db, delegate.person_id or 0)
    words = {"name": organisation.name}
    body = _("Bonjour,\n\nVous ne parlez plus au nom de « %(name)s ». Votre compte et votre voix restent les vôtres.\n")
    tell(db, person, _("Vous ne parlez plus pour « %(name)s »") % words, body % words)
