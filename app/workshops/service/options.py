"""What a step puts to the vote: chosen by a facilitator, or copied from another step."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session, col, delete, select, update

from app.accords.models import Priority
from app.accords.states import Stage
from app.actions.models import ActionSheet
from app.actions.states import EXITS
from app.core.errors import ForbiddenError
from app.core.i18n import gettext as _
from app.needs.models import PREFIX, Need, NeedGroup
from app.needs.queries import PUBLIC, groups
from app.needs.states import GroupStatus
from app.workshops import queries
from app.workshops.forms import StepForm
from app.workshops.models import Option, Step, Workshop


def chosen(db: Session, workshop: Workshop, form: StepForm) -> list[Option]:
    """The options of a form, each with its words, each once.

    Raises:
        ForbiddenError: one of them is of another territory, or not public.
    """
    found = [_priority(db, workshop, key) for key in form.priority_ids]
    found += [_sheet(db, workshop, key) for key in form.sheet_ids]
    found += [_cited(db, workshop, reference) for reference in form.references]
    found += [_option(line) for line in form.lines]
    return list({_key(option): option for option in found}.values())


def _option(title: str, **source: int | None) -> Option:
    return Option(step_id=0, position=0, title=title, **source)


def _priority(db: Session, workshop: Workshop, key: int) -> Option:
    priority = db.get(Priority, key)
    if not _priority_offered(workshop, priority):
        raise ForbiddenError(_("Une priorité choisie n’est pas, ou n’est plus, une priorité de ce territoire."))
    return _option(priority.title if priority else "", priority_id=key)


def _priority_offered(workshop: Workshop, priority: Priority | None) -> bool:
    return priority is not None and priority.accord_id == workshop.accord_id and priority.status != Stage.WITHDRAWN


def _sheet(db: Session, workshop: Workshop, key: int) -> Option:
    sheet = db.get(ActionSheet, key)
    if not _sheet_offered(workshop, sheet):
        raise ForbiddenError(_("Une fiche-action choisie n’est pas, ou n’est plus, une fiche de cet accord."))
    return _option(sheet.title if sheet else "", sheet_id=key)


def _sheet_offered(workshop: Workshop, sheet: ActionSheet | None) -> bool:
    if sheet is None or sheet.territory_id != workshop.territory_id:
        return False
    return bool(sheet.version) and sheet.status not in EXITS


def _cited(db: Session, workshop: Workshop, reference: str) -> Option:
    """A need « ML-4K7P », or a group of needs « BP-12 »."""
    if reference.startswith(PREFIX):
        group = groups.by_reference(db, reference.removeprefix(PREFIX))
        if group is not None and _group_offered(workshop, group):
            return _option(group.title, group_id=group.id)
        raise ForbiddenError(_("%(ref)s n’est pas un besoin partagé de ce territoire.") % {"ref": reference[:20]})
    need = db.exec(select(Need).where(Need.reference == reference)).first()
    if need is None or not _need_offered(workshop, need):
        raise ForbiddenError(_("%(ref)s n’est pas un besoin publié de ce territoire.") % {"ref": reference[:20]})
    return _option(need.title, need_id=need.id)


def _need_offered(workshop: Workshop, need: Need | None) -> bool:
    return need is not None and need.territory_id == workshop.territory_id and need.status in PUBLIC


def _group_offered(workshop: Workshop, group: NeedGroup | None) -> bool:
    if group is None or group.territory_id != workshop.territory_id:
        return False
    return group.status != GroupStatus.DISSOLVED


def still_offered(db: Session, workshop: Workshop, option: Option) -> bool:
    """Whether this option of another workshop may be put to the vote here today."""
    if option.cluster_id:
        return False  # each room has its own cards
    if option.priority_id:
        return _priority_offered(workshop, db.get(Priority, option.priority_id))
    if option.sheet_id:
        return _sheet_offered(workshop, db.get(ActionSheet, option.sheet_id))
    if option.need_id:
        return _need_offered(workshop, db.get(Need, option.need_id))
    return not option.group_id or _group_offered(workshop, db.get(NeedGroup, option.group_id))


def copied(option: Option) -> Option:
    """The same, for another step."""
    return _option(
        option.title, priority_id=option.priority_id, sheet_id=option.sheet_id, need_id=option.need_id,
        group_id=option.group_id,
    )  # fmt: skip


def _key(option: Option) -> tuple[Any, ...]:
    sources = (option.priority_id, option.sheet_id, option.need_id, option.group_id, option.cluster_id)
    return (*sources, None if any(sources) else option.title)


def put(db: Session, step: Step, wanted: Sequence[Option]) -> None:
    """These options in this order; one that was there already stays the same row, which its twins point to."""
    rows = {_key(option): option for option in queries.option_rows(db, step.id or 0)}
    for position, option in enumerate(wanted):
        row = rows.pop(_key(option), option)
        row.step_id, row.position, row.title = step.id or 0, position, option.title
        row.twin_id = option.twin_id or row.twin_id
        db.add(row)
    remove(db, [row.id or 0 for row in rows.values()])


def remove(db: Session, option_ids: Iterable[int]) -> None:
    """Take options out; their twins elsewhere stay, on their own."""
    ids = list(option_ids)
    db.execute(update(Option).where(col(Option.twin_id).in_(ids)).values(twin_id=None))
    db.execute(delete(Option).where(col(Option.id).in_(ids)))
