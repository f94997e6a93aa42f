"""The acts of the console on the steps of the run sheet."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db, now
from app.core.forms import Filled
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.core.security import PRIVATE
from app.core.web import go, page
from app.identity.access import Me
from app.workshops import service
from app.workshops.access import ConductWorkshop, step_of
from app.workshops.forms.console import EndForm, ExtendForm, LiveForm, OrderForm, RevealForm
from app.workshops.models import Step
from app.workshops.queries import paper
from app.workshops.routes.console import Act, do, form_of, show
from app.workshops.states import StepStatus

RUN = "deroule"  # where the run sheet is on the console
router = APIRouter(prefix="/ateliers/{workshop_id:int}/sequences/{step_id:int}")


def one_step(db: Db, workshop: ConductWorkshop, step_id: int) -> Step:
    """The step of this address, if it is one of this workshop."""
    return step_of(db, workshop, step_id)


OneStep = Annotated[Step, Depends(one_step)]


@router.post("/ouverture", name="workshops.open_step")
def open_step(request: Request, db: Db, me: Me, workshop: ConductWorkshop, step: OneStep, form: Act) -> Response:
    """Show this step to everyone."""
    words = _("En cours : %(title)s") % {"title": step.title}
    return do(request, db, me, workshop, form, service.open_step, words, step)


@router.post("/cloture", name="workshops.close_step")
def close_step(request: Request, db: Db, me: Me, workshop: ConductWorkshop, step: OneStep, form: Act) -> Response:
    """End this step."""
    return do(request, db, me, workshop, form, service.close_step, _("Séquence terminée."), step)


@router.post("/reouverture", name="workshops.reopen_step")
def reopen_step(request: Request, db: Db, me: Me, workshop: ConductWorkshop, step: OneStep, form: Act) -> Response:
    """Open a closed vote, recueil or regroupement again."""
    return do(request, db, me, workshop, form, service.reopen_step, _("Rouvert pour deux minutes."), step)


@router.post("/prolongation", name="workshops.extend_step")
def extend_step(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop, step: OneStep,
    form: Annotated[Filled[ExtendForm], form_of(ExtendForm)],
) -> Response:  # fmt: skip
    """Two or five more minutes."""
    minutes = form.ok.minutes if form.ok else 2
    words = _("Cinq minutes de plus.") if minutes == 5 else _("Deux minutes de plus.")
    return do(request, db, me, workshop, form, service.extend_step, words, step, minutes=minutes)


@router.post("/echeance", name="workshops.set_end")
def set_end(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop, step: OneStep,
    form: Annotated[Filled[EndForm], form_of(EndForm)],
) -> Response:  # fmt: skip
    """When this step should end."""
    until = form.ok.moment(now()) if form.ok else None
    if until is not None and until <= now():
        form.refuse("until", _("Cette heure est passée. Pour terminer tout de suite, arrêtez la séquence."))
    if until is None or form.ok is None:
        return show(request, db, workshop, status=422, end=form)
    words = _("Fin à %(clock)s.") % {"clock": fdate(until, "clock")}
    return do(request, db, me, workshop, form, service.set_end, words, step, until=until)


@router.post("/retour", name="workshops.show_step")
def show_step(request: Request, db: Db, me: Me, workshop: ConductWorkshop, step: OneStep, form: Act) -> Response:
    """Show again what the room has seen."""
    words = _("À l’écran : %(title)s") % {"title": step.title}
    return do(request, db, me, workshop, form, service.show_step, words, step)


@router.post("/passage", name="workshops.skip_step")
def skip_step(request: Request, db: Db, me: Me, workshop: ConductWorkshop, step: OneStep, form: Act) -> Response:
    """Go past this step."""
    words = _("Séquence passée : %(title)s") % {"title": step.title}
    return do(request, db, me, workshop, form, service.skip_step, words, step, anchor=RUN)


@router.post("/retablissement", name="workshops.unskip_step")
def unskip_step(request: Request, db: Db, me: Me, workshop: ConductWorkshop, step: OneStep, form: Act) -> Response:
    """Put back a step that was passed."""
    words = _("Séquence remise : %(title)s") % {"title": step.title}
    return do(request, db, me, workshop, form, service.unskip_step, words, step, anchor=RUN)


@router.post("/rang", name="workshops.reorder_step")
def reorder_step(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop, step: OneStep,
    form: Annotated[Filled[OrderForm], form_of(OrderForm)],
) -> Response:  # fmt: skip
    """One place earlier or later."""
    offset = form.ok.offset if form.ok else 1
    words = _("Déplacée : %(title)s") % {"title": step.title}
    return do(request, db, me, workshop, form, service.reorder_step, words, step, anchor=RUN, offset=offset)


@router.post("/barres", name="workshops.set_live")
def set_live(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop, step: OneStep,
    form: Annotated[Filled[LiveForm], form_of(LiveForm)],
) -> Response:  # fmt: skip
    """Show the bars of an open vote as they grow, or hide them."""
    shown = bool(form.ok and form.ok.shown)
    words = _("Les barres se voient en direct.") if shown else _("Les barres sont cachées.")
    return do(request, db, me, workshop, form, service.set_live, words, step, shown=shown)


@router.get("/resultats", name="workshops.revealing")
def revealing(request: Request, db: Db, workshop: ConductWorkshop, step: OneStep) -> Response:
    """Ask once more when paper ballots wait: once its results are shown, a vote takes none."""
    desk = paper.desk(db, workshop, step)
    if step.status != StepStatus.CLOSED or not desk.waiting:
        return go(request, "workshops.console", workshop_id=workshop.id)
    return page(
        request, "workshops/revealing.html", headers=PRIVATE, nav="workshops", workshop=workshop, step=step, desk=desk
    )


@router.post("/resultats", name="workshops.reveal_step")
def reveal_step(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop, step: OneStep,
    form: Annotated[Filled[RevealForm], form_of(RevealForm)],
) -> Response:  # fmt: skip
    """Show the results to the room, at once unless paper ballots wait."""
    sure = form.ok is not None and form.ok.anyway
    if not sure and step.status == StepStatus.CLOSED and paper.desk(db, workshop, step).waiting:
        return go(request, "workshops.revealing", workshop_id=workshop.id, step_id=step.id)
    return do(request, db, me, workshop, form, service.reveal_step, _("Résultats montrés."), step)
