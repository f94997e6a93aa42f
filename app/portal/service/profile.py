"""What one says of oneself, and what a parent says for someone under 15."""

from datetime import timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, delete, select, update

from app.accords import queries as accords
from app.core.db import IN_HAND, now
from app.core.errors import ConflictError, GoneError
from app.core.i18n import gettext as _
from app.core.mail import post
from app.core.settings import get_settings
from app.identity import service as identity
from app.identity.models import EmailProof, ParentAgreement, Person
from app.identity.states import AgeBracket
from app.places.queries import reference
from app.portal.forms import ProfileForm
from app.threads.service import profiles
from app.threads.service.profiles import sign_again

PARENT = "parent"
ANSWER_TIME = timedelta(days=7)
LINK_LIFE = timedelta(days=5 * 365)  # once it was agreed, the same link takes the agreement back


def save_profile(db: Session, person: Person, form: ProfileForm) -> bool:
    """Change what is said of oneself, and what signs one's comments; whether the pseudonym waits to be read.

    Under 15 a pseudonym is shown to nobody, so nobody reads it: it is read if its owner declares another age.
    """
    was_public = person.age_bracket != AgeBracket.UNDER_15
    person.college = form.college.value if form.college else None
    person.commune_insee = form.commune or None
    person.age_bracket = form.age.value if form.age else None
    person.shows_commune = form.shows_commune
    db.add(person)
    db.flush()
    waits = _choose_pseudonym(db, person, form.pseudonym, was_public=was_public)
    sign_again(db, person)
    return waits


def _choose_pseudonym(db: Session, person: Person, chosen: str, *, was_public: bool) -> bool:
    if person.age_bracket == AgeBracket.UNDER_15:
        person.pseudonym = chosen
        profiles.leave_former(db, person)
        return False
    if chosen == person.pseudonym and was_public:
        profiles.leave_former(db, person)
        return False
    places = reference(db)
    commune = places.commune_by_insee.get(person.commune_insee or "")
    territory_id = commune.territory_id if commune else places.departement.territory_id
    accord = accords.accord_of(db, territory_id)
    at_once = accord is None or accord.reads_after("profile")
    if not at_once and not was_public:
        person.pseudonym = identity.new_pseudonym()  # what only its owner read becomes public once it is read
    profiles.choose(db, person, territory_id, chosen, shown_at_once=at_once)
    return not at_once


def ask_parent(db: Session, person: Person, email: str) -> None:
    """Mail a parent the link by which they agree, refuse, and may later change their mind.

    Raises:
        TooManyError: this address was sent too many links within the hour.
    """
    mine = col(ParentAgreement.person_id) == person.id
    former = select(col(ParentAgreement.id)).where(mine, col(ParentAgreement.agreed_at).is_(None))
    ids = list(db.execute(former).scalars())
    db.execute(update(EmailProof).where(_links(ids)).values(expires_at=now()))  # still counted among those sent
    db.execute(delete(ParentAgreement).where(col(ParentAgreement.id).in_(ids)))
    agreement = ParentAgreement(person_id=person.id or 0, email=email, asked_at=now())
    db.add(agreement)
    db.flush()
    secret = identity.issue_proof(db, email, PARENT, {"agreement": agreement.id}, life=ANSWER_TIME)
    body = _(
        "Bonjour,\n\nUne personne de moins de 15 ans a un compte sur %(site)s, un site où l’on dit ce dont son "
        "territoire a besoin. Elle vous indique comme parent.\n\n"
        "Avec votre accord, elle pourra montrer sa commune à côté de ses mots et recevoir d’autres messages que les "
        "réponses qui lui sont dues. Son pseudonyme, lui, n’est jamais publié. Sans votre accord, rien de cela n’est "
        "ouvert, et elle peut participer quand même.\n\n"
        "Lire et répondre : %(link)s\n\n"
        "Ce lien attend votre réponse pendant 7 jours. Gardez ce message si vous dites oui : le même lien vous permet "
        "de retirer votre accord.\n"
    ) % {"site": get_settings().public_url, "link": f"{get_settings().public_url}/confirmation/{secret}/parent"}
    post(db, email, _("Votre accord pour une personne de moins de 15 ans"), body)


def _links(ids: list[int]) -> ColumnElement[bool]:
    return and_(col(EmailProof.purpose) == PARENT, EmailProof.data["agreement"].as_integer().in_(ids))


def forget_agreements(db: Session, ids: list[int]) -> None:
    """With their links: an id may be given again, to a demand that they must not answer."""
    db.execute(delete(EmailProof).where(_links(ids)))
    db.execute(delete(ParentAgreement).where(col(ParentAgreement.id).in_(ids)))


def agreement_asked(db: Session, proof: EmailProof, *, lock: bool = False) -> ParentAgreement:
    """The agreement that this link is about; ``lock``: held until the end of the request.

    Raises:
        GoneError: it was asked again since, or the account is closed.
    """
    wanted = select(ParentAgreement).where(ParentAgreement.id == proof.data["agreement"])
    agreement = db.exec(wanted.with_for_update(**IN_HAND) if lock else wanted).first()
    if agreement is None:
        raise GoneError(_("Cette demande n’attend plus de réponse."))
    return agreement


def parent_agrees(db: Session, proof: EmailProof) -> None:
    """A parent agrees; said again, it stays agreed."""
    agreement = agreement_asked(db, proof, lock=True)
    if agreement.withdrawn_at is not None:
        raise ConflictError(_("Vous aviez dit non. Votre enfant peut vous le demander de nouveau."))
    agreement.agreed_at = agreement.agreed_at or now()
    proof.expires_at = now() + LINK_LIFE
    db.add_all([agreement, proof])


def parent_refuses(db: Session, proof: EmailProof) -> None:
    """A parent refuses, or takes the agreement back: what rested on it ends at once."""
    agreement = agreement_asked(db, proof, lock=True)
    agreement.withdrawn_at = agreement.withdrawn_at or now()
    person = db.get_one(Person, agreement.person_id)
    person.shows_commune = False
    db.add_all([agreement, person])
    db.flush()
    sign_again(db, person)
