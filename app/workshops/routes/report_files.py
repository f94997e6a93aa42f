"""The report as files: PDF, DOCX, CSV, drawn once the session is over so that nobody waits for them."""

import csv
import io
from collections.abc import Callable

import anyio.to_thread
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.core import docx, pdf
from app.core.db import Db
from app.core.documents import Document, as_data
from app.core.limits import limit
from app.core.spreadsheets import guarded
from app.identity.access import public
from app.workshops.access import ReportedWorkshop
from app.workshops.models import Workshop
from app.workshops.queries import report as reports

router = APIRouter(dependencies=[Depends(public)])
FILES = Depends(limit("report", "20/minute"))


class Drawn(Response):
    """A file made after the transaction, in a thread: neither the loop nor the writers wait for it."""

    def __init__(self, draw: Callable[[], bytes], media_type: str, name: str) -> None:
        super().__init__(media_type=media_type)
        self.draw = draw
        self.said = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "private, no-cache"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Draw it, then send it."""
        drawn = await anyio.to_thread.run_sync(self.draw)
        await Response(drawn, media_type=self.media_type, headers=self.said)(scope, receive, send)


def _address(request: Request, workshop: Workshop, name: str) -> str:
    path: str = request.app.state.urls(name, workshop_id=workshop.id)
    return f"{request.app.state.settings.public_url}{path}"


def _full(request: Request, db: Db, workshop: Workshop) -> Document:
    return reports.full(reports.assemble(db, workshop), _address(request, workshop, "workshops.report"))


def _pdf(document: Document, name: str) -> Response:
    return Drawn(lambda: pdf.render("document.typ", as_data(document)), "application/pdf", f"{name}.pdf")


@router.get("/ateliers/{workshop_id:int}/compte-rendu.pdf", name="workshops.report_pdf", dependencies=[FILES])
def as_pdf(request: Request, db: Db, workshop: ReportedWorkshop) -> Response:
    """The compte rendu as a tagged PDF."""
    return _pdf(_full(request, db, workshop), f"compte-rendu-{workshop.slug}")


@router.get("/ateliers/{workshop_id:int}/compte-rendu.docx", name="workshops.report_docx", dependencies=[FILES])
def as_docx(request: Request, db: Db, workshop: ReportedWorkshop) -> Response:
    """The compte rendu for an office program."""
    document = _full(request, db, workshop)
    return Drawn(lambda: docx.as_docx(document), docx.MEDIA_TYPE, f"compte-rendu-{workshop.slug}.docx")


@router.get("/ateliers/{workshop_id:int}/compte-rendu.csv", name="workshops.report_csv", dependencies=[FILES])
def as_csv(db: Db, workshop: ReportedWorkshop) -> Response:
    """Every figure and every sentence, one a line, as CSV in UTF-8."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(reports.FIELDS)
    for row in reports.rows(reports.assemble(db, workshop)):
        rows.writerow([guarded(value) if isinstance(value, str) else value for value in row])
    headers = {
        "content-disposition": f'attachment; filename="compte-rendu-{workshop.slug}.csv"',
        "cache-control": "private, no-cache",
    }
    return Response(written.getvalue().encode(), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/ateliers/{workshop_id:int}/decisions.pdf", name="workshops.decisions_pdf", dependencies=[FILES])
def decisions_pdf(request: Request, db: Db, workshop: ReportedWorkshop) -> Response:
    """The relevé de décisions as a tagged PDF."""
    found = reports.assemble(db, workshop)
    document = reports.decisions(found, _address(request, workshop, "workshops.decisions"))
    return _pdf(document, f"decisions-{workshop.slug}")
