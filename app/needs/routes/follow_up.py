"""A technician attaches a need and answers it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.core.db import Db
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.core.web import page
from app.identity import queries as people
from app.identity.access import Me, public
from app.needs import service
from app.needs.access import need_for
from app.needs.forms import AnswerForm, AttachForm
from app.needs.models import Need
from app.needs.queries import fil, groups
from app.needs.routes.awaited import onwards
from app.needs.routes.reading import back
from app.needs.states import OUTCOME_LABELS
from app.places.queries import reference
from app.policy import NEED_ANSWER, NEED_ATTACH, NEED_READ

router = APIRouter(dependencies=[Depends(public)])
ReadNeed = Annotated[Need, Depends(need_for(NEED_READ))]


def _follow_page(
    request: Request, db: Db, need: Need, *, status: int = 200, retour: str = "",
    attach: Filled[AttachForm] | None = None, answer: Filled[AnswerForm] | None = None,
) -> Response:  # fmt: skip
    priorities = [
        p for p in accords.priorities(db, need.territory_id) if p.status != "withdrawn" or p.id == need.priority_id
    ]
    return page(
        request, "needs/follow.html", status=status, nav="needs", need=need,
        territory=reference(db).by_id[need.territory_id], steps=fil.steps(db, need), place=groups.place_of(db, need),
        attach_form=attach or blank(AttachForm, priority_id=need.priority_id, retour=retour),
        answer_form=answer or blank(AnswerForm, answered_on=today().isoformat(), retour=retour),
        priorities=[(p.id, p.title) for p in priorities], outcomes=[(o.value, _(t)) for o, t in OUTCOME_LABELS.items()],
        bodies=[(b.id, b.name) for b in people.bodies_for(db, need.territory_id)],
    )  # fmt: skip


@router.get("/besoins/{need_id:int}/suite", name="needs.follow")
def follow(
    request: Request, db: Db, need: Annotated[Need, Depends(need_for(NEED_ATTACH))], retour: str = ""
) -> Response:  # fmt: skip
    """A technician's page: attach this need, answer it."""
    return _follow_page(request, db, need, retour=retour[:300])


@router.post("/besoins/{need_id:int}/rattachement", name="needs.attach")
def attach(
    request: Request, db: Db, me: Me, need: Annotated[Need, Depends(need_for(NEED_ATTACH))],
    form: Annotated[Filled[AttachForm], Depends(read(AttachForm))],
) -> Response:  # fmt: skip
    """Attach to a priorité, or detach."""
    chosen = form.data.priority_id if form.data else None
    priority = accords.priority(db, chosen) if chosen else None
    if chosen and priority is None:
        form.refuse("priority_id", _("Choisissez une des réponses proposées."))
    if not chosen and need.priority_id is None:
        form.refuse("priority_id", _("Choisissez une priorité dans la liste."))
    if form.ok is None:
        return _follow_page(request, db, need, status=422, attach=form)
    service.attach(db, need, priority, by=me.person_id or 0, note=form.ok.note)
    words = _("Rattachement enregistré : le fil et le tableau suivent.")
    return onwards(request, form.ok.retour, words) or back(request, need, words, "fil")


@router.post("/besoins/{need_id:int}/reponses", name="needs.answer")
def answer(
    request: Request, db: Db, me: Me, need: Annotated[Need, Depends(need_for(NEED_ANSWER))],
    form: Annotated[Filled[AnswerForm], Depends(read(AnswerForm))],
) -> Response:  # fmt: skip
    """Answer a need."""
    bodies = {b.id: b for b in people.bodies_for(db, need.territory_id)}
    if form.data and form.data.body_id not in bodies:
        form.refuse("body_id", _("Choisissez une des réponses proposées."))
    data = form.ok
    if data is None:
        return _follow_page(request, db, need, status=422, answer=form)
    service.answer(db, need, data, bodies[data.body_id], by=me.person_id or 0)
    words = _("Réponse publiée : son auteur est prévenu.")
    return onwards(request, data.retour, words) or back(request, need, words, "fil")
