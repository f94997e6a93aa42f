"""Imports: what each column of the model may hold, and what is wrong in each row, in plain words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, select

from app.core.forms import Filled, fill
from app.core.i18n import gettext as _
from app.core.machine import label
from app.core.search import fold
from app.identity.states import College
from app.intake.forms import TranscriptionForm
from app.intake.models import NeedImport
from app.intake.queries.choices import WHOLE, Choices, check
from app.needs.models import Need
from app.threads.states import Origin

MAX_ROWS = 5_000
MAX_BYTES = 5 * 1024 * 1024
SHOWN = 50  # rows a page of the preview
Row = dict[str, Any]  # of NeedImport.rows: ``n``, ``cells`` by column, ``errors`` by column if any


@dataclass(frozen=True)
class Column:
    """A column of the model: its heading, the field it fills, what to write in it, an example."""

    key: str
    field: str
    title: str
    help: str
    example: str
    needed: bool = True


COLUMNS = (
    Column(
        "origine", "origin", label("Origine"), label("papier, téléphone ou atelier"), label("papier"),
    ),
    Column(
        "fiche", "sheet_ref", label("Numéro de fiche"),
        label("le numéro imprimé ou écrit sur la fiche ; vide pour un appel"), label("ML-COLL-0012"), needed=False,
    ),
    Column(
        "recueilli_le", "collected_on", label("Recueilli le"), label("une date, 14/03/2027 ou 2027-03-14"),
        label("14/03/2027"),
    ),
    Column(
        "commune", "place", label("Commune"),
        label("le nom de la commune ou son code INSEE ; « tout le territoire » sinon"), label("Morlaix"),
    ),
    Column("theme", "theme", label("Thème"), label("un des thèmes de l’accord"), label("Mobilités")),
    Column(
        "college", "college", label("Collège"),
        label("habitants, associations, entreprises, jeunes ou institutions"), label("habitants"),
    ),
    Column(
        "titre", "title", label("En une phrase"), label("de 3 à 120 caractères, tels qu’écrits"),
        label("Un banc devant la boulangerie"),
    ),
    Column(
        "texte", "text", label("Texte"), label("de 3 à 3 000 caractères, tels qu’écrits"),
        label("Ma mère fait la queue debout chaque matin."),
    ),
)  # fmt: skip
_BY_FIELD = {column.field: column.key for column in COLUMNS}
_OTHER_HEADINGS = {
    "numero de fiche": "fiche", "n° de fiche": "fiche", "recueilli le": "recueilli_le", "date": "recueilli_le",
    "thematique": "theme", "en une phrase": "titre",
}  # fmt: skip
_ORIGINS = {
    "papier": Origin.PAPER, "sur papier": Origin.PAPER, "telephone": Origin.PHONE, "par telephone": Origin.PHONE,
    "atelier": Origin.WORKSHOP, "en atelier": Origin.WORKSHOP,
}  # fmt: skip
_COLLEGES = {
    "habitant": College.RESIDENTS, "habitante": College.RESIDENTS, "association": College.ASSOCIATIONS,
    "entreprise": College.BUSINESSES, "jeune": College.YOUTH, "institution": College.INSTITUTIONS,
}  # fmt: skip


def one(db: Session, import_id: int) -> NeedImport | None:
    """One import."""
    return db.get(NeedImport, import_id)


def needs_of(db: Session, held: NeedImport) -> dict[int, Need]:
    """The needs that an accepted import made, by id."""
    ids = [row["need"] for row in held.rows if "need" in row]
    if not ids:
        return {}
    made = select(Need).where(col(Need.id).between(min(ids), max(ids)), Need.territory_id == held.territory_id)
    wanted = set(ids)
    return {need.id or 0: need for need in db.exec(made) if need.id in wanted}


@dataclass(frozen=True)
class Layout:
    """Where each column of the model stands in a file; what is missing, what is not of the model."""

    places: dict[str, int]
    missing: list[str]
    unknown: list[str]


def layout(header: Sequence[str]) -> Layout:
    """Read the first line of a file; accents, capitals and spaces do not matter."""
    names = {fold(column.key): column.key for column in COLUMNS} | {
        fold(_(column.title)): column.key for column in COLUMNS
    }
    names |= _OTHER_HEADINGS
    places: dict[str, int] = {}
    unknown = []
    for position, heading in enumerate(header):
        key = names.get(fold(heading).strip())
        if key and key not in places:
            places[key] = position
        elif heading:
            unknown.append(heading[:60])
    missing = [column.key for column in COLUMNS if column.needed and column.key not in places]
    return Layout(places, missing, unknown)


class Reader:
    """Reads the rows of one territory: words of people become values of forms, then each row is checked."""

    def __init__(self, here: Choices, campaign_id: int | None) -> None:
        self.here = here
        self.campaign_id = campaign_id
        self.sheets: dict[str, int] = {}
        self.places = {fold(c.name): c.insee for c in here.communes.values()}
        self.places |= {_flat(name): insee for name, insee in self.places.items()}
        self.places |= dict.fromkeys((fold(_("Tout le territoire")), fold(here.territory.name)), WHOLE)
        self.themes = {fold(t.name): code for code, t in here.themes.items()}
        self.themes |= {fold(code): code for code in here.themes}
        self.colleges = {fold(_(c.label)): c.value for c in College} | {c.value: c.value for c in College}
        self.colleges |= {word: c.value for word, c in _COLLEGES.items()}

    def read(self, number: int, cells: Mapping[str, str]) -> Filled[TranscriptionForm]:
        """One row as a form, with what is wrong in it."""
        college = fold(cells.get("college", ""))
        place = cells.get("commune", "")
        sent = {
            "origin": _ORIGINS.get(fold(cells.get("origine", "")), cells.get("origine", "")),
            "sheet_ref": cells.get("fiche", ""), "collected_on": cells.get("recueilli_le", ""),
            "place": self.places.get(fold(place)) or self.places.get(_flat(fold(place))) or place[:10],
            "theme": self.themes.get(fold(cells.get("theme", "")), cells.get("theme", "")[:40]),
            "college": self.colleges.get(college, college),
            "title": cells.get("titre", ""), "text": cells.get("texte", ""),
        }  # fmt: skip
        form = fill(TranscriptionForm, sent | ({"campaign_id": str(self.campaign_id)} if self.campaign_id else {}))
        check(self.here, form)
        self._check_sheet(number, form)
        return form

    def _check_sheet(self, number: int, form: Filled[TranscriptionForm]) -> None:
        ref = form.data.sheet_ref if form.data else ""
        if not ref:
            return
        if ref in self.here.sheets:
            form.refuse("sheet_ref", _("Cette fiche a déjà été saisie."))
        elif ref in self.sheets:
            form.refuse("sheet_ref", _("Cette fiche est déjà à la ligne %(n)s.") % {"n": self.sheets[ref]})
        else:
            self.sheets[ref] = number


def _flat(name: str) -> str:
    """« saint-thegonnec loc-eguiner » and « st thegonnec loc eguiner » are one name."""
    words = name.replace("-", " ").replace("’", " ").replace("'", " ").split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def errors_of(form: Filled[TranscriptionForm], columns: Sequence[Column]) -> dict[str, str]:
    """What is wrong by column of the model; what no column holds is said of the row."""
    help_of = {column.field: column.help for column in columns}
    told = {}
    for field, message in form.errors.items():
        listed = message == _("Choisissez une des réponses proposées.") and field in help_of
        told[_BY_FIELD.get(field, "ligne")] = (
            _("Valeur non reconnue. À écrire : %(help)s.") % {"help": _(help_of[field])} if listed else message
        )
    return told


def examined(reader: Reader, rows: Iterable[tuple[int, Mapping[str, str]]]) -> list[Row]:
    """The rows as they are kept until the import is accepted."""
    kept, columns = [], themed(reader.here)
    for number, cells in rows:
        errors = errors_of(reader.read(number, cells), columns)
        row: Row = {"n": number, "cells": dict(cells)}
        kept.append(row | {"errors": errors} if errors else row)
    return kept


@dataclass(frozen=True)
class Preview:
    """One page of the rows of an import, whose number begins at 1."""

    rows: Sequence[Row]
    number: int
    pages: int
    total: int


def preview(rows: Sequence[Row], number: int, *, only_wrong: bool) -> Preview:
    """The rows of this page, or of the last one if there are fewer."""
    chosen = [row for row in rows if row.get("errors")] if only_wrong else rows
    pages = max(1, -(-len(chosen) // SHOWN))
    number = min(max(1, number), pages)
    return Preview(chosen[(number - 1) * SHOWN : number * SHOWN], number, pages, len(chosen))


def themed(here: Choices) -> list[Column]:
    """The columns, with the themes of this accord and one of its communes as what to write."""
    themes = [theme.name for theme in here.themes.values()]
    town = max(here.communes.values(), key=lambda c: c.population).name if here.communes else ""
    columns = {column.key: column for column in COLUMNS}
    columns["theme"] = replace(columns["theme"], help=" ; ".join(themes), example=themes[0] if themes else "")
    columns["commune"] = replace(columns["commune"], example=town or _("Tout le territoire"))
    return list(columns.values())
