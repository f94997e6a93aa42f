"""Reads of the reference geography, cached: it changes once a year, by a command."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, func, select

from app.core.search import fold
from app.places import geometry
from app.places.borders import touching
from app.places.models import Commune, Territory, TerritoryKind
from app.places.outline import Outline, outline

DATA = Path(__file__).parent / "data"
CONTOURS = DATA / "finistere_communes.geojson"
SLACK = 1_500  # metres: how far the simplified contours may stand from a quay, a beach or a border


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


def _contours() -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = []
    for name in ("finistere_epci.geojson", "finistere_hors_epci.geojson"):
        features += json.loads((DATA / name).read_text("utf-8"))["features"]
    return features


@lru_cache
def drawn_map() -> Outline:
    """The map of the Finistère, drawn once a process from the official contours."""
    return outline(_contours())


@lru_cache
def _touching() -> dict[str, frozenset[str]]:
    return touching(_contours())


def bordering(db: Session, territory_id: int) -> frozenset[int]:
    """The territories that share a border with this one; the département (its islands) has the coasts that face it."""
    places = reference(db)
    of_code = {t.siren: t.territory_id for t in places.territories}
    of_code |= {c.insee: c.territory_id for c in places.communes if c.insee in _touching()}
    pairs = ((of_code.get(code), of_code.get(other)) for code, others in _touching().items() for other in others)
    near = {b if a == territory_id else a for a, b in pairs if territory_id in (a, b)}
    return frozenset(i for i in near if i and i != territory_id)


@lru_cache
def contours() -> dict[str, geometry.Area]:
    """The contour of every commune by its INSEE code, simplified: for finding one's way, not for legal limits."""
    drawn = geometry.areas(json.loads(CONTOURS.read_text("utf-8"))["features"])
    return {area.code: area for area in drawn}


def commune_at(latitude: float, longitude: float) -> str | None:
    """The INSEE code of the commune where a point stands, or the nearest within ``SLACK``; None at sea or elsewhere."""
    found = geometry.nearest(contours().values(), latitude, longitude, SLACK)
    return found.code if found else None


def is_near(insee: str, latitude: float, longitude: float) -> bool:
    """Whether a point stands in this commune, or within ``SLACK`` of it."""
    return insee in contours() and geometry.metres_to(contours()[insee], latitude, longitude) <= SLACK


@lru_cache(maxsize=64)
def sketch_of(communes: tuple[str, ...]) -> geometry.Sketch | None:
    """A small drawing of these communes, by INSEE code; None if no contour is known."""
    known = [contours()[insee] for insee in communes if insee in contours()]
    return geometry.sketch(known) if known else None


def sketch_around(db: Session, territory_id: int, commune_insee: str | None) -> geometry.Sketch | None:
    """The communes around a point: those of its territory; for an island, the island."""
    places = reference(db)
    alone = places.by_id[territory_id].is_departement
    return sketch_of(tuple(c.insee for c in places.communes_of(territory_id) if not alone or c.insee == commune_insee))
