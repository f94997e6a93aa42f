"""Verbs on needs. Each one checks its lifecycle, writes its event and tells the author."""

from datetime import timedelta
from hashlib import sha256

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.accords.models import Accord
from app.core import search
from app.core.db import now
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.core.mail import post
from app.core.security import digest, random_code, readable, spaced
from app.core.settings import get_settings
from app.identity import service as identity
from app.identity.models import Person
from app.identity.states import AgeBracket, College
from app.needs.forms import NeedForm
from app.needs.models import Need
from app.needs.queries import KIND
from app.needs.service.follow_up import answer, attach, put_back, take_up, tell
from app.needs.service.voices import (
    CONFIRM_SUPPORT,
    ask_support_confirmation,
    comment,
    confirm_comment,
    in_turn,
    support,
    unsupport,
)
from app.needs.states import FollowUp
from app.places.models import Commune, Territory
from app.policy.actor import Affiliation
from app.threads import service as threads
from app.threads.models import Voice
from app.threads.states import MODERATION, Moderation, Origin, RefusalReason

__all__ = [
    "CONFIRM_SUPPORT", "answer", "ask_support_confirmation", "attach", "comment", "confirm_comment", "put_back",
    "support", "take_up", "unsupport",
]  # fmt: skip
CONFIRM_NEED = "need"
CODE_LENGTH = 12  # 5 bits each: 60 random bits


def tracking_code(secret: str) -> str:
    """The secret code of a submission, derived from its form's random key and its words.

    The key never leaves its author's browser and our memory, so sending the same words twice
    gives the same code again without our ever storing it; other words give another one.
    """
    return readable(sha256(b"emglev tracking " + secret.encode()).digest(), CODE_LENGTH)


def signature(college: College, territory: Territory, commune: Commune | None) -> str:
    """How an author is shown: by what they are and where, never by name."""
    forms = {
        College.RESIDENTS: _("Une personne qui habite %(place)s"),
        College.ASSOCIATIONS: _("Une association, %(place)s"),
        College.BUSINESSES: _("Une entreprise, %(place)s"),
        College.YOUTH: _("Une jeune voix, %(place)s"),
        College.INSTITUTIONS: _("Une institution, %(place)s"),
    }
    return forms[college] % {"place": commune.name if commune else territory.name}


def _shown(commune: Commune | None, person: Person | None) -> Commune | None:
    """The commune that a signature may name: under 15, none, unless a parent agreed and it was chosen."""
    young = person is not None and person.age_bracket == AgeBracket.UNDER_15
    return None if young and person and not person.shows_commune else commune


def _reference(db: Session, territory: Territory) -> str:
    while True:
        reference = f"{territory.code}-{random_code(4)}"
        if db.exec(select(Need.id).where(Need.reference == reference)).first() is None:
            return reference


def say(
    db: Session, form: NeedForm, *, accord: Accord, territory: Territory, commune: Commune | None,
    theme_id: int, person: Person | None, affiliation: Affiliation | None = None,
) -> tuple[Need, str]:  # fmt: skip
    """Record a need and give its secret code; the same words sent twice give the same need.

    Raises:
        TooManyError: too many confirmation links were sent to this address.
        ConflictError: the account was closed meanwhile.
    """
    if person is not None:
        identity.staying(db, person.id or 0)
    code = tracking_code("\n".join((form.once, form.title, form.text, form.place)))
    existing = db.exec(select(Need).where(Need.tracking_digest == digest(code))).first()
    if existing:
        return existing, code
    college = College(affiliation.college) if affiliation else form.college or College.RESIDENTS
    need = Need(
        reference=_reference(db, territory), tracking_digest=digest(code), accord_id=accord.id or 0,
        thread_id=threads.open_thread(db, accord.forum_id).id or 0, territory_id=territory.territory_id,
        commune_insee=commune.insee if commune else None, theme_id=theme_id, college=college.value,
        signature=affiliation.name if affiliation else signature(college, territory, _shown(commune, person)),
        title=form.title, text=form.text,
        origin=Origin.ONLINE.value, status=Moderation.DRAFT.value, stage=FollowUp.RECEIVED.value, created_at=now(),
        organisation_id=affiliation.organisation_id if affiliation else None,
    )  # fmt: skip
    need.accord = accord
    try:
        with db.begin_nested():
            db.add(need)
            db.flush()
    except IntegrityError:  # the same form, sent twice at the same moment on two connections
        return db.exec(select(Need).where(Need.tracking_digest == digest(code))).one(), code
    _first_step(db, need, person, form.email, code)
    return need, code


def _first_step(db: Session, need: Need, person: Person | None, email: str | None, code: str) -> None:
    if person is not None:
        _sign(db, need, person)
        _hand_over(db, need)
    elif email:
        MODERATION.move(db, need, "await_email", by=None)
        _ask_confirmation(db, need, email, code)
    else:
        _hand_over(db, need)


def _sign(db: Session, need: Need, person: Person) -> Voice:
    """From now on the need counts for a person, or for the organisation in whose name they said it."""
    if need.organisation_id:
        voice = threads.voice_of_organisation(db, need.accord.forum_id, need.organisation_id, need.college)
    else:
        voice = threads.voice(db, need.accord.forum_id, person.id or 0, need.college)
    need.author_id, need.voice_id = person.id, voice.id
    return voice


def _hand_over(db: Session, need: Need) -> None:
    if need.accord.a_posteriori:
        MODERATION.move(db, need, "post", by=need.author_id)
        _published(db, need)
    else:
        MODERATION.move(db, need, "submit", by=need.author_id)
    threads.queue_moved(db, need.territory_id)


def _published(db: Session, need: Need) -> None:
    need.published_at = now()
    need.answer_due_on = (now() + timedelta(days=need.accord.answer_days)).date()
    db.add(need)
    search.index(db, KIND, need.id or 0, need.title, need.text)


def _ask_confirmation(db: Session, need: Need, email: str, code: str) -> None:
    data = {"need": need.id}
    secret = identity.issue_proof(db, email, CONFIRM_NEED, data, life=identity.CONFIRMATION_LIFE)
    url = get_settings().public_url
    body = _(
        "Bonjour,\n\nVous avez dit un besoin : « %(title)s » (référence %(reference)s).\n"
        "Ouvrez ce lien et confirmez : il partira en relecture et comptera pour une voix.\n%(link)s\n\n"
        "Votre code de suivi, à garder pour vous : %(code)s\n%(follow)s\n\n"
        "Sans confirmation sous 7 jours, votre texte ne sera ni relu ni publié.\n"
    ) % {
        "title": need.title, "reference": need.reference, "link": f"{url}/confirmation/{secret}",
        "code": spaced(code), "follow": f"{url}/suivi/{spaced(code)}",
    }  # fmt: skip
    post(db, email, _("Confirmez votre besoin %(reference)s") % {"reference": need.reference}, body)


def confirm(db: Session, need: Need, email: str) -> None:
    """The author proved the address: the need goes to moderation and counts for a voice."""
    person = identity.person_for(db, email, college=need.college, commune=need.commune_insee)
    _sign(db, need, person)
    _hand_over(db, need)


def publish(db: Session, need: Need, *, by: int) -> None:
    """A moderator lets it be read; the clock of the answer starts."""
    in_turn(db, need)
    MODERATION.move(db, need, "publish", by=by)
    _published(db, need)
    tell(db, need, _("Votre besoin est publié"), _(
        "Le Conseil de développement l’a relu et publié, sans changer un mot. "
        "Une réponse vous est due le %(date)s au plus tard."
    ) % {
        "date": fdate(need.answer_due_on or now()),
    })  # fmt: skip
    threads.queue_moved(db, need.territory_id)


def refuse(db: Session, need: Need, *, by: int, reason: RefusalReason, note: str) -> None:
    """A moderator does not publish it: the rule and the words go to its author at once."""
    MODERATION.move(db, need, "refuse", by=by, note=reason.value)
    need.reason, need.reason_note = reason.value, note
    tell(db, need, _("Votre besoin n’est pas publié"), threads.refusal_text(reason, note))
    threads.queue_moved(db, need.territory_id)


def withdraw(db: Session, need: Need, *, by: int | None) -> None:
    """Its author takes it back: it is no longer listed nor found."""
    in_turn(db, need)
    MODERATION.move(db, need, "withdraw", by=by or need.author_id)
    search.forget(db, KIND, need.id or 0)
    threads.queue_moved(db, need.territory_id)
