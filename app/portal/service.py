"""Verbs that join features: confirming an address, whatever it was given for."""

from sqlmodel import Session

from app.accords import queries as accords
from app.core.errors import ForbiddenError, GoneError
from app.core.i18n import gettext as _
from app.identity import service as identity
from app.identity.models import EmailProof, Person
from app.needs import queries as needs
from app.needs import service as need_verbs
from app.needs.models import Need
from app.policy import ANONYMOUS, NEED_COMMENT, NEED_SUPPORT
from app.portal.forms import ProfileForm
from app.threads import queries as threads
from app.threads import service as thread_verbs


def confirm(db: Session, proof: EmailProof) -> tuple[Need, str]:
    """Do what the address was given for; the need concerned and what to say.

    Raises:
        GoneError: the link was used, expired, or its contribution is gone.
        ForbiddenError: the calendar closed it meanwhile.
        ConflictError: it was already confirmed.
    """
    identity.use(db, proof)
    act = {
        need_verbs.CONFIRM_NEED: _confirm_need,
        need_verbs.CONFIRM_SUPPORT: _confirm_support,
        thread_verbs.CONFIRM_COMMENT: _confirm_comment,
    }[proof.purpose]
    return act(db, proof)


def _need(db: Session, need_id: int) -> Need:
    need = needs.one(db, need_id)
    if need is None:
        raise GoneError(_("Ce besoin n’existe plus."))
    return need


def _confirm_need(db: Session, proof: EmailProof) -> tuple[Need, str]:
    """Said while needs were open, it counts even if its address is confirmed after they closed."""
    need = _need(db, proof.data["need"])
    need_verbs.confirm(db, need, proof.email)
    return need, _("Merci : votre besoin part en relecture et compte pour une voix.")


def _confirm_support(db: Session, proof: EmailProof) -> tuple[Need, str]:
    need = _need(db, proof.data["need"])
    if not ANONYMOUS.can(NEED_SUPPORT, need):
        raise ForbiddenError(_("Ce besoin ne reçoit plus de soutien en ce moment."))
    person = identity.person_for(db, proof.email, college=proof.data["college"])
    new = need_verbs.support(db, need, person, proof.data["college"])
    return need, _("Votre voix est comptée.") if new else _(
        "Votre voix était déjà comptée : chaque personne compte une fois."
    )


def _confirm_comment(db: Session, proof: EmailProof) -> tuple[Need, str]:
    written = threads.comment(db, proof.data["comment"])
    need = needs.of_thread(db, written.thread_id) if written else None
    if written is None or need is None:
        raise GoneError(_("Ce commentaire n’existe plus."))
    full = _need(db, need.id or 0)
    if not ANONYMOUS.can(NEED_COMMENT, full):
        raise ForbiddenError(_("Ce besoin ne reçoit plus de commentaire en ce moment."))
    accord = accords.accord(db, full.accord_id)
    need_verbs.confirm_comment(db, written, proof.email, a_posteriori=bool(accord and accord.a_posteriori))
    return full, _("Merci : votre commentaire part en relecture.")


def save_profile(db: Session, person: Person, form: ProfileForm) -> None:
    """Change what is public of oneself."""
    person.pseudonym = form.pseudonym
    person.college = form.college.value if form.college else None
    person.commune_insee = form.commune or None
    db.add(person)
