"""Taking position on a fiche-action, changing one's mind, taking it back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.actions import service
from app.actions.access import sheet_for
from app.actions.models import ActionSheet
from app.actions.routes.reading import back, show_sheet
from app.core.db import Db
from app.core.errors import ForbiddenError
from app.core.forms import Filled, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.identity import queries as people
from app.identity.access import Me, public
from app.policy import SHEET_POSITION
from app.threads import queries as threads
from app.threads.forms import NameForm, PositionForm, speaker

router = APIRouter(dependencies=[Depends(public)])
DebatedSheet = Annotated[ActionSheet, Depends(sheet_for(SHEET_POSITION))]
SAID = {
    "new": lambda: _("Votre position est comptée."),
    "changed": lambda: _("Votre position est changée."),
    "same": lambda: _("Votre position était déjà celle-ci : elle compte une fois."),
}

SAID_FOR = {
    "new": lambda: _("La position de %(name)s est comptée."),
    "changed": lambda: _("La position de %(name)s est changée."),
    "same": lambda: _("La position de %(name)s était déjà celle-ci : elle compte une fois."),
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
    affiliation = speaker(form, me)
    college = (form.data.college if form.data else None) or (voice.college if voice else None) or me.college
    if form.data and not (affiliation or college):
        form.refuse("college", _("Dites dans quel collège votre voix compte."))
    if form.data and person is None and not form.data.email:
        form.refuse("email", _("Une adresse est nécessaire : chaque personne compte une fois."))
    data = form.ok
    if data is None:
        return show_sheet(request, db, me, sheet, status=422, position_form=form)
    if person:
        done = service.take_position(db, sheet, person, str(college), data.stance, affiliation)
        words = SAID_FOR[done]() % {"name": affiliation.name} if affiliation else SAID[done]()
        return back(request, sheet, words, "position")
    if data.email and data.college:
        service.ask_position_confirmation(db, sheet, data.email, data.college, data.stance)
    return back(request, sheet, _("Un message vous attend : ouvrez son lien pour que votre voix compte."), "position")


@router.post("/fiches-actions/{ref}/positions/retrait", name="actions.leave")
def leave(
    request: Request, db: Db, me: Me, sheet: DebatedSheet, form: Annotated[Filled[NameForm], Depends(read(NameForm))]
) -> Response:
    """Take one's position back, or that of the organisation for which one speaks."""
    affiliation = speaker(form, me)
    if form.ok is None:
        raise ForbiddenError(form.errors["in_name_of"])
    voice = threads.voice_in_name(db, sheet.accord.forum_id, me, affiliation)
    if voice:
        service.leave_position(db, sheet, voice)
    words = _("La position de %(name)s est retirée.") % {"name": affiliation.name} if affiliation else ""
    return back(request, sheet, words or _("Votre position est retirée."), "position")
