"""Taking position on a fiche-action, changing one's mind, taking it back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.actions import service
from app.actions.access import sheet_for
from app.actions.models import ActionSheet
from app.actions.routes.reading import back, show_sheet
from app.core.db import Db
from app.core.forms import Filled, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.identity import queries as people
from app.identity.access import Me, public
from app.policy import SHEET_POSITION
from app.threads import queries as threads
from app.threads.forms import PositionForm

router = APIRouter(dependencies=[Depends(public)])
DebatedSheet = Annotated[ActionSheet, Depends(sheet_for(SHEET_POSITION))]
SAID = {
    "new": lambda: _("Votre position est comptée."),
    "changed": lambda: _("Votre position est changée."),
    "same": lambda: _("Votre position était déjà celle-ci : elle compte une fois."),
}


@router.post(
    "/fiches-actions/{ref}/positions",
    name="actions.position",
    dependencies=[Depends(limit("position", "40/minute"))],
)
def position(
    request: Request, db: Db, me: Me, sheet: DebatedSheet,
    form: Annotated[Filled[PositionForm], Depends(read(PositionForm))],
) -> Response:  # fmt: skip
    """Take position: at once when signed in, by a link to confirm otherwise."""
    person = people.person(db, me.person_id) if me.person_id else None
    voice = threads.voice_of(db, sheet.accord.forum_id, me.person_id)
    college = (form.data.college if form.data else None) or (voice.college if voice else None) or me.college
    if form.data and not college:
        form.refuse("college", _("Dites dans quel collège votre voix compte."))
    if form.data and person is None and not form.data.email:
        form.refuse("email", _("Une adresse est nécessaire : chaque personne compte une fois."))
    data = form.ok
    if data is None:
        return show_sheet(request, db, me, sheet, status=422, position_form=form)
    if person:
        done = service.take_position(db, sheet, person, str(college), data.stance)
        return back(request, sheet, SAID[done](), "position")
    if data.email and data.college:
        service.ask_position_confirmation(db, sheet, data.email, data.college, data.stance)
    return back(request, sheet, _("Un message vous attend : ouvrez son lien pour que votre voix compte."), "position")


@router.post("/fiches-actions/{ref}/positions/retrait", name="actions.leave")
def leave(request: Request, db: Db, me: Me, sheet: DebatedSheet) -> Response:
    """Take one's position back."""
    voice = threads.voice_of(db, sheet.accord.forum_id, me.person_id)
    if voice:
        service.leave_position(db, sheet, voice)
    return back(request, sheet, _("Votre position est retirée."), "position")
