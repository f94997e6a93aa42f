"""Reads that join features."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from app.accords.models import Accord, Priority
from app.accords.states import Stage
from app.actions.models import ActionSheet
from app.actions.states import STEP_STATUSES, SheetStep
from app.core.db import now
from app.core.i18n import today
from app.core.mail import Mail
from app.identity.models import Body
from app.needs.models import Need, NeedAnswer
from app.needs.queries import PUBLIC
from app.places.models import Commune, Territory
from app.threads.models import Position, Voice


@dataclass(frozen=True)
class Totals:
    """The figures of the home page's thread."""

    needs: int
    priorities: int
    answers: int
    late: int
    sheets: int
    acting: int
    waiting: int
    waiting_since: datetime | None


def totals(db: Session, territory_id: int | None = None) -> Totals:
    """How far things are, in six counts that each have their list."""
    public: list[ColumnElement[bool]] = [col(Need.status).in_(PUBLIC)]
    alive: list[ColumnElement[bool]] = [col(Priority.status) != Stage.WITHDRAWN.value]
    if territory_id is not None:
        public.append(col(Need.territory_id) == territory_id)
        alive.append(col(Priority.territory_id) == territory_id)
    answered = func.count(col(Need.outcome))
    late = func.count(col(Need.id)).filter(col(Need.outcome).is_(None), col(Need.answer_due_on) < today())
    since = func.min(Need.published_at).filter(col(Need.outcome).is_(None))
    counted: Any = select(func.count(), answered, late, since)
    needs, answers, overdue, oldest = db.execute(counted.select_from(Need).where(*public)).one()
    priorities = db.exec(select(func.count()).select_from(Priority).where(*alive)).one()
    sheets, acting = _sheets(db, territory_id)
    return Totals(needs, priorities, answers, overdue, sheets, acting, needs - answers, oldest)


def _sheets(db: Session, territory_id: int | None) -> tuple[int, int]:
    """Published fiches-actions, and those voted or further."""
    voted = func.count().filter(col(ActionSheet.status).in_(STEP_STATUSES[SheetStep.ACTING]))
    statement = select(func.count(), voted).select_from(ActionSheet).where(ActionSheet.version > 0)
    if territory_id is not None:
        statement = statement.where(ActionSheet.territory_id == territory_id)
    sheets, acting = db.execute(statement).one()
    return sheets, acting


def needs_by_college(db: Session, territory_id: int | None = None) -> dict[str, int]:
    """Published needs by collège."""
    statement = select(col(Need.college), func.count()).where(col(Need.status).in_(PUBLIC)).group_by(col(Need.college))
    if territory_id is not None:
        statement = statement.where(Need.territory_id == territory_id)
    return dict(db.execute(statement).all())


def recent_answers(db: Session, *, limit: int = 4, territory_id: int | None = None) -> Sequence[Any]:
    """What contributions became lately: the last answers, with their need and who answered."""
    statement = (
        select(NeedAnswer, Need, Body.name)
        .join(Need, col(Need.id) == NeedAnswer.need_id)
        .join(Body, col(Body.id) == NeedAnswer.body_id)
        .where(col(Need.status).in_(PUBLIC))
        .order_by(col(NeedAnswer.answered_on).desc(), col(NeedAnswer.id).desc())
        .limit(limit)
    )
    if territory_id is not None:
        statement = statement.where(Need.territory_id == territory_id)
    return list(db.execute(statement))


def example_need(db: Session) -> Need | None:
    """The most supported of the recent needs, to show what one looks like."""
    since = now() - timedelta(days=90)
    return db.exec(
        select(Need)
        .where(col(Need.status).in_(PUBLIC), col(Need.published_at) > since)
        .order_by(col(Need.supports).desc(), col(Need.id).desc())
        .limit(1)
    ).first()


def silent_communes(db: Session, territory: Territory) -> list[str]:
    """The communes of a territory from which no need was published, by name."""
    heard = select(Need.commune_insee).where(
        Need.territory_id == territory.id, col(Need.status).in_(PUBLIC), col(Need.commune_insee).is_not(None)
    )
    statement = select(Commune.name).where(Commune.territory_id == territory.id, col(Commune.insee).not_in(heard))
    return list(db.exec(statement.order_by(col(Commune.name))))


def positions_of(db: Session, person_id: int) -> Sequence[Any]:
    """The fiches-actions on which this person took position, with the stance, newest first."""
    statement = (
        select(ActionSheet, col(Position.stance))
        .join(Position, col(Position.thread_id) == ActionSheet.thread_id)
        .join(Voice, col(Voice.id) == Position.voice_id)
        .where(Voice.person_id == person_id, col(ActionSheet.version) > 0)
        .order_by(col(Position.created_at).desc(), col(Position.id).desc())
        .limit(200)
    )
    return list(db.execute(statement))


def mailbox(db: Session, *, limit: int = 50) -> Sequence[Mail]:
    """The last mails of the demonstration."""
    return db.exec(select(Mail).order_by(col(Mail.id).desc()).limit(limit)).all()


def accord_period(accord: Accord) -> str:
    """« 2027-2033 »."""
    return f"{accord.starts_on.year}-{accord.ends_on.year}"
