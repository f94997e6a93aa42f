"""Photos and documents of a fiche-action, added by who writes it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.actions import service
from app.actions.access import sheet_for
from app.actions.models import ActionSheet
from app.actions.routes.reading import ReadSheet, back, show_sheet
from app.core.db import Db
from app.core.errors import ConflictError, NotFoundError
from app.core.forms import Filled, Form, read
from app.core.i18n import gettext as _
from app.core.uploads import Uploads, uploads
from app.identity.access import Me, public
from app.policy import SHEET_EDIT
from app.threads.forms import choose_again, chosen_files
from app.threads.queries import files

router = APIRouter(dependencies=[Depends(uploads), Depends(public)])
EditedSheet = Annotated[ActionSheet, Depends(sheet_for(SHEET_EDIT))]


@router.get("/fiches-actions/{ref}/fichiers", name="actions.files")
def back_to_the_files(request: Request, sheet: ReadSheet) -> Response:
    """The address of the form leads to its page."""
    return back(request, sheet, anchor="fichiers")


@router.post("/fiches-actions/{ref}/fichiers", name="actions.add_file")
def add(
    request: Request, db: Db, me: Me, sheet: EditedSheet, sent: Uploads,
    form: Annotated[Filled[Form], Depends(read(Form))],
) -> Response:  # fmt: skip
    """Join a photo or a document, read at once by whoever reads the fiche."""
    chosen = chosen_files(form, sent)
    if not sent and not form.errors:
        form.refuse("file_0", _("Choisissez un fichier."))
    if form.ok is not None:
        try:
            service.add_file(db, sheet, chosen[0], by=me.person_id)
            return back(request, sheet, _("Fichier joint à la fiche."))
        except ConflictError as full:
            form.refuse("form", full.message)
    choose_again(form, sent)
    return show_sheet(request, db, me, sheet, status=422, file_form=form)


@router.get("/fiches-actions/{ref}/fichiers/{file_id:int}/retrait", name="actions.removed_file")
def back_after_the_removal(request: Request, sheet: ReadSheet, file_id: int) -> Response:
    """The address of the form leads to its page."""
    return back(request, sheet, anchor="fichiers")


@router.post("/fiches-actions/{ref}/fichiers/{file_id:int}/retrait", name="actions.remove_file")
def remove(request: Request, db: Db, me: Me, sheet: EditedSheet, file_id: int) -> Response:
    """Take a file away from the fiche, for good."""
    file = files.one(db, file_id)
    if file is None or file.thread_id != sheet.thread_id or not file.digest:
        raise NotFoundError(_("Ce fichier n’est pas joint à cette fiche."))
    service.remove_file(db, sheet, file, by=me.person_id)
    return back(request, sheet, _("Fichier enlevé de la fiche."))
