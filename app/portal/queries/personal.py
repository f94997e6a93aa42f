"""What is held about one person, read from the register."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, func, select

from app.accords.models import Theme
from app.actions.models import ActionSheet
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.core.machine import label
from app.identity.models import Body, Organisation, Person
from app.needs.models import Need, NeedGroup
from app.places.queries import reference
from app.portal.queries.register import PERSONAL, Part
from app.threads.models import Forum
from app.workshops.models import Step, Workshop

COLUMNS = {
    "accepted_at": label("Acceptée le"), "addressee": label("Transmis à"), "after": label("Ensuite"),
    "age_bracket": label("Âge"), "agreed_at": label("Accord donné le"), "answer_due_on": label("Réponse due le"),
    "answered_on": label("Réponse du"), "asked_at": label("Demandé le"), "at": label("Quand"),
    "attempts": label("Codes essayés"), "before": label("Avant"), "body_id": label("Au nom de"),
    "changed_at": label("Modifiée le"), "closed_at": label("Fermé le"), "closing_at": label("Fermeture demandée le"),
    "closing_erases": label("Contributions à effacer"), "college": label("Collège"), "commune_insee": label("Commune"),
    "conclusion": label("Conclusion"), "created_at": label("Depuis"), "device": label("Appareil"),
    "email": label("Adresse électronique"), "end_reason": label("Raison de la fin"), "ended_at": label("Fini le"),
    "ends_on": label("Jusqu’au"), "expires_at": label("Valable jusqu’au"), "forum_id": label("Territoire"),
    "issuer": label("Émetteur"), "kind": label("Nature"), "label": label("Nom"),
    "last_seen_at": label("Dernière visite"), "last_used_at": label("Dernier usage"), "lede": label("Résumé"),
    "minutes": label("Durée en minutes"), "name": label("Nom"), "need_id": label("Besoin"),
    "next_steps": label("Suites"), "note": label("Note"), "number": label("Numéro"),
    "opened_at": label("Ouvert le"), "organisation_id": label("Organisation"), "origin": label("Reçu"),
    "outcome": label("Réponse"), "place": label("Lieu"), "provider": label("Service"),
    "pseudonym": label("Pseudonyme"), "published_at": label("Publié le"), "purpose": label("Pour"),
    "reason": label("Raison"), "reason_note": label("Explication"), "reference": label("Référence"),
    "rna": label("Numéro RNA"), "sent_at": label("Envoyé le"), "sheet_id": label("Fiche-action"),
    "shows_commune": label("Commune montrée"), "signature": label("Signature"), "siret": label("SIRET"),
    "stage": label("Suites données"), "stance": label("Position"), "starts_at": label("Date"),
    "starts_on": label("À partir du"), "status": label("État"), "subject": label("Sujet"),
    "subject_kind": label("Sur"), "territory_id": label("Territoire"), "text": label("Texte"),
    "theme_id": label("Thématique"), "thread_id": label("À propos de"), "title": label("Titre"),
    "used_at": label("Utilisé le"), "verb": label("Geste"), "verified_at": label("Vérifié le"),
    "verified_how": label("Vérifiée par"), "version": label("Version lue"), "way": label("Entrée par"),
    "website": label("Site"), "withdrawn_at": label("Retiré le"),
    "alt": label("Ce qu’il montre"), "answer": label("Réponse"), "answered_at": label("Répondu le"),
    "answered_words": label("Réponse"), "asked_words": label("Demande"), "campaign_id": label("Collecte"),
    "collected_on": label("Recueilli le"), "decided_at": label("Décidé le"), "done_at": label("Fait le"),
    "due_at": label("Attendu le"), "filename": label("Nom du fichier"), "group_id": label("Besoin partagé"),
    "height": label("Hauteur en points"), "joined_at": label("Entré le"), "latitude": label("Latitude"),
    "left_at": label("Sorti le"), "left_why": label("Raison de la sortie"), "longitude": label("Longitude"),
    "mark": label("Repère"), "masked_at": label("Masqué le"), "media_type": label("Format"),
    "outcome_text": label("Réponse"), "place_note": label("Endroit"), "question": label("Question"),
    "replaced_at": label("Remplacé le"), "rhythm": label("Rythme"), "sheet_ref": label("Référence du papier"),
    "size": label("Taille en octets"), "subject_id": label("Numéro"), "summary": label("Résumé"),
    "told_at": label("Prévenu le"), "total": label("Lignes"), "why": label("Pourquoi"),
    "width": label("Largeur en points"), "wrong": label("Lignes en erreur"),
    "access": label("Accès"), "added_at": label("Depuis"), "capacity": label("Places"),
    "closed_alone": label("Clos sans personne"), "duty": label("Tâche"), "entered_at": label("Saisi le"),
    "mode": label("Où l’on se retrouve"), "queued_at": label("Inscription du"), "read_at": label("Relu le"),
    "registration": label("Sur inscription"), "reminded_at": label("Rappel envoyé le"),
    "remote": label("À distance"), "step_id": label("Séquence"), "workshop_id": label("Atelier"),
}  # fmt: skip


@dataclass(frozen=True)
class Held:
    """One part of what is held: how many rows, and those shown, in words (``rows``) and as they are (``records``)."""

    key: str
    title: str
    kept: str
    total: int
    columns: list[str]
    rows: list[list[str]]
    records: list[dict[str, Any]]


def everything(db: Session, person: Person, *, limit: int | None = None) -> list[Held]:
    """Every part that holds something, in the order of the register; ``limit``: the newest rows only."""
    parts = [_held(db, part, person, limit) for part in PERSONAL]
    return [part for part in parts if part.total]


def _held(db: Session, part: Part, person: Person, limit: int | None) -> Held:
    mine = part.mine(person)
    key: Any = part.model.id  # type: ignore[attr-defined]
    total = db.exec(select(func.count()).select_from(part.model).where(mine)).one()
    found = db.exec(select(part.model).where(mine).order_by(key.desc()).limit(limit)).all() if total else []
    names = _names(db, part, found)
    shown = [[_words(part, names, row, column) for column in part.given] for row in found]
    filled = [i for i, _column in enumerate(part.given) if any(row[i] for row in shown)]
    return Held(
        part.key, _(part.title), _(part.kept), total, [_(COLUMNS[part.given[i]]) for i in filled],
        [[row[i] for i in filled] for row in shown], [_record(part, names, row) for row in found],
    )  # fmt: skip


def _names(db: Session, part: Part, rows: Iterable[SQLModel]) -> dict[str, Mapping[Any, str]]:
    """What identifiers of this part stand for, by column."""
    asked = {name: {getattr(row, name) for row in rows} - {None} for name in part.given if name in NAMED}
    return {name: NAMED[name](db, ids) for name, ids in asked.items() if ids}


def _words(part: Part, names: Mapping[str, Mapping[Any, str]], row: SQLModel, column: str) -> str:
    value = getattr(row, column)
    if value is None or value == "":
        return ""
    if column in names:
        return names[column].get(value, "")
    if column in part.words:
        known = part.words[column].get(value)
        return _(known) if known else str(value)
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, datetime):
        return fdate(value, "datetime")
    return fdate(value) if isinstance(value, date) else str(value)


def _record(part: Part, names: Mapping[str, Mapping[Any, str]], row: SQLModel) -> dict[str, Any]:
    """A row for programs: values as they are, dates in ISO 8601, and the name of what an identifier points to."""
    record: dict[str, Any] = {}
    for column in part.given:
        value = getattr(row, column)
        record[column] = value.isoformat() if isinstance(value, date) else value
        if column in names:
            record[column.rpartition("_")[0]] = names[column].get(value)
    return record


def _titles(model: type[SQLModel], key: str, title: str) -> Any:
    """A reader of titles by some column of a table."""

    def read(db: Session, ids: Iterable[Any]) -> dict[Any, str]:
        known: Any = select(getattr(model, key), getattr(model, title)).where(col(getattr(model, key)).in_(ids))
        return dict(db.execute(known).all())

    return read


def _of_threads(db: Session, ids: Iterable[int]) -> dict[int, str]:
    """The need, the group of needs or the fiche-action that owns a thread."""
    wanted = list(ids)
    found: dict[int, str] = {}
    for owner in (Need, NeedGroup, ActionSheet):
        found |= _titles(owner, "thread_id", "title")(db, wanted)
    return found


def _of_territories(db: Session, ids: Iterable[int]) -> dict[int, str]:
    places = reference(db)
    return {i: places.by_id[i].name for i in ids if i in places.by_id}


def _of_forums(db: Session, ids: Iterable[int]) -> dict[int, str]:
    places = reference(db)
    return {f.id or 0: places.by_id[f.territory_id].name for f in db.exec(select(Forum).where(col(Forum.id).in_(ids)))}


def _of_communes(db: Session, ids: Iterable[str]) -> dict[str, str]:
    places = reference(db)
    return {i: places.commune_by_insee[i].name for i in ids if i in places.commune_by_insee}


NAMED: dict[str, Any] = {
    "territory_id": _of_territories, "forum_id": _of_forums, "commune_insee": _of_communes, "thread_id": _of_threads,
    "organisation_id": _titles(Organisation, "id", "name"), "theme_id": _titles(Theme, "id", "name"),
    "body_id": _titles(Body, "id", "name"), "need_id": _titles(Need, "id", "reference"),
    "group_id": _titles(NeedGroup, "id", "title"),
    "sheet_id": _titles(ActionSheet, "id", "reference"),
    "step_id": _titles(Step, "id", "title"), "workshop_id": _titles(Workshop, "id", "title"),
}  # fmt: skip
