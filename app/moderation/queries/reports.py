"""Reads of reports: one, by its receipt, those that wait about the same thing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.core.security import digest
from app.moderation.models import Report
from app.moderation.queries.subjects import Place, Subject, place, subject
from app.moderation.states import ReportReason, ReportStatus
from app.needs.models import Need

OPEN = (ReportStatus.OPEN.value, ReportStatus.CLAIMED.value)


def one(db: Session, report_id: int) -> Report | None:
    """One report."""
    return db.get(Report, report_id)


def by_receipt(db: Session, code: str) -> Report | None:
    """The report of which somebody holds the secret code."""
    return db.exec(select(Report).where(Report.receipt == digest(code))).first()


def waiting_on(db: Session, about: Subject, *, withdrawal: bool | None = None) -> Sequence[Report]:
    """The reports not decided yet about one contribution, oldest first; ``withdrawal``: only those, or only others."""
    wanted = select(Report).where(Report.subject_kind == about.__tablename__, Report.subject_id == about.id)
    if withdrawal is not None:
        asked = col(Report.reason) == ReportReason.WITHDRAWAL.value
        wanted = wanted.where(asked if withdrawal else ~asked)
    return db.exec(wanted.where(col(Report.status).in_(OPEN)).order_by(col(Report.id))).all()


def last_withdrawal(db: Session, about: Subject) -> Report | None:
    """What became of the last demand of its author to take it back."""
    asked = select(Report).where(
        Report.subject_kind == about.__tablename__, Report.subject_id == about.id,
        Report.reason == ReportReason.WITHDRAWAL.value,
    )  # fmt: skip
    return db.exec(asked.order_by(col(Report.id).desc()).limit(1)).first()


def of_person(db: Session, person_id: int) -> Sequence[Report]:
    """What this person reported while signed in, newest first; demands to take back one's own words left out."""
    mine = select(Report).where(Report.author_id == person_id, Report.reason != ReportReason.WITHDRAWAL.value)
    return db.exec(mine.order_by(col(Report.id).desc()).limit(50)).all()


@dataclass(frozen=True)
class Examined:
    """A report as who decides reads it: what it is about, where it stands, what else is reported of the same thing."""

    about: Subject
    where: Place
    others: Sequence[Report]
    supports: int


def examined(db: Session, report: Report) -> Examined | None:
    """What one needs to decide on a report; None when what it was about is gone."""
    about = subject(db, report.subject_kind, report.subject_id)
    if about is None:
        return None
    others = [other for other in waiting_on(db, about) if other.id != report.id]
    return Examined(about, place(db, about), others, about.supports if isinstance(about, Need) else 0)
