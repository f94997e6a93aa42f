"""« Ce n’est pas ce que j’ai dit », with the secret code of a need."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.forms import Filled, read
from app.core.i18n import gettext as _
from app.core.web import go
from app.identity.access import Me, check, public
from app.needs.forms import LeaveForm
from app.needs.service import groups
from app.policy import NEED_WITHDRAW
from app.portal.routes.tracking import LOOKUPS, TrackedNeed, Typed, show_tracking

router = APIRouter(dependencies=[Depends(public), LOOKUPS])


@router.post("/suivi/{code}/sortie", name="portal.ask_to_leave")
def ask(
    request: Request, db: Db, me: Me, need: TrackedNeed, code: str,
    form: Annotated[Filled[LeaveForm], Depends(read(LeaveForm))],
) -> Response:  # fmt: skip
    """Its author asks that it leave its group; what an organisation said, only who speaks for it today."""
    check(me, NEED_WITHDRAW, need)
    if form.ok is None:
        return show_tracking(request, db, me, need, code, status=422, typed=Typed(leaving=form))
    groups.ask_to_leave(db, need, form.ok.words, by=me.person_id)
    return go(
        request,
        "portal.tracking",
        code=code,
        anchor="flash",
        flash=_("Votre demande est envoyée : la réponse paraîtra ici."),
    )


@router.get("/suivi/{code}/sortie", name="portal.leaving")
def back_to_the_page(request: Request, need: TrackedNeed, code: str) -> Response:
    """The address of the form, opened again after an error, leads to its page."""
    return go(request, "portal.tracking", code=code)
