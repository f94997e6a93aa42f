"""Roles: offered, accepted, ended. Nobody is granted a role without having accepted it."""

from datetime import date, timedelta

from sqlmodel import Session

from app.core.db import IN_HAND, now
from app.core.errors import ConflictError, ForbiddenError, GoneError
from app.core.i18n import fdate, today
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.core.mail import post
from app.core.settings import get_settings
from app.identity import queries
from app.identity.forms import RoleForm
from app.identity.models import Invitation, Person, Role
from app.identity.queries import roles as reads
from app.identity.service.people import in_hand, person_for, staying, tell
from app.identity.service.sessions import ask_rotation
from app.identity.states import INVITATION, ROLE_LABELS, InvitationStatus, RoleKind
from app.policy import ROLE_GRANT
from app.policy.actor import in_force

INVITATION_LIFE = timedelta(days=30)
BY_COMMAND = "create-admin"  # why the first administrators hold their role


class RefusedRoleError(ConflictError):
    """This person cannot hold this role there, on these days."""


def _title(db: Session, role: Role | Invitation) -> str:
    return _("« %(role)s », %(place)s") % {
        "role": _(ROLE_LABELS[RoleKind(role.kind)]), "place": reads.place_name(db, role.territory_id),
    }  # fmt: skip


def _refuse_overlaps(db: Session, person_id: int, offer: Invitation) -> None:
    """Two roles that exclude each other, or the same one twice, never count on the same day and territory.

    Raises:
        RefusedRoleError: one held, or to come, stands in the way.
    """
    excluded = reads.excluded_by(offer.kind)
    for held in reads.overlapping(db, person_id, offer.territory_id, offer.starts_on, offer.ends_on):
        words = {"held": _title(db, held)}
        if held.kind in excluded:
            raise RefusedRoleError(
                _(
                    "Ces deux rôles sont incompatibles aux mêmes dates sur un même territoire. L’autre : %(held)s. "
                    "Les élues et élus d’un territoire n’y relisent pas les contributions."
                )
                % words
            )
        if held.kind == offer.kind and held.territory_id == offer.territory_id:
            raise RefusedRoleError(_("Ce rôle est déjà confié à cette personne sur ces dates : %(held)s.") % words)


def invite(db: Session, form: RoleForm, territory_id: int | None, *, by: int) -> Invitation:
    """Offer a role to an address, whoever holds it; nothing is granted before it is accepted.

    Raises:
        RefusedRoleError: already offered or held, or excluded by another role.
    """
    inviter = in_hand(db, by)  # a double click offers once
    if reads.same_offer(db, form.email, form.kind, territory_id):
        raise RefusedRoleError(_("Ce rôle est déjà proposé à cette adresse : la réponse est attendue."))
    offer = Invitation(
        email=form.email, kind=form.kind.value, territory_id=territory_id, reason=form.reason,
        starts_on=form.starts_on, ends_on=form.ends_on, status=InvitationStatus.SENT.value, invited_by=by,
        created_at=now(), expires_at=now() + INVITATION_LIFE,
    )  # fmt: skip
    known = queries.person_by_email(db, form.email)
    if known:
        _refuse_overlaps(db, known.id or 0, offer)
    note_event(db, offer, "invite", by=by)
    post(db, offer.email, _("Un rôle vous est proposé sur Emglev"), _offer_mail(db, offer, inviter))
    return offer


def _offer_mail(db: Session, offer: Invitation, inviter: Person) -> str:
    days = _("à partir du %(start)s") % {"start": fdate(offer.starts_on)}
    if offer.ends_on:
        days = _("du %(start)s au %(end)s") % {"start": fdate(offer.starts_on), "end": fdate(offer.ends_on)}
    return _(
        "Bonjour,\n\n%(name)s vous propose un rôle sur Emglev :\n%(title)s, %(days)s.\n\nPourquoi :\n%(reason)s\n\n"
        "Pour répondre, connectez-vous avec cette adresse, puis ouvrez les rôles dans Mon espace :\n%(link)s\n\n"
        "Rien ne change sans votre accord. La proposition tient jusqu’au %(until)s.\n"
    ) % {
        "name": inviter.pseudonym, "title": _title(db, offer), "days": days, "reason": offer.reason,
        "link": f"{get_settings().public_url}/mon-espace/roles", "until": fdate(offer.expires_at),
    }  # fmt: skip


def cancel(db: Session, offer: Invitation, *, by: int) -> None:
    """Take an offer back."""
    INVITATION.move(db, offer, "cancel", by=by)
    body = _("Bonjour,\n\nLa proposition de rôle (%(title)s) est retirée. Vous n’avez rien à faire.\n")
    post(db, offer.email, _("Proposition de rôle retirée"), body % {"title": _title(db, offer)})


def decline(db: Session, offer: Invitation, *, by: int) -> None:
    """Say no to an offer."""
    INVITATION.move(db, offer, "decline", by=by)
    _tell_inviter(db, offer, _("Proposition de rôle déclinée"))


def accept(db: Session, offer: Invitation, *, by: int) -> Role:
    """Hold the role that was offered, from its first day.

    Raises:
        GoneError: the offer expired, or its days are over.
        ForbiddenError: who offered it may not grant it any more, or is oneself.
        RefusedRoleError: another role excludes it.
        ConflictError: it was already answered, or cancelled; the account was closed meanwhile.
    """
    person = staying(db, by)
    if offer.expires_at < now() or (offer.ends_on and offer.ends_on < today()):
        raise GoneError(_("Cette proposition a expiré. Demandez-en une nouvelle à la personne qui vous l’a faite."))
    _refuse_unless_grantable(db, offer, by)
    INVITATION.move(db, offer, "accept", by=by)
    _refuse_overlaps(db, by, offer)
    role = Role(
        person_id=by, kind=offer.kind, territory_id=offer.territory_id, granted_by=offer.invited_by,
        reason=offer.reason, starts_on=max(offer.starts_on, today()), ends_on=offer.ends_on,
    )  # fmt: skip
    note_event(db, role, "grant", by=offer.invited_by)
    ask_rotation(db, by)
    _tell_inviter(db, offer, _("Proposition de rôle acceptée"), person)
    return role


def _refuse_unless_grantable(db: Session, offer: Invitation, person_id: int) -> None:
    """A role is granted by somebody who may grant it on the day when it is accepted."""
    inviter = queries.person(db, offer.invited_by) if offer.invited_by else None
    wanted = reads.Offer(offer.kind, offer.territory_id, person_id)
    gone = inviter is None or inviter.closing_at is not None or inviter.closed_at is not None
    if gone or not queries.actor_of(db, inviter).can(ROLE_GRANT, wanted):  # type: ignore[arg-type]
        raise ForbiddenError(
            _("La personne qui vous a fait cette proposition ne peut plus confier ce rôle. Demandez-en une nouvelle.")
        )


def _tell_inviter(db: Session, offer: Invitation, subject: str, person: Person | None = None) -> None:
    inviter = queries.person(db, offer.invited_by) if offer.invited_by else None
    body = _("Bonjour,\n\n%(subject)s : %(title)s, par %(who)s.\n\nLes rôles : %(link)s\n") % {
        "subject": subject, "title": _title(db, offer), "who": person.pseudonym if person else offer.email,
        "link": f"{get_settings().public_url}/roles",
    }  # fmt: skip
    tell(db, inviter, subject, body)


def end(db: Session, role: Role, *, by: int, reason: str, last_day: date | None = None) -> None:
    """End a role at once, or after a day to come; who holds it is told why.

    Raises:
        ConflictError: it is over, or it would last longer; nobody would administer the département any more.
    """
    person = in_hand(db, role.person_id)
    others = _other_administrators(db, role)
    db.refresh(role, with_for_update=IN_HAND)
    if role.ended_at is not None or (role.ends_on is not None and role.ends_on < today()):
        raise ConflictError(_("Ce rôle a déjà pris fin."))
    if last_day and role.ends_on and last_day > role.ends_on:
        raise ConflictError(_("Ce rôle finit plus tôt. Pour le prolonger, proposez-le de nouveau."))
    after = last_day + timedelta(days=1) if last_day else today()
    if others is not None and not any(in_force(other, after) for other in others):
        raise ConflictError(
            _("Personne d’autre n’administrerait tout le Finistère ce jour-là : confiez d’abord ce rôle à quelqu’un.")
        )
    later = last_day is not None and last_day >= role.starts_on
    role.ends_on, role.ended_at = (last_day, None) if later else (role.ends_on, now())
    role.ended_by, role.end_reason = by, reason
    note_event(db, role, "end_later" if later else "end", by=by)
    ask_rotation(db, role.person_id)
    _tell_of_end(db, role, person, by)


def _other_administrators(db: Session, role: Role) -> list[Role] | None:
    """Who else administers the whole département, if this role does: in hand, so that the last two do not both leave.

    Taken before the role itself and in one order, or each of the two would hold what the other waits for.
    """
    if role.kind != RoleKind.ADMINISTRATOR or role.territory_id is not None:
        return None
    return [other for other in reads.administrators(db, in_hand=True) if other.id != role.id]


def _tell_of_end(db: Session, role: Role, person: Person, by: int) -> None:
    """Who holds the role is told; if they gave it up, who granted it is."""
    given_up = by == person.id
    granter = queries.person(db, role.granted_by) if role.granted_by else None
    day = role.ends_on if role.ended_at is None else None
    when = _("prend fin le %(day)s") % {"day": fdate(day)} if day else _("a pris fin")
    whose = _("Le rôle de %(name)s") % {"name": person.pseudonym} if given_up else _("Votre rôle")
    body = _(
        "Bonjour,\n\n%(whose)s %(when)s : %(title)s.\n\nPourquoi :\n%(reason)s\n\n"
        "Pour en parler : %(contact)s\n"
    ) % {
        "whose": whose, "title": _title(db, role), "when": when, "reason": role.end_reason,
        "contact": get_settings().contact_email,
    }  # fmt: skip
    tell(db, granter if given_up else person, _("Fin d’un rôle sur Emglev"), body)


def appoint_administrator(db: Session, email: str, *, reason: str) -> bool:
    """Grant the administration of the whole département from the command line; whether it was not held already."""
    person = person_for(db, email)
    in_hand(db, person.id or 0)
    held = reads.overlapping(db, person.id or 0, None, today(), None)
    if any(r.kind == RoleKind.ADMINISTRATOR and r.territory_id is None and in_force(r, today()) for r in held):
        return False
    role = Role(person_id=person.id or 0, kind=RoleKind.ADMINISTRATOR.value, starts_on=today(), reason=reason)
    note_event(db, role, "grant", by=None)
    ask_rotation(db, person.id or 0)
    link = f"{get_settings().public_url}/connexion"
    body = _(
        "Bonjour,\n\nL’administration du site vous est confiée, sur tout le Finistère.\n"
        "Connectez-vous avec cette adresse : %(link)s\n"
    )
    tell(db, person, _("L’administration d’Emglev vous est confiée"), body % {"link": link})
    return True
