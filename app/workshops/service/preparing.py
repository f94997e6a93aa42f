"""Verbs before the room opens: the workshop and its announcement."""

import secrets
from datetime import UTC, datetime

from sqlmodel import Session, select

from app.accords.models import Accord
from app.core.db import IN_HAND, now
from app.core.errors import ConflictError
from app.core.i18n import PARIS, fdate
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.core.security import token
from app.threads import service as threads
from app.threads.service import follows
from app.workshops import queries
from app.workshops.forms import WorkshopForm
from app.workshops.models import Workshop
from app.workshops.service import registrations
from app.workshops.states import VOTES, WORKSHOP, Mode, Room, StepKind

CODE_LETTERS = "ACDEFGHJKMNPQRTUVWXY34679"  # none looks or sounds like another on a projected screen
CODE_LENGTH = 6
PREPARED = frozenset({Room.DRAFT, Room.SCHEDULED})


def _code(db: Session) -> str:
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _n in range(CODE_LENGTH))
        if db.exec(select(Workshop.id).where(Workshop.code == code)).first() is None:
            return code


def _moment(form: WorkshopForm) -> datetime:
    return datetime.combine(form.day, form.hour, PARIS).astimezone(UTC)


def create(db: Session, accord: Accord, form: WorkshopForm, *, by: int) -> Workshop:
    """A new workshop, in preparation, its run sheet empty; the same one sent twice is one."""
    threads.in_turn(db, accord.forum_id)
    already = queries.same_draft(db, accord.id or 0, form.title, _moment(form))
    if already:
        return already
    workshop = blank_room(db, accord, by=by)
    _fill(workshop, form)
    note_event(db, workshop, "create", by=by)
    return workshop


def blank_room(db: Session, accord: Accord, *, by: int) -> Workshop:
    """A workshop with its code and its keys, led by who prepares it; nothing else is said of it yet."""
    workshop = Workshop(
        accord_id=accord.id or 0, territory_id=accord.territory_id, author_id=by, lead_id=by, title="", place="",
        starts_at=now(), minutes=0, code=_code(db), screen_key=token(18), crew_key=token(18), status=Room.DRAFT.value,
    )  # fmt: skip
    workshop.accord, workshop.crew = accord, []
    return workshop


def _fill(workshop: Workshop, form: WorkshopForm) -> None:
    workshop.title, workshop.text, workshop.access = form.title, form.text, form.access
    workshop.mode, workshop.link = form.mode.value, "" if form.mode == Mode.ONSITE else form.link
    workshop.place = _("À distance") if form.mode == Mode.REMOTE else form.place
    workshop.starts_at, workshop.minutes = _moment(form), form.minutes
    workshop.registration, workshop.capacity = form.registration, form.capacity


def check_fresh(db: Session, workshop: Workshop, edited: int) -> None:
    """Two facilitators at once: the second sees what the first did before acting.

    Raises:
        ConflictError: the workshop changed since the page was shown.
    """
    in_hand(db, workshop)
    if workshop.edited != edited:
        raise ConflictError(_("Quelqu’un d’autre vient d’agir sur cet atelier. Voici où il en est : recommencez."))
    changed(db, workshop)


def in_hand(db: Session, workshop: Workshop) -> None:
    """Until the end of the transaction nobody else changes this workshop or its run sheet."""
    db.refresh(workshop, ["edited", "status", "step_id"], with_for_update=IN_HAND)


def changed(db: Session, workshop: Workshop) -> None:
    """Whoever saw it before will be told."""
    workshop.edited += 1
    db.add(workshop)


def save(db: Session, workshop: Workshop, form: WorkshopForm, *, by: int) -> None:
    """Change where, when, about what; the words stay editable until the report. Those registered are told of a move."""
    check_fresh(db, workshop, form.edited)
    if workshop.status == Room.PUBLISHED:
        raise ConflictError(_("Le compte rendu est publié : ces mots ne changent plus."))
    if workshop.status not in PREPARED and _moment(form) != workshop.starts_at:
        raise ConflictError(_("La salle a ouvert : la date et l’heure ne changent plus."))
    former = _meeting(workshop)
    _fill(workshop, form)
    note_event(db, workshop, "edit", by=by)
    if workshop.status == Room.SCHEDULED and _meeting(workshop) != former:
        registrations.tell_changed(db, workshop)
    else:
        registrations.fill(db, workshop)  # more places, perhaps


def _meeting(workshop: Workshop) -> tuple[object, ...]:
    """What somebody who comes must know."""
    return workshop.starts_at, workshop.minutes, workshop.mode, workshop.place, workshop.link


def missing(db: Session, workshop: Workshop) -> list[str]:
    """What must be prepared before the workshop can be announced, in plain words."""
    wanted = []
    rows = queries.steps(db, workshop.id or 0)
    options = queries.options(db, [step.id or 0 for step in rows])
    if not rows:
        wanted.append(_("Ajoutez au moins une séquence."))
    elif not any(step.kind in VOTES or step.kind == StepKind.CARDS for step in rows):
        wanted.append(_("Ajoutez un vote ou un recueil : sans lui, rien ne reviendra de la salle."))
    for step in rows:
        if step.kind in VOTES and not step.source_id and not options[step.id or 0]:
            wanted.append(_("Ajoutez des choix à « %(title)s ».") % {"title": step.title})
        elif step.kind == StepKind.GROUPING and not step.source_id:
            wanted.append(_("Dites de quel recueil viennent les cartes de « %(title)s ».") % {"title": step.title})
    if workshop.mode != Mode.ONSITE and not workshop.link:
        wanted.append(_("Ajoutez le lien de la réunion à distance."))
    return wanted


def schedule(db: Session, workshop: Workshop, *, by: int) -> None:
    """Announce it publicly.

    Raises:
        ConflictError: something must be prepared first.
    """
    wanted = missing(db, workshop)
    if wanted:
        raise ConflictError(" ".join(wanted))
    WORKSHOP.move(db, workshop, "schedule", by=by)
    changed(db, workshop)
    registrations.tell_changed(db, workshop)  # some may have registered before it was put off
    words = (
        _("Le %(day)s, à distance.") if workshop.mode == Mode.REMOTE else _("Le %(day)s, à cet endroit : %(place)s.")
    )
    where = words % {"day": fdate(workshop.starts_at, "meeting"), "place": workshop.place}
    tell_followers(db, workshop, _("Un atelier est annoncé : %(title)s"), where, by=by)


def tell_followers(db: Session, workshop: Workshop, title: str, text: str, *, by: int, page: str = "") -> None:
    """Those who follow the territory."""
    follows.announce(
        db, thread_id=None, territory_id=workshop.territory_id, theme_id=None, title=title % {"title": workshop.title},
        text=text, path=page or f"/ateliers/{workshop.id}-{workshop.slug}", by=by,
    )  # fmt: skip


def unschedule(db: Session, workshop: Workshop, *, by: int) -> None:
    """Take the announcement back: put off or cancelled, it is in preparation again and its page is not public.

    Those who said they would come are told.
    """
    in_hand(db, workshop)
    WORKSHOP.move(db, workshop, "unschedule", by=by, note=workshop.starts_at.isoformat())  # calendars must know
    changed(db, workshop)
    registrations.tell_called_off(db, workshop)
