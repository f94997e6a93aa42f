"""How a part of the register is written, and the words that several parts share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import SQLModel, col, select

from app.accords.states import STAGE_LABELS
from app.actions.states import SHEET_LABELS
from app.core.machine import label
from app.identity.models import (
    Person,
)
from app.identity.states import (
    DELEGATE_LABELS,
    INVITATION_LABELS,
    ORGANISATION_LABELS,
)
from app.needs.models import Need
from app.needs.states import FOLLOW_UP_LABELS
from app.threads.models import Comment, Voice
from app.threads.states import (
    MODERATION_LABELS,
)
from app.workshops.states import ROOM_LABELS, STEP_LABELS

Mine = Callable[[Person], ColumnElement[bool]]
Words = Mapping[str, Mapping[Any, str]]

SECRET = "a secret, or what recognises one"
INNER = "a number or a copy that only the site uses"
OTHER = "speaks of another person"


@dataclass(frozen=True)
class Part:
    """One table as its person sees it: every column is in ``given``, or in ``withheld`` with its reason."""

    key: str
    title: str
    model: type[SQLModel]
    mine: Mine
    given: tuple[str, ...]
    kept: str
    withheld: Mapping[str, str] = field(default_factory=dict)
    words: Words = field(default_factory=dict)


def by(column: Any) -> Mine:
    return lambda person: col(column) == person.id


def to(column: Any) -> Mine:
    """By an address; someone without one has none of these rows."""
    return lambda person: col(column) == (person.email or "")


def of_voice(column: Any) -> Mine:
    return lambda person: col(column).in_(select(Voice.id).where(Voice.person_id == person.id))


def of_need(column: Any) -> Mine:
    return lambda person: col(column).in_(select(Need.id).where(Need.author_id == person.id))


def of_comment(column: Any) -> Mine:
    return lambda person: col(column).in_(select(Comment.id).where(Comment.author_id == person.id))


ACCOUNT = label("tant que le compte est ouvert, puis 30 jours")
WITHDRAWN = label("le temps de l’accord, puis les archives ; ou jusqu’à l’effacement que vous demandez")
PUBLIC_ACTS = label("sans limite : ce sont des actes faits au nom d’une collectivité")
STATES: dict[Any, str] = {}
for _labels in (SHEET_LABELS, STAGE_LABELS, ROOM_LABELS, STEP_LABELS, FOLLOW_UP_LABELS, ORGANISATION_LABELS,
                DELEGATE_LABELS, INVITATION_LABELS, MODERATION_LABELS):  # fmt: skip
    STATES.update(_labels)
ID = {"id": INNER}
MINE = ID | {"person_id": INNER}
SENT = ID | {"to": INNER, "body": "a mail may hold a secret link; its reader has it"}
WRITTEN = ID | {"author_id": INNER, "thread_id": INNER, "accord_id": INNER}
SESSION = dict.fromkeys(("digest", "previous_digest", "exit_digest", "challenge", "id_token"), SECRET) | dict.fromkeys(
    ("idle_minutes", "challenge_until", "rotate", "rotated_at"), INNER
)
