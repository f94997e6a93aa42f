"""Reads of workshops: rooms, what one votes for, who is there, results."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, func, select

from app.accords.models import Accord
from app.actions.models import ActionSheet, SheetNeed, SheetPriority
from app.actions.states import EXITS
from app.core.i18n import gettext as _
from app.core.security import digest
from app.needs.models import Need
from app.needs.queries import PUBLIC
from app.policy.actor import Actor
from app.workshops import counting
from app.workshops.forms import normal_room_code
from app.workshops.models import Ballot, Option, Seat, Step, Workshop, WorkshopRate
from app.workshops.states import Hands, Room, StepKind, StepStatus

PAST_SHOWN = 20
PRIORITY, SHEET = "priority", "sheet"


@dataclass(frozen=True)
class OptionView:
    """What one may vote for, as shown: where it comes from, and its page."""

    id: int
    title: str
    reference: str = ""
    path: str = ""


@dataclass(frozen=True)
class Rooms:
    """The list of workshops of a page."""

    live: Sequence[Workshop]
    coming: Sequence[Workshop]
    past: Sequence[Workshop]
    drafts: Sequence[Workshop]


def _options() -> Any:
    return joinedload(cast(Any, Workshop.accord)).selectinload(cast(Any, Accord.phases))


def one(db: Session, workshop_id: int) -> Workshop | None:
    """One workshop, with its accord and calendar."""
    return db.exec(select(Workshop).where(Workshop.id == workshop_id).options(_options())).first()


def same_draft(db: Session, accord_id: int, title: str, starts_at: datetime) -> Workshop | None:
    """The workshop of this title at this moment, if it is still in preparation."""
    return db.exec(
        select(Workshop).where(
            Workshop.accord_id == accord_id, Workshop.title == title, Workshop.starts_at == starts_at,
            Workshop.status == Room.DRAFT.value,
        )
    ).first()  # fmt: skip


def by_code(db: Session, typed: str) -> Workshop | None:
    """The workshop of a code as typed or read aloud."""
    return db.exec(select(Workshop).where(Workshop.code == normal_room_code(typed)).options(_options())).first()


def rooms(db: Session, me: Actor, territory_id: int | None) -> Rooms:
    """Workshops under way, to come, past, and the drafts of a facilitator."""
    statement = select(Workshop).order_by(col(Workshop.starts_at), col(Workshop.id))
    if territory_id is not None:
        statement = statement.where(Workshop.territory_id == territory_id)
    live = db.exec(statement.where(col(Workshop.status).in_([Room.LOBBY.value, Room.RUNNING.value]))).all()
    coming = db.exec(statement.where(Workshop.status == Room.SCHEDULED.value).limit(50)).all()
    past = db.exec(
        statement.order_by(None)
        .order_by(col(Workshop.starts_at).desc(), col(Workshop.id).desc())
        .where(col(Workshop.status).in_([Room.CLOSED.value, Room.PUBLISHED.value]))
        .limit(PAST_SHOWN)
    ).all()
    return Rooms(live, coming, past, _drafts(db, me, territory_id))


def _drafts(db: Session, me: Actor, territory_id: int | None) -> Sequence[Workshop]:
    held = me.territories("facilitator")
    if held is not None and not held:
        return []
    statement = select(Workshop).where(Workshop.status == Room.DRAFT.value).order_by(col(Workshop.starts_at))
    if held is not None:
        statement = statement.where(col(Workshop.territory_id).in_(held))
    if territory_id is not None:
        statement = statement.where(Workshop.territory_id == territory_id)
    return db.exec(statement.limit(50)).all()


def steps(db: Session, workshop_id: int) -> Sequence[Step]:
    """The run sheet, in order."""
    return db.exec(select(Step).where(Step.workshop_id == workshop_id).order_by(col(Step.position), col(Step.id))).all()


def step(db: Session, step_id: int) -> Step | None:
    """One step."""
    return db.get(Step, step_id)


def options(db: Session, step_ids: Iterable[int]) -> dict[int, list[OptionView]]:
    """What each step puts to the vote, in its own order."""
    rows = db.execute(
        select(Option, ActionSheet.reference, Need.reference, Need.status)
        .outerjoin(ActionSheet, col(ActionSheet.id) == Option.sheet_id)
        .outerjoin(Need, col(Need.id) == Option.need_id)
        .where(col(Option.step_id).in_(list(step_ids)))
        .order_by(col(Option.position), col(Option.id))
    )
    found: dict[int, list[OptionView]] = defaultdict(list)
    for option, sheet_reference, need_reference, need_status in rows:
        hidden = need_status is not None and need_status not in PUBLIC
        view = _hidden(option, need_reference) if hidden else _view(option, sheet_reference, need_reference)
        found[option.step_id].append(view)
    return found


def _view(option: Option, sheet_reference: str | None, need_reference: str | None) -> OptionView:
    path = ""
    if option.priority_id:
        path = f"/priorites/{option.priority_id}"
    elif sheet_reference:
        path = f"/fiches-actions/{sheet_reference}"
    elif option.need_id:
        path = f"/besoins/{option.need_id}"
    return OptionView(option.id or 0, option.title, sheet_reference or need_reference or "", path)


def _hidden(option: Option, reference: str) -> OptionView:
    """A need taken back or hidden since it was put to the vote: its votes stay, its words do not."""
    return OptionView(option.id or 0, _("Besoin %(reference)s, qui n’est plus public") % {"reference": reference})


def option_rows(db: Session, step_id: int) -> Sequence[Option]:
    """The options of one step, with what they are drawn from."""
    return db.exec(select(Option).where(Option.step_id == step_id).order_by(col(Option.position), col(Option.id))).all()


def shuffled(step: Step, views: Sequence[OptionView], seat_id: int) -> list[OptionView]:
    """In an order drawn per seat and always the same for it: being first must not be an advantage."""
    if step.kind == StepKind.HANDS and step.hands == Hands.SINGLE:
        return list(views)  # oui, non, je m'abstiens: their order is part of the question
    return sorted(views, key=lambda view: sha256(f"{seat_id}-{step.id}-{view.id}".encode()).digest())


def present_by(db: Session, workshop_id: int) -> dict[str, int]:
    """How many people of each collège took a seat."""
    statement = select(Seat.college, func.count()).where(Seat.workshop_id == workshop_id).group_by(Seat.college)
    return dict(db.execute(statement).all())


def seats(db: Session, workshop_ids: Iterable[int]) -> dict[int, int]:
    """How many people took a seat in each of these rooms."""
    statement = (
        select(Seat.workshop_id, func.count())
        .where(col(Seat.workshop_id).in_(list(workshop_ids)))
        .group_by(col(Seat.workshop_id))
    )
    return dict(db.execute(statement).all())


def answered_by(db: Session, step_id: int) -> dict[str, int]:
    """How many people of each collège answered this step."""
    statement = (
        select(Seat.college, func.count())
        .join(Ballot, col(Ballot.seat_id) == Seat.id)
        .where(Ballot.step_id == step_id)
        .group_by(Seat.college)
    )
    return dict(db.execute(statement).all())


def seat(db: Session, workshop_id: int, secret: str | None) -> Seat | None:
    """The seat of this phone in this room."""
    if not secret:
        return None
    return db.exec(select(Seat).where(Seat.digest == digest(secret), Seat.workshop_id == workshop_id)).first()


def ballot(db: Session, step_id: int, seat_id: int) -> Ballot | None:
    """What this seat answered."""
    return db.exec(select(Ballot).where(Ballot.step_id == step_id, Ballot.seat_id == seat_id)).first()


def casts(db: Session, step_ids: Iterable[int]) -> dict[int, list[counting.Cast]]:
    """The ballots of these steps, without any identity."""
    rows = db.execute(
        select(Ballot.step_id, Ballot.marks, Ballot.late, Seat.college)
        .join(Seat, col(Seat.id) == Ballot.seat_id)
        .where(col(Ballot.step_id).in_(list(step_ids)))
        .order_by(col(Ballot.id))
    )
    found: dict[int, list[counting.Cast]] = defaultdict(list)
    for step_id, marks, late, college in rows:
        found[step_id].append(counting.Cast(college, {int(k): v for k, v in marks.items()}, late))
    return found


def results(db: Session, wanted: Sequence[Step], present: dict[str, int]) -> dict[int, counting.Result]:
    """The results of these steps of one workshop: two queries whatever their number."""
    ids = [s.id or 0 for s in wanted]
    given, views = casts(db, ids), options(db, ids)
    found = {}
    for one_step in wanted:
        count = counting.dots if one_step.kind == StepKind.DOTS else counting.hands
        key = one_step.id or 0
        found[key] = count([view.id for view in views[key]], given[key], present)
    return found


def revealed(all_steps: Sequence[Step]) -> list[Step]:
    """The votes whose results were shown."""
    return [s for s in all_steps if s.status == StepStatus.REVEALED]


def subjects(db: Session, step_id: int) -> dict[tuple[str, int], set[int]]:
    """Which options of a step carry each priorité and each fiche; a fiche also carries the priorités it serves."""
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    rows = option_rows(db, step_id)
    served = defaultdict(list)
    for sheet_id, priority_id in db.execute(
        select(SheetPriority.sheet_id, SheetPriority.priority_id).where(
            col(SheetPriority.sheet_id).in_([o.sheet_id for o in rows if o.sheet_id])
        )
    ):
        served[sheet_id].append(priority_id)
    for option in rows:
        key = option.id or 0
        if option.priority_id:
            found[PRIORITY, option.priority_id].add(key)
        if option.sheet_id:
            found[SHEET, option.sheet_id].add(key)
            for priority_id in served[option.sheet_id]:
                found[PRIORITY, priority_id].add(key)
    return found


def rates(db: Session, kind: str, subject_ids: Iterable[int]) -> dict[int, dict[str, tuple[int, int]]]:
    """Support in workshops by collège: ``{subject: {college: (supporters, ballots)}}``, pooled over steps."""
    statement = (
        select(
            WorkshopRate.subject_id, WorkshopRate.college, func.sum(WorkshopRate.supporters),
            func.sum(WorkshopRate.ballots),
        )
        .where(WorkshopRate.kind == kind, col(WorkshopRate.subject_id).in_(list(subject_ids)))
        .group_by(col(WorkshopRate.subject_id), col(WorkshopRate.college))
    )  # fmt: skip
    found: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for subject_id, college, supporters, ballots in db.execute(statement):
        found[subject_id][college] = (int(supporters), int(ballots))
    return found


def votes_on(db: Session, kind: str, subject_id: int) -> Sequence[Any]:
    """The revealed steps that carried this priorité or fiche: (workshop, step, supporters, ballots), newest first."""
    statement = (
        select(Workshop, Step, func.sum(WorkshopRate.supporters), func.sum(WorkshopRate.ballots))
        .join(Step, col(Step.workshop_id) == Workshop.id)
        .join(WorkshopRate, col(WorkshopRate.step_id) == Step.id)
        .where(WorkshopRate.kind == kind, WorkshopRate.subject_id == subject_id)
        .group_by(col(Workshop.id), col(Step.id))
        .order_by(col(Workshop.starts_at).desc(), col(Step.position))
        .limit(20)
    )
    return list(db.execute(statement))


def threads_behind(db: Session, sheet_id: int) -> Sequence[int]:
    """The threads of the needs that a fiche answers."""
    linked = select(SheetNeed.need_id).where(SheetNeed.sheet_id == sheet_id)
    return db.exec(select(Need.thread_id).where(col(Need.id).in_(linked)).order_by(col(Need.thread_id))).all()


def sheets_to_vote(db: Session, territory_id: int) -> Sequence[ActionSheet]:
    """The published fiches of a territory that are still of the accord, by title."""
    return db.exec(
        select(ActionSheet)
        .where(
            ActionSheet.territory_id == territory_id, col(ActionSheet.version) > 0,
            col(ActionSheet.status).not_in([e.value for e in EXITS]),
        )
        .order_by(col(ActionSheet.title), col(ActionSheet.id))
    ).all()  # fmt: skip
