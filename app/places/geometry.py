"""Which commune a point stands in, and a small drawing of a few communes: plane geometry on official contours.

Degrees become metres on a plane tangent near the point: over a commune, the error is under a thousandth.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

METRES_A_DEGREE = 111_320.0  # of latitude
SHEET = 600  # units: the longest side of a drawing
MARGIN = 12

Position = tuple[float, float]  # longitude, latitude, as GeoJSON orders them
Ring = tuple[Position, ...]


@dataclass(frozen=True)
class Area:
    """The contour of a commune: closed rings, holes among them, and the box around them (degrees)."""

    code: str
    rings: tuple[Ring, ...]

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        xs, ys = [x for ring in self.rings for x, _y in ring], [y for ring in self.rings for _x, y in ring]
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True)
class Sketch:
    """A few contours on one sheet; ``at`` places a point on it."""

    view_box: str
    paths: tuple[tuple[str, str], ...]  # (code, path)
    west: float
    north: float
    scale: float  # units a degree of latitude
    flat: float  # length of a degree of longitude, in degrees of latitude

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Where a point falls on the sheet, in its units."""
        x = (longitude - self.west) * self.flat * self.scale + MARGIN
        return round(x, 1), round((self.north - latitude) * self.scale + MARGIN, 1)


def areas(features: Iterable[Mapping[str, Any]]) -> tuple[Area, ...]:
    """The contours of GeoJSON features (Polygon or MultiPolygon) that carry a ``code``."""
    return tuple(Area(str(f["properties"]["code"]), tuple(_rings(f["geometry"]))) for f in features)


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for part in parts:
        for ring in part:
            yield tuple((float(x), float(y)) for x, y, *_rest in ring)


def holds(area: Area, latitude: float, longitude: float) -> bool:
    """Whether the point is inside: a ray from it crosses the contour an odd number of times."""
    crossings = 0
    for (xa, ya), (xb, yb) in _edges(area):
        if (ya > latitude) != (yb > latitude) and longitude < xa + (latitude - ya) / (yb - ya) * (xb - xa):
            crossings += 1
    return crossings % 2 == 1


def metres_to(area: Area, latitude: float, longitude: float) -> float:
    """How far the point is from the commune; 0 inside."""
    if holds(area, latitude, longitude):
        return 0.0
    flat = math.cos(math.radians(latitude))

    def placed(position: Position) -> Position:
        return (position[0] - longitude) * flat * METRES_A_DEGREE, (position[1] - latitude) * METRES_A_DEGREE

    return min(_from_origin(placed(a), placed(b)) for a, b in _edges(area))


def _from_origin(a: Position, b: Position) -> float:
    """The distance from (0, 0) to the segment between two points."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else max(0.0, min(1.0, -(a[0] * dx + a[1] * dy) / length))
    return math.hypot(a[0] + along * dx, a[1] + along * dy)


def _edges(area: Area) -> Iterator[tuple[Position, Position]]:
    for ring in area.rings:
        yield from pairwise(ring)


def nearest(contours: Iterable[Area], latitude: float, longitude: float, within: float) -> Area | None:
    """The area that holds the point, else the nearest within so many metres, else None."""
    reach = within / METRES_A_DEGREE
    wide = reach / max(0.01, math.cos(math.radians(latitude)))
    near = [
        area for area in contours
        if area.box[0] - wide <= longitude <= area.box[2] + wide
        and area.box[1] - reach <= latitude <= area.box[3] + reach
    ]  # fmt: skip
    distances = [(metres_to(area, latitude, longitude), area) for area in near]
    best = min(distances, key=lambda each: each[0], default=None)
    return best[1] if best and best[0] <= within else None


def sketch(contours: Sequence[Area]) -> Sketch:
    """Draw these areas, the longest side ``SHEET`` units long."""
    west, south = min(a.box[0] for a in contours), min(a.box[1] for a in contours)
    east, north = max(a.box[2] for a in contours), max(a.box[3] for a in contours)
    flat = math.cos(math.radians((south + north) / 2))
    scale = SHEET / max((east - west) * flat, north - south)
    blank = Sketch("", (), west, north, scale, flat)
    width, height = blank.at(south, east)
    paths = tuple((area.code, "".join(_path(ring, blank) for ring in area.rings)) for area in contours)
    return Sketch(f"0 0 {math.ceil(width + MARGIN)} {math.ceil(height + MARGIN)}", paths, west, north, scale, flat)


def _path(ring: Ring, on: Sketch) -> str:
    points = [on.at(latitude, longitude) for longitude, latitude in ring[:-1]]
    return "M" + "L".join(f"{round(x)} {round(y)}" for x, y in points) + "z"
