"""Reads of what one votes for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from app.actions.models import ActionSheet, SheetPriority
from app.actions.states import EXITS
from app.core.i18n import gettext as _
from app.needs.models import PREFIX, Need
from app.needs.queries import PUBLIC
from app.workshops.models import Option, Step
from app.workshops.states import Hands, StepKind

PRIORITY, SHEET = "priority", "sheet"


@dataclass(frozen=True)
class OptionView:
    """What one may vote for, as shown: where it comes from, and its page."""

    id: int
    title: str
    reference: str = ""
    path: str = ""


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
    elif option.group_id:
        path = f"/besoins-partages/{option.group_id}"
    group = f"{PREFIX}{option.group_id}" if option.group_id else ""
    return OptionView(option.id or 0, option.title, sheet_reference or need_reference or group, path)


def _hidden(option: Option, reference: str) -> OptionView:
    """A need taken back or hidden since it was put to the vote: its votes stay, its words do not."""
    return OptionView(option.id or 0, _("Besoin %(reference)s, qui n’est plus public") % {"reference": reference})


def option_rows(db: Session, step_id: int) -> Sequence[Option]:
    """The options of one step, with what they are drawn from."""
    return db.exec(select(Option).where(Option.step_id == step_id).order_by(col(Option.position), col(Option.id))).all()


def drawn(seat_id: int, step_id: int, option_id: int) -> int:
    """The place that chance gives an option on a ballot, as static/js/stage.js computes it: FNV-1a, 32 bits.

    Source: G. Fowler, L. C. Noll, K.-P. Vo, The FNV Non-Cryptographic Hash Algorithm.
    """
    found = 2166136261
    for letter in f"{seat_id}-{step_id}-{option_id}".encode():
        found = ((found ^ letter) * 16777619) % 2**32
    return found


def keeps_order(step: Step) -> bool:
    """Whether the order of its options is part of the question."""
    return step.kind == StepKind.HANDS and step.hands != Hands.APPROVAL


def shuffled(step: Step, views: Sequence[OptionView], seat_id: int) -> list[OptionView]:
    """In an order drawn per seat and always the same for it: being first must not be an advantage."""
    if keeps_order(step):
        return list(views)
    return sorted(views, key=lambda view: (drawn(seat_id, step.id or 0, view.id), view.id))


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


def sheets_to_vote(db: Session, territory_id: int) -> Sequence[ActionSheet]:
    """The published fiches of a territory that are still of the accord, by number."""
    return db.exec(
        select(ActionSheet)
        .where(
            ActionSheet.territory_id == territory_id, col(ActionSheet.version) > 0,
            col(ActionSheet.status).not_in([e.value for e in EXITS]),
        )
        .order_by(func.length(ActionSheet.reference), col(ActionSheet.reference))
    ).all()  # fmt: skip
