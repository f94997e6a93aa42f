"""The e-mail address of an account: added or changed by proof, never by words."""

from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.core.errors import ConflictError, ForbiddenError
from app.core.i18n import gettext as _
from app.core.mail import post
from app.core.settings import get_settings
from app.identity import queries
from app.identity.models import EmailProof
from app.identity.service.proofs import issue_proof, use

ADDRESS = "address"
ADDRESS_LIFE = timedelta(hours=1)


def ask(db: Session, person_id: int, email: str) -> None:
    """Mail a link to this address; the same words whether it opens another account or not.

    Raises:
        TooManyError: this address was sent too many links within the hour.
    """
    secret = issue_proof(db, email, ADDRESS, {"person": person_id}, life=ADDRESS_LIFE)
    link = f"{get_settings().public_url}/connexion/adresse/{secret}"
    body = _(
        "Bonjour,\n\nUn compte Emglev demande à être relié à cette adresse. Pour l’accepter, ouvrez ce lien dans le "
        "navigateur où ce compte est ouvert :\n%(link)s\n\nIl sert une fois, pendant une heure.\n\n"
        "Si vous n’avez rien demandé, ignorez ce message : rien ne changera.\n"
    )
    post(db, email, _("Relier cette adresse à votre compte Emglev"), body % {"link": link})


def concerns(proof: EmailProof, person_id: int | None) -> bool:
    """Whether this link was asked for by this person."""
    return proof.data.get("person") == person_id


def change(db: Session, proof: EmailProof, person_id: int) -> None:
    """The address proved becomes that of the account; the former one is told.

    Raises:
        GoneError: the link has served or expired.
        ForbiddenError: another account asked for it.
        ConflictError: this address opens another account.
    """
    person = queries.person(db, person_id)
    if person is None or not concerns(proof, person_id):
        raise ForbiddenError(_("Ce lien a été demandé par un autre compte. Ouvrez-le là où ce compte est ouvert."))
    use(db, proof)
    former = person.email
    person.email = proof.email
    try:
        with db.begin_nested():
            db.add(person)
    except IntegrityError as taken:  # known only now that the address is proved: nobody else learns it
        raise ConflictError(
            _(
                "Cette adresse ouvre déjà un autre compte. Connectez-vous avec elle pour le retrouver, "
                "ou choisissez-en une autre."
            )
        ) from taken
    if former and former != proof.email:
        body = _(
            "Bonjour,\n\nL’adresse de votre compte Emglev a changé : celle-ci ne l’ouvre plus.\n\n"
            "Si ce n’est pas vous, écrivez-nous : %(contact)s\n"
        )
        post(db, former, _("L’adresse de votre compte a changé"), body % {"contact": get_settings().contact_email})
