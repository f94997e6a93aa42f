"""The place of a need as it was typed: a commune, a spot in it, or a whole territory."""

import re
from dataclasses import dataclass, replace
from typing import Any

from app.core.db import Db
from app.core.forms import Filled, fill
from app.core.i18n import gettext as _
from app.identity.states import AgeBracket
from app.needs.forms import PlaceForm
from app.needs.service import Spot
from app.needs.states import Scale
from app.places.models import Commune, Territory
from app.places.queries import commune_at, is_near, reference
from app.policy.actor import Actor

_WHOLE = re.compile(r"T[0-9]{1,6}", re.ASCII)


@dataclass(frozen=True)
class Where:
    """The place, checked; ``field`` is where to write what is wrong with it."""

    territory: Territory
    commune: Commune | None = None
    spot: Spot | None = None
    field: str = "place"


def may_point(me: Actor) -> bool:
    """Whether a person may say more exactly than a commune: not under 15."""
    return me.age_bracket != AgeBracket.UNDER_15


def settled(values: dict[str, Any]) -> dict[str, Any]:
    """What was typed or chosen, with the scale that goes with it where none was said."""
    place, scale = str(values.get("place", "")), str(values.get("scale") or "")
    if scale not in set(Scale):
        scale = Scale.TERRITORY if place.startswith("T") else Scale.COMMUNE
    whole = values.get("whole") or (place if place.startswith("T") else "")
    return values | {"scale": str(scale), "whole": whole, "place": "" if place.startswith("T") else place}


def read_place(db: Db, form: Filled[Any], me: Actor) -> Where | None:
    """The place that was chosen, or None and an error beside the field."""
    values = settled(form.values)
    if values["scale"] == Scale.TERRITORY:
        return _whole(db, form, str(values["whole"]))
    if values["scale"] == Scale.POINT and may_point(me):
        return _spot(db, form, str(values["place"]))
    return _commune(db, form, str(values["place"]))


def _whole(db: Db, form: Filled[Any], chosen: str) -> Where | None:
    territory = reference(db).by_id.get(int(chosen[1:])) if _WHOLE.fullmatch(chosen) else None
    if territory:
        return Where(territory, field="whole")
    form.refuse("whole", _("Choisissez un territoire de la liste.") if chosen else _("À remplir pour continuer."))
    return None


def _commune(db: Db, form: Filled[Any], chosen: str) -> Where | None:
    places = reference(db)
    commune = places.commune_by_insee.get(chosen)
    if commune:
        return Where(places.by_id[commune.territory_id], commune)
    form.refuse("place", _("Choisissez une commune de la liste.") if chosen else _("À remplir pour continuer."))
    return None


def _spot(db: Db, form: Filled[Any], chosen: str) -> Where | None:
    """A point, a few words, or both; the point says its commune, the words need it chosen."""
    typed = fill(PlaceForm, form.values).data  # whatever else is wrong in the form
    if typed is None:
        return None
    latitude, longitude, note = typed.latitude, typed.longitude, typed.place_note or None
    if latitude is None and longitude is None:
        where = _commune(db, form, chosen)
        return replace(where, spot=Spot(note=note)) if where else None
    if latitude is None or longitude is None:
        form.refuse("latitude" if latitude is None else "longitude", _("Un point a une latitude et une longitude."))
        return None
    found = _under(db, form, chosen, latitude, longitude)
    territory = reference(db).by_id[found.territory_id] if found else None
    return Where(territory, found, Spot(latitude, longitude, note)) if territory else None


def _under(db: Db, form: Filled[Any], chosen: str, latitude: float, longitude: float) -> Commune | None:
    """The commune of a point: the one chosen if it is there or near, else where it stands, in the same territory."""
    places = reference(db)
    asked = places.commune_by_insee.get(chosen)
    if asked and is_near(asked.insee, latitude, longitude):
        return asked
    found = places.commune_by_insee.get(commune_at(latitude, longitude) or "")
    if found is None:
        form.refuse("point", _("Ce point est en mer, ou hors du Finistère. Déplacez-le, ou retirez-le."))
    elif asked and asked.territory_id != found.territory_id:
        message = _("Ce point est à %(there)s, hors de %(here)s. Déplacez-le, ou changez de commune.")
        form.refuse("point", message % {"there": found.name, "here": places.by_id[asked.territory_id].name})
    else:
        return found
    return None
