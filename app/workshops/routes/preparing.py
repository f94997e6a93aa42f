"""A facilitator prepares: the workshop, its steps, its announcement."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.accords.access import Place, place_for
from app.accords.states import Stage
from app.core.db import Db
from app.core.errors import ConflictError, ForbiddenError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.i18n import local, today
from app.core.web import go, page
from app.identity.access import Me
from app.places.queries import reference
from app.policy import WORKSHOP_CREATE, WORKSHOP_RUN
from app.workshops import queries, service
from app.workshops.access import step_of, workshop_for
from app.workshops.forms import MoveStepForm, StepForm, WorkshopForm
from app.workshops.models import Step, Workshop
from app.workshops.states import HANDS_LABELS, KIND_LABELS, REVEAL_LABELS, ROOM_LABELS, STEP_LABELS

router = APIRouter()
RunWorkshop = Annotated[Workshop, Depends(workshop_for(WORKSHOP_RUN))]
Here = Annotated[Place, Depends(place_for(WORKSHOP_CREATE))]
WorkshopFilled = Annotated[Filled[WorkshopForm], Depends(read(WorkshopForm))]
StepFilled = Annotated[Filled[StepForm], Depends(read(StepForm))]
FIRST_DAY = timedelta(days=14)


@router.get("/territoires/{slug}/ateliers/nouveau", name="workshops.new")
def new(request: Request, here: Here) -> Response:
    """A blank workshop, in two weeks."""
    form = blank(WorkshopForm, day=(today() + FIRST_DAY).isoformat(), hour="18:30", minutes=120)
    return page(request, "workshops/new.html", nav="workshops", territory=here.territory, form=form)


@router.post("/territoires/{slug}/ateliers", name="workshops.create")
def create(request: Request, db: Db, me: Me, here: Here, form: WorkshopFilled) -> Response:
    """Create it; its steps come next."""
    if form.ok is None:
        return page(
            request, "workshops/new.html", status=422, nav="workshops", territory=here.territory, form=form
        )  # fmt: skip
    workshop = service.create(db, here.accord, form.ok, by=me.person_id or 0)
    return go(
        request,
        "workshops.prepare",
        workshop_id=workshop.id,
        flash=_("Atelier créé. Ajoutez ses séquences."),
    )


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
        room_labels=ROOM_LABELS,
    )  # fmt: skip


@router.get("/ateliers/{workshop_id:int}/preparation", name="workshops.prepare")
def prepare(request: Request, db: Db, workshop: RunWorkshop) -> Response:
    """The workshop and its run sheet, to change."""
    starts = local(workshop.starts_at)
    form = blank(
        WorkshopForm, title=workshop.title, place=workshop.place, text=workshop.text, day=starts.date().isoformat(),
        hour=starts.strftime("%H:%M"), minutes=workshop.minutes, edited=workshop.edited,
    )  # fmt: skip
    return _prepare(request, db, workshop, form)


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


def _step_page(
    request: Request, db: Db, workshop: Workshop, step: Step | None, form: Filled[StepForm], status: int = 200
) -> Response:
    priorities = accords.priorities(db, workshop.territory_id)
    sheets = queries.sheets_to_vote(db, workshop.territory_id)
    return page(
        request, "workshops/step.html", status=status, nav="workshops", workshop=workshop, step=step, form=form,
        territory=reference(db).by_id[workshop.territory_id],
        choices_priorities=[(p.id, p.title) for p in priorities if p.status != Stage.WITHDRAWN],
        choices_sheets=[(s.id, f"{s.reference} · {s.title}") for s in sheets],
        hands_labels=HANDS_LABELS, reveal_labels=REVEAL_LABELS, kind_labels=KIND_LABELS,
    )  # fmt: skip


@router.get("/ateliers/{workshop_id:int}/sequences/nouvelle", name="workshops.new_step")
def new_step(request: Request, db: Db, workshop: RunWorkshop) -> Response:
    """A blank step."""
    form = blank(
        StepForm, kind="dots", minutes=10, dots=7, cap=3, hands="single", reveal="hidden", priorities=[], sheets=[],
        edited=workshop.edited,
    )  # fmt: skip
    return _step_page(request, db, workshop, None, form)


@router.post("/ateliers/{workshop_id:int}/sequences", name="workshops.add_step")
def add_step(request: Request, db: Db, me: Me, workshop: RunWorkshop, form: StepFilled) -> Response:
    """Add a step."""
    return _write_step(request, db, me, workshop, None, form)


def _write_step(
    request: Request, db: Db, me: Me, workshop: Workshop, step: Step | None, form: Filled[StepForm]
) -> Response:
    data, step_id = form.ok, step.id if step else None
    if data is None:
        return _step_page(request, db, workshop, step, form, 422)
    try:
        if step is None:
            service.add_step(db, workshop, data, by=me.person_id or 0)
        else:
            service.save_step(db, workshop, step, data, by=me.person_id or 0)
    except (ConflictError, ForbiddenError) as refusal:
        form.refuse("form", refusal.message)
        form.values["edited"] = _as_it_is(db, workshop).edited
        still = queries.step(db, step_id) if step_id else None  # taken out meanwhile, its words would begin another
        return _step_page(request, db, workshop, still, form, refusal.status)
    words = _("Séquence ajoutée.") if step is None else _("Séquence modifiée.")
    return go(request, "workshops.prepare", workshop_id=workshop.id, anchor="deroule", flash=words)


@router.get("/ateliers/{workshop_id:int}/sequences/{step_id:int}", name="workshops.edit_step")
def edit_step(request: Request, db: Db, workshop: RunWorkshop, step_id: int) -> Response:
    """One step, to change."""
    step = step_of(db, workshop, step_id)
    return _step_page(request, db, workshop, step, blank(StepForm, **_values(db, workshop, step)))


def _values(db: Db, workshop: Workshop, step: Step) -> dict[str, Any]:
    rows = queries.option_rows(db, step.id or 0)
    views = {view.id: view for view in queries.options(db, [step.id or 0])[step.id or 0]}
    fields = ("kind", "title", "text", "minutes", "dots", "cap", "hands", "reveal")
    return {name: getattr(step, name) for name in fields} | {
        "priorities": [str(o.priority_id) for o in rows if o.priority_id],
        "sheets": [str(o.sheet_id) for o in rows if o.sheet_id],
        "needs_typed": "\n".join(views[o.id or 0].reference for o in rows if o.need_id),
        "typed": "\n".join(o.title for o in rows if not (o.priority_id or o.sheet_id or o.need_id)),
        "edited": workshop.edited,
    }  # fmt: skip


@router.post("/ateliers/{workshop_id:int}/sequences/{step_id:int}", name="workshops.save_step")
def save_step(request: Request, db: Db, me: Me, workshop: RunWorkshop, step_id: int, form: StepFilled) -> Response:
    """Change a step."""
    return _write_step(request, db, me, workshop, step_of(db, workshop, step_id), form)


@router.post("/ateliers/{workshop_id:int}/sequences/{step_id:int}/retrait", name="workshops.remove_step")
def remove_step(request: Request, db: Db, workshop: RunWorkshop, step_id: int) -> Response:
    """Take a step out."""
    service.remove_step(db, workshop, step_of(db, workshop, step_id))
    return go(request, "workshops.prepare", workshop_id=workshop.id, anchor="deroule", flash=_("Séquence retirée."))


@router.post("/ateliers/{workshop_id:int}/sequences/{step_id:int}/ordre", name="workshops.move_step")
def move_step(
    request: Request, db: Db, workshop: RunWorkshop, step_id: int,
    form: Annotated[Filled[MoveStepForm], Depends(read(MoveStepForm))],
) -> Response:  # fmt: skip
    """Earlier or later."""
    if form.ok:
        service.move_step(db, workshop, step_of(db, workshop, step_id), form.ok.offset)
    return go(request, "workshops.prepare", workshop_id=workshop.id, anchor="deroule")


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
