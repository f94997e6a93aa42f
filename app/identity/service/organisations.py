"""Verbs on organisations: declared, edited, verified by a moderator or by ProConnect, suspended, closed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count

from slugify import slugify
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.core import search
from app.core.db import insert_once, now
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.core.settings import get_settings
from app.identity.forms import OrganisationForm, OrganisationPageForm
from app.identity.models import Delegate, Organisation, Person
from app.identity.queries import organisations as queries
from app.identity.service.people import staying, tell
from app.identity.service.sessions import ask_rotation
from app.identity.states import (
    COLLEGE_OF_KIND,
    DELEGATE,
    ORGANISATION,
    DelegateStatus,
    OrganisationKind,
    OrganisationStatus,
)

SENT_TWICE = timedelta(minutes=10)  # the same declaration within this time is a double click
RESERVED = {"nouvelle", "a-verifier"}  # words of our own addresses
BY_HAND = ("suspend", "refuse")  # once a moderator said no, a provider does not say yes in their place


class ChangedError(ConflictError):
    """It is not what was read any more."""


class NumberTakenError(ConflictError):
    """Another organisation, alive, has this SIRET or this RNA number."""


def _number_taken() -> NumberTakenError:
    return NumberTakenError(
        _(
            "Une organisation déjà déclarée ici porte ce numéro. Demandez à une personne qui parle pour elle de vous "
            "inviter. Si vous ne savez pas qui, écrivez à %(mail)s."
        )
        % {"mail": get_settings().contact_email}
    )


def declare(db: Session, form: OrganisationForm, by: Person) -> Organisation:
    """Make its page; who declares it is its first delegate, and waits for it to be verified. Sent twice, it is one.

    Raises:
        NumberTakenError: its SIRET or its RNA number is that of another one.
        ConflictError: the account was closed meanwhile.
    """
    staying(db, by.id or 0)
    before = queries.declared_by(db, by.id or 0, form.name)
    if before and before.created_at > now() - SENT_TWICE:
        return before
    organisation = _insert(db, form, by)
    note_event(db, organisation, "declare", by=by.id, note=form.word or None, after=organisation.status)
    first = Delegate(
        organisation_id=organisation.id or 0, email=by.email or "", status=DelegateStatus.INVITED.value,
        created_at=now(), accepted_at=now(), person_id=by.id,
    )  # fmt: skip
    DELEGATE.move(db, first, "accept", by=by.id)
    ask_rotation(db, by.id or 0)
    return organisation


def _insert(db: Session, form: OrganisationForm, by: Person) -> Organisation:
    base = slugify(form.name.replace("’", "-"), max_length=80, word_boundary=True) or "organisation"
    values = {
        "kind": form.kind.value, "college": COLLEGE_OF_KIND[form.kind].value, "name": form.name, "text": form.text,
        "website": form.website, "siret": form.siret, "rna": form.rna, "territory_id": form.territory,
        "status": OrganisationStatus.DECLARED.value, "declared_by": by.id, "created_at": now(),
    }  # fmt: skip
    for number in count(2 if base in RESERVED else 1):
        slug = base if number == 1 else f"{base}-{number}"
        if insert_once(db, Organisation, slug=slug, **values):
            break
        if queries.taken(db, siret=form.siret, rna=form.rna):
            raise _number_taken()
    made = queries.by_slug(db, slug)
    if made is None:
        raise LookupError("an organisation just inserted is there")
    return made


@contextmanager
def _numbers_alone(db: Session) -> Iterator[None]:
    """Two of them may take one number at the same moment: the index says no to the second."""
    try:
        with db.begin_nested():
            yield
            db.flush()
    except IntegrityError as same:
        raise _number_taken() from same


def edit(db: Session, organisation: Organisation, form: OrganisationForm, *, by: int) -> None:
    """Change what is to be verified, as long as it is not; one that was refused asks again.

    Raises:
        ConflictError: it was verified meanwhile.
        NumberTakenError: its SIRET or its RNA number is that of another one.
    """
    queries.in_hand(db, organisation)
    if organisation.status == OrganisationStatus.VERIFIED:
        raise ConflictError(_("Elle vient d’être vérifiée : son nom et ses numéros ne changent plus ici."))
    if queries.taken(db, siret=form.siret, rna=form.rna, but=organisation.id):
        raise _number_taken()
    with _numbers_alone(db):
        if organisation.status == OrganisationStatus.REFUSED:
            ORGANISATION.move(db, organisation, "declare_again", by=by, note=form.word or None)
        else:
            note_event(db, organisation, "edit", by=by, note=form.word or None)
        organisation.kind, organisation.college = form.kind.value, COLLEGE_OF_KIND[OrganisationKind(form.kind)].value
        organisation.name, organisation.territory_id = form.name, form.territory
        organisation.siret, organisation.rna = form.siret, form.rna
        organisation.text, organisation.website = form.text, form.website


def describe(db: Session, organisation: Organisation, form: OrganisationPageForm, *, by: int) -> None:
    """Change what it says of itself."""
    organisation.text, organisation.website = form.text, form.website
    note_event(db, organisation, "describe", by=by)
    if organisation.status == OrganisationStatus.VERIFIED:
        _make_findable(db, organisation)


def hold_as_read(db: Session, organisation: Organisation, seen: int | None) -> None:
    """Hold what one is about to decide on; ``seen``: the last event of its story on the page that was read.

    Raises:
        ChangedError: it was changed since.
    """
    queries.in_hand(db, organisation)
    story = queries.history(db, organisation.id or 0)
    if seen is not None and story and story[-1].id != seen:
        raise ChangedError(_("Sa page vient de changer. Relisez-la, puis décidez."))


def verify(db: Session, organisation: Organisation, *, by: int | None, how: str, note: str = "") -> None:
    """It is what it says: from now on it speaks, with one voice. ``how``: moderator, administrator or proconnect."""
    ORGANISATION.move(db, organisation, "verify", by=by, note=note or None)
    organisation.verified_at, organisation.verified_how = now(), how
    _make_findable(db, organisation)
    _changed(db, organisation, _("%(name)s est vérifiée"), _(
        "Vous pouvez parler en son nom : à chaque besoin, soutien, commentaire ou position, vous choisissez de "
        "parler en votre nom ou au sien. Elle compte pour une voix, dans son collège."
    ), note)  # fmt: skip


def refuse(db: Session, organisation: Organisation, *, by: int, note: str) -> None:
    """It could not be recognised; its delegates read why, correct and ask again."""
    ORGANISATION.move(db, organisation, "refuse", by=by, note=note)
    text = _("Elle ne peut pas parler ici pour l’instant. Corrigez sa page : une personne la relira.")
    _changed(db, organisation, _("%(name)s n’est pas reconnue"), text, note)


def suspend(db: Session, organisation: Organisation, *, by: int, note: str) -> None:
    """It speaks no more until it is verified again; what it said stays."""
    ORGANISATION.move(db, organisation, "suspend", by=by, note=note)
    organisation.verified_at = organisation.verified_how = None
    search.forget(db, queries.KIND, organisation.id or 0)
    text = _("Elle ne parle plus ici jusqu’à une nouvelle vérification. Ce qu’elle a déjà dit reste publié.")
    _changed(db, organisation, _("%(name)s est suspendue"), text, note)


def close(db: Session, organisation: Organisation, *, by: int) -> None:
    """Its page says that it is closed; every mandate ends, what it said stays."""
    queries.in_hand(db, organisation)
    ORGANISATION.move(db, organisation, "close", by=by)
    search.forget(db, queries.KIND, organisation.id or 0)
    text = _("Sa page est fermée : personne ne parle plus en son nom. Ce qu’elle a dit reste publié.")
    _changed(db, organisation, _("%(name)s est fermée"), text, "")
    for delegate, _pseudonym in queries.delegates_of(db, organisation.id or 0):
        if delegate.status == DelegateStatus.INVITED:
            DELEGATE.move(db, delegate, "cancel", by=by)
        elif delegate.status == DelegateStatus.ACCEPTED:
            DELEGATE.move(db, delegate, "end", by=by)
            delegate.ended_at = now()
            ask_rotation(db, delegate.person_id or 0)


def verify_by_siret(db: Session, person: Person, siret: str) -> None:
    """ProConnect certified where this person works: it verifies the organisation for which they were accepted.

    It never verifies one to which a moderator said no, even declared anew.
    """
    if queries.was_refused(db, person.id or 0, siret, BY_HAND):
        return
    for organisation in queries.of_employer(db, person.id or 0, siret):
        queries.in_hand(db, organisation)
        if organisation.status == OrganisationStatus.DECLARED and organisation.siret == siret:
            verify(db, organisation, by=person.id, how="proconnect")


def _make_findable(db: Session, organisation: Organisation) -> None:
    search.index(db, queries.KIND, organisation.id or 0, organisation.name, organisation.text)


def _changed(db: Session, organisation: Organisation, subject: str, text: str, note: str) -> None:
    """Mail those who speak for it."""
    link = f"{get_settings().public_url}/organisations/{organisation.slug}/gerer"
    reason = _("\n\nCe qui a été écrit :\n%(note)s") % {"note": note} if note else ""
    body = _("Bonjour,\n\n%(text)s%(reason)s\n\nSa page : %(link)s\n")
    for person in queries.spokespeople(db, organisation.id or 0):
        tell(db, person, subject % {"name": organisation.name}, body % {"text": text, "reason": reason, "link": link})
