"""Tables of a room and codes for borrowed devices: how many, and the paper that brings people in."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import ConflictError, NotFoundError
from app.core.forms import Filled, blank, read
from app.core.i18n import fdate, ngettext
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.printing import Printed, qr
from app.core.security import PRIVATE, spaced
from app.core.web import go, page
from app.places.queries import reference
from app.workshops import queries
from app.workshops.access import RunWorkshop
from app.workshops.forms import TablesForm, TicketsForm
from app.workshops.models import Workshop
from app.workshops.queries import printed as reads
from app.workshops.routes.stage import qr as inline_qr
from app.workshops.service import tables as service

router = APIRouter()
DRAWING = Depends(limit("pdf", "20/minute"))
A_CARD = 12  # codes: a first sheet and a few more


def _page(
    request: Request, db: Db, workshop: Workshop, *, form: Filled[TablesForm] | None = None,
    ticket_form: Filled[TicketsForm] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    key = workshop.id or 0
    tables, steps = queries.tables(db, key), queries.steps(db, key)
    labels = form.values.get("labels") or [] if form else [table.label for table in tables]
    return page(
        request, "workshops/tables.html", status=status, headers=PRIVATE, nav="workshops", workshop=workshop,
        territory=reference(db).by_id[workshop.territory_id], tables=tables, seats=reads.seats_at(db, key),
        labels=labels, form=form or blank(TablesForm, tables=len(tables)),
        ticket_form=ticket_form or blank(TicketsForm, codes=A_CARD),
        printed=len(reads.tickets(db, key)), used=reads.tickets_used(db, key),
        over=workshop.over,
        steps=steps, options=queries.options(db, [step.id or 0 for step in steps]),
    )  # fmt: skip


@router.get("/ateliers/{workshop_id:int}/tables", name="workshops.tables")
def show(request: Request, db: Db, workshop: RunWorkshop) -> Response:
    """The tables, and the codes for devices that are lent."""
    return _page(request, db, workshop)


@router.post("/ateliers/{workshop_id:int}/tables", name="workshops.set_tables")
def set_tables(
    request: Request, db: Db, workshop: RunWorkshop, form: Annotated[Filled[TablesForm], Depends(read(TablesForm))]
) -> Response:
    """How many, and what each is called."""
    if form.ok is None:
        return _page(request, db, workshop, form=form, status=422)
    try:
        service.set_tables(db, workshop, form.ok)
    except ConflictError as refusal:
        db.rollback()
        form.refuse("tables", refusal.message)
        return _page(request, db, workshop, form=form, status=409)
    n = form.ok.tables
    words = ngettext("%(n)s table dans la salle.", "%(n)s tables dans la salle.", n) % {"n": n}
    return go(request, "workshops.tables", workshop_id=workshop.id, flash=words)


@router.post("/ateliers/{workshop_id:int}/codes", name="workshops.print_tickets")
def print_tickets(
    request: Request, db: Db, workshop: RunWorkshop, form: Annotated[Filled[TicketsForm], Depends(read(TicketsForm))]
) -> Response:
    """Make so many more codes; the page that prints them comes next, and may be opened again."""
    if form.ok is None:
        return _page(request, db, workshop, ticket_form=form, status=422)
    try:
        service.print_tickets(db, workshop, form.ok.codes)
    except ConflictError as refusal:
        db.rollback()
        form.refuse("codes", refusal.message)
        return _page(request, db, workshop, ticket_form=form, status=409)
    return go(request, "workshops.tickets", workshop_id=workshop.id)


def _sheet(request: Request, db: Db, workshop: Workshop) -> dict[str, Any]:
    """What both documents say of the room."""
    urls, public_url = request.app.state.urls, request.app.state.settings.public_url
    return {
        "local": request.app.state.settings.is_local, "campaign": workshop.title,
        "territory": reference(db).by_id[workshop.territory_id].name,
        "text": workshop.place, "code": workshop.code, "when": fdate(workshop.starts_at, "meeting"),
        "address": (public_url + urls("workshops.find")).partition("://")[2],
    }  # fmt: skip


def _lent(request: Request, db: Db, workshop: Workshop) -> dict[str, Any]:
    """The same, with the address where a printed code is typed."""
    urls, public_url = request.app.state.urls, request.app.state.settings.public_url
    address = (public_url + urls("workshops.lent_door", code=workshop.code)).partition("://")[2]
    return _sheet(request, db, workshop) | {"address": address}


def _tables(request: Request, db: Db, workshop: Workshop) -> list[dict[str, str]]:
    urls, public_url = request.app.state.urls, request.app.state.settings.public_url
    found = [
        {
            "name": _("Table %(n)s") % {"n": table.number}, "label": table.label,
            "address": public_url + urls("workshops.table_door", code=workshop.code, key=table.key),
        }
        for table in queries.tables(db, workshop.id or 0)
    ]  # fmt: skip
    if not found:
        raise NotFoundError(_("Cette salle n’a pas de table : dites d’abord combien il y en a."))
    return found


def _tickets(request: Request, db: Db, workshop: Workshop) -> list[dict[str, str]]:
    urls, public_url = request.app.state.urls, request.app.state.settings.public_url
    found = [
        {
            "code": spaced(ticket.code),
            "address": public_url + urls("workshops.lent_door", code=workshop.code, ticket=ticket.code),
        }
        for ticket in reads.tickets(db, workshop.id or 0)
    ]
    if not found:
        raise NotFoundError(_("Aucun code n’a été imprimé pour cette salle."))
    return found


@router.get("/ateliers/{workshop_id:int}/tables/cartes", name="workshops.table_cards")
def table_cards(request: Request, db: Db, workshop: RunWorkshop) -> Response:
    """One card a table, to print from the browser."""
    cards = [table | {"qr": inline_qr(table["address"])} for table in _tables(request, db, workshop)]
    return page(
        request, "workshops/tables_cards.html", headers=PRIVATE, nav="workshops", workshop=workshop, cards=cards,
        **_sheet(request, db, workshop),
    )  # fmt: skip


@router.get(
    "/ateliers/{workshop_id:int}/tables/cartes.pdf", name="workshops.table_cards_pdf", dependencies=[DRAWING]
)  # fmt: skip
def table_cards_pdf(request: Request, db: Db, workshop: RunWorkshop) -> Response:
    """The same, as a tagged PDF."""
    cards = [table | {"qr": qr(table["address"])} for table in _tables(request, db, workshop)]
    return Printed("room_cards.typ", _sheet(request, db, workshop) | {"tables": cards}, "tables.pdf")


@router.get("/ateliers/{workshop_id:int}/codes", name="workshops.tickets")
def tickets(request: Request, db: Db, workshop: RunWorkshop) -> Response:
    """Every code of the room, to print from the browser and cut."""
    codes = [ticket | {"qr": inline_qr(ticket["address"])} for ticket in _tickets(request, db, workshop)]
    return page(
        request, "workshops/tables_codes.html", headers=PRIVATE, nav="workshops", workshop=workshop, tickets=codes,
        **_lent(request, db, workshop),
    )  # fmt: skip


@router.get("/ateliers/{workshop_id:int}/codes.pdf", name="workshops.tickets_pdf", dependencies=[DRAWING])
def tickets_pdf(request: Request, db: Db, workshop: RunWorkshop) -> Response:
    """The same, as a tagged PDF."""
    codes = [ticket | {"qr": qr(ticket["address"])} for ticket in _tickets(request, db, workshop)]
    return Printed("room_codes.typ", _lent(request, db, workshop) | {"tickets": codes}, "codes.pdf")
