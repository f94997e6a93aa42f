"""Imports: the model file, the preview of what was sent, « Tout importer », the codes to give."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import ConflictError
from app.core.forms import Filled, read
from app.core.i18n import gettext as _
from app.core.security import PRIVATE
from app.core.spreadsheets import guarded
from app.core.web import go, page
from app.identity.access import Me
from app.intake.access import choices_for, import_for
from app.intake.forms import AcceptForm
from app.intake.models import NeedImport
from app.intake.queries import imports
from app.intake.queries.choices import Choices, choices
from app.intake.routes.bench import around, offered
from app.intake.service import imports as verbs
from app.intake.states import IMPORT_LABELS, ImportStatus
from app.places.queries import reference
from app.policy import NEED_TRANSCRIBE
from app.threads import service as thread_verbs

router = APIRouter()
Here = Annotated[Choices, Depends(choices_for(NEED_TRANSCRIBE))]
Held = Annotated[NeedImport, Depends(import_for(NEED_TRANSCRIBE))]
Accepted = Annotated[Filled[AcceptForm], Depends(read(AcceptForm))]


@router.get("/saisie/import", name="intake.new_import")
def new(request: Request, db: Db, me: Me, here: Here) -> Response:
    """Where to send a file, and what its columns may hold."""
    return page(
        request, "intake/import_new.html", problem="", chosen="", columns=imports.themed(here),
        **offered(here), **around(db, me, here.territory),
    )  # fmt: skip


def _csv(name: str, lines: Iterable[Sequence[str]]) -> Response:
    """A CSV that an office program opens by a double click: marked UTF-8, semicolons, no formula."""
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows([guarded(cell) for cell in line] for line in lines)
    headers = PRIVATE | {"content-disposition": f'attachment; filename="{name}"'}
    return Response(("\ufeff" + written.getvalue()).encode(), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/saisie/import/modele.csv", name="intake.model")
def model(here: Here) -> Response:
    """The model file: its headings, and one example."""
    columns = imports.themed(here)
    return _csv("modele-saisie.csv", [[c.key for c in columns], [_(c.example) for c in columns]])


def _show(
    request: Request, db: Db, me: Me, held: NeedImport, *, number: int = 1, only_wrong: bool = False, once: str = "",
    status: int = 200, message: str = "",
) -> Response:  # fmt: skip
    read_now = held.status == ImportStatus.READ
    shown = imports.preview(held.rows if read_now else [], number, only_wrong=only_wrong)
    return page(
        request, "intake/import.html", status=status, headers=PRIVATE, held=held, shown=shown,
        only_wrong=only_wrong, columns=imports.COLUMNS, labels=IMPORT_LABELS, message=message,
        once=once or thread_verbs.submission_key(), has_codes=bool(once) and not read_now,
        **around(db, me, reference(db).by_id[held.territory_id]),
    )  # fmt: skip


@router.get("/saisie/import/{import_id:int}", name="intake.import")
def show(request: Request, db: Db, me: Me, held: Held, p: int = 1, erreurs: int = 0) -> Response:
    """What was read, a page at a time; with ``erreurs``, only what is wrong."""
    return _show(request, db, me, held, number=p, only_wrong=bool(erreurs) and held.wrong > 0)


@router.get("/saisie/import/{import_id:int}/a-corriger.csv", name="intake.to_correct")
def to_correct(held: Held) -> Response:
    """The whole file again, with what is wrong in front of each row: correct it and send it back as it is."""
    keys = [column.key for column in imports.COLUMNS]
    lines = [["erreurs", *keys]]
    for row in held.rows if held.status == ImportStatus.READ else []:
        told = " ".join(f"{key} : {message}" for key, message in row.get("errors", {}).items())
        lines.append([told, *(row["cells"].get(key, "") for key in keys)])
    return _csv(f"a-corriger-{held.id}.csv", lines)


@router.post("/saisie/import/{import_id:int}/tout-importer", name="intake.accept")
def accept(request: Request, db: Db, me: Me, held: Held, form: Accepted) -> Response:
    """Every row becomes a need, or none does; asked twice, it is done once."""
    here = choices(db, reference(db).by_id[held.territory_id], with_sheets=True)
    if form.ok is None or here is None:
        return _show(request, db, me, held, status=422, message=_("Cette page a expiré : recommencez."))
    try:
        done = verbs.accept(db, held, here, once=form.ok.once, by=me.person_id or 0)
    except ConflictError as moved:
        return _show(request, db, me, held, status=409, message=moved.message)
    if not done:
        words = _("Le site a changé depuis la lecture du fichier : voyez les lignes à corriger.")
        return go(request, "intake.import", import_id=held.id, erreurs=1, flash=words, level="attention")
    return _show(request, db, me, held, once=form.ok.once)


@router.post("/saisie/import/{import_id:int}/codes.csv", name="intake.codes")
def codes(request: Request, db: Db, me: Me, held: Held, form: Accepted) -> Response:
    """The tracking codes of the rows without a printed stub; only the page that accepted the import can ask."""
    if form.ok is None or held.status != ImportStatus.DONE:
        return _show(request, db, me, held, status=422, message=_("Cette page a expiré : recommencez."))
    found = verbs.codes(held, imports.needs_of(db, held), form.ok.once)
    lines = [["reference", "fiche", "titre", "code_de_suivi"]]
    lines += [[need.reference, need.sheet_ref or "", need.title, code] for need, code in found]
    return _csv(f"codes-{held.id}.csv", lines)


@router.post("/saisie/import/{import_id:int}/abandon", name="intake.give_up")
def give_up(request: Request, db: Db, me: Me, held: Held) -> Response:
    """Nothing of it becomes a need."""
    verbs.give_up(db, held, by=me.person_id or 0)
    slug = reference(db).by_id[held.territory_id].slug
    return go(request, "intake.new_import", territoire=slug, flash=_("Import abandonné : ses lignes sont effacées."))
