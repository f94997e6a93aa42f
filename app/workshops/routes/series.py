"""The same workshop in several places: copies to prepare, and a page that adds up what their rooms say."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.core.db import Db
from app.core.errors import ConflictError, NotFoundError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.web import go, page
from app.identity.access import Me, public
from app.places.queries import reference
from app.policy import WORKSHOP_CREATE, WORKSHOP_READ, WORKSHOP_REPORT
from app.workshops import queries
from app.workshops.access import workshop_for
from app.workshops.forms import MOST_COPIES, CopyForm, ReplicateForm, copies
from app.workshops.models import Series, Workshop
from app.workshops.queries import series as reads
from app.workshops.queries.report import said
from app.workshops.service import series as service
from app.workshops.states import KIND_LABELS, ROOM_LABELS

router = APIRouter()
Copied = Annotated[Workshop, Depends(workshop_for(WORKSHOP_CREATE))]
MORE = 5  # rows that the button adds


def _page(request: Request, db: Db, workshop: Workshop, form: Filled[ReplicateForm], status: int = 200) -> Response:
    communes = reference(db).communes_of(workshop.territory_id)
    series = reads.one_series(db, workshop.series_id) if workshop.series_id else None
    shown = str(form.values.get("rows") or 3)
    return page(
        request, "workshops/series_new.html", status=status, nav="workshops", workshop=workshop, form=form,
        territory=reference(db).by_id[workshop.territory_id], communes=[(c.insee, c.name) for c in communes],
        rows=min(int(shown) if shown.isascii() and shown.isdigit() else 3, MOST_COPIES), most=MOST_COPIES,
        series=series, rooms=reads.rooms_of(db, series.id or 0) if series else [],
    )  # fmt: skip


@router.get("/ateliers/{workshop_id:int}/ailleurs", name="workshops.replicate")
def replicate(request: Request, db: Db, workshop: Copied) -> Response:
    """Where and when else; three empty rows to begin with."""
    return _page(request, db, workshop, blank(ReplicateForm, title=workshop.title[:100], rows=3))


@router.post("/ateliers/{workshop_id:int}/ailleurs", name="workshops.hold_elsewhere")
def hold_elsewhere(
    request: Request, db: Db, me: Me, workshop: Copied,
    form: Annotated[Filled[ReplicateForm], Depends(read(ReplicateForm))],
) -> Response:  # fmt: skip
    """Make the copies, each with its own run sheet, in preparation."""
    if form.values.get("more"):
        form.errors.clear()
        form.values["rows"] = int(form.data.rows if form.data else 3) + MORE
        return _page(request, db, workshop, form)
    rows = _named(db, workshop, form)
    if form.ok is None:
        return _page(request, db, workshop, form, 422)
    try:
        series = service.replicate(db, workshop, form.ok.title, rows, by=me.person_id or 0)
    except ConflictError as refusal:
        db.rollback()
        form.refuse("form", refusal.message)
        return _page(request, db, workshop, form, 409)
    words = ngettext("%(n)s atelier en préparation.", "%(n)s ateliers en préparation.", len(rows)) % {"n": len(rows)}
    return go(request, "workshops.series", series_id=series.id, slug=series.slug, flash=words)


def _named(db: Db, workshop: Workshop, form: Filled[ReplicateForm]) -> list[tuple[CopyForm, str]]:
    """Each row with the name of its commune, which is one of the territory."""
    names = {c.insee: c.name for c in reference(db).communes_of(workshop.territory_id)}
    found = []
    for row in copies(form):
        if row.commune in names:
            found.append((row, names[row.commune]))
        else:
            form.refuse("form", _("Une commune n’est pas de ce territoire."))
    return found


def _readable(db: Db, me: Me, series_id: int) -> tuple[Series, list[Workshop]]:
    """A series and those of its rooms that one may read.

    Raises:
        NotFoundError: none is announced yet.
    """
    series = reads.one_series(db, series_id) if series_id < 2**31 else None
    rooms = [room for room in reads.rooms_of(db, series_id) if me.can(WORKSHOP_READ, room)] if series else []
    if series is None or not rooms:
        raise NotFoundError(_("Cette série d’ateliers n’existe pas, ou n’est pas encore annoncée."))
    return series, rooms


@router.get("/ateliers/series/{series_id:int}", name="workshops.series_short", dependencies=[Depends(public)])
def short(request: Request, db: Db, me: Me, series_id: int) -> Response:
    """The short address leads to the readable one."""
    series, _rooms = _readable(db, me, series_id)
    address = request.app.state.urls("workshops.series", series_id=series.id, slug=series.slug)
    return RedirectResponse(address, status_code=301)


@router.get("/ateliers/series/{series_id:int}-{slug}", name="workshops.series", dependencies=[Depends(public)])
def show(request: Request, db: Db, me: Me, series_id: int, slug: str) -> Response:
    """The rooms, and the results of each step added up."""
    series, rooms = _readable(db, me, series_id)
    if slug != series.slug:
        return short(request, db, me, series_id)
    votes: Any = reads.together(db, rooms, lambda room: me.can(WORKSHOP_REPORT, room))
    return page(
        request, "workshops/series.html", nav="workshops", series=series, rooms=rooms, votes=votes,
        why_hidden=said.hidden([vote.counted for vote in votes if vote.counted]),
        territory=reference(db).by_id[series.territory_id], seats=queries.seats(db, [room.id or 0 for room in rooms]),
        room_labels=ROOM_LABELS, kind_labels=KIND_LABELS,
        may_see=[room.id for room in rooms if me.can(WORKSHOP_REPORT, room)],
    )  # fmt: skip
