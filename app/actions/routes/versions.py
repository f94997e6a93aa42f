"""Publishing a version of a fiche-action, reading one, comparing any two."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.actions import compare, queries, service
from app.actions.access import sheet_for
from app.actions.forms import PublishForm
from app.actions.models import ActionSheet, SheetVersion
from app.actions.routes.reading import ReadSheet, back, show_sheet
from app.actions.states import FIELD_LABELS, FIELDS, FUNDING_LABELS, SHEET_LABELS, whole
from app.core.db import Db
from app.core.errors import ConflictError, NotFoundError
from app.core.forms import Filled, read
from app.core.i18n import gettext as _
from app.core.web import page
from app.identity.access import Me, public
from app.places.queries import reference
from app.policy import SHEET_EDIT

router = APIRouter(dependencies=[Depends(public)])


def _number(typed: str, default: int, last: int) -> int:
    """A version as an address names it; what is not one gives the default."""
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else default
    return number if 1 <= number <= last else default


def _published(db: Db, sheet: ActionSheet, number: int) -> SheetVersion:
    version = queries.version(db, sheet.id or 0, number) if number < 2**31 else None
    if version is None:
        raise NotFoundError(_("Cette version n’existe pas."))
    return version


@router.post("/fiches-actions/{ref}/versions", name="actions.publish")
def publish(
    request: Request, db: Db, me: Me, sheet: Annotated[ActionSheet, Depends(sheet_for(SHEET_EDIT))],
    form: Annotated[Filled[PublishForm], Depends(read(PublishForm))],
) -> Response:  # fmt: skip
    """Give the words to be read, as a numbered version."""
    data = form.ok
    if data is None:
        return show_sheet(request, db, me, sheet, status=422, publish_form=form)
    try:
        version = service.publish_version(db, sheet, by=me.person_id, note=data.note)
    except ConflictError as same:
        form.refuse("note", same.message)
        return show_sheet(request, db, me, sheet, status=409, publish_form=form)
    return back(request, sheet, _("Version %(n)s publiée.") % {"n": version.number})


@router.get("/fiches-actions/{ref}/versions", name="actions.compare")
def compare_versions(request: Request, db: Db, sheet: ReadSheet, de: str = "", a: str = "") -> Response:
    """Two versions, field by field and word by word; without choice, the last two."""
    versions = queries.versions(db, sheet.id or 0)
    if not versions:
        raise NotFoundError(_("Cette fiche n’a pas encore de version publiée."))
    newer = _number(a, sheet.version, sheet.version)
    older = _number(de, max(1, newer - 1), sheet.version)
    before, after = _published(db, sheet, older), _published(db, sheet, newer)
    return page(
        request, "actions/compare.html", nav="actions", sheet=sheet, versions=versions, older=older, newer=newer,
        note=after.note, territory=reference(db).by_id[sheet.territory_id], fields=FIELD_LABELS,
        fundings=FUNDING_LABELS, changes=compare.differences(whole(before.content), whole(after.content), FIELDS),
    )  # fmt: skip


@router.get("/fiches-actions/{ref}/versions/{number:int}", name="actions.version")
def version(request: Request, db: Db, sheet: ReadSheet, number: int) -> Response:
    """One version, as it was published."""
    shown = _published(db, sheet, number)
    return page(
        request, "actions/version.html", nav="actions", sheet=sheet, version=shown, words=whole(shown.content),
        territory=reference(db).by_id[sheet.territory_id], fundings=FUNDING_LABELS, labels=SHEET_LABELS,
    )  # fmt: skip
