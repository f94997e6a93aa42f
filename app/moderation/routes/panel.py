"""Everything around one contribution that a moderator reads before deciding."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.accords import queries as accords
from app.core.db import Db
from app.identity.access import Me
from app.moderation import notices
from app.moderation.models import LogEntry, Original
from app.moderation.notices import Notice, Stretch
from app.moderation.queries import items, words
from app.moderation.queries.items import Item, Past
from app.moderation.queries.subjects import Subject, decision_against
from app.moderation.service.decisions import decidable
from app.moderation.states import Verb
from app.needs.models import Need, NeedWording
from app.needs.queries.neighbours import Neighbour, neighbours
from app.needs.queries.wordings import former_words
from app.needs.service.authoring import words_mark
from app.places.queries import sketch_around
from app.threads import queries as threads
from app.threads.models import Comment, File
from app.workshops.models import Card
from app.workshops.queries.moderating import Around, around

NEAR = 5
WIDER = 55  # of 100: a moderator looks wider than who types


@dataclass(frozen=True)
class Panel:
    """What the machine noticed, where the words come from, what is alike, what was done."""

    title: list[Stretch]
    text: list[Stretch]
    place: list[Stretch]
    noticed: list[tuple[int, Notice]]
    original: Original | None
    past: Past | None
    near: list[Neighbour]
    acts: list[LogEntry]
    verbs: tuple[Verb, ...]
    theme: Any = None
    about: Any = None
    parent: Comment | None = None
    former: Sequence[NeedWording] = ()
    mark: str = ""
    sketch: Any = None
    card: Around | None = None
    facts: str = ""


def panel(db: Db, item: Subject) -> Panel:
    """Read it all: a fixed number of queries."""
    listed = {word.word for word in words.listed(db)}
    shown = (getattr(item, "title", ""), _text(item), getattr(item, "place_note", None) or "")
    found = [notices.find(part, listed) for part in shown]
    starts = [1, 1 + len(found[0]), 1 + len(found[0]) + len(found[1])]
    cut = [notices.cut(part, some, start) for part, some, start in zip(shown, found, starts, strict=True)]
    numbered = [notice for some in found for notice in some]
    return Panel(
        title=cut[0], text=cut[1], place=cut[2], noticed=list(enumerate(numbered, start=1)),
        original=items.original(db, item),
        past=items.past(db, item), near=_near(db, item), acts=list(items.last_acts(db, item)),
        verbs=decidable(item), theme=_theme(db, item), about=_about(db, item), parent=_parent(db, item),
        former=former_words(db, item.id or 0) if isinstance(item, Need) else (),
        mark=words_mark(item) if isinstance(item, Need) else "",
        sketch=sketch_around(db, item.territory_id, item.commune_insee)
        if isinstance(item, Need) and item.latitude is not None else None,
        card=around(db, item) if isinstance(item, Card) else None, facts=_facts(db, item),
    )  # fmt: skip


def _facts(db: Db, item: Subject) -> str:
    """What was noted of it, when somebody decided against it."""
    decided = decision_against(db, item) if item.reason else None
    return decided.note or "" if decided else ""


def _text(item: Subject) -> str:
    return item.alt if isinstance(item, File) else item.text


def _near(db: Db, item: Subject) -> list[Neighbour]:
    """The published needs that say nearly the same as this one."""
    if not isinstance(item, Need):
        return []
    text = f"{item.title}\n{item.text}"
    return neighbours(db, text, territory_id=item.territory_id, limit=NEAR, exclude=[item.id or 0], at_least=WIDER)


def _theme(db: Db, item: Subject) -> Any:
    if not isinstance(item, Need):
        return None
    return next((t for t in accords.themes(db, item.accord.scheme_id) if t.id == item.theme_id), None)


def _about(db: Db, item: Subject) -> Any:
    return items.about(db, item.thread_id) if isinstance(item, Comment | File) else None


def _parent(db: Db, item: Subject) -> Comment | None:
    return threads.comment(db, item.parent_id) if isinstance(item, Comment) and item.parent_id else None


def shared(db: Db, me: Me, item: Item) -> dict[str, Any]:
    """Who has it in hand, what was asked and answered, to whom it may be given."""
    asked = items.opinions(db, item)
    people = {o.asked_by for o in asked} | {o.answered_by for o in asked}
    colleagues = items.colleagues(db, item.territory_id)
    colleagues.pop(me.person_id or 0, None)
    return {
        "holder": items.holder(db, item), "opinions": asked, "names": items.names(db, people), "colleagues": colleagues,
    }  # fmt: skip
