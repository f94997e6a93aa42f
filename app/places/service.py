"""Loading the official geography from the files kept beside this module."""

import json
import re
from typing import Any

from slugify import slugify
from sqlmodel import Session, select

from app.places.models import Commune, Territory, TerritoryKind
from app.places.queries import DATA, forget_reference

DEPARTEMENT_CODE = "29"
_KINDS = {"METRO": TerritoryKind.METROPOLE, "CA": TerritoryKind.AGGLOMERATION, "CC": TerritoryKind.COMMUNITY}
# Two letters that head the public references: short enough to be read on the telephone.
_CODES = {
    "29": "FI", "242900314": "BM", "242900769": "CC", "242900835": "ML", "200068120": "QB", "242900694": "QC",
    "242900801": "LD", "242900629": "CS", "242900793": "LC", "242900645": "DZ", "200067072": "HL",
    "200067197": "MA", "200067247": "PC", "242900744": "PO", "200066868": "CZ", "242900561": "HC",
    "242900710": "HB", "242900702": "BS", "242900660": "PF", "242900074": "PI", "242900751": "LV",
    "242900553": "PA",
}  # fmt: skip
# Breton names in official use by the bodies themselves; the others wait for the Office public.
_BRETON = {"29": "Penn-ar-Bed", "242900314": "Brest Meurgêr", "242900835": "Montroulez Kumuniezh"}
_PREFIX = re.compile(r"^(CA|CC) ((du|de) )?")


def load_reference(db: Session) -> int:
    """Create or update territories and communes; how many communes there are."""
    data = json.loads((DATA / "finistere_epci.json").read_text("utf-8"))
    communes = 0
    for row in [*data["epci"], _departement(data)]:
        territory = _territory(db, row)
        for commune in row["communes"]:
            _commune(db, commune, territory)
            communes += 1
    db.flush()
    forget_reference()
    return communes


def _departement(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "siren": DEPARTEMENT_CODE,
        "name": data["departement"]["name"],
        "type": "DEP",
        "population_municipale": data["departement"]["population_municipale"],
        "communes": data["communes_hors_epci"],
    }


def short_name(name: str) -> str:
    """The name as people say it: « Pays d’Iroise », not « CC du Pays d'Iroise »."""
    return _PREFIX.sub("", name).replace("'", "’")


def _territory(db: Session, row: dict[str, Any]) -> Territory:
    siren = row["siren"]
    territory = db.exec(select(Territory).where(Territory.siren == siren)).first()
    name = short_name(row["name"])
    values = {
        "name": name,
        "slug": slugify(name.replace("’", "-")),
        "code": _CODES[siren],
        "official_name": row["name"].replace("'", "’"),
        "name_br": _BRETON.get(siren),
        "kind": _KINDS.get(row["type"], TerritoryKind.DEPARTEMENT),
        "population": row["population_municipale"],
    }
    territory = territory or Territory(siren=siren, **values)
    territory.sqlmodel_update(values)
    db.add(territory)
    db.flush()
    return territory


def _commune(db: Session, row: dict[str, Any], territory: Territory) -> None:
    values = {
        "name": row["name"].replace("'", "’"),
        "territory_id": territory.territory_id,
        "departement": row["departement"],
        "population": row["population"],
        "postcodes": " ".join(row["codes_postaux"]),
    }
    commune = db.get(Commune, row["code"]) or Commune(insee=row["code"], **values)
    commune.sqlmodel_update(values)
    db.add(commune)
