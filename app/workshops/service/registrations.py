"""Verbs of those who say they will come. The workshop is held first: nobody takes the last place twice."""

from datetime import datetime

from sqlmodel import Session

from app.core.db import IN_HAND, Database, now
from app.core.errors import ForbiddenError
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.core.mail import post
from app.core.security import token
from app.core.settings import get_settings
from app.identity import service as identity
from app.identity.models import Person
from app.policy import WORKSHOP_REGISTER
from app.policy.actor import ANONYMOUS
from app.workshops.models import Registration, Workshop
from app.workshops.queries import registrations as reads
from app.workshops.service import telling
from app.workshops.states import REGISTRATION, Attendance, Mode

CONFIRM_REGISTRATION = "registration"
CHUNK = 50  # reminders a transaction: the site waits for none of them
_HELD = ["status", "registration", "capacity", "mode", "place", "link", "starts_at", "title", "edited"]


def check_open(workshop: Workshop) -> None:
    """Refuse, in words that say why, what is not open to registration.

    Raises:
        ForbiddenError: it has begun, is not announced, or takes no registration.
    """
    if not ANONYMOUS.can(WORKSHOP_REGISTER, workshop) or workshop.starts_at <= now():
        raise ForbiddenError(_("Les inscriptions à cet atelier sont terminées. On peut venir sans être sur la liste."))
    if not workshop.registration:
        raise ForbiddenError(_("Cet atelier est en entrée libre : il n’y a pas d’inscription à faire."))


def register(db: Session, workshop: Workshop, person_id: int, *, remote: bool, note: str) -> Registration:
    """A place, or one's rank in the queue when the hall is full; said again, only the note and the way to come change.

    Raises:
        ForbiddenError: as ``check_open``.
        ConflictError: the account was closed meanwhile.
    """
    person = identity.staying(db, person_id)
    _hold(db, workshop)
    check_open(workshop)
    remote = workshop.mode == Mode.REMOTE or (remote and workshop.mode == Mode.BOTH)
    held = reads.of_person(db, workshop.id or 0, person_id)
    if held is None:
        held = Registration(
            workshop_id=workshop.id or 0, person_id=person_id, remote=remote, note=note, token=token(),
            status=Attendance.ASKED.value, queued_at=now(),
        )  # fmt: skip
        db.add(held)
    elif held.status in reads.COMING:
        held.note = note
        if held.remote == remote:
            return held
        REGISTRATION.move(db, held, "cancel", by=person_id)
    _ask_place(db, workshop, person, held, remote=remote, note=note)
    fill(db, workshop)  # who changed from the hall to a distance leaves a place
    return held


def _ask_place(
    db: Session, workshop: Workshop, person: Person, held: Registration, *, remote: bool, note: str
) -> None:  # fmt: skip
    if held.status == Attendance.CANCELLED:
        REGISTRATION.move(db, held, "ask_again", by=person.id)
    held.remote, held.note, held.queued_at, held.reminded_at = remote, note, now(), None
    left = reads.places_of(db, workshop).left
    full = not remote and left == 0
    REGISTRATION.move(db, held, "queue" if full else "register", by=person.id)
    db.flush()
    (telling.queued if full else telling.confirmed)(db, person, workshop, held)


def ask_confirmation(db: Session, workshop: Workshop, email: str, *, remote: bool, note: str) -> None:
    """Mail the link that confirms a registration without an account; the same whether the address is known or not.

    Raises:
        ForbiddenError: as ``check_open``.
        TooManyError: this address was sent too many links within the hour.
    """
    check_open(workshop)
    data = {"workshop": workshop.id, "remote": remote, "note": note}
    secret = identity.issue_proof(db, email, CONFIRM_REGISTRATION, data, life=identity.CONFIRMATION_LIFE)
    body = _(
        "Bonjour,\n\nVous avez dit que vous viendriez à « %(title)s », le %(day)s.\n\n"
        "Ouvrez ce lien et confirmez : votre place est gardée à partir de ce moment.\n%(link)s\n\n"
        "Le lien sert pendant 7 jours. Si vous n’avez rien demandé, ignorez ce message : aucune place n’est prise.\n"
    ) % {
        "title": workshop.title, "day": fdate(workshop.starts_at, "meeting"),
        "link": f"{get_settings().public_url}/confirmation/{secret}",
    }  # fmt: skip
    post(db, email, _("Confirmez votre venue : %(title)s") % {"title": workshop.title}, body)


def cancel(db: Session, workshop: Workshop, held: Registration, *, by: int | None) -> bool:
    """Give one's place back: the first who waits has it, and is told. Whether it was still held."""
    _hold(db, workshop)
    db.refresh(held, ["status"], with_for_update=IN_HAND)
    if held.status not in reads.COMING:
        return False
    REGISTRATION.move(db, held, "cancel", by=by)
    held.note = ""
    fill(db, workshop)
    return True


def fill(db: Session, workshop: Workshop) -> int:
    """Let in as many as there are places, first come first, each told; how many. The workshop is in hand."""
    if not ANONYMOUS.can(WORKSHOP_REGISTER, workshop) or workshop.starts_at <= now():
        return 0
    db.flush()
    waiting = list(reads.queue(db, workshop.id or 0))
    if workshop.capacity is not None and workshop.mode != Mode.REMOTE:
        waiting = waiting[: max(0, workshop.capacity - reads.onsite(db, workshop.id or 0))]
    soon = workshop.starts_at <= now() + reads.REMIND_BEFORE
    for held in waiting:
        REGISTRATION.move(db, held, "let_in", by=None)
        held.remote = workshop.mode == Mode.REMOTE
        held.reminded_at = now() if soon else None  # this mail says all that a reminder would
        telling.let_in(db, db.get_one(Person, held.person_id), workshop, held)
    return len(waiting)


def _hold(db: Session, workshop: Workshop) -> None:
    db.refresh(workshop, _HELD, with_for_update=IN_HAND)


def tell_changed(db: Session, workshop: Workshop) -> None:
    """Another date, another place, another way to come: everyone who said they would come is told.

    Called once it is changed, in the same transaction; whoever no longer has the way they chose takes the other one.
    """
    db.flush()
    for held, person in reads.coming(db, workshop):
        if workshop.mode != Mode.BOTH:
            held.remote = workshop.mode == Mode.REMOTE
        held.reminded_at = None
        db.add(held)
        telling.changed(db, person, workshop, held)
    fill(db, workshop)


def tell_called_off(db: Session, workshop: Workshop) -> None:
    """The announcement was taken back: everyone who said they would come is told."""
    for held, person in reads.coming(db, workshop):
        telling.called_off(db, person, workshop, held)


def leave_all(db: Session, person_id: int) -> None:
    """Somebody closes their account: the places they held serve others."""
    for held, workshop in reads.all_of(db, person_id):
        cancel(db, workshop, held, by=person_id)


def remind(database: Database, moment: datetime) -> int:
    """Write, once each, to those whose workshop is in two days; how many. Each transaction ends what it began."""
    told = 0
    while True:
        with database.writing() as db:
            due = reads.to_remind(moment, limit=CHUNK).with_for_update(skip_locked=True, of=Registration)
            found = db.exec(due).all()
            for held in found:
                held.reminded_at = moment
                note_event(db, held, "remind", by=None)
                workshop = db.get_one(Workshop, held.workshop_id)
                telling.reminder(db, db.get_one(Person, held.person_id), workshop, held)
        told += len(found)
        if len(found) < CHUNK:
            return told
