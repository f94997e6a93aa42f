"""Reads of appeals: what may be contested, what was answered, and who may answer."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from app.core.db import now
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.core.machine import Event
from app.identity.models import Delegate, Role
from app.identity.states import DelegateStatus, RoleKind
from app.moderation.models import Appeal, Original, Recusal
from app.moderation.queries.subjects import AGAINST, Decision, Place, Subject, decision_against, place, subject
from app.moderation.states import AGAINST_LABELS, AppealStatus
from app.needs.models import Need
from app.policy import APPEAL_DECIDE
from app.policy.actor import Actor, in_force
from app.threads.states import Moderation
from app.workshops.models import Card
from app.workshops.queries import moderating as cards

SHOWN = 200


@dataclass(frozen=True)
class Judged:
    """An appeal as the table of rights reads it; ``elsewhere``: nobody of its Conseil is left to answer."""

    territory_id: int
    author_id: int | None
    organisation_id: int | None
    contested_by: int | None
    status: str
    elsewhere: bool


def one(db: Session, appeal_id: int) -> Appeal | None:
    """One appeal."""
    return db.get(Appeal, appeal_id)


def of_subject(db: Session, about: Subject) -> Sequence[Appeal]:
    """The appeals about one contribution, newest first."""
    mine = select(Appeal).where(Appeal.subject_kind == about.__tablename__, Appeal.subject_id == about.id)
    return db.exec(mine.order_by(col(Appeal.id).desc())).all()


def of_subjects(db: Session, found: Collection[Subject]) -> dict[tuple[str, int], Appeal]:
    """The last appeal about each of these contributions, by table and id; one query a table."""
    last: dict[tuple[str, int], Appeal] = {}
    by_kind: dict[str, list[int]] = defaultdict(list)
    for about in found:
        by_kind[about.__tablename__].append(about.id or 0)
    for kind, ids in by_kind.items():
        mine = select(Appeal).where(Appeal.subject_kind == kind, col(Appeal.subject_id).in_(ids))
        for appeal in db.exec(mine.order_by(col(Appeal.id))):
            last[kind, appeal.subject_id] = appeal
    return last


def may_contest(db: Session, about: Subject) -> bool:
    """Whether its author may ask for another reading: once a decision, within the months that the law gives.

    What was masked stays public meanwhile; what was refused or hidden says by its status that it is being read again.
    """
    decided = decision_against(db, about)
    if decided is None or decided.contestable_until < now():
        return False
    if about.status in (Moderation.REFUSED, Moderation.HIDDEN):
        return True
    return about.status == Moderation.MASKED and not any(a.created_at >= decided.at for a in of_subject(db, about))


def contestable_until(db: Session, about: Subject) -> datetime | None:
    """Until when its author may contest; None when there is nothing to contest."""
    decided = decision_against(db, about)
    return decided.contestable_until if decided and may_contest(db, about) else None


def judged(db: Session, appeal: Appeal) -> Judged:
    """What the right to answer an appeal depends on, somebody being left in its own Conseil or not."""
    return _judged(appeal, _left(db, [appeal], _barred(db, [appeal])))


def waiting(db: Session, me: Actor) -> list[Appeal]:
    """The open appeals that this moderator may answer, those that fall due first at the top; five queries at most."""
    opened = db.exec(
        select(Appeal).where(Appeal.status == AppealStatus.OPEN.value)
        .order_by(col(Appeal.due_at), col(Appeal.id)).limit(SHOWN)
    ).all()  # fmt: skip
    barred = _barred(db, opened)
    left = _left(db, opened, barred)
    return [
        appeal for appeal in opened
        if me.person_id not in barred[appeal.id or 0] and me.can(APPEAL_DECIDE, _judged(appeal, left))
    ]  # fmt: skip


def _judged(appeal: Appeal, left: dict[int, bool]) -> Judged:
    return Judged(
        territory_id=appeal.territory_id, author_id=appeal.author_id, organisation_id=appeal.organisation_id,
        contested_by=appeal.contested_by, status=appeal.status, elsewhere=not left[appeal.id or 0],
    )  # fmt: skip


def _left(db: Session, opened: Sequence[Appeal], barred: dict[int, set[int | None]]) -> dict[int, bool]:
    """Whether somebody of its own Conseil may answer each appeal.

    Neither who took a decision, nor its author, nor who speaks for the same organisation, nor who recused themselves.
    """
    moderators = _moderators(db, {appeal.territory_id for appeal in opened})
    speakers = _speakers(db, {appeal.organisation_id for appeal in opened if appeal.organisation_id})
    left = {}
    for appeal in opened:
        there = moderators[None] | moderators[appeal.territory_id]
        concerned = {appeal.contested_by, appeal.author_id} | barred[appeal.id or 0]
        left[appeal.id or 0] = bool(there - concerned - speakers[appeal.organisation_id])
    return left


def _moderators(db: Session, territories: set[int]) -> dict[int | None, set[int | None]]:
    """Who moderates each of these territories today; under None, who moderates them all."""
    where = or_(col(Role.territory_id).in_(territories), col(Role.territory_id).is_(None))
    held = select(Role).where(Role.kind == RoleKind.MODERATOR.value, col(Role.ended_at).is_(None), where)
    found: dict[int | None, set[int | None]] = defaultdict(set)
    day = today()
    for role in db.exec(held) if territories else ():
        if in_force(role, day):
            found[role.territory_id].add(role.person_id)
    return found


def decided_against(db: Session, appeal: Appeal) -> set[int | None]:
    """Who may not judge this appeal: who ever decided against what it is about, undone since or not."""
    return _barred(db, [appeal])[appeal.id or 0]


def _deciders(db: Session, opened: Sequence[Appeal]) -> dict[tuple[str, int], set[int | None]]:
    """Who decided against each of these contributions, by table and id."""
    found: dict[tuple[str, int], set[int | None]] = defaultdict(set)
    ids = {appeal.subject_id for appeal in opened}
    columns = select(Event.subject_kind, Event.subject_id, Event.actor_id)
    against = columns.where(col(Event.subject_id).in_(ids), col(Event.verb).in_(AGAINST)).distinct()
    for kind, subject_id, actor_id in db.exec(against) if ids else ():
        found[kind, subject_id].add(actor_id)
    return found


def _barred(db: Session, opened: Sequence[Appeal]) -> dict[int, set[int | None]]:
    """Who may not judge each appeal: who decided against what it is about, or stepped back from either.

    Nor who led the room where a card was written.
    """
    deciders, recused = _deciders(db, opened), _recused(db, opened)
    about_cards = {appeal.subject_id for appeal in opened if appeal.subject_kind == Card.__tablename__}
    led = cards.crews(db, about_cards) if about_cards else {}
    barred = {}
    for appeal in opened:
        crew = led.get(appeal.subject_id, frozenset()) if appeal.subject_kind == Card.__tablename__ else frozenset()
        barred[appeal.id or 0] = deciders[appeal.subject_kind, appeal.subject_id] | recused[appeal.id or 0] | crew
    return barred


def _recused(db: Session, opened: Sequence[Appeal]) -> dict[int, set[int | None]]:
    """Who stepped back from each appeal, or from what it is about."""
    found: dict[int, set[int | None]] = defaultdict(set)
    if not opened:
        return found
    asked = {("appeal", appeal.id or 0): appeal.id or 0 for appeal in opened}
    asked |= {(appeal.subject_kind, appeal.subject_id): appeal.id or 0 for appeal in opened}
    ids = {subject_id for _kind, subject_id in asked}
    for recusal in db.exec(select(Recusal).where(col(Recusal.subject_id).in_(ids))):
        appeal_id = asked.get((recusal.subject_kind, recusal.subject_id))
        if appeal_id:
            found[appeal_id].add(recusal.person_id)
    return found


def _speakers(db: Session, organisations: set[int]) -> dict[int | None, set[int | None]]:
    found: dict[int | None, set[int | None]] = defaultdict(set)
    if organisations:
        held = select(Delegate).where(
            col(Delegate.organisation_id).in_(organisations), Delegate.status == DelegateStatus.ACCEPTED.value
        )
        for delegate in db.exec(held):
            found[delegate.organisation_id].add(delegate.person_id)
    return found


@dataclass(frozen=True)
class Examined:
    """An appeal as who answers it reads it: the first words, the decision contested, where the thing stands."""

    about: Subject
    where: Place
    words: str
    title: str
    decision: Decision | None
    verb: str


def examined(db: Session, appeal: Appeal) -> Examined | None:
    """What one needs to answer an appeal; None when what it is about is gone."""
    about = subject(db, appeal.subject_kind, appeal.subject_id)
    if about is None:
        return None
    where, decided = place(db, about), decision_against(db, about)
    first = db.exec(
        select(Original).where(Original.subject_kind == appeal.subject_kind, Original.subject_id == appeal.subject_id)
    ).first()
    title = about.title if isinstance(about, Need) else ""
    return Examined(
        about, where, first.text if first else where.words, first.title if first else title, decided,
        _(AGAINST_LABELS[decided.verb]) if decided else "",
    )  # fmt: skip
