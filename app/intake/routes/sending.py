"""A spreadsheet arrives: it is read before the database is opened, so that a slow sender makes nobody wait."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Depends, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from app.core.db import Db
from app.core.forms import clean
from app.core.i18n import fnum
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.spreadsheets import Table, UnreadableError, read_table
from app.core.web import go, page
from app.identity.access import Me
from app.intake.access import choices_for
from app.intake.queries.choices import Choices
from app.intake.queries.imports import COLUMNS, MAX_BYTES, MAX_ROWS, layout
from app.intake.routes.bench import around, offered
from app.intake.service import imports as verbs
from app.policy import NEED_TRANSCRIBE

SENDING = limit("import", "30/10minute")
SAID = 5  # headings of a file that are told
ROOM = 64 * 1024  # bytes of a form around its file


@dataclass(frozen=True)
class Arrived:
    """The file of a form, read as a table, or why it cannot be; and the collecte chosen for it."""

    filename: str = ""
    table: Table | None = None
    problem: str = ""
    campaign: str = ""
    unknown: list[str] = field(default_factory=list)


def _problem(why: str) -> str:
    return {
        "old": _("Ce fichier est au format .xls, trop ancien : enregistrez-le en .xlsx ou en .csv."),
        "text": _("Ce fichier n’est ni un tableau .xlsx, ni un texte .csv."),
        "empty": _("Ce fichier ne contient aucune ligne sous ses titres de colonnes."),
        "rows": _("Ce fichier dépasse %(n)s lignes : partagez-le en plusieurs.") % {"n": fnum(MAX_ROWS)},
        "long": _("Ce fichier contient trop de texte : raccourcissez ses plus longues cellules, ou partagez-le."),
    }.get(why, _("Ce fichier est abîmé : ouvrez-le dans un tableur, puis enregistrez-le de nouveau."))


async def arrived(request: Request) -> AsyncIterator[Arrived]:
    """A dependency, to put first: what was sent.

    Raises:
        TooManyError: too many files from one connection.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        yield Arrived(problem=_("Choisissez un fichier."))
        return
    SENDING.count(request)
    request.state.body_limit = MAX_BYTES + ROOM
    async with request.form(max_files=1, max_fields=10) as form:
        part, campaign = form.get("file"), form.get("campaign_id", "")
        chosen = str(campaign)[:10] if isinstance(campaign, str) else ""
        if not isinstance(part, UploadFile) or not part.filename:
            yield Arrived(problem=_("Choisissez un fichier."), campaign=chosen)
            return
        name = clean(part.filename.replace("\\", "/").rpartition("/")[2])
        if (part.size or 0) > MAX_BYTES:
            message = _("Ce fichier est trop lourd : %(n)s Mo au plus.") % {"n": MAX_BYTES // 2**20}
            yield Arrived(name, problem=message, campaign=chosen)
            return
        content = await part.read()
    async with request.app.state.checking:
        try:
            table = await anyio.to_thread.run_sync(lambda: read_table(content, max_rows=MAX_ROWS))
            yield Arrived(name, table, campaign=chosen)
        except UnreadableError as wrong:
            yield Arrived(name, problem=_problem(wrong.why), campaign=chosen)


def _few(headings: Sequence[str]) -> str:
    """The first of them, cut short: they travel in a cookie, which holds 4,000 bytes."""
    named = ", ".join(clean(heading)[:30] for heading in headings[:SAID])
    return f"{named}…" if len(headings) > SAID else named


router = APIRouter(dependencies=[Depends(arrived)])
File = Annotated[Arrived, Depends(arrived)]
Here = Annotated[Choices, Depends(choices_for(NEED_TRANSCRIBE, with_sheets=True))]


@router.post("/saisie/import", name="intake.send")
def send(request: Request, file: File, db: Db, me: Me, here: Here) -> Response:
    """Keep the rows of a file, each with what is wrong in it, and show them."""
    problem, campaign = file.problem, int(file.campaign) if file.campaign.isdecimal() else None
    found = layout(file.table.header) if file.table else None
    if found and found.missing:
        problem = _("Il manque ces colonnes : %(names)s. Partez du fichier modèle.") % {
            "names": ", ".join(found.missing)
        }
    elif campaign is not None and campaign not in here.campaigns:
        problem = _("Choisissez une collecte de la liste.")
    if problem or file.table is None or found is None:
        return page(
            request, "intake/import_new.html", status=422, problem=problem, chosen=file.campaign, columns=COLUMNS,
            **offered(here), **around(db, me, here.territory),
        )  # fmt: skip
    rows = [
        (number, {key: clean(cells[at]) if at < len(cells) else "" for key, at in found.places.items()})
        for number, cells in file.table.rows
    ]
    kept = verbs.keep(db, here, rows, campaign_id=campaign, filename=file.filename, by=me.person_id or 0)
    words = _("Colonnes laissées de côté : %(names)s.") % {"names": _few(found.unknown)} if found.unknown else None
    return go(request, "intake.import", import_id=kept.id, flash=words, level="info")
