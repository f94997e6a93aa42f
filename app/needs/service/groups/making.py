"""Verbs on what a group holds: make, add, take out, split, dissolve, restore. All of them can be undone."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlmodel import Session, col, select

from app.accords import queries as accords
from app.accords.models import Accord
from app.accords.states import Stage
from app.core.db import now
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.needs.models import Need, NeedGroup
from app.needs.queries import PUBLIC, groups
from app.needs.service.groups.changing import check_summary
from app.needs.service.groups.members import check_free, check_size, in_hand, join, leave, of_ids, present
from app.needs.service.groups.telling import announce_group, tell_authors
from app.needs.states import GROUP, GroupStatus, Left
from app.threads import service as threads

DOUBLE_CLICK = timedelta(minutes=1)


def make(
    db: Session, accord: Accord, ids: Collection[int], *, title: str, summary: str, by: int,
    source: NeedGroup | None = None,
) -> NeedGroup:  # fmt: skip
    """Group these needs, two at least; those that are in ``source`` leave it: a group splits in two.

    The same title and needs by the same person within a minute are a double click, and give the same group.

    Raises:
        ForbiddenError: a need is of another territory.
        ConflictError: a need is not published, or is in another group.
        SummaryError: a sentence cites none of these needs.
    """
    threads.in_turn(db, accord.forum_id)
    already = _just_made(db, accord, ids, title, by)
    if already:
        return already
    if source is not None:
        _take_from(db, source, ids, by=by)
    needs = of_ids(db, ids)
    check_size(len(needs))
    if len(needs) < 2:
        raise ConflictError(_("Un besoin partagé réunit deux besoins au moins : cochez-en un autre."))
    check_free(db, accord.id or 0, needs)
    check_summary(summary, {need.reference for need in needs})
    group = _open(db, accord, needs, title=title, summary=summary, by=by)
    for need in needs:
        join(db, group, need, by=by)
    _tell_joined(db, group, needs, by=by)
    text = _("Plusieurs besoins qui disent la même chose sont réunis, chacun avec ses mots et ses soutiens.")
    announce_group(db, group, _("Des besoins sont regroupés : %(title)s"), text, by=by, besides=needs)
    return group


def _just_made(db: Session, accord: Accord, ids: Collection[int], title: str, by: int) -> NeedGroup | None:
    mine = select(NeedGroup).where(NeedGroup.accord_id == accord.id, NeedGroup.created_by == by)
    lately = mine.where(NeedGroup.title == title, col(NeedGroup.created_at) > now() - DOUBLE_CLICK)
    made = db.exec(lately.where(NeedGroup.status != GroupStatus.DISSOLVED.value))
    return next((group for group in made if {need.id for _member, need in present(db, group)} == set(ids)), None)


def _open(db: Session, accord: Accord, needs: Sequence[Need], *, title: str, summary: str, by: int) -> NeedGroup:
    """An empty group, of the theme that its needs share most."""
    theme_id = Counter(need.theme_id for need in needs).most_common(1)[0][0]
    group = NeedGroup(
        thread_id=threads.open_thread(db, accord.forum_id).id or 0, accord_id=accord.id or 0,
        territory_id=accord.territory_id, theme_id=theme_id, title=title, summary=summary,
        status=GroupStatus.OPEN.value, created_by=by, created_at=now(),
    )  # fmt: skip
    group.accord = accord
    note_event(db, group, "create", by=by, note=title)
    return group


def _take_from(db: Session, source: NeedGroup, ids: Collection[int], *, by: int) -> None:
    in_hand(db, source)
    moment = now()
    for member, need in present(db, source):
        if need.id in ids:
            leave(db, source, member, need, by=by, why=Left.SPLIT, at=moment)


def _tell_joined(db: Session, group: NeedGroup, needs: Sequence[Need], *, by: int | None) -> None:
    text = _(
        "Il est regroupé avec d’autres qui disent la même chose, sous le titre « %(title)s » (%(reference)s)."
    ) % {"title": group.title, "reference": group.reference}  # fmt: skip
    told = [need for need in needs if need.author_id != by]
    tell_authors(db, group, told, _("Votre besoin est regroupé avec d’autres"), text)


def add(db: Session, group: NeedGroup, ids: Collection[int], *, by: int) -> list[Need]:
    """Add needs to a group; those that are in it already stay. What was added.

    Raises:
        ForbiddenError: a need is of another territory.
        ConflictError: the group was dissolved; a need is not published, or is in another group.
    """
    in_hand(db, group)
    if group.status == GroupStatus.DISSOLVED:
        raise ConflictError(_("Ce regroupement vient d’être défait : refaites-le d’abord."))
    needs = [need for need in of_ids(db, ids) if need.group_id != group.id]
    check_free(db, group.accord_id, needs)
    check_size(len(present(db, group)) + len(needs))
    for need in needs:
        join(db, group, need, by=by)
    _tell_joined(db, group, needs, by=by)
    return needs


def take_out(db: Session, group: NeedGroup, ids: Collection[int], *, by: int) -> list[Need]:
    """Take needs out of a group: each is on its own again. What left."""
    in_hand(db, group)
    moment, left = now(), []
    for member, need in present(db, group):
        if need.id in ids:
            leave(db, group, member, need, by=by, why=Left.SPLIT, at=moment)
            left.append(need)
    text = _("Il ne fait plus partie du besoin partagé « %(title)s » : il continue seul.") % {"title": group.title}
    told = [need for need in left if need.author_id != by]
    tell_authors(db, group, told, _("Votre besoin continue seul"), text, inside=False)
    return left


def dissolve(db: Session, group: NeedGroup, *, by: int) -> None:
    """Undo a group: each need is on its own again. Twice is once."""
    in_hand(db, group)
    if group.status == GroupStatus.DISSOLVED:
        return
    moment, needs = now(), []
    for member, need in present(db, group):
        leave(db, group, member, need, by=by, why=Left.DISSOLVED, at=moment)
        needs.append(need)
    GROUP.move(db, group, "dissolve", by=by, at=moment)
    text = _("Le besoin partagé « %(title)s », dont il faisait partie, est défait : il continue seul.")
    told = [need for need in needs if need.author_id != by]
    tell_authors(db, group, told, _("Votre besoin continue seul"), text % {"title": group.title}, inside=False)


def restore(db: Session, group: NeedGroup, *, by: int) -> tuple[list[Need], list[Need]]:
    """Make a dissolved group again with the needs that it held: those that are back, those that are not free."""
    in_hand(db, group)
    if group.status != GroupStatus.DISSOLVED:
        return [], []
    former = groups.former_members(db, group.id or 0)
    free = [need for need in former if need.group_id is None and need.status in PUBLIC]
    priority = accords.priority(db, group.priority_id) if group.priority_id else None
    if priority is None or priority.status == Stage.WITHDRAWN:
        group.priority_id = None
    verb = "restore_answered" if group.outcome else "restore_attached" if group.priority_id else "restore"
    GROUP.move(db, group, verb, by=by)
    for need in free:
        join(db, group, need, by=by)
    _tell_joined(db, group, free, by=by)
    return free, [need for need in former if need not in free]
