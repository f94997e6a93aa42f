"""Rows and schemas of the published datasets."""

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, col, select

from app.accords import queries as accords
from app.accords.models import Priority
from app.core.i18n import local
from app.identity.states import College
from app.needs.models import Need
from app.needs.queries import PUBLIC
from app.places.queries import reference
from app.threads.models import Thread

ORIGINS = {"online": "en_ligne", "paper": "papier", "phone": "telephone", "workshop": "atelier"}
STAGES = {
    "received": "recu", "grouped": "regroupe", "attached": "rattache", "taken_up": "repris", "answered": "repondu",
}  # fmt: skip
OUTCOMES = {"retained": "retenu", "partly": "en_partie", "not_retained": "non_retenu", "redirected": "oriente"}
LICENCE = "etalab-2.0"
# name, type, description, constraints: a Table Schema (https://specs.frictionlessdata.io/table-schema/)
NEED_FIELDS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("reference", "string", "Référence publique du besoin", {"required": True, "unique": True}),
    ("territoire", "string", "Nom du territoire", {"required": True}),
    ("territoire_siren", "string", "SIREN de l’intercommunalité, 29 pour le département", {"required": True}),
    ("commune_insee", "string", "Code INSEE, vide pour tout le territoire", {"pattern": "[0-9AB]{5}"}),
    ("commune", "string", "Nom de la commune", {}),
    ("lieu", "string", "Endroit précis, en quelques mots, tel qu’écrit", {}),
    ("latitude", "number", "Latitude du point, en degrés (WGS 84), à dix mètres près", {}),
    ("longitude", "number", "Longitude du point, en degrés (WGS 84), à dix mètres près", {}),
    ("theme", "string", "Thématique", {"required": True}),
    ("college", "string", "Collège déclaré", {"enum": [c.value for c in College]}),
    ("origine", "string", "Voie d’arrivée", {"enum": list(ORIGINS.values())}),
    ("titre", "string", "Titre, tel qu’écrit", {"required": True}),
    ("texte", "string", "Texte, tel qu’écrit", {"required": True}),
    ("recu_le", "date", "Jour de réception", {"required": True}),
    ("publie_le", "date", "Jour de publication", {"required": True}),
    ("etape", "string", "Étape de suivi", {"enum": list(STAGES.values())}),
    ("priorite", "string", "Priorité de rattachement", {}),
    ("reponse", "string", "Réponse", {"enum": list(OUTCOMES.values())}),
    ("reponse_due_le", "date", "Jour où la réponse est due", {}),
    ("soutiens", "integer", "Voix distinctes qui disent « c’est aussi mon besoin »", {"minimum": 0}),
    ("commentaires", "integer", "Commentaires publiés", {"minimum": 0}),
]  # fmt: skip


def need_schema() -> dict[str, Any]:
    """The Table Schema of the needs."""
    fields = [{"name": n, "type": t, "description": d, "constraints": c} for n, t, d, c in NEED_FIELDS]
    return {"fields": fields, "primaryKey": "reference", "missingValues": [""]}


def need_rows(db: Session) -> Iterator[list[Any]]:
    """Every published need, oldest first; no author, no pseudonym, no address."""
    places = reference(db)
    themes = {t.id: t.name for t in accords.themes(db)}
    statement = (
        select(Need, Thread.comments, Priority.title)
        .join(Thread, col(Thread.id) == Need.thread_id)
        .outerjoin(Priority, col(Priority.id) == Need.priority_id)
        .where(col(Need.status).in_(PUBLIC))
        .order_by(col(Need.id))
        .execution_options(yield_per=500)
    )
    for need, comments, priority in db.execute(statement):
        commune = places.commune_by_insee.get(need.commune_insee or "")
        territory = places.by_id[need.territory_id]
        yield [
            need.reference, territory.name, territory.siren, need.commune_insee, commune.name if commune else None,
            need.place_note, need.latitude, need.longitude,
            themes[need.theme_id], need.college, ORIGINS[need.origin], need.title, need.text,
            local(need.created_at).date(), local(need.published_at).date(), STAGES[need.stage], priority,
            OUTCOMES.get(need.outcome or ""),
            need.answer_due_on, need.supports, comments,
        ]  # fmt: skip


def datapackage(base_url: str, created: str) -> dict[str, Any]:
    """The description of what is published (https://specs.frictionlessdata.io/data-package/)."""
    return {
        "name": "emglev-finistere",
        "title": "Emglev : besoins exprimés dans le Finistère",
        "licenses": [{"name": LICENCE, "title": "Licence Ouverte 2.0", "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence"}],
        "created": created,
        "resources": [
            {
                "name": "besoins", "path": f"{base_url}/donnees/besoins.csv", "format": "csv", "mediatype": "text/csv",
                "encoding": "utf-8", "profile": "tabular-data-resource", "schema": need_schema(),
            }
        ],
    }  # fmt: skip
