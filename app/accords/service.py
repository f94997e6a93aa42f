"""Verbs on accords: the calendar, enjeux, priorités."""

from datetime import UTC, datetime, time

from sqlmodel import Session

from app.accords import queries
from app.accords.forms import ChallengeForm, PhaseForm, PriorityForm, RankForm
from app.accords.models import Accord, Challenge, Phase, Priority
from app.accords.states import CHALLENGE, PRIORITY, Stage
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.threads.service import follows


def save_phase(db: Session, accord: Accord, form: PhaseForm, phase: Phase | None, *, by: int | None) -> Phase:
    """Add or change a step of the calendar: rights follow at once."""
    verb = "edit_phase" if phase else "add_phase"
    phase = phase or Phase(
        accord_id=accord.id or 0, title="", period="", starts_on=form.starts_on, ends_on=form.ends_on
    )
    phase.sqlmodel_update(form.model_dump() | {"opens": [v.value for v in form.opens]})
    db.add(phase)
    note_event(db, accord, verb, by=by, note=form.title)
    return phase


def remove_phase(db: Session, accord: Accord, phase: Phase, *, by: int | None) -> None:
    """Take a step out of the calendar."""
    db.delete(phase)
    note_event(db, accord, "remove_phase", by=by, note=phase.title)


def save_challenge(
    db: Session, accord: Accord, form: ChallengeForm, challenge: Challenge | None, *, by: int | None
) -> Challenge:
    """Propose or reword an enjeu."""
    verb = "edit" if challenge else "propose"
    challenge = challenge or Challenge(
        accord_id=accord.id or 0, territory_id=accord.territory_id, title="", status=Stage.PROPOSED.value
    )
    challenge.sqlmodel_update(form.model_dump())
    note_event(db, challenge, verb, by=by)
    return challenge


def save_priority(
    db: Session, accord: Accord, form: PriorityForm, priority: Priority | None, *, by: int | None
) -> Priority:
    """Propose or reword a priorité.

    Raises:
        ConflictError: somebody else changed it since the form was opened.
    """
    verb = "edit" if priority else "propose"
    if priority:
        db.refresh(priority, with_for_update=True)
    if priority and priority.edited != form.edited:
        raise ConflictError(_("Quelqu’un a modifié cette priorité pendant que vous écriviez. Relisez sa version."))
    priority = priority or Priority(
        accord_id=accord.id or 0, territory_id=accord.territory_id, theme_id=form.theme_id,
        title="", status=Stage.PROPOSED.value,
    )  # fmt: skip
    priority.sqlmodel_update(form.model_dump() | {"edited": form.edited + 1})
    note_event(db, priority, verb, by=by)
    return priority


def move_priority(db: Session, priority: Priority, verb: str, *, by: int | None, note: str = "") -> None:
    """Change the stage of a priorité."""
    PRIORITY.move(db, priority, verb, by=by, note=note or None)
    priority.withdrawal_reason = note if verb == "withdraw" else None


def move_challenge(db: Session, challenge: Challenge, verb: str, *, by: int | None, note: str = "") -> None:
    """Change the stage of an enjeu."""
    CHALLENGE.move(db, challenge, verb, by=by, note=note or None)


def rank(db: Session, priority: Priority, form: RankForm, *, by: int | None) -> None:
    """Record the rank that the territorial committee set, or that it unset.

    Raises:
        ConflictError: another priorité of the territory holds this rank.
    """
    holder = next((p for p in queries.priorities(db, priority.territory_id) if p.rank == form.rank), None)
    if form.rank and holder and holder.id != priority.id:
        raise ConflictError(
            _("Le rang %(n)s est déjà celui de « %(title)s ».") % {"n": form.rank, "title": holder.title}
        )
    before, priority.rank = priority.rank, form.rank
    priority.ranked_on = form.ranked_on if form.rank else None
    at = datetime.combine(priority.ranked_on, time(12), UTC) if priority.ranked_on else None
    note_event(db, priority, "rank", by=by, note=str(form.rank or ""), at=at)
    if form.rank and form.rank != before:
        text = _("Le comité territorial lui donne le rang %(n)s.") % {"n": form.rank}
        title = _("Une priorité est classée : %(title)s") % {"title": priority.title}
        follows.announce(
            db, thread_id=None, territory_id=priority.territory_id, theme_id=priority.theme_id, title=title,
            text=text, path=f"/priorites/{priority.id}", by=by,
        )  # fmt: skip
