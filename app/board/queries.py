"""Reads of the board: cards from counters, what is awaited, the voices behind a figure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from app.accords import queries as accords
from app.accords.models import Accord, Priority
from app.accords.states import BOARD_STAGES, Stage
from app.actions import queries as actions
from app.actions.models import ActionSheet, SheetPriority
from app.actions.queries import listing
from app.board.models import PriorityTally, PriorityVoice
from app.core.i18n import today
from app.identity.models import Organisation, Person
from app.identity.queries.profile import name_in_lists
from app.needs.models import Need, NeedGroup
from app.needs.queries import PUBLIC
from app.needs.states import GroupStatus
from app.threads import consensus
from app.threads.models import Position, Support, Voice
from app.threads.states import Stance
from app.workshops import queries as workshops

VOICES_SHOWN = 100


@dataclass
class Card:
    """One priorité as the board shows it: parts, never a score."""

    priority: Priority
    needs: int = 0
    voices: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    waiting_since: datetime | None = None
    late: int = 0
    alone: int = 0
    sheets: int = 0
    stands: dict[str, consensus.Stand] = field(default_factory=dict)
    support: workshops.Rates = field(default_factory=workshops.Rates)

    @property
    def spread(self) -> consensus.Spread | None:
        """How far collèges stand from each other, online; None with fewer than two of 5 voices."""
        return consensus.spread(self.stands)

    @property
    def agreement(self) -> consensus.Agreement | None:
        """Agreement across collèges, online."""
        return consensus.agreement(self.stands)

    @property
    def positions(self) -> int:
        """Distinct voices that took position on at least one of its fiches."""
        return sum(stand.voices for stand in self.stands.values())

    @property
    def rates(self) -> dict[str, tuple[int, int]]:
        """In workshops, by collège: people who supported it, ballots."""
        return self.support.by

    @property
    def room(self) -> tuple[int, int]:
        """In workshops, all collèges: people who supported it, ballots."""
        return sum(s for s, _b in self.rates.values()), sum(b for _s, b in self.rates.values())

    @property
    def rates_apart(self) -> list[str]:
        """The collèges whose support in workshops may be shown apart."""
        return self.support.apart

    @property
    def total_voices(self) -> int:
        """Distinct voices, all collèges: each voice has one collège, so they add up."""
        return sum(self.voices.values())


def _tallies(db: Session, ids: Iterable[int]) -> dict[int, list[PriorityTally]]:
    rows = db.exec(select(PriorityTally).where(col(PriorityTally.priority_id).in_(ids))).all()
    grouped: dict[int, list[PriorityTally]] = defaultdict(list)
    for row in rows:
        grouped[row.priority_id].append(row)
    return grouped


def _waiting(db: Session, ids: Iterable[int]) -> dict[int, Any]:
    awaited = col(Need.outcome).is_(None)
    late = func.sum(case((awaited & (col(Need.answer_due_on) < today()), 1), else_=0))
    alone = func.sum(case((col(Need.sheets) == 0, 1), else_=0))
    statement = (
        select(  # type: ignore[call-overload]
            col(Need.priority_id), func.sum(case((awaited, 1), else_=0)),
            func.min(case((awaited, col(Need.published_at)))), late, alone,
        )
        .where(col(Need.priority_id).in_(ids), col(Need.status).in_(PUBLIC))
        .group_by(col(Need.priority_id))
    )  # fmt: skip
    return {row[0]: row for row in db.execute(statement)}


def _stands(db: Session, ids: Iterable[int]) -> dict[int, dict[str, consensus.Stand]]:
    """Where voices stand on each priorité: each voice once, from its positions on the fiches of that priorité."""
    pour = func.sum(case((col(Position.stance) == Stance.FOR.value, 1), else_=0))
    against = func.sum(case((col(Position.stance) == Stance.AGAINST.value, 1), else_=0))
    verdict = case(((pour > 0) & (against == 0), "for"), ((against > 0) & (pour == 0), "against"), else_="mixed")
    each = (
        select(
            col(SheetPriority.priority_id).label("priority"), col(Voice.college).label("college"), verdict.label("s")
        )
        .join(ActionSheet, col(ActionSheet.id) == SheetPriority.sheet_id)
        .join(Position, col(Position.thread_id) == ActionSheet.thread_id)
        .join(Voice, col(Voice.id) == Position.voice_id)
        .where(col(SheetPriority.priority_id).in_(ids), col(ActionSheet.version) > 0)
        .group_by(col(SheetPriority.priority_id), col(Voice.id), col(Voice.college))
        .subquery()
    )
    counts: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for priority_id, college, stance, number in db.execute(
        select(each.c.priority, each.c.college, each.c.s, func.count()).group_by(*each.c)
    ):
        counts[priority_id, college][stance] = number
    found: dict[int, dict[str, consensus.Stand]] = defaultdict(dict)
    for (priority_id, college), held in counts.items():
        found[priority_id][college] = consensus.Stand(held.get("for", 0), held.get("mixed", 0), held.get("against", 0))
    return found


def cards(db: Session, priorities: Sequence[Priority]) -> list[Card]:
    """The cards of these priorités: five queries whatever their number."""
    ids = [p.id or 0 for p in priorities]
    tallies, waiting, stands = _tallies(db, ids), _waiting(db, ids), _stands(db, ids)
    sheets, rates = actions.counts_by_priority(db, ids), workshops.rates(db, workshops.PRIORITY, ids)
    made = []
    for priority in priorities:
        rows = tallies.get(priority.id or 0, [])
        key = priority.id or 0
        card = Card(
            priority, needs=sum(r.needs for r in rows), voices={r.college: r.voices for r in rows if r.voices},
            sheets=sheets.get(key, 0), stands=stands.get(key, {}), support=rates.get(key, workshops.Rates()),
        )  # fmt: skip
        if key in waiting:
            _id, card.waiting, card.waiting_since, card.late, card.alone = waiting[key]
        made.append(card)
    return made


def columns(db: Session, territory_id: int | None, theme_id: int | None = None) -> dict[Stage, list[Card]]:
    """The board: cards by stage, in the order of the committee's rank then of the alphabet."""
    wanted = [p for p in accords.priorities(db, territory_id) if theme_id in (None, p.theme_id)]
    shown = [p for p in wanted if p.status != Stage.WITHDRAWN]
    by_stage: dict[Stage, list[Card]] = {stage: [] for stage in BOARD_STAGES}
    for card in cards(db, shown):
        by_stage[Stage(card.priority.status)].append(card)
    return by_stage


@dataclass(frozen=True)
class Orphans:
    """What the thread leaves aside on a territory: needs without a fiche, fiches without a need."""

    needs: int
    sheets: int


def orphans(db: Session, territory_id: int | None) -> Orphans:
    """How many needs no fiche takes up, how many fiches answer no need."""
    needs = select(func.count()).select_from(Need).where(col(Need.status).in_(PUBLIC), col(Need.sheets) == 0)
    if territory_id is not None:
        needs = needs.where(col(Need.territory_id) == territory_id)
    sheets = select(func.count()).select_from(ActionSheet).where(col(ActionSheet.version) > 0, listing.orphans())
    if territory_id is not None:
        sheets = sheets.where(col(ActionSheet.territory_id) == territory_id)
    return Orphans(db.exec(needs).one(), db.exec(sheets).one())


def voices_by_commune(db: Session, accord: Accord) -> dict[str, int]:
    """Distinct voices of one accord by commune: of the needs they wrote there, or declared by the person."""
    written: Any = select(col(Need.commune_insee).label("commune"), col(Need.voice_id).label("voice")).where(
        Need.accord_id == accord.id, col(Need.status).in_(PUBLIC), col(Need.commune_insee).is_not(None),
        col(Need.voice_id).is_not(None),
    )  # fmt: skip
    declared = (
        select(col(Person.commune_insee), col(Voice.id))
        .join(Voice, col(Voice.person_id) == Person.id)
        .where(Voice.forum_id == accord.forum_id, col(Person.commune_insee).is_not(None))
    )
    each = written.union(declared).subquery()
    return dict(db.execute(select(each.c.commune, func.count()).group_by(each.c.commune)).all())


def voices(db: Session, priority_id: int, college: str | None) -> Sequence[Any]:
    """Who stands behind a figure: a pseudonym or an organisation, collège, how many needs written or supported."""
    name = func.coalesce(col(Organisation.name), name_in_lists()).label("name")
    statement = (
        select(name, col(Voice.organisation_id), col(Voice.college), col(PriorityVoice.mentions))
        .join(Voice, col(Voice.id) == PriorityVoice.voice_id)
        .outerjoin(Person, col(Person.id) == Voice.person_id)
        .outerjoin(Organisation, col(Organisation.id) == Voice.organisation_id)
        .where(PriorityVoice.priority_id == priority_id)
        .order_by(col(PriorityVoice.mentions).desc(), col(Voice.id))
        .limit(VOICES_SHOWN)
    )
    if college:
        statement = statement.where(Voice.college == college)
    return list(db.execute(statement))


def recounted(db: Session) -> dict[tuple[int, str], tuple[int, int]]:
    """The same figures counted from the records alone, to compare with the counters."""
    public = col(Need.status).in_(PUBLIC) & col(Need.priority_id).is_not(None)
    heard: dict[tuple[int, str], set[int]] = defaultdict(set)
    written: dict[tuple[int, str], int] = defaultdict(int)
    own = select(col(Need.priority_id), col(Need.college), col(Voice.id), col(Voice.college)).outerjoin(
        Voice, col(Voice.id) == Need.voice_id
    )
    for priority_id, need_college, voice_id, voice_college in db.execute(own.where(public)):
        written[priority_id, need_college] += 1
        if voice_id:
            heard[priority_id, voice_college].add(voice_id)
    given = (
        select(col(Need.priority_id), col(Voice.college), col(Voice.id))
        .join(Support, col(Support.thread_id) == Need.thread_id)
        .join(Voice, col(Voice.id) == Support.voice_id)
    )
    for priority_id, college, voice_id in db.execute(given.where(public)):
        heard[priority_id, college].add(voice_id)
    grouped = (
        select(col(NeedGroup.priority_id), col(Voice.college), col(Voice.id))
        .join(Support, col(Support.thread_id) == NeedGroup.thread_id)
        .join(Voice, col(Voice.id) == Support.voice_id)
        .where(col(NeedGroup.priority_id).is_not(None), col(NeedGroup.status) != GroupStatus.DISSOLVED.value)
    )
    for priority_id, college, voice_id in db.execute(grouped):
        heard[priority_id, college].add(voice_id)
    keys = set(heard) | set(written)
    return {key: (written.get(key, 0), len(heard.get(key, ()))) for key in keys}


def counted(db: Session) -> dict[tuple[int, str], tuple[int, int]]:
    """The figures that the counters hold, empty cells left out."""
    rows = db.exec(select(PriorityTally)).all()
    return {(r.priority_id, r.college): (r.needs, r.voices) for r in rows if r.needs or r.voices}
