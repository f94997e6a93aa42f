"""Cards of the demonstration: what the seats of one workshop wrote, read and grouped by its facilitator."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.core.security import digest
from app.threads.states import MODERATION, Moderation
from app.workshops.models import Card, Cluster, Seat, Step
from app.workshops.states import StepKind


def load_cards(
    db: Session, step: Step, item: dict[str, Any], seats: list[Seat], source: int | None, *, by: int, at: datetime
) -> int | None:
    """The cards and groups of a recueil, or the recueil that a regroupement is about; the last recueil, by its id."""
    if step.kind == StepKind.CARDS:
        step.cards, step.signed = item["cards"], item["signed"]
        groups = {title: _cluster(db, step, title, n) for n, title in enumerate(item["groups"], start=1)}
        written: Counter[str] = Counter()
        for n, row in enumerate(item["written"]):
            own = [seat for seat in seats if seat.college == row["college"]]
            _card(db, step, row, own[written[row["college"]] % len(own)], groups, by, at + timedelta(seconds=30 * n))
            written[row["college"]] += 1
        return step.id
    if step.kind == StepKind.GROUPING:
        step.source_id = source
    db.add(step)
    return source


def _cluster(db: Session, step: Step, title: str, position: int) -> Cluster:
    cluster = Cluster(step_id=step.id or 0, position=position, title=title)
    db.add(cluster)
    db.flush()
    return cluster


def _card(
    db: Session, step: Step, row: dict[str, Any], seat: Seat, groups: dict[str, Cluster], by: int, at: datetime
) -> None:
    card = Card(
        step_id=step.id or 0, seat_id=seat.id, college=seat.college, key=digest(f"demonstration {row['text']}"),
        text=row["text"], status=Moderation.DRAFT.value, created_at=at,
    )  # fmt: skip
    MODERATION.move(db, card, "submit", by=None, at=at)
    refused, read = row.get("reason"), at + timedelta(seconds=20)
    MODERATION.move(db, card, "refuse" if refused else "publish", by=by, note=refused, at=read)
    card.reason, card.published_at, card.place = refused, None if refused else read, card.id or 0
    card.cluster_id = groups[row["group"]].id if row.get("group") else None
