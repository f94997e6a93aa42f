"""Reads of the reference geography, cached: it changes once a year, by a command."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, func, select

from app.core.search import fold
from app.places.models import Commune, Territory, TerritoryKind
from app.places.outline import Outline, outline

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Reference:
    """Every territory and commune, ready to look up."""

    territories: tuple[Territory, ...]
    communes: tuple[Commune, ...]
    by_id: dict[int, Territory]
    by_slug: dict[str, Territory]
    commune_by_insee: dict[str, Commune]

    @property
    def departement(self) -> Territory:
        """The département."""
        return next(t for t in self.territories if t.is_departement)

    @property
    def intercommunalites(self) -> list[Territory]:
        """All territories but the département, by name."""
        return [t for t in self.territories if not t.is_departement]

    def communes_of(self, territory_id: int) -> list[Commune]:
        """The communes of one territory, by name."""
        return [c for c in self.communes if c.territory_id == territory_id]


_cache: dict[str, Reference] = {}


def reference(db: Session) -> Reference:
    """The whole geography; read once a process and database."""
    key = str(db.get_bind().engine.url)
    known = _cache.get(key) or _load(db)
    if known.territories:  # an empty geography is one not loaded yet
        _cache[key] = known
    return known


def count_territories(db: Session) -> int:
    """How many territories the database holds now, past any cache."""
    return db.exec(select(func.count()).select_from(Territory)).one()


def forget_reference() -> None:
    """The geography was loaded again."""
    _cache.clear()


def _load(db: Session) -> Reference:
    territories: Sequence[Territory] = db.exec(select(Territory).order_by(func.lower(Territory.name))).all()
    communes: Sequence[Commune] = db.exec(select(Commune).order_by(col(Commune.name))).all()
    for row in (*territories, *communes):
        db.expunge(row)
    ordered = sorted(territories, key=lambda t: (t.kind == TerritoryKind.DEPARTEMENT, t.slug))
    return Reference(
        territories=tuple(ordered),
        communes=tuple(sorted(communes, key=lambda c: fold(c.name))),
        by_id={t.territory_id: t for t in ordered},
        by_slug={t.slug: t for t in ordered},
        commune_by_insee={c.insee: c for c in communes},
    )


@lru_cache
def drawn_map() -> Outline:
    """The map of the Finistère, drawn once a process from the official contours."""
    features: list[dict[str, Any]] = []
    for name in ("finistere_epci.geojson", "finistere_hors_epci.geojson"):
        features += json.loads((DATA / name).read_text("utf-8"))["features"]
    return outline(features)
