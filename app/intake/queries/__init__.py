"""Reads of intake: collectes and their sheets, what was typed, what awaits a second reading."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, func, select

from app.accords.models import Accord
from app.core.security import digest
from app.intake.models import PrintedSheet
from app.needs.models import Campaign, Need
from app.threads.states import Moderation

RECENT = 12
WAITING = 200  # sheets listed for a second reading
READ_AGAIN = (Moderation.PENDING.value, Moderation.PUBLISHED.value)  # the words are still those of the sheet
_LAST_NUMBER = re.compile(r"[0-9]+$")


@dataclass(frozen=True)
class Progress:
    """How far a collecte is: sheets printed, typed in, still to be read a second time, published."""

    printed: int = 0
    typed: int = 0
    unread: int = 0
    public: int = 0


def campaigns(db: Session, territory_id: int) -> Sequence[Campaign]:
    """The collectes of a territory, newest first."""
    return db.exec(
        select(Campaign)
        .where(Campaign.territory_id == territory_id)
        .order_by(col(Campaign.starts_on).desc(), col(Campaign.id).desc())
    ).all()


def campaign(db: Session, campaign_id: int) -> Campaign | None:
    """One collecte."""
    return db.get(Campaign, campaign_id)


def mark_taken(db: Session, mark: str) -> bool:
    """Whether a collecte has this mark already."""
    return db.exec(select(Campaign.id).where(Campaign.mark == mark)).first() is not None


def progress(db: Session, territory_id: int) -> dict[int, Progress]:
    """How far each collecte of a territory is, by its id: two queries whatever their number."""
    printed: dict[int, int] = {
        row[0]: row[1]
        for row in db.execute(
            select(col(PrintedSheet.campaign_id), func.count())
            .join(Campaign, col(Campaign.id) == PrintedSheet.campaign_id)
            .where(Campaign.territory_id == territory_id)
            .group_by(col(PrintedSheet.campaign_id))
        )
    }
    unread = col(Need.second_read_at).is_(None) & col(Need.status).in_(READ_AGAIN)
    public = col(Need.status).in_((Moderation.PUBLISHED.value, Moderation.MASKED.value))
    typed = db.execute(
        select(col(Need.campaign_id), func.count(), func.count().filter(unread), func.count().filter(public))
        .where(Need.territory_id == territory_id, col(Need.campaign_id).is_not(None))
        .group_by(col(Need.campaign_id))
    ).all()
    far = {row[0]: Progress(printed.get(row[0], 0), *row[1:]) for row in typed}
    return {key: Progress(printed=count) for key, count in printed.items()} | far


def printed(db: Session, campaign_id: int) -> int:
    """The number of the last sheet printed, 0 if none."""
    last = db.exec(select(func.max(PrintedSheet.number)).where(PrintedSheet.campaign_id == campaign_id)).one()
    return int(last or 0)


def sheet_ref(mark: str, number: int) -> str:
    """« ML-COLL-0007 »."""
    return f"{mark}-{number:04d}"


def next_sheet(db: Session, chosen: Campaign, after: str) -> str:
    """The sheet that a clerk most likely has in hand after this one: the next printed one that is not typed in."""
    number = _LAST_NUMBER.search(after)
    beyond = int(number[0][-9:]) if number and after.startswith(f"{chosen.mark}-") else 0
    found = db.exec(
        select(PrintedSheet.number)
        .outerjoin(Need, col(Need.tracking_digest) == PrintedSheet.digest)
        .where(PrintedSheet.campaign_id == chosen.id, PrintedSheet.number > beyond, col(Need.id).is_(None))
        .order_by(col(PrintedSheet.number))
        .limit(1)
    ).first()
    return sheet_ref(chosen.mark, found) if found else ""


def following(ref: str) -> str:
    """The next reference of a hand-numbered pile: « A 12 » gives « A 13 »."""
    number = _LAST_NUMBER.search(ref)
    return f"{ref[: number.start()]}{int(number[0]) + 1:0{len(number[0])}d}"[:40] if number else ""


def waiting_sheet(db: Session, code: str) -> tuple[PrintedSheet, Campaign] | None:
    """The sheet whose stub bears this secret code, with its collecte; None once nobody ever printed it."""
    found = db.execute(
        select(PrintedSheet, Campaign)
        .join(Campaign, col(Campaign.id) == PrintedSheet.campaign_id)
        .where(PrintedSheet.digest == digest(code))
    ).first()
    return (found[0], found[1]) if found else None


def typed_by(db: Session, person_id: int, territory_id: int) -> Sequence[Need]:
    """The last contributions that this clerk typed here, newest first."""
    return db.exec(
        select(Need)
        .where(Need.transcribed_by == person_id, Need.territory_id == territory_id)
        .order_by(col(Need.id).desc())
        .limit(RECENT)
    ).all()


def typed(db: Session, need_id: int) -> Need | None:
    """A contribution that somebody typed for its author, with its accord."""
    return db.exec(
        select(Need)
        .where(Need.id == need_id, col(Need.transcribed_by).is_not(None))
        .options(joinedload(Need.accord).selectinload(Accord.phases))  # type: ignore[arg-type]
    ).first()


def to_read_again(db: Session, person_id: int, territory_id: int) -> Sequence[Need]:
    """What others typed on this territory and nobody read again yet, oldest first."""
    return db.exec(
        select(Need)
        .where(
            Need.territory_id == territory_id, col(Need.transcribed_by).is_not(None),
            Need.transcribed_by != person_id, func.coalesce(Need.author_id, 0) != person_id,
            col(Need.second_read_at).is_(None), col(Need.status).in_(READ_AGAIN),
        )
        .order_by(col(Need.id))
        .limit(WAITING)
    ).all()  # fmt: skip


def of_sheet(db: Session, territory_id: int, ref: str) -> Need | None:
    """The contribution already typed from this sheet."""
    return db.exec(select(Need).where(Need.territory_id == territory_id, Need.sheet_ref == ref)).first()
