"""Verbs that join features: confirming an address, whatever it was given for."""

from dataclasses import dataclass

from sqlmodel import Session

from app.accords import queries as accords
from app.actions import queries as sheets
from app.actions import service as sheet_verbs
from app.actions.models import ActionSheet
from app.core.db import now
from app.core.errors import ForbiddenError, GoneError
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.identity import queries as people
from app.identity import service as identity
from app.identity.models import EmailProof
from app.identity.states import College
from app.needs import queries as needs
from app.needs import service as need_verbs
from app.needs.models import Need
from app.needs.queries import PUBLIC
from app.needs.queries import groups as need_groups
from app.needs.service import groups as group_verbs
from app.policy import GROUP_SUPPORT, NEED_COMMENT, NEED_SUPPORT, SHEET_COMMENT, SHEET_POSITION
from app.policy.actor import ANONYMOUS
from app.portal.queries.follows import Followed, subject
from app.portal.service import following
from app.threads import queries as threads
from app.threads import service as thread_verbs
from app.threads.models import Comment
from app.threads.states import FollowKind, Moderation, Rhythm, Stance
from app.workshops import queries as workshops
from app.workshops.models import Workshop
from app.workshops.service import registrations
from app.workshops.states import Attendance, Room


@dataclass(frozen=True)
class Confirmed:
    """What a confirmation did, and on what; ``path`` is empty while it is not public.

    ``heading``: what one came for, where that says more than a confirmed address; ``calendar``: a file for one's own.
    """

    words: str
    title: str
    reference: str
    path: str
    heading: str = ""
    calendar: str = ""


def confirm(db: Session, proof: EmailProof) -> Confirmed:
    """Do what the address was given for.

    Raises:
        GoneError: the link was used, expired, or its contribution is gone.
        ForbiddenError: the calendar closed it meanwhile.
        ConflictError: it was already confirmed.
    """
    identity.use(db, proof)
    done = ACTS[proof.purpose](db, proof)
    _note_visit(db, proof.email)
    return done


def _note_visit(db: Session, email: str) -> None:
    """Who confirms what they said is there, even without signing in: the account is in use."""
    person = people.person_by_email(db, email)
    if person:
        person.last_seen_at = now()
        db.add(person)


def _about_need(need: Need, words: str) -> Confirmed:
    path = f"/besoins/{need.id}" if need.status in PUBLIC else ""
    return Confirmed(words, need.title, need.reference, path)


def _about_sheet(sheet: ActionSheet, words: str) -> Confirmed:
    reference = sheet.reference or ""
    return Confirmed(words, sheet.title, reference, f"/fiches-actions/{reference}")


def _need(db: Session, need_id: int) -> Need:
    need = needs.one(db, need_id)
    if need is None:
        raise GoneError(_("Ce besoin n’existe plus."))
    return need


def _confirm_need(db: Session, proof: EmailProof) -> Confirmed:
    """Said while needs were open, it counts even if its address is confirmed after they closed."""
    need = _need(db, proof.data["need"])
    need_verbs.confirm(db, need, proof.email)
    return _about_need(need, _("Merci : votre besoin part en relecture et compte pour une voix."))


def _confirm_support(db: Session, proof: EmailProof) -> Confirmed:
    need = _need(db, proof.data["need"])
    if not ANONYMOUS.can(NEED_SUPPORT, need):
        raise ForbiddenError(_("Ce besoin ne reçoit plus de soutien en ce moment."))
    person = identity.person_for(db, proof.email, college=proof.data["college"])
    new = need_verbs.support(db, need, person, proof.data["college"])
    already = _("Votre voix était déjà comptée : chaque personne compte une fois.")
    counted = _("Votre voix est comptée.") if new else already
    written = threads.comment(db, proof.data["comment"]) if "comment" in proof.data else None
    if written is None or written.status != Moderation.AWAITING_EMAIL or not ANONYMOUS.can(NEED_COMMENT, need):
        return _about_need(need, counted)
    need_verbs.confirm_comment(db, written, proof.email, a_posteriori=need.accord.comments_a_posteriori)
    return _about_need(need, f"{counted} {_('Vos mots partent en relecture.')}")


def _confirm_group_support(db: Session, proof: EmailProof) -> Confirmed:
    group = need_groups.one(db, proof.data["group"])
    if group is None:
        raise GoneError(_("Ce besoin partagé n’existe plus."))
    if not ANONYMOUS.can(GROUP_SUPPORT, group):
        raise ForbiddenError(_("Ce besoin partagé ne reçoit plus de soutien en ce moment."))
    person = identity.person_for(db, proof.email, college=proof.data["college"])
    new = group_verbs.support(db, group, person, proof.data["college"])
    already = _("Votre voix était déjà comptée : chaque personne compte une fois.")
    words = _("Votre voix est comptée.") if new else already
    return Confirmed(words, group.title, group.reference, f"/besoins-partages/{group.id}")


def _confirm_position(db: Session, proof: EmailProof) -> Confirmed:
    sheet = sheets.one(db, proof.data["sheet"])
    if sheet is None:
        raise GoneError(_("Cette fiche-action n’existe plus."))
    if not ANONYMOUS.can(SHEET_POSITION, sheet):
        raise ForbiddenError(_("Cette fiche-action ne reçoit plus de position en ce moment."))
    person = identity.person_for(db, proof.email, college=proof.data["college"])
    college, stance = College(proof.data["college"]), Stance(proof.data["stance"])
    sheet_verbs.confirm_position(db, sheet, person, college, stance)
    return _about_sheet(sheet, _("Votre position est comptée."))


def _confirm_comment(db: Session, proof: EmailProof) -> Confirmed:
    written = threads.comment(db, proof.data["comment"])
    if written is None:
        raise GoneError(_("Ce commentaire n’existe plus."))
    need = needs.of_thread(db, written.thread_id)
    if need is None:
        return _confirm_sheet_comment(db, written, proof.email)
    full = _need(db, need.id or 0)
    if not ANONYMOUS.can(NEED_COMMENT, full):
        raise ForbiddenError(_("Ce besoin ne reçoit plus de commentaire en ce moment."))
    accord = accords.accord(db, full.accord_id)
    need_verbs.confirm_comment(db, written, proof.email, a_posteriori=bool(accord and accord.comments_a_posteriori))
    return _about_need(full, _("Merci : votre commentaire part en relecture."))


def _confirm_sheet_comment(db: Session, written: Comment, email: str) -> Confirmed:
    sheet = sheets.of_thread(db, written.thread_id)
    if sheet is None:
        raise GoneError(_("Ce commentaire n’existe plus."))
    if not ANONYMOUS.can(SHEET_COMMENT, sheet):
        raise ForbiddenError(_("Cette fiche-action ne reçoit plus de commentaire en ce moment."))
    accord = accords.accord(db, sheet.accord_id)
    sheet_verbs.confirm_comment(db, written, email, a_posteriori=bool(accord and accord.comments_a_posteriori))
    return _about_sheet(sheet, _("Merci : votre commentaire part en relecture."))


def _confirm_follow(db: Session, proof: EmailProof) -> Confirmed:
    kind, subject_id = FollowKind(proof.data["kind"]), proof.data["subject"]
    about = subject(db, kind, subject_id) or (_tracked(db, subject_id) if proof.data["tracked"] else None)
    if about is None:
        raise GoneError(_("Cette page n’est plus publique."))
    person = identity.person_for(db, proof.email)
    following.start(db, person.id or 0, kind, subject_id, Rhythm(proof.data["rhythm"]))
    return Confirmed(
        _("Vous recevrez les nouvelles. Chaque message dira comment arrêter."), about.title, "", about.path
    )


def _tracked(db: Session, thread_id: int) -> Followed | None:
    """A need that is not public, of which the tracking code was given."""
    need = needs.of_thread(db, thread_id)
    return Followed(need.title, "") if need else None


def _confirm_registration(db: Session, proof: EmailProof) -> Confirmed:
    workshop = workshops.one(db, proof.data["workshop"])
    if workshop is None or workshop.status == Room.DRAFT:
        raise GoneError(_("Cet atelier n’est plus annoncé."))
    person = identity.person_for(db, proof.email)
    note, remote = proof.data["note"], proof.data["remote"]
    held = registrations.register(db, workshop, person.id or 0, remote=remote, note=note)
    path = f"/ateliers/{workshop.id}-{workshop.slug}"
    if held.status == Attendance.WAITING:
        words = _("Une place vous revient dès qu’il s’en libère une, dans l’ordre. Un message vous dit votre rang.")
        return Confirmed(words, workshop.title, "", path, _("Vous êtes sur la liste d’attente"))
    where = _("à distance") if held.remote else workshop.place
    words = _("Rendez-vous le %(when)s, %(where)s. Un message vous le redit, avec de quoi annuler.")
    words %= {"when": fdate(workshop.starts_at, "meeting"), "where": where}
    return Confirmed(words, workshop.title, "", path, _("Votre place est gardée"), f"{path}.ics")


def asked_of(db: Session, proof: EmailProof) -> Workshop | None:
    """The workshop to which this address was given to come; none for what else is confirmed."""
    if proof.purpose != registrations.CONFIRM_REGISTRATION:
        return None
    workshop = workshops.one(db, proof.data["workshop"])
    return workshop if workshop and workshop.status != Room.DRAFT else None


ACTS = {
    need_verbs.CONFIRM_NEED: _confirm_need,
    need_verbs.CONFIRM_SUPPORT: _confirm_support,
    group_verbs.CONFIRM_GROUP_SUPPORT: _confirm_group_support,
    sheet_verbs.CONFIRM_POSITION: _confirm_position,
    thread_verbs.CONFIRM_COMMENT: _confirm_comment,
    following.CONFIRM_FOLLOW: _confirm_follow,
    registrations.CONFIRM_REGISTRATION: _confirm_registration,
}
