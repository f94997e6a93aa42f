"""The map of the territories: from the official contours to small SVG paths, with a place for each name.

Plate carrée, scaled by the cosine of the mean latitude: at this size no reader could tell it from a better projection.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

WIDTH = 1000
MARGIN = 26
GRID = 28  # candidate places for a name, per side of a contour's box
SMALLEST = 6.0  # square units: below, an islet is smaller than the line that would draw it

STRAIGHT = 2.2  # square units: the bend of three points that no eye would miss
PASSES = 3

Point = tuple[float, float]
Ring = list[Point]

# Words that a name on the map can do without.
_DROPPED = ("CA du ", "CA ", "CC du ", "CC de ", "CC Communauté ", "CC Presqu'île de ", "CC ")
_SUFFIXES = (
    " Bretagne Occidentale", " Métropole", " Communauté", " Agglomération", "-Porzay", " maritime",
    " - Pointe du Raz", " Côte des Légendes",
)  # fmt: skip
_BREAKS = {
    "Concarneau Cornouaille": ("Concarneau", "Cornouaille"), "Crozon-Aulne": ("Crozon", "Aulne"),
    "Pays de Landerneau-Daoulas": ("Landerneau", "Daoulas"), "Pleyben-Châteaulin": ("Pleyben", "Châteaulin"),
    "Haute Cornouaille": ("Haute", "Cornouaille"), "Pays Bigouden Sud": ("Pays", "Bigouden Sud"),
    "Haut Pays Bigouden": ("Haut Pays", "Bigouden"), "Pays Fouesnantais": ("Pays", "Fouesnantais"),
    "Monts d'Arrée": ("Monts", "d’Arrée"), "Pays des Abers": ("Pays", "des Abers"),
    "Pays d'Iroise": ("Pays", "d’Iroise"), "Pays de Landivisiau": ("Landivisiau",), "Île-de-Sein": ("Sein",),
}  # fmt: skip


# Where the room inside is not enough: names moved by hand, in units of the map.
_NUDGES = {
    "Cap Sizun": (-46, 2), "Douarnenez": (8, -4), "Pays Fouesnantais": (22, 66), "Pays Bigouden Sud": (0, 22),
    "Haut Pays Bigouden": (-4, -2), "Pays de Landivisiau": (0, 8),
}  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """One contour: ``code`` is its SIREN, or the INSEE code of a commune outside any intercommunalité."""

    code: str
    name: str
    path: str
    label_x: int
    label_y: int
    lines: tuple[str, ...]
    ring: tuple[int, int, int] | None  # round a commune outside any: cx, cy, r, so that an islet can be seen and hit


@dataclass(frozen=True)
class Outline:
    """Every contour on one sheet; ``view_box`` leaves room for names and coast."""

    view_box: str
    shapes: tuple[Shape, ...]


def outline(features: Iterable[Mapping[str, Any]]) -> Outline:
    """Draw GeoJSON features (Polygon or MultiPolygon, in degrees) about 1000 units wide."""
    kept = list(features)
    points = [point for feature in kept for ring in _rings(feature["geometry"]) for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    flat = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * flat)

    def place(point: Point) -> Point:
        return (point[0] - west) * flat * scale, (north - point[1]) * scale

    placed = [[[place(p) for p in ring] for ring in _rings(feature["geometry"])] for feature in kept]
    shapes = tuple(_shape(feature, rings) for feature, rings in zip(kept, _simplified(placed), strict=True))
    height = round((north - south) * scale)
    return Outline(f"{-MARGIN} {-MARGIN} {WIDTH + 2 * MARGIN} {height + 2 * MARGIN}", shapes)


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    """The outer ring of each part; the lakes of this coast are too small to draw."""
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for part in parts:
        yield [(float(x), float(y)) for x, y, *_ in part[0]]


def _simplified(contours: list[list[Ring]]) -> list[list[Ring]]:
    """Take away points where the line hardly bends, the same on both sides of a border.

    A point goes when its bend is small and smaller than both its neighbours': the answer does not depend on the
    direction in which a ring turns, so that two territories keep one border. Where three meet, the point stays.
    """
    for _ in range(PASSES):
        neighbours: dict[Point, set[Point]] = {}
        for ring in (ring for rings in contours for ring in rings):
            for before, point, after in _corners(ring):
                neighbours.setdefault(point, set()).update((before, after))
        fixed = {point for point, around in neighbours.items() if len(around) > 2}
        contours = [[_without_small_bends(ring, fixed) for ring in rings] for rings in contours]
    return contours


def _corners(ring: Ring) -> Iterator[tuple[Point, Point, Point]]:
    """Each point of a closed ring between its two neighbours."""
    points = ring[:-1]
    return zip([points[-1], *points[:-1]], points, [*points[1:], points[0]], strict=True)


def _without_small_bends(ring: Ring, fixed: set[Point]) -> Ring:
    bends = {point: abs(_area([before, point, after, before])) for before, point, after in _corners(ring)}
    kept = [
        point for before, point, after in _corners(ring)
        if point in fixed or bends[point] >= STRAIGHT
        or (bends[point], point) > min((bends[before], before), (bends[after], after))
    ]  # fmt: skip
    return [*kept, kept[0]] if len(kept) >= 4 else ring


def _shape(feature: Mapping[str, Any], rings: list[Ring]) -> Shape:
    properties = feature["properties"]
    outside = "insee" in properties
    largest = max(rings, key=lambda ring: abs(_area(ring)))
    drawn = [ring for ring in rings if ring is largest or abs(_area(ring)) >= SMALLEST]
    short = _short(properties["nom"])
    ring = _ring(rings) if outside else None
    x, y = (ring[0], ring[1] + ring[2] + 12.0) if ring else _inside(largest)
    right, down = _NUDGES.get(short, (0, 0))
    lines = _BREAKS.get(short, (short,))
    # The point is the middle of the whole label; SVG wants the baseline of its first line.
    baseline = y + 7 if outside else y + 7 - 11 * (len(lines) - 1)
    return Shape(
        code=properties["insee"] if outside else properties["siren"], name=properties["nom"], path=_path(drawn),
        label_x=round(x + right), label_y=round(baseline + down), lines=lines, ring=ring,
    )  # fmt: skip


def _path(rings: Sequence[Ring]) -> str:
    """Relative line commands between rounded points; a point that rounds to its neighbour says nothing."""
    parts = []
    for ring in rings:
        points: list[tuple[int, int]] = []
        for x, y in ring[:-1]:
            rounded = (round(x), round(y))
            if not points or points[-1] != rounded:
                points.append(rounded)
        (x0, y0) = points[0]
        steps: list[str] = []
        for (xa, ya), (xb, yb) in pairwise(points):
            steps.append(f"{_number(xb - xa, not steps)}{_number(yb - ya, False)}")
        parts.append(f"M{x0}{_number(y0, False)}l{''.join(steps)}z" if steps else f"M{x0}{_number(y0, False)}h1")
    return "".join(parts)


def _number(value: int, first: bool) -> str:
    """A number after another: its minus sign separates it, else a space does."""
    return str(value) if first or value < 0 else f" {value}"


def _area(ring: Ring) -> float:
    return sum(xa * yb - xb * ya for (xa, ya), (xb, yb) in pairwise(ring)) / 2


def _ring(rings: Sequence[Ring]) -> tuple[int, int, int]:
    """A circle that holds the whole island, and is never too small to point at."""
    xs, ys = [x for ring in rings for x, _ in ring], [y for ring in rings for _, y in ring]
    half = max(max(xs) - min(xs), max(ys) - min(ys)) / 2
    return round((min(xs) + max(xs)) / 2), round((min(ys) + max(ys)) / 2), round(max(half + 8, 24))


def _inside(ring: Ring) -> Point:
    """The point of a grid that stands farthest from the coast, sideways counting double: names are wide."""
    left, right = min(x for x, _ in ring), max(x for x, _ in ring)
    top, bottom = min(y for _, y in ring), max(y for _, y in ring)
    candidates = (
        (left + (right - left) * i / GRID, top + (bottom - top) * j / GRID)
        for i in range(1, GRID)
        for j in range(1, GRID)
    )
    return max((point for point in candidates if _contains(ring, point)), key=lambda point: _room(ring, point))


def _contains(ring: Ring, point: Point) -> bool:
    """Whether a ray from the point crosses the ring an odd number of times."""
    x, y = point
    crossings = 0
    for (xa, ya), (xb, yb) in pairwise(ring):
        if (ya > y) != (yb > y) and x < xa + (y - ya) / (yb - ya) * (xb - xa):
            crossings += 1
    return crossings % 2 == 1


def _room(ring: Ring, point: Point) -> float:
    x, y = point
    return min(math.hypot((xa - x) / 2, ya - y) for xa, ya in ring)


def _short(name: str) -> str:
    short = next((name.removeprefix(word) for word in _DROPPED if name.startswith(word)), name)
    for suffix in _SUFFIXES:
        short = short.removesuffix(suffix)
    return short
