"""Which contours touch: two that share a point of their line are neighbours; an islet has the nearest contour."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Point = tuple[float, float]


def touching(features: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """The codes of the neighbours of each GeoJSON feature, by its code (SIREN, or INSEE outside any intercommunalité).

    The official contours are drawn once for both sides of a border: the same points stand in both.
    """
    points = {_code(feature): frozenset(_points(feature["geometry"])) for feature in features}
    found = {code: {o for o in points if o != code and points[code] & points[o]} for code in points}
    for code in [code for code, around in found.items() if not around]:
        nearest = _nearest(min(points[code]), {o: p for o, p in points.items() if found[o]})
        found[code].add(nearest)
    return {code: frozenset(around) for code, around in found.items()}


def _code(feature: Mapping[str, Any]) -> str:
    properties = feature["properties"]
    return str(properties["insee"] if "insee" in properties else properties["siren"])


def _points(geometry: Mapping[str, Any]) -> Iterator[Point]:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for part in parts:
        for x, y, *_ in part[0]:
            yield float(x), float(y)


def _nearest(point: Point, others: Mapping[str, Iterable[Point]]) -> str:
    """The contour with the point nearest to this one, in degrees: enough to tell which coast faces an island."""
    x, y = point
    return min(others, key=lambda code: min((x - a) ** 2 + (y - b) ** 2 for a, b in others[code]))
