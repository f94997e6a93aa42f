"""« Ce n’est pas ce que j’ai dit »: an author asks to leave a group; a moderator or a technician answers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import DomainError
from app.core.forms import Filled, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.identity.access import Me, public
from app.needs.access import group_for, need_for
from app.needs.forms import LeaveAnswerForm, LeaveForm
from app.needs.models import Need, NeedGroup
from app.needs.routes.groups.reading import back, show_group
from app.needs.routes.reading import back as back_to_need
from app.needs.routes.reading import show_need
from app.needs.service import groups as service
from app.policy import GROUP_EDIT, GROUP_LEAVE, GROUP_READ, NEED_READ

router = APIRouter(dependencies=[Depends(public)])
ANCHOR = "besoin-partage"


@router.post(
    "/besoins/{need_id:int}/sortie", name="needs.ask_to_leave", dependencies=[Depends(limit("leave", "10/10minute"))]
)
def ask(
    request: Request, db: Db, me: Me, need: Annotated[Need, Depends(need_for(GROUP_LEAVE))],
    form: Annotated[Filled[LeaveForm], Depends(read(LeaveForm))],
) -> Response:  # fmt: skip
    """Ask that one's need leave its group, and say why."""
    data = form.ok
    if data is None:
        return show_need(request, db, me, need, status=422, leave_form=form)
    service.ask_to_leave(db, need, data.words, by=me.person_id)
    return back_to_need(request, need, _("Votre demande est envoyée : quelqu’un vous répond."), ANCHOR)


@router.get("/besoins/{need_id:int}/sortie", name="needs.leaving")
def back_to_the_need(request: Request, need: Annotated[Need, Depends(need_for(NEED_READ))]) -> Response:
    """The address of the form, opened again after an error, leads to its page."""
    return back_to_need(request, need, anchor=ANCHOR)


@router.post("/besoins-partages/{group_id:int}/departs/{member_id:int}", name="needs.answer_leaving")
def answer(
    request: Request, db: Db, me: Me, group: Annotated[NeedGroup, Depends(group_for(GROUP_EDIT))], member_id: int,
    form: Annotated[Filled[LeaveAnswerForm], Depends(read(LeaveAnswerForm))],
) -> Response:  # fmt: skip
    """Let a need go, or say why it stays."""
    data = form.ok
    if data is None:
        return show_group(request, db, me, group, status=422, decision=form, decided=member_id)
    try:
        need = service.answer_request(
            db, group, member_id, granted=data.decision == "sort", words=data.words, by=me.person_id or 0
        )
    except DomainError as error:
        form.refuse("words", error.message)
        return show_group(request, db, me, group, status=error.status, decision=form, decided=member_id)
    words = _("Le besoin %(reference)s continue seul : son auteur est prévenu.") if data.decision == "sort" else _(
        "Le besoin %(reference)s reste : son auteur est prévenu."
    )  # fmt: skip
    return back(request, group, words % {"reference": need.reference}, "besoins")


@router.get("/besoins-partages/{group_id:int}/departs/{member_id:int}", name="needs.leaving_answered")
def back_to_the_group(
    request: Request, group: Annotated[NeedGroup, Depends(group_for(GROUP_READ))], member_id: int
) -> Response:  # fmt: skip
    """The address of the form, opened again after an error, leads to its page."""
    return back(request, group, anchor=f"depart-{member_id}")
