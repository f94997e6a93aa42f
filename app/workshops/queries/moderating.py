"""Reads of cards for those who judge them: moderators, once the room is closed; where a card stands, who decided."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, or_, select

from app.core.machine import Event
from app.threads.states import RefusalReason
from app.workshops.models import Card, Cluster, Crew, Step, Table, Workshop
from app.workshops.queries import cards
from app.workshops.queries.walls import Link
from app.workshops.states import ROOM_OVER

_THEIRS = frozenset({"appeal", "reverse", "uphold"})
_RULED = frozenset({"refuse", "hide"})  # whose note is a rule, the crew's too
_FACTS = "\n"  # between the rule and the facts, in the note of a moderator's decision
_BY_ID = col(Event.id)


def _with_room() -> Any:
    step = joinedload(cast(Any, Card.step))
    return step.joinedload(cast(Any, Step.workshop)).selectinload(cast(Any, Workshop.crew))


def one(db: Session, card_id: int) -> Card | None:
    """One card with its step, its room and who led it."""
    return db.exec(select(Card).where(Card.id == card_id).options(_with_room())).first()


def several(db: Session, ids: Iterable[int]) -> Sequence[Card]:
    """As ``one``, for several."""
    return db.exec(select(Card).where(col(Card.id).in_(list(ids))).options(_with_room())).all()


def territory() -> Any:
    """The territory of a card, inside a query on cards."""
    held = select(Workshop.territory_id).join(Step, col(Step.workshop_id) == Workshop.id)
    return held.where(Step.id == Card.step_id).correlate(Card).scalar_subquery()


def left_over() -> ColumnElement[bool]:
    """Cards of rooms that are closed, inside a query on cards."""
    rooms = select(Step.id).join(Workshop, col(Workshop.id) == Step.workshop_id)
    return col(Card.step_id).in_(rooms.where(col(Workshop.status).in_(ROOM_OVER)))


def led_by_others(person_id: int | None) -> ColumnElement[bool]:
    """Cards of rooms that this person did not help to lead, inside a query on cards: nobody judges what they read."""
    helped = select(Crew.workshop_id).where(Crew.person_id == person_id)
    mine = or_(col(Workshop.lead_id) == person_id, col(Workshop.id).in_(helped))
    rooms = select(Step.id).join(Workshop, col(Workshop.id) == Step.workshop_id).where(mine)
    return col(Card.step_id).not_in(rooms)


def note_of(reason: RefusalReason | None = None, facts: str = "") -> str:
    """What the event of a moderator's decision keeps: the rule, then the facts. The crew's decisions have no facts."""
    return f"{reason.value if reason else ''}{_FACTS}{facts}"


def facts_of(note: str | None) -> str:
    """The facts that a moderator wrote with a decision; empty for a decision of the crew."""
    return (note or "").partition(_FACTS)[2]


def settled(db: Session, ids: Iterable[int]) -> set[int]:
    """Those of these cards on which moderators had the last word: the crew of the room does not undo it."""
    moves = select(Event).where(Event.subject_kind == Card.__tablename__, col(Event.subject_id).in_(list(ids)))
    history: dict[int, list[Event]] = defaultdict(list)
    for event in db.exec(moves.where(col(Event.after).is_not(None)).order_by(_BY_ID)):
        history[event.subject_id].append(event)
    return {key for key, events in history.items() if _by_moderators(events)}


def _by_moderators(events: Sequence[Event]) -> bool:
    """Whether moderators led a card where it stands; one taken back gives it to who led it there."""
    led = [event for event in events if event.after == events[-1].after and not _taken_back(event)]
    return bool(led) and (led[-1].verb in _THEIRS or _FACTS in (led[-1].note or ""))


def _taken_back(event: Event) -> bool:
    """Whether a moderator took a decision back: its note names the batch."""
    return bool(event.note) and _FACTS not in (event.note or "") and event.verb not in _RULED


def crews(db: Session, ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Who led the room of each of these cards, scribes too: two queries."""
    return {card.id or 0: card.conductors | card.scribes for card in several(db, ids)}


@dataclass(frozen=True)
class Around:
    """Where a card stands: its room, its step, its group and who signed, as far as the step promised."""

    workshop: Workshop
    step: Step
    signed: str
    group: str
    needs: tuple[Link, ...]  # those that quote it


def around(db: Session, card: Card) -> Around:
    """What one reads around a card before deciding: three queries at most."""
    table = db.get(Table, card.table_id) if card.table_id else None
    group = db.get(Cluster, card.cluster_id) if card.cluster_id else None
    keys = [key for key in (card.need_id, group.need_id if group else None) if key]
    return Around(
        card.step.workshop, card.step, cards.signature(card, card.step, table), group.title if group else "",
        tuple(cards.links(db, keys)),
    )  # fmt: skip
