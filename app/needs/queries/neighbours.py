"""The public needs that say nearly the same as a text: at its entry, for moderators, for groups."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from slugify import slugify
from sqlalchemy import case
from sqlmodel import Session, col, select

from app.core.search import SearchEntry, resembling, words
from app.needs.likeness import NEAR, Said, counting, likeness, said
from app.needs.models import Need
from app.needs.queries import KIND, PUBLIC
from app.places.queries import bordering

COMPARED = 60  # needs whose words are compared one by one
MAX_TEXT = 4_000  # characters read: more than a title and a text may hold
FEWEST = 2  # words that count: a single one says nothing


@dataclass(frozen=True)
class Neighbour:
    """A public need near a text; ``score`` from 0 to 100 (``likeness``)."""

    id: int
    slug: str
    reference: str
    title: str
    territory_id: int
    commune_insee: str | None
    supports: int
    group_id: int | None
    score: int


def neighbours(
    db: Session, text: str, *, territory_id: int | None, limit: int, exclude: Collection[int] = (), at_least: int = NEAR
) -> list[Neighbour]:
    """The public needs most alike, at most ``limit``: those of this territory, of its neighbours, then of the others.

    The first line of ``text`` is the title. ``exclude``: ids of needs to leave out. Moderators, who look wider than
    people who type, ask ``at_least`` a smaller likeness.
    """
    title, _line, rest = text[:MAX_TEXT].partition("\n")
    asked = said(words(title), words(rest))
    if len(asked.whole) < FEWEST:
        return []
    around = bordering(db, territory_id) if territory_id else frozenset[int]()
    near = (
        (tier(row.territory_id, territory_id, around), -score, -row.supports, -row.id, row, score)
        for row in _candidates(db, asked, {territory_id, *around}, exclude)
        if (score := likeness(asked, _said(row))) >= at_least
    )
    return [_neighbour(row, score) for *_key, row, score in sorted(near, key=lambda found: found[:4])[:limit]]


def tier(of: int, asked: int | None, around: Collection[int]) -> int:
    """0 on the territory asked, 1 on one that it borders, 2 elsewhere."""
    return 0 if of == asked else 1 if of in around else 2


def _candidates(db: Session, asked: Said, near: Collection[int | None], exclude: Collection[int]) -> list[Any]:
    """Needs that share rare words, those of near territories a third ahead."""
    found = resembling(db, KIND, asked.whole)
    if found is None:
        return []
    ahead = case((col(Need.territory_id).in_([i for i in near if i]), found.c.weight * 4), else_=found.c.weight * 3)
    chosen = (
        select(Need.id)
        .join(found, found.c.subject_id == Need.id)
        .where(col(Need.status).in_(PUBLIC), col(Need.id).not_in(exclude))
        .order_by(ahead.desc(), col(Need.id).desc())
        .limit(COMPARED)
    )
    statement = (
        select(  # type: ignore[call-overload]
            Need.id, Need.reference, Need.title, Need.territory_id, Need.commune_insee, Need.supports, Need.group_id,
            SearchEntry.body,
        )
        .join(SearchEntry, col(SearchEntry.subject_id) == Need.id)
        .where(SearchEntry.kind == KIND, col(Need.id).in_(chosen))
    )  # fmt: skip
    return list(db.execute(statement))


def _said(row: Any) -> Said:
    """The words of a stored need, from its entry, which begins with those of its title."""
    return Said(counting(words(row.title)), counting(row.body.split()))


def _neighbour(row: Any, score: int) -> Neighbour:
    slug = slugify(row.title.replace("’", "-"), max_length=70, word_boundary=True) or "besoin"
    return Neighbour(
        row.id, slug, row.reference, row.title, row.territory_id, row.commune_insee, row.supports, row.group_id, score
    )
