"""The data page, the files and their schemas."""

import csv
import io

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from app.core.db import Db, now
from app.core.i18n import today
from app.core.limits import limit
from app.core.settings import get_settings
from app.core.spreadsheets import guarded
from app.core.web import page
from app.identity.access import public
from app.needs import queries as needs
from app.needs.forms import NeedFilter
from app.opendata import queries

router = APIRouter(dependencies=[Depends(public)])


@router.get("/donnees", name="opendata.index")
def index(request: Request, db: Db) -> Response:
    """What is published, under which licence, with which fields."""
    return page(
        request,
        "opendata/index.html",
        fields=queries.NEED_FIELDS,
        total=needs.count(db, NeedFilter()),
        day=today(),
    )


@router.get("/donnees/besoins.csv", name="opendata.needs", dependencies=[Depends(limit("csv", "20/minute"))])
def needs_csv(db: Db) -> Response:
    """Every published need, as CSV in UTF-8."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow([name for name, *_rest in queries.NEED_FIELDS])
    for row in queries.need_rows(db):
        rows.writerow([guarded(value) if isinstance(value, str) else value for value in row])
    name = f"emglev-besoins-{today().isoformat()}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(written.getvalue().encode(), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/donnees/besoins.schema.json", name="opendata.schema")
def schema() -> Response:
    """The Table Schema of the needs."""
    return JSONResponse(queries.need_schema())


@router.get("/donnees/datapackage.json", name="opendata.package")
def package() -> Response:
    """What is published, for machines."""
    return JSONResponse(queries.datapackage(get_settings().public_url, now().isoformat(timespec="seconds")))
