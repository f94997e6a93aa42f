"""Beginning to follow: signed in, or with an address to confirm."""

from sqlmodel import Session

from app.core.errors import ConflictError, ForbiddenError
from app.core.i18n import gettext as _
from app.core.mail import post
from app.core.settings import get_settings
from app.identity import service as identity
from app.threads.service import follows
from app.threads.states import RHYTHM_LABELS, FollowKind, Rhythm

CONFIRM_FOLLOW = "follow"


def start(db: Session, person_id: int, kind: FollowKind, subject_id: int, rhythm: Rhythm) -> bool:
    """Follow it; whether it is new.

    Raises:
        ConflictError: the account has no address to write to, or was closed meanwhile.
        ForbiddenError: somebody under 15, without a parent's agreement.
    """
    person = identity.staying(db, person_id)
    if not person.email:
        raise ConflictError(_("Votre compte n’a pas d’adresse e-mail. Ajoutez-en une dans « Connexion et sécurité »."))
    if not follows.may_write(db, person):
        raise ForbiddenError(_("Avant 15 ans, il faut l’accord d’un parent : demandez-le depuis votre profil."))
    return follows.follow(db, person_id, kind, subject_id, rhythm)


def ask_confirmation(
    db: Session, email: str, kind: FollowKind, subject_id: int, rhythm: Rhythm, title: str, *, tracked: bool = False
) -> None:  # fmt: skip
    """Mail the link that confirms a follow asked without an account; the same whether the address is known or not.

    ``tracked``: it was asked with the tracking code, which opens what is not published yet.

    Raises:
        TooManyError: this address was sent too many links within the hour.
    """
    data = {"kind": kind.value, "subject": subject_id, "rhythm": rhythm.value, "tracked": tracked}
    secret = identity.issue_proof(db, email, CONFIRM_FOLLOW, data, life=identity.CONFIRMATION_LIFE)
    body = _(
        "Bonjour,\n\nVous avez demandé à recevoir les nouvelles de « %(title)s ». Rythme choisi : %(rhythm)s.\n\n"
        "Ouvrez ce lien et confirmez :\n%(link)s\n\n"
        "Le lien sert pendant 7 jours. Chaque message dira comment ne plus en recevoir. "
        "Si vous n’avez rien demandé, ignorez celui-ci : aucun autre ne suivra."
    ) % {
        "title": title, "rhythm": _(RHYTHM_LABELS[rhythm]).lower(),
        "link": f"{get_settings().public_url}/confirmation/{secret}",
    }  # fmt: skip
    post(db, email, _("Confirmez votre abonnement"), body)
