"""A facilitator prepares: the workshop, its announcement."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords.access import Place, place_for
from app.core.db import Db
from app.core.errors import ConflictError, ForbiddenError
from app.core.forms import Filled, blank, read
from app.core.i18n import fdate, local, today
from app.core.i18n import gettext as _
from app.core.web import go, page
from app.identity.access import Me
from app.places.queries import reference
from app.policy import WORKSHOP_CREATE
from app.workshops import queries, service
from app.workshops.access import RunWorkshop
from app.workshops.forms import WorkshopForm
from app.workshops.models import Workshop
from app.workshops.queries import series as series_reads
from app.workshops.service import run_sheets
from app.workshops.states import KIND_LABELS, MODE_LABELS, ROOM_LABELS, STEP_LABELS, Mode

router = APIRouter()
Here = Annotated[Place, Depends(place_for(WORKSHOP_CREATE))]
WorkshopFilled = Annotated[Filled[WorkshopForm], Depends(read(WorkshopForm))]
FIRST_DAY = timedelta(days=14)


def _new(request: Request, db: Db, here: Place, form: Filled[WorkshopForm], status: int = 200) -> Response:
    others = queries.announced(db, here.accord.id or 0)
    return page(
        request, "workshops/new.html", status=status, nav="workshops", territory=here.territory, form=form,
        modes=MODE_LABELS,
        ready=[(run_sheets.READY + key, _(name)) for key, (name, _steps) in run_sheets.SHEETS.items()],
        others=[(f"{run_sheets.COPIED}{w.id}", f"{w.title} ({fdate(w.starts_at, 'short')})") for w in others],
    )  # fmt: skip


@router.get("/territoires/{slug}/ateliers/nouveau", name="workshops.new")
def new(request: Request, db: Db, here: Here) -> Response:
    """A blank workshop, in two weeks."""
    form = blank(
        WorkshopForm, day=(today() + FIRST_DAY).isoformat(), hour="18:30", minutes=120, mode=Mode.ONSITE.value,
    )  # fmt: skip
    return _new(request, db, here, form)


@router.post("/territoires/{slug}/ateliers", name="workshops.create")
def create(request: Request, db: Db, me: Me, here: Here, form: WorkshopFilled) -> Response:
    """Create it, with the run sheet to begin with."""
    if form.ok is None:
        return _new(request, db, here, form, 422)
    workshop = service.create(db, here.accord, form.ok, by=me.person_id or 0)
    words = _("Atelier créé. Ajoutez ses séquences.")
    if form.ok.start_from and not queries.steps(db, workshop.id or 0):
        try:
            run_sheets.begin(db, workshop, form.ok.start_from)
        except ForbiddenError as refusal:
            db.rollback()
            form.refuse("start_from", refusal.message)
            return _new(request, db, here, form, 422)
        words = _("Atelier créé avec son déroulé de départ : chaque séquence se modifie.")
    return go(request, "workshops.prepare", workshop_id=workshop.id, flash=words)


def _as_it_is(db: Db, workshop: Workshop) -> Workshop:
    """Nothing of the refused act is kept, in the database or in memory."""
    db.rollback()
    db.refresh(workshop)
    return workshop


def _prepare(request: Request, db: Db, workshop: Workshop, form: Filled[WorkshopForm], status: int = 200) -> Response:
    steps = queries.steps(db, workshop.id or 0)
    return page(
        request, "workshops/prepare.html", status=status, nav="workshops", workshop=workshop, form=form, steps=steps,
        territory=reference(db).by_id[workshop.territory_id], options=queries.options(db, [s.id or 0 for s in steps]),
        missing=service.missing(db, workshop), kind_labels=KIND_LABELS, step_labels=STEP_LABELS,
        room_labels=ROOM_LABELS, modes=MODE_LABELS, changed_since=series_reads.changed_since(db, steps),
        series=series_reads.one_series(db, workshop.series_id) if workshop.series_id else None,
    )  # fmt: skip


def _values(workshop: Workshop) -> dict[str, Any]:
    names = ("title", "mode", "link", "text", "access", "minutes", "registration", "capacity", "edited")
    starts = local(workshop.starts_at)
    return {name: getattr(workshop, name) for name in names} | {
        "place": "" if workshop.mode == Mode.REMOTE else workshop.place,
        "day": starts.date().isoformat(), "hour": starts.strftime("%H:%M"),
    }  # fmt: skip


@router.get("/ateliers/{workshop_id:int}/preparation", name="workshops.prepare")
def prepare(request: Request, db: Db, workshop: RunWorkshop) -> Response:
    """The workshop and its run sheet, to change."""
    return _prepare(request, db, workshop, blank(WorkshopForm, **_values(workshop)))


@router.post("/ateliers/{workshop_id:int}/preparation", name="workshops.save")
def save(request: Request, db: Db, me: Me, workshop: RunWorkshop, form: WorkshopFilled) -> Response:
    """Change where, when, about what."""
    if form.ok is None:
        return _prepare(request, db, workshop, form, 422)
    try:
        service.save(db, workshop, form.ok, by=me.person_id or 0)
    except ConflictError as conflict:
        form.refuse("form", conflict.message)
        form.values["edited"] = _as_it_is(db, workshop).edited
        return _prepare(request, db, workshop, form, 409)
    return go(request, "workshops.prepare", workshop_id=workshop.id, flash=_("Atelier modifié."))


@router.post("/ateliers/{workshop_id:int}/annonce/retrait", name="workshops.unschedule")
def unschedule(request: Request, db: Db, me: Me, workshop: RunWorkshop) -> Response:
    """Put it off or cancel it: the announcement is taken back."""
    service.unschedule(db, workshop, by=me.person_id or 0)
    words = _("Annonce retirée : l’atelier est de nouveau en préparation.")
    return go(request, "workshops.prepare", workshop_id=workshop.id, flash=words)


@router.post("/ateliers/{workshop_id:int}/annonce", name="workshops.schedule")
def schedule(request: Request, db: Db, me: Me, workshop: RunWorkshop) -> Response:
    """Announce it to everyone."""
    service.schedule(db, workshop, by=me.person_id or 0)
    return go(request, "workshops.prepare", workshop_id=workshop.id, flash=_("Atelier annoncé : sa page est publique."))
