"""Verbs before the room opens: the workshop, its run sheet, its announcement."""

import secrets
from datetime import UTC, datetime

from sqlmodel import Session, col, delete, select

from app.accords.models import Accord, Priority
from app.accords.states import Stage
from app.actions.models import ActionSheet
from app.actions.states import EXITS
from app.core.db import IN_HAND
from app.core.errors import ConflictError, ForbiddenError
from app.core.i18n import PARIS, fdate
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.core.security import token
from app.needs.models import Need
from app.needs.queries import PUBLIC
from app.threads import service as threads
from app.threads.service import follows
from app.workshops import queries
from app.workshops.forms import StepForm, WorkshopForm
from app.workshops.models import Option, Step, Workshop
from app.workshops.states import VOTES, WORKSHOP, Room, StepStatus

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
    """A new workshop, in preparation; the same one sent twice is one."""
    threads.in_turn(db, accord.forum_id)
    already = queries.same_draft(db, accord.id or 0, form.title, _moment(form))
    if already:
        return already
    workshop = Workshop(
        accord_id=accord.id or 0, territory_id=accord.territory_id, author_id=by, lead_id=by,
        title=form.title, place=form.place, text=form.text, starts_at=_moment(form), minutes=form.minutes, code=_code(db), screen_key=token(18),
        crew_key=token(18), status=Room.DRAFT.value,
    )  # fmt: skip
    workshop.accord, workshop.crew = accord, []
    note_event(db, workshop, "create", by=by)
    return workshop


def check_fresh(db: Session, workshop: Workshop, edited: int) -> None:
    """Two facilitators at once: the second sees what the first did before acting.

    Raises:
        ConflictError: the workshop changed since the page was shown.
    """
    _in_hand(db, workshop)
    if workshop.edited != edited:
        raise ConflictError(_("Quelqu’un d’autre vient d’agir sur cet atelier. Voici où il en est : recommencez."))
    _changed(db, workshop)


def _in_hand(db: Session, workshop: Workshop) -> None:
    db.refresh(workshop, ["edited", "status", "step_id"], with_for_update=IN_HAND)


def _changed(db: Session, workshop: Workshop) -> None:
    workshop.edited += 1
    db.add(workshop)


def save(db: Session, workshop: Workshop, form: WorkshopForm, *, by: int) -> None:
    """Change where, when, about what; the words stay editable until the report."""
    check_fresh(db, workshop, form.edited)
    if workshop.status == Room.PUBLISHED:
        raise ConflictError(_("Le compte rendu est publié : ces mots ne changent plus."))
    if workshop.status not in PREPARED and _moment(form) != workshop.starts_at:
        raise ConflictError(_("La salle a ouvert : la date et l’heure ne changent plus."))
    workshop.title, workshop.place, workshop.text = form.title, form.place, form.text
    workshop.starts_at, workshop.minutes = _moment(form), form.minutes
    note_event(db, workshop, "edit", by=by)


def missing(db: Session, workshop: Workshop) -> list[str]:
    """What must be prepared before the workshop can be announced, in plain words."""
    wanted = []
    rows = queries.steps(db, workshop.id or 0)
    if not rows:
        wanted.append(_("Ajoutez au moins une séquence."))
    elif not any(step.kind in VOTES for step in rows):
        wanted.append(_("Ajoutez au moins un vote : sans lui, rien ne reviendra au tableau des priorités."))
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
    where = _("Le %(day)s, à cet endroit : %(place)s.") % {
        "day": fdate(workshop.starts_at, "datetime"), "place": workshop.place,
    }  # fmt: skip
    tell_followers(db, workshop, _("Un atelier est annoncé : %(title)s"), where, by=by)


def tell_followers(db: Session, workshop: Workshop, title: str, text: str, *, by: int, page: str = "") -> None:
    """Those who follow the territory."""
    follows.announce(
        db, thread_id=None, territory_id=workshop.territory_id, theme_id=None, title=title % {"title": workshop.title},
        text=text, path=page or f"/ateliers/{workshop.id}-{workshop.slug}", by=by,
    )  # fmt: skip


def unschedule(db: Session, workshop: Workshop, *, by: int) -> None:
    """Take the announcement back: put off or cancelled, it is in preparation again and its page is not public."""
    WORKSHOP.move(db, workshop, "unschedule", by=by)
    workshop.edited += 1
    db.add(workshop)


def _chosen(db: Session, workshop: Workshop, form: StepForm) -> list[Option]:
    """The options of a form, each with its words.

    Raises:
        ForbiddenError: one of them is of another territory, or not public.
    """
    found: list[Option] = []
    for priority_id in form.priorities:
        priority = db.get(Priority, priority_id)
        if priority is None or priority.accord_id != workshop.accord_id or priority.status == Stage.WITHDRAWN:
            raise ForbiddenError(_("Une priorité choisie n’est pas, ou n’est plus, une priorité de ce territoire."))
        found.append(Option(step_id=0, position=0, title=priority.title, priority_id=priority.id))
    for sheet_id in form.sheets:
        sheet = db.get(ActionSheet, sheet_id)
        if sheet is None or sheet.territory_id != workshop.territory_id or not sheet.version or sheet.status in EXITS:
            raise ForbiddenError(_("Une fiche-action choisie n’est pas, ou n’est plus, une fiche de cet accord."))
        found.append(Option(step_id=0, position=0, title=sheet.title, sheet_id=sheet.id))
    for reference in form.need_references:
        need = db.exec(select(Need).where(Need.reference == reference)).first()
        if need is None or need.territory_id != workshop.territory_id or need.status not in PUBLIC:
            raise ForbiddenError(_("%(ref)s n’est pas un besoin publié de ce territoire.") % {"ref": reference[:20]})
        found.append(Option(step_id=0, position=0, title=need.title, need_id=need.id))
    return found + [Option(step_id=0, position=0, title=line) for line in form.lines]


def _write(db: Session, workshop: Workshop, step: Step, form: StepForm) -> None:
    step.kind, step.title, step.text, step.minutes = form.kind.value, form.title, form.text, form.minutes
    step.dots, step.cap, step.hands, step.reveal = form.dots, form.cap, form.hands.value, form.reveal.value
    chosen = _chosen(db, workshop, form) if form.kind in VOTES else []
    db.add(step)
    db.flush()
    db.execute(delete(Option).where(col(Option.step_id) == step.id))
    for position, option in enumerate(chosen):
        option.step_id, option.position = step.id or 0, position
        db.add(option)


def add_step(db: Session, workshop: Workshop, form: StepForm, *, by: int) -> Step:
    """One more step, at the end of the run sheet."""
    check_fresh(db, workshop, form.edited)
    _check_open(workshop)
    rows = queries.steps(db, workshop.id or 0)
    step = Step(
        workshop_id=workshop.id or 0, position=max((s.position for s in rows), default=0) + 1, kind=form.kind.value,
        title=form.title, minutes=form.minutes, status=StepStatus.WAITING.value,
    )  # fmt: skip
    _write(db, workshop, step, form)
    note_event(db, step, "add", by=by)
    return step


def save_step(db: Session, workshop: Workshop, step: Step, form: StepForm, *, by: int) -> None:
    """Change a step that has not started."""
    check_fresh(db, workshop, form.edited)
    _check_waiting(db, workshop, step)
    _write(db, workshop, step, form)
    note_event(db, step, "edit", by=by)


def remove_step(db: Session, workshop: Workshop, step: Step) -> None:
    """Take a step out of the run sheet."""
    _in_hand(db, workshop)
    _check_waiting(db, workshop, step)
    _changed(db, workshop)
    db.execute(delete(Option).where(col(Option.step_id) == step.id))
    db.delete(step)


def move_step(db: Session, workshop: Workshop, step: Step, offset: int) -> None:
    """Earlier or later among the steps that have not started."""
    _in_hand(db, workshop)
    _check_waiting(db, workshop, step)
    rows = list(queries.steps(db, workshop.id or 0))
    place = next(i for i, row in enumerate(rows) if row.id == step.id)
    target = place + offset
    if not 0 <= target < len(rows) or rows[target].status != StepStatus.WAITING:
        return
    rows[place], rows[target] = rows[target], rows[place]
    for position, row in enumerate(rows, start=1):
        row.position = position
        db.add(row)
    _changed(db, workshop)


def _check_waiting(db: Session, workshop: Workshop, step: Step) -> None:
    """Once the workshop is in hand: a step that started, or that will not take place, stays as it is."""
    _check_open(workshop)
    status = db.exec(select(Step.status).where(Step.id == step.id)).first()
    if status is None:
        raise ConflictError(_("Quelqu’un vient de retirer cette séquence."))
    if status != StepStatus.WAITING:
        raise ConflictError(_("Cette séquence a commencé : elle ne change plus."))


def _check_open(workshop: Workshop) -> None:
    if workshop.status in (Room.CLOSED, Room.PUBLISHED):
        raise ConflictError(_("Cet atelier est terminé : son déroulé ne change plus."))
