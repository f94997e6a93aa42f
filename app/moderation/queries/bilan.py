"""The public yearly figures of the readers' work: received, published, refused, delays, reports, appeals.

Decisions are those of the log, those taken back within seconds counted apart and in nothing else. Eight queries.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from app.accords.models import Accord
from app.core.db import now
from app.moderation.models import Appeal, LogEntry, Report
from app.moderation.queries.subjects import TABLES, territory_of
from app.moderation.states import AppealStatus, ReportReason
from app.threads.states import Moderation, RefusalReason

PARIS = ZoneInfo("Europe/Paris")
SMALL = 5  # below, a count by reason could point at somebody
UNSENT = (Moderation.DRAFT.value, Moderation.AWAITING_EMAIL.value)
READINGS = frozenset({"publish", "publish_masked", "refuse"})  # what ends a wait
COUNTED = READINGS | {"hide", "mask", "restore", "withdraw"}


@dataclass
class Figures:
    """What was done in a year on a territory, or on all; minutes for the delays."""

    received: Counter[str] = field(default_factory=Counter)
    verbs: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    undone: int = 0
    waits: list[int] = field(default_factory=list)
    in_time: int = 0
    reports: int = 0
    report_outcomes: Counter[str] = field(default_factory=Counter)
    withdrawals: int = 0
    appeals: int = 0
    appeal_outcomes: Counter[str] = field(default_factory=Counter)
    late_appeals: int = 0

    @property
    def total(self) -> int:
        """How many contributions came, of every kind."""
        return sum(self.received.values())

    @property
    def published(self) -> int:
        """How many readings ended with a publication, whole or with a passage masked."""
        return self.verbs["publish"] + self.verbs["publish_masked"]

    @property
    def median_hours(self) -> float | None:
        """The middle of the waits, in hours; None when nothing was read."""
        return round(median(self.waits) / 60, 1) if self.waits else None

    @property
    def share_in_time(self) -> int | None:
        """How many readings in a hundred came within the delay that their territory promises."""
        return round(100 * self.in_time / len(self.waits)) if self.waits else None


def year_bounds(year: int) -> tuple[datetime, datetime]:
    """The first moment of a year on the walls of the Finistère, and that of the next one."""
    return datetime(year, 1, 1, tzinfo=PARIS).astimezone(UTC), datetime(year + 1, 1, 1, tzinfo=PARIS).astimezone(UTC)


def first_year(db: Session) -> int | None:
    """The year of the first contribution."""
    oldest = [db.exec(select(func.min(table.created_at)).where(table.status.not_in(UNSENT))).one() for table in (
        TABLES["need"], TABLES["comment"]
    )]  # fmt: skip
    known = [moment for moment in oldest if moment]
    return min(known).astimezone(PARIS).year if known else None


def bilan(db: Session, year: int) -> dict[int | None, Figures]:
    """The figures of a year, by territory; under None, those of all of them."""
    found: dict[int | None, Figures] = defaultdict(Figures)
    start, end = year_bounds(year)
    _receive(db, found, start, end)
    _decide(db, found, start, end)
    _reports(db, found, start, end)
    _appeals(db, found, start, end)
    return found


def _both(found: dict[int | None, Figures], territory_id: int) -> Sequence[Figures]:
    return found[territory_id], found[None]


def _receive(db: Session, found: dict[int | None, Figures], start: datetime, end: datetime) -> None:
    for kind, table in TABLES.items():
        wanted = [table.status.not_in(UNSENT), table.created_at >= start, table.created_at < end]
        if kind == "comment":
            wanted.append(table.body_id.is_(None))  # an official answer is not read by moderators
        there = territory_of(table).label("territory_id")
        for territory_id, number in db.execute(select(there, func.count()).where(*wanted).group_by(there)):
            for figures in _both(found, territory_id):
                figures.received[kind] += number


def _decide(db: Session, found: dict[int | None, Figures], start: datetime, end: datetime) -> None:
    hours = _promised(db)
    for entry, taken_back in _acts(db, start, end):
        for figures in _both(found, entry.territory_id):
            if taken_back:
                figures.undone += 1
            else:
                _count(figures, entry, hours.get(entry.territory_id, 48))


def _count(figures: Figures, entry: Any, hours: int) -> None:
    figures.verbs[entry.verb] += 1
    if entry.verb == "refuse":
        figures.refused[entry.reason or ""] += 1
    if entry.verb in READINGS and entry.waited is not None:
        figures.waits.append(entry.waited)
        figures.in_time += entry.waited <= hours * 60


def _acts(db: Session, start: datetime, end: datetime) -> Iterable[tuple[Any, bool]]:
    """The decisions of a year on what people write, and whether each was taken back within its seconds."""
    rows: Any = db.execute(
        select(  # type: ignore[call-overload]
            LogEntry.territory_id, LogEntry.subject_kind, LogEntry.subject_id, LogEntry.verb, LogEntry.reason,
            LogEntry.waited,
        )
        .where(
            col(LogEntry.at) >= start, col(LogEntry.at) < end, col(LogEntry.subject_kind).in_(list(TABLES)),
            col(LogEntry.verb).in_([*COUNTED, "undo"]),
        )
        .order_by(col(LogEntry.id))
    ).all()  # fmt: skip
    last: dict[tuple[str, int], int] = {}
    taken_back: set[int] = set()
    for rank, entry in enumerate(rows):
        thing = (entry.subject_kind, entry.subject_id)
        if entry.verb != "undo":
            last[thing] = rank
        elif thing in last:
            taken_back.add(last.pop(thing))
    return [(entry, rank in taken_back) for rank, entry in enumerate(rows) if entry.verb != "undo"]


def _promised(db: Session) -> dict[int, int]:
    """Within how many hours each territory promises to read, by its present accord."""
    rows = db.exec(select(Accord.territory_id, Accord.reading_hours).order_by(col(Accord.starts_on), col(Accord.id)))
    return dict(rows.all())


def _reports(db: Session, found: dict[int | None, Figures], start: datetime, end: datetime) -> None:
    kinds = (col(Report.territory_id), col(Report.reason), col(Report.outcome))
    lately = (col(Report.created_at) >= start, col(Report.created_at) < end)
    for territory_id, reason, outcome, number in db.execute(
        select(*kinds, func.count()).where(*lately).group_by(*kinds)
    ):
        for figures in _both(found, territory_id):
            if reason == ReportReason.WITHDRAWAL:
                figures.withdrawals += number
                continue
            figures.reports += number
            if outcome:
                figures.report_outcomes[outcome] += number


def _appeals(db: Session, found: dict[int | None, Figures], start: datetime, end: datetime) -> None:
    rows = db.exec(select(Appeal).where(col(Appeal.created_at) >= start, col(Appeal.created_at) < end))
    for appeal in rows:
        late = (appeal.decided_at or now()) > appeal.due_at
        for figures in _both(found, appeal.territory_id):
            figures.appeals += 1
            figures.late_appeals += late
            if appeal.status != AppealStatus.OPEN:
                figures.appeal_outcomes[appeal.status] += 1


Breakdown = list[tuple[RefusalReason, int | None]]


def breakdowns(found: Mapping[int | None, Figures]) -> dict[int | None, Breakdown | None]:
    """Refusals by reason, where they point at nobody: None where they are not given at all, or for one reason.

    A territory with a reason counted less than five times gives none of them; and if it were alone, the one that
    refused least gives none either, or a subtraction from the whole would tell.
    """
    territories = [t for t in found if t is not None and found[t].refused]
    withheld = {t for t in territories if any(0 < n < SMALL for n in found[t].refused.values())}
    shown = sorted((found[t].refused.total(), t) for t in territories if t not in withheld)
    if len(withheld) == 1 and shown:
        withheld.add(shown[0][1])
    given: dict[int | None, Breakdown | None] = {
        t: None if t in withheld else _each(found[t].refused) for t in found if t is not None
    }
    given[None] = _whole(found[None].refused) if None in found else []
    return given


def _each(refused: Counter[str]) -> Breakdown:
    return [(reason, refused[reason.value]) for reason in RefusalReason]


def _whole(refused: Counter[str]) -> Breakdown | None:
    """Of all territories: a reason counted less than five times is not told, nor what would give it back."""
    if 0 < refused.total() < SMALL:
        return None
    hidden = {reason for reason, n in _each(refused) if n is not None and 0 < n < SMALL}
    others = sorted((n, reason) for reason, n in _each(refused) if n and reason not in hidden)
    if len(hidden) == 1 and others:
        hidden.add(others[0][1])
    return [(reason, None if reason in hidden else n) for reason, n in _each(refused)]
