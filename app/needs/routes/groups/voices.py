"""Supporting a group of needs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import ForbiddenError
from app.core.forms import Filled, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.identity import queries as people
from app.identity.access import Me, public
from app.needs.access import group_for
from app.needs.models import NeedGroup
from app.needs.routes.groups.reading import ReadGroup, back, show_group
from app.needs.service import groups as service
from app.policy import GROUP_SUPPORT
from app.threads import queries as threads
from app.threads.forms import NameForm, VoiceForm, check_voice, speaker

router = APIRouter(dependencies=[Depends(public)])
SupportedGroup = Annotated[NeedGroup, Depends(group_for(GROUP_SUPPORT))]


@router.post(
    "/besoins-partages/{group_id:int}/soutiens",
    name="needs.support_group",
    dependencies=[Depends(limit("support", "40/minute"))],
)
def support(
    request: Request, db: Db, me: Me, group: SupportedGroup,
    form: Annotated[Filled[VoiceForm], Depends(read(VoiceForm))],
) -> Response:  # fmt: skip
    """Support: at once when signed in, by a link to confirm otherwise."""
    person = people.person(db, me.person_id) if me.person_id else None
    affiliation = speaker(form, me)
    check_voice(form, me, affiliation)
    data = form.ok
    if data is None:
        return show_group(request, db, me, group, status=422, voice_form=form)
    if person:
        service.support(db, group, person, data.college or me.college or "", affiliation)
        words = _("Le soutien de %(name)s est compté.") % {"name": affiliation.name} if affiliation else ""
        return back(request, group, words or _("Votre soutien est compté."), "soutiens")
    if data.email and data.college:
        service.ask_support_confirmation(db, group, data.email, data.college)
    return back(request, group, _("Un message vous attend : ouvrez son lien pour que votre voix compte."), "soutiens")


@router.post("/besoins-partages/{group_id:int}/soutiens/retrait", name="needs.unsupport_group")
def unsupport(
    request: Request, db: Db, me: Me, group: SupportedGroup,
    form: Annotated[Filled[NameForm], Depends(read(NameForm))],
) -> Response:  # fmt: skip
    """Take one's support back, or that of the organisation for which one speaks."""
    affiliation = speaker(form, me)
    if form.ok is None:
        raise ForbiddenError(form.errors["in_name_of"])
    voice = threads.voice_in_name(db, group.accord.forum_id, me, affiliation)
    if voice:
        service.unsupport(db, group, voice)
    words = _("Le soutien de %(name)s est retiré.") % {"name": affiliation.name} if affiliation else ""
    return back(request, group, words or _("Votre soutien est retiré."), "soutiens")


@router.get("/besoins-partages/{group_id:int}/soutiens", name="needs.group_supports")
def back_to_the_group(request: Request, group: ReadGroup) -> Response:
    """The address of a form, opened again after an error, leads to its page."""
    return back(request, group)
