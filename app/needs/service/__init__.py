"""Verbs on needs. Each one checks its lifecycle, writes its event and tells the author."""

from sqlmodel import Session

from app.accords.models import Accord
from app.core import search
from app.core.i18n import gettext as _
from app.core.mail import post
from app.core.security import spaced
from app.core.settings import get_settings
from app.identity import service as identity
from app.identity.models import Person
from app.identity.states import AgeBracket, College
from app.needs.forms import NeedForm
from app.needs.models import Need
from app.needs.queries import KIND
from app.needs.service.follow_up import answer, attach, put_back, take_up
from app.needs.service.moderating import Words, hide, mask, publish, published, refuse, restore
from app.needs.service.recording import Collected, Spot, record_need, signature, tracking_code
from app.needs.service.voices import (
    CONFIRM_SUPPORT,
    also,
    ask_support_confirmation,
    comment,
    confirm_comment,
    in_turn,
    support,
    unsupport,
)
from app.places.models import Commune, Territory
from app.policy.actor import Affiliation
from app.threads import service as threads
from app.threads.models import Voice
from app.threads.service import files
from app.threads.states import MODERATION, Moderation, Origin

__all__ = [
    "CONFIRM_SUPPORT", "Collected", "Spot", "Words", "also", "answer", "ask_support_confirmation", "attach", "comment",
    "confirm_comment", "hide", "mask", "publish", "published", "put_back", "record_need", "refuse", "restore",
    "signature", "support", "take_up", "tracking_code", "unsupport",
]  # fmt: skip
CONFIRM_NEED = "need"


def _shown(commune: Commune | None, person: Person | None) -> Commune | None:
    """The commune that a signature may name: under 15, none, unless a parent agreed and it was chosen."""
    return None if _is_young(person) and person and not person.shows_commune else commune


def _is_young(person: Person | None) -> bool:
    """Whether the author is under 15: then nothing says where more exactly than a commune."""
    return person is not None and person.age_bracket == AgeBracket.UNDER_15


def say(
    db: Session, form: NeedForm, *, accord: Accord, territory: Territory, commune: Commune | None,
    theme_id: int, person: Person | None, affiliation: Affiliation | None = None, spot: Spot | None = None,
    held_for: str | None = None,
) -> tuple[Need, str]:  # fmt: skip
    """Record a need and give its secret code; the same words sent twice give the same need.

    Raises:
        TooManyError: too many confirmation links were sent to this address.
        ConflictError: the account was closed meanwhile.
    """
    if person is not None:
        identity.staying(db, person.id or 0)
    place = commune.insee if commune else f"T{territory.territory_id}"
    code = tracking_code("\n".join((form.once, form.title, form.text, place, repr(spot or ""))))
    college = College(affiliation.college) if affiliation else form.college or College.RESIDENTS
    need = record_need(
        db, accord=accord, territory=territory, commune=commune, theme_id=theme_id, college=college,
        title=form.title, text=form.text, origin=Origin.ONLINE, code=code,
        signed=affiliation.name if affiliation else signature(college, territory, _shown(commune, person)),
        organisation_id=affiliation.organisation_id if affiliation else None,
        spot=None if _is_young(person) else spot, held_for=held_for,
    )  # fmt: skip
    if need.status == Moderation.DRAFT:
        _first_step(db, need, person, form.email, code)
    return need, code


def _first_step(db: Session, need: Need, person: Person | None, email: str | None, code: str) -> None:
    if person is not None:
        _sign(db, need, person)
        hand_over(db, need)
    elif email:
        MODERATION.move(db, need, "await_email", by=None)
        _ask_confirmation(db, need, email, code)
    else:
        hand_over(db, need)


def _sign(db: Session, need: Need, person: Person) -> Voice:
    """From now on the need counts for a person, or for the organisation in whose name they said it."""
    if need.organisation_id:
        voice = threads.voice_of_organisation(db, need.accord.forum_id, need.organisation_id, need.college)
    else:
        voice = threads.voice(db, need.accord.forum_id, person.id or 0, need.college)
    need.author_id, need.voice_id = person.id, voice.id
    return voice


def hand_over(db: Session, need: Need, *, by: int | None = None) -> None:
    """To its readers: published at once where needs are read afterwards, unless something holds this one.

    ``by`` is who hands it over, its author by default.
    """
    if need.accord.a_posteriori and not need.held_for:
        MODERATION.move(db, need, "post", by=by or need.author_id)
        published(db, need)
    else:
        MODERATION.move(db, need, "submit", by=by or need.author_id)
    threads.queue_moved(db, need.territory_id)


def _ask_confirmation(db: Session, need: Need, email: str, code: str) -> None:
    data = {"need": need.id}
    secret = identity.issue_proof(db, email, CONFIRM_NEED, data, life=identity.CONFIRMATION_LIFE)
    url = get_settings().public_url
    body = _(
        "Bonjour,\n\nVous avez dit un besoin : « %(title)s » (référence %(reference)s).\n"
        "Ouvrez ce lien et confirmez : il partira en relecture et comptera pour une voix.\n%(link)s\n\n"
        "Votre code de suivi, à garder pour vous : %(code)s\n%(follow)s\n\n"
        "Sans confirmation sous 7 jours, votre texte ne sera ni relu ni publié. "
        "Si ce n’est pas vous, ignorez ce message.\n"
    ) % {
        "title": need.title, "reference": need.reference, "link": f"{url}/confirmation/{secret}",
        "code": spaced(code), "follow": f"{url}/suivi/{spaced(code)}",
    }  # fmt: skip
    post(db, email, _("Confirmez votre besoin %(reference)s") % {"reference": need.reference}, body)


def confirm(db: Session, need: Need, email: str) -> None:
    """The author proved the address: the need goes to moderation and counts for a voice."""
    person = identity.person_for(db, email, college=need.college, commune=need.commune_insee)
    _sign(db, need, person)
    hand_over(db, need)
    files.confirm(db, need, a_posteriori=need.accord.reads_after("file"))


def withdraw(db: Session, need: Need, *, by: int | None) -> None:
    """Its author takes it back: it is no longer listed nor found."""
    in_turn(db, need)
    MODERATION.move(db, need, "withdraw", by=by or need.author_id)
    search.forget(db, KIND, need.id or 0)
    threads.queue_moved(db, need.territory_id)
