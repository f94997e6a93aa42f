"""« On vous a peut-être devancé »: the needs near the one being said, while it is typed and once when it is sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.core.db import Db
from app.core.errors import TooManyError
from app.core.forms import clean
from app.core.limits import limit
from app.core.web import part
from app.identity.access import public
from app.needs.models import Need
from app.needs.queries.neighbours import Neighbour, neighbours
from app.needs.states import Scale
from app.places.queries import reference

router = APIRouter(dependencies=[Depends(public)])
SHOWN = 3
TYPING_ALLOWED = limit("neighbours", "240/minute")  # a whole class may type behind one address


def ahead(db: Db, values: Mapping[str, Any], need: Need) -> list[Neighbour]:
    """The neighbours of a need just written, not yet kept, unless its author has seen some already."""
    return [] if values.get("neighbours_seen") else _near(db, values, [need.id or 0])


def _near(db: Db, values: Mapping[str, Any], exclude: Sequence[int] = ()) -> list[Neighbour]:
    title, text = " ".join(str(values.get("title", "")).split()), clean(str(values.get("text", "")))
    return neighbours(db, f"{title}\n{text}", territory_id=_territory(db, values), limit=SHOWN, exclude=exclude)


def _territory(db: Db, values: Mapping[str, Any]) -> int | None:
    """The territory chosen so far: by a commune, or whole."""
    places = reference(db)
    commune = places.commune_by_insee.get(str(values.get("place", "")))
    wholes = {f"T{i}": i for i in places.by_id}
    chosen = wholes.get(str(values.get("whole", ""))) or wholes.get(str(values.get("place", "")))
    if commune and values.get("scale") != Scale.TERRITORY:
        return commune.territory_id
    return chosen or (commune.territory_id if commune else None)


def beside(db: Db, found: Sequence[Neighbour] = ()) -> dict[str, Any]:
    """What shows neighbours: themselves, where they are, the territories whose calendar takes supports today."""
    calendars = accords.accords(db) if found else {}
    return {
        "neighbours": found, "near_places": reference(db),
        "supportable": {i for i, accord in calendars.items() if "need.support" in accord.open_verbs},
    }  # fmt: skip


@router.get("/besoins/voisins", name="needs.neighbours")
def typing(
    request: Request, db: Db, title: str = "", text: str = "", scale: str = "", place: str = "", whole: str = "",
    neighbours_seen: str = "",
) -> Response:  # fmt: skip
    """A part of the form: what is near the words typed so far. Asked too fast, it leaves the page as it is."""
    try:
        TYPING_ALLOWED.count(request)
    except TooManyError as fast:
        return Response(status_code=429, headers={"hx-reswap": "none", "retry-after": str(fast.retry_after)})
    found = _near(db, {"title": title, "text": text, "scale": scale, "place": place, "whole": whole})
    shown = part(request, "needs/_neighbours.html", seen=bool(found or neighbours_seen), **beside(db, found))
    shown.headers["x-robots-tag"] = "noindex"
    return shown
