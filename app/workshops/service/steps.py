"""Verbs on the steps of a run sheet before they start: add, change, take out, move, copy."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select, update

from app.core import files
from app.core.errors import ConflictError, ForbiddenError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.threads.service.files import forget
from app.workshops import queries
from app.workshops.forms import StepForm
from app.workshops.forms.steps import LONGEST_TITLE
from app.workshops.models import Cluster, Step, Workshop
from app.workshops.queries.paper import last_number
from app.workshops.service import options
from app.workshops.service.preparing import changed, check_fresh, in_hand
from app.workshops.states import VOTES, StepKind, StepStatus

# What makes a step the same step elsewhere; its place, its source and what happened to it are its own.
SAME = (
    "kind", "title", "text", "minutes", "dots", "cap", "hands", "reveal", "blanks", "limit_percent", "cards",
    "approve", "signed", "image_digest", "image_type", "image_alt", "image_width", "image_height",
)  # fmt: skip


def add_step(
    db: Session, workshop: Workshop, form: StepForm, *, by: int, picture: files.Ready | None = None, alt: str = ""
) -> Step:
    """One more step: after the step that the form names if it is there, else at the end of the run sheet."""
    check_fresh(db, workshop, form.edited)
    check_open(workshop)
    rows = list(queries.steps(db, workshop.id or 0))
    step = Step(
        workshop_id=workshop.id or 0, position=len(rows) + 1, kind=form.kind.value, title=form.title,
        minutes=form.minutes, status=StepStatus.WAITING.value,
    )  # fmt: skip
    _write(db, workshop, step, form)
    _show(db, step, form, picture, alt)
    place = _place(rows, form.after)
    number(db, [*rows[:place], step, *rows[place:]])
    note_event(db, step, "add", by=by)
    return step


def _place(rows: Sequence[Step], after: int | None) -> int:
    """How many steps come before a new one: never fewer than have started."""
    started = max((i for i, row in enumerate(rows, start=1) if row.status != StepStatus.WAITING), default=0)
    if after is None:
        return len(rows)
    return max(started, next((i for i, row in enumerate(rows, start=1) if row.id == after), len(rows) if after else 0))


def save_step(
    db: Session, workshop: Workshop, step: Step, form: StepForm, *, by: int, picture: files.Ready | None = None,
    alt: str = "",
) -> None:  # fmt: skip
    """Change a step that has not started.

    Raises:
        ConflictError: it started, it is a recueil that something needs, or ballots were printed with its former words.
    """
    check_fresh(db, workshop, form.edited)
    check_waiting(db, workshop, step)
    if form.kind != step.kind and (why := what_needs(db, step)):
        raise ConflictError(why)
    printed = _on_paper(db, step) if last_number(db, step.id or 0) else None
    _write(db, workshop, step, form)
    if printed and printed != _on_paper(db, step):
        raise ConflictError(_("Des bulletins sont imprimés pour ce vote : sa question et ses choix ne changent plus."))
    _show(db, step, form, picture, alt)
    note_event(db, step, "edit", by=by)


def _on_paper(db: Session, step: Step) -> tuple[Any, ...]:
    """What a printed ballot says of this vote, in its order."""
    rules = tuple(getattr(step, name) for name in ("kind", "title", "dots", "cap", "hands", "blanks"))
    return *rules, *((option.id, option.title) for option in queries.option_rows(db, step.id or 0))


def what_needs(db: Session, step: Step) -> str:
    """Why this step stays the recueil that it is, in plain words; empty when nothing needs it."""
    needed = db.exec(select(Step.title).where(Step.source_id == step.id)).first()
    if needed:
        return _("La séquence « %(title)s » en a besoin : modifiez-la d’abord.") % {"title": needed}
    if db.exec(select(Cluster.id).where(Cluster.step_id == step.id)).first():
        return _("Des groupes sont prêts dans ce recueil : défaites-les d’abord, sur la page des cartes.")
    return ""


def _write(db: Session, workshop: Workshop, step: Step, form: StepForm) -> None:
    for name in ("title", "text", "minutes", "dots", "cap", "limit_percent", "cards", "approve"):
        setattr(step, name, getattr(form, name))
    for name in ("kind", "hands", "reveal", "blanks", "signed"):
        setattr(step, name, getattr(form, name).value)
    step.source_id = _source(db, workshop, step, form)
    wanted = options.chosen(db, workshop, form) if form.kind in VOTES else []
    step.title = form.title or _question(step, wanted[0].title)
    db.add(step)
    db.flush()
    options.put(db, step, wanted)


def _question(step: Step, subject: str) -> str:
    """What is asked of one thing when nobody wrote a question."""
    words = _("%(subject)s : quel accord ?") if step.kind == StepKind.AGREEMENT else _("%(subject)s : oui ou non ?")
    room = LONGEST_TITLE - len(words % {"subject": ""})
    return words % {"subject": subject if len(subject) <= room else f"{subject[: room - 1].rstrip()}…"}


def _source(db: Session, workshop: Workshop, step: Step, form: StepForm) -> int | None:
    """The recueil that this step takes its cards or its groups from.

    Raises:
        ForbiddenError: it is not a recueil of this workshop.
    """
    if form.source is None or (form.kind != StepKind.GROUPING and (form.kind not in VOTES or form.on_one)):
        return None
    source = queries.step(db, form.source)
    if source is None or source.workshop_id != workshop.id or source.kind != StepKind.CARDS or source.id == step.id:
        raise ForbiddenError(_("Ce recueil n’est pas, ou n’est plus, une séquence de cet atelier."))
    return source.id


def _show(db: Session, step: Step, form: StepForm, picture: files.Ready | None, alt: str) -> None:
    """The image of a presentation: another one, none any more, or the same with other words."""
    former = step.image_digest
    if picture is not None:
        files.hold(db, picture.digest)
        files.keep(picture)
        step.image_digest, step.image_type, step.image_alt = picture.digest, picture.clean.media_type, alt
        step.image_width, step.image_height = picture.clean.width, picture.clean.height
    elif form.drop_image or form.kind != StepKind.PRESENTATION:
        step.image_digest = step.image_type = step.image_width = step.image_height = None
        step.image_alt = ""
    elif former:
        step.image_alt = alt or step.image_alt
    db.add(step)
    if former and former != step.image_digest:
        forget(db, [former])


def remove_step(db: Session, workshop: Workshop, step: Step) -> None:
    """Take a step out of the run sheet; its twins elsewhere stay.

    Raises:
        ConflictError: it started, something needs it, or ballots were printed for it.
    """
    in_hand(db, workshop)
    check_waiting(db, workshop, step)
    if why := what_needs(db, step):
        raise ConflictError(why)
    if last_number(db, step.id or 0):
        raise ConflictError(_("Des bulletins sont imprimés pour ce vote : passez-le plutôt depuis la régie."))
    changed(db, workshop)
    options.remove(db, [option.id or 0 for option in queries.option_rows(db, step.id or 0)])
    db.execute(update(Step).where(col(Step.twin_id) == step.id).values(twin_id=None))
    db.delete(step)
    forget(db, [step.image_digest or ""])


def move_step(db: Session, workshop: Workshop, step: Step, offset: int) -> None:
    """Earlier or later among the steps that have not started."""
    in_hand(db, workshop)
    check_waiting(db, workshop, step)
    rows = list(queries.steps(db, workshop.id or 0))
    place = next(i for i, row in enumerate(rows) if row.id == step.id)
    target = place + offset
    if not 0 <= target < len(rows) or rows[target].status != StepStatus.WAITING:
        return
    rows[place], rows[target] = rows[target], rows[place]
    number(db, rows)
    changed(db, workshop)


def number(db: Session, rows: Sequence[Step]) -> None:
    """The run sheet in this order."""
    for position, row in enumerate(rows, start=1):
        row.position = position
        db.add(row)


def check_waiting(db: Session, workshop: Workshop, step: Step) -> None:
    """Once the workshop is in hand: a step that started, or that will not take place, stays as it is."""
    check_open(workshop)
    status = db.exec(select(Step.status).where(Step.id == step.id)).first()
    if status is None:
        raise ConflictError(_("Quelqu’un vient de retirer cette séquence."))
    if status != StepStatus.WAITING:
        raise ConflictError(_("Cette séquence a commencé : elle ne change plus."))


def check_open(workshop: Workshop) -> None:
    """The run sheet of a workshop that ended stays as it was."""
    if workshop.over:
        raise ConflictError(_("Cet atelier est terminé : son déroulé ne change plus."))


def copy_steps(db: Session, from_id: int, workshop: Workshop, *, twins: bool) -> None:
    """The run sheet of a workshop, after that of another; ``twins``: their results will add up."""
    made: dict[int, int] = {}
    first = len(queries.steps(db, workshop.id or 0)) + 1
    for position, step in enumerate(queries.steps(db, from_id), start=first):
        copy = copy_step(db, step, workshop, twin=twins)
        copy.position, copy.source_id = position, made.get(step.source_id or 0)
        made[step.id or 0] = copy.id or 0


def copy_step(db: Session, step: Step, workshop: Workshop, *, twin: bool) -> Step:
    """One step in another workshop, with what it puts to the vote; its place is given by the caller."""
    copy = Step(workshop_id=workshop.id or 0, position=0, status=StepStatus.WAITING.value, **same(step))
    copy.twin_id = (step.twin_id or step.id) if twin else None
    db.add(copy)
    db.flush()
    copy_options(db, workshop, step, copy, twins=twin)
    return copy


def same(step: Step) -> dict[str, Any]:
    """What a copy of this step has of it."""
    return {name: getattr(step, name) for name in SAME}


def copy_options(db: Session, workshop: Workshop, step: Step, copy: Step, *, twins: bool) -> None:
    """What the step puts to the vote, unless it is not offered here or today."""
    wanted = []
    for option in queries.option_rows(db, step.id or 0):
        if options.still_offered(db, workshop, option):
            wanted.append(options.copied(option))
            wanted[-1].twin_id = (option.twin_id or option.id) if twins else None
    options.put(db, copy, wanted)
