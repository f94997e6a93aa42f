"""The crew types cards in: in the name of a table, or from notes on paper."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import DomainError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.web import go, page
from app.identity.access import Me
from app.identity.states import College
from app.places.queries import reference
from app.threads.service import submission_key
from app.workshops import queries
from app.workshops.access import ScribeWorkshop, step_of
from app.workshops.forms.cards import TypedCardForm
from app.workshops.models import Step, Workshop
from app.workshops.queries import cards as reads
from app.workshops.service import cards as verbs
from app.workshops.states import Duty

router = APIRouter()
LAST_TYPED = 8


def _page(
    request: Request, db: Db, workshop: Workshop, step: Step | None, form: Filled[TypedCardForm], status: int = 200
) -> Response:
    tables = queries.tables(db, workshop.id or 0)
    return page(
        request, "workshops/type_cards.html", status=status, nav="workshops", workshop=workshop, step=step, form=form,
        territory=reference(db).by_id[workshop.territory_id], recueils=reads.recueils(db, workshop.id or 0),
        tables=[(table.id, reads.table_people(table)) for table in tables],
        college_options=[(c.value, _(c.label)) for c in College],
        last=reads.typed(db, step.id or 0, LAST_TYPED) if step else [],
    )  # fmt: skip


def _own_table(workshop: Workshop, me: Me) -> int | None:
    mine = (m for m in workshop.crew if m.person_id == me.person_id and m.duty == Duty.SCRIBE)
    return next((member.table_id for member in mine), None)


@router.get("/ateliers/{workshop_id:int}/cartes/saisie", name="workshops.type_cards")
def show(request: Request, db: Db, me: Me, workshop: ScribeWorkshop, etape: int = 0, table: int = 0) -> Response:
    """A blank card."""
    held = [step for step in reads.recueils(db, workshop.id or 0) if step.opened_at]
    step = next((s for s in held if s.id == etape), held[-1] if held else None)
    form = blank(
        TypedCardForm, step=step.id if step else "", key=submission_key(), table=table or _own_table(workshop, me)
    )
    return _page(request, db, workshop, step, form)


@router.post("/ateliers/{workshop_id:int}/cartes/saisie", name="workshops.typed_card")
def typed(
    request: Request, db: Db, me: Me, workshop: ScribeWorkshop,
    form: Annotated[Filled[TypedCardForm], Depends(read(TypedCardForm))],
) -> Response:  # fmt: skip
    """Keep it, and offer a blank one for the same table."""
    known = {str(step.id): step for step in reads.recueils(db, workshop.id or 0)}
    step = known.get(str(form.values["step"]))
    if form.ok is None or step is None:
        return _page(request, db, workshop, step, form, 422)
    try:
        card = verbs.type_in(db, workshop, step_of(db, workshop, form.ok.step), form.ok, by=me.person_id or 0)
    except DomainError as refused:
        form.refuse("text", refused.message)
        return _page(request, db, workshop, step, form, int(refused.status))
    words = _("Carte enregistrée, à lire avant de l’afficher.") if step.approve else _("Carte enregistrée et affichée.")
    return go(
        request, "workshops.type_cards", workshop_id=workshop.id, etape=step.id, table=card.table_id or "", flash=words
    )
