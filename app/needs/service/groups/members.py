"""A need joins a group, or leaves it: its words and its supporters stay with it, what the group brought goes back."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from app.accords import queries as accords
from app.accords.models import Priority
from app.accords.states import Stage
from app.core.db import IN_HAND, now
from app.core.errors import ConflictError, ForbiddenError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.needs.models import GroupMember, Need, NeedGroup
from app.needs.queries import PUBLIC
from app.needs.queries.groups import MAX_NEEDS, with_accord
from app.needs.service.follow_up import attach
from app.needs.states import FOLLOW_UP, Left
from app.threads import service as threads


def in_hand(db: Session, group: NeedGroup) -> None:
    """One writer at a time in the forum of a group: the second sees what the first did."""
    threads.in_turn(db, group.accord.forum_id)
    db.refresh(group, ["title", "summary", "status", "priority_id", "outcome", "edited"], with_for_update=IN_HAND)


def present(db: Session, group: NeedGroup) -> list[tuple[GroupMember, Need]]:
    """What a group holds now, public or not, as the last writer left it."""
    statement = (
        select(GroupMember, Need)
        .join(Need, col(Need.id) == GroupMember.need_id)
        .where(GroupMember.group_id == group.id, col(GroupMember.left_at).is_(None))
        .options(with_accord())
        .order_by(col(Need.id))
    )
    return [(member, need) for member, need in db.exec(statement.execution_options(populate_existing=True))]


def of_ids(db: Session, ids: Collection[int]) -> Sequence[Need]:
    """These needs, as the last writer left them."""
    statement = select(Need).where(col(Need.id).in_(ids)).options(with_accord())
    return db.exec(statement.order_by(col(Need.id)).execution_options(populate_existing=True)).all()


def check_free(db: Session, accord_id: int, needs: Sequence[Need]) -> None:
    """Each may join a group of this accord.

    Raises:
        ForbiddenError: a need is of another territory.
        ConflictError: a need is not published, or is in a group already.
    """
    for need in needs:
        about = {"reference": need.reference}
        if need.accord_id != accord_id:
            raise ForbiddenError(_("Le besoin %(reference)s est celui d’un autre territoire.") % about)
        if need.status not in PUBLIC:
            raise ConflictError(_("Le besoin %(reference)s n’est pas publié.") % about)
        if need.group_id is not None:
            other = db.get_one(NeedGroup, need.group_id)
            said = _("Le besoin %(reference)s est déjà dans le besoin partagé « %(title)s ».")
            raise ConflictError(said % (about | {"title": other.title}))


def check_size(number: int) -> None:
    """A group holds as many needs as its page can show.

    Raises:
        ConflictError: there would be more.
    """
    if number > MAX_NEEDS:
        raise ConflictError(_("Un besoin partagé réunit cent besoins au plus."))


def join(db: Session, group: NeedGroup, need: Need, *, by: int | None) -> None:
    """From now on this need is in the group, and serves its priorité."""
    need.group_id = group.id
    member = GroupMember(group_id=group.id or 0, need_id=need.id or 0, joined_at=now(), joined_by=by)
    db.add(member)
    _step(db, need, "group", by=by, note=f"{group.reference} · {group.title}")
    note_event(db, group, "group", by=by, note=need.reference)
    priority = accords.priority(db, group.priority_id) if group.priority_id else None
    if priority and priority.status != Stage.WITHDRAWN:
        bring(db, member, need, priority, by=by, note=group.title)


def leave(
    db: Session, group: NeedGroup, member: GroupMember, need: Need, *, by: int | None, why: Left, at: datetime
) -> None:  # fmt: skip
    """This need is on its own again, as it would be had the group never been."""
    member.left_at, member.left_by, member.left_why = at, by, why.value
    need.group_id = None
    db.add(member)
    give_back(db, member, need, by=by, note=group.title)
    _step(db, need, "ungroup", by=by, note=f"{group.reference} · {group.title}")
    if why != Left.DISSOLVED:
        note_event(db, group, "ungroup", by=by, note=need.reference)


def bring(db: Session, member: GroupMember, need: Need, priority: Priority, *, by: int | None, note: str) -> None:
    """The group takes its need to a priorité; what the need served before is remembered."""
    if need.priority_id == priority.id:
        return
    if member.brought_id is None or need.priority_id != member.brought_id:
        member.former_id = need.priority_id
    attach(db, need, priority, by=by, note=note, alone=False)
    member.brought_id = priority.id
    db.add(member)
    db.flush()


def give_back(db: Session, member: GroupMember, need: Need, *, by: int | None, note: str) -> None:
    """What the group brought goes; what the need served before comes back, unless it was withdrawn meanwhile."""
    brought, former_id = member.brought_id, member.former_id
    if brought is None or need.priority_id != brought:
        return
    former = accords.priority(db, former_id) if former_id else None
    kept = former if former and former.status != Stage.WITHDRAWN else None
    attach(db, need, kept, by=by, note=note, alone=False)
    db.flush()


def _step(db: Session, need: Need, verb: str, *, by: int | None, note: str) -> None:
    """A step of the follow-up, or its mention for a need that went further by another way."""
    db.add(need)
    if FOLLOW_UP.allows(need.stage, verb):
        FOLLOW_UP.move(db, need, verb, by=by, note=note)
    else:
        note_event(db, need, verb, by=by, note=note)
