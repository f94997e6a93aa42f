"""Reads of the board: cards from counters, what is awaited, the voices behind a figure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from app.accords import queries as accords
from app.accords.models import Priority
from app.accords.states import BOARD_STAGES, Stage
from app.board.models import PriorityTally, PriorityVoice
from app.core.i18n import today
from app.identity.models import Person
from app.needs.models import Need
from app.needs.queries import PUBLIC
from app.threads.models import Support, Voice

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
    late = func.sum(case((col(Need.answer_due_on) < today(), 1), else_=0))
    statement = (
        select(col(Need.priority_id), func.count().label("n"), func.min(Need.published_at).label("since"), late)
        .where(col(Need.priority_id).in_(ids), col(Need.status).in_(PUBLIC), col(Need.outcome).is_(None))
        .group_by(col(Need.priority_id))
    )
    return {row[0]: row for row in db.execute(statement)}


def cards(db: Session, priorities: Sequence[Priority]) -> list[Card]:
    """The cards of these priorités: two queries whatever their number."""
    ids = [p.id or 0 for p in priorities]
    tallies, waiting = _tallies(db, ids), _waiting(db, ids)
    made = []
    for priority in priorities:
        rows = tallies.get(priority.id or 0, [])
        card = Card(priority, needs=sum(r.needs for r in rows), voices={r.college: r.voices for r in rows if r.voices})
        if priority.id in waiting:
            _id, card.waiting, card.waiting_since, card.late = waiting[priority.id]
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


def voices(db: Session, priority_id: int, college: str | None) -> Sequence[Any]:
    """Who stands behind a figure: pseudonym, collège, how many needs written or supported."""
    statement = (
        select(col(Person.pseudonym), col(Voice.college), col(PriorityVoice.mentions))
        .join(Voice, col(Voice.id) == PriorityVoice.voice_id)
        .join(Person, col(Person.id) == Voice.person_id)
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
    keys = set(heard) | set(written)
    return {key: (written.get(key, 0), len(heard.get(key, ()))) for key in keys}


def counted(db: Session) -> dict[tuple[int, str], tuple[int, int]]:
    """The figures that the counters hold, empty cells left out."""
    rows = db.exec(select(PriorityTally)).all()
    return {(r.priority_id, r.college): (r.needs, r.voices) for r in rows if r.needs or r.voices}
