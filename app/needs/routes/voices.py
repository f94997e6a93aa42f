"""Supporting a need, commenting on it."""

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
from app.needs import service
from app.needs.access import need_for
from app.needs.models import Need
from app.needs.routes.reading import back, show_need
from app.policy import NEED_COMMENT, NEED_READ, NEED_SUPPORT
from app.threads import queries as threads
from app.threads.forms import CommentForm, NameForm, VoiceForm, check_author, check_voice, sent_words, speaker

router = APIRouter(dependencies=[Depends(public)])
ReadNeed = Annotated[Need, Depends(need_for(NEED_READ))]


@router.post(
    "/besoins/{need_id:int}/soutiens",
    name="needs.support",
    dependencies=[Depends(limit("support", "40/minute"))],
)
def support(
    request: Request, db: Db, me: Me, need: Annotated[Need, Depends(need_for(NEED_SUPPORT))],
    form: Annotated[Filled[VoiceForm], Depends(read(VoiceForm))],
) -> Response:  # fmt: skip
    """Support: at once when signed in, by a link to confirm otherwise."""
    person = people.person(db, me.person_id) if me.person_id else None
    affiliation = speaker(form, me)
    check_voice(form, me, affiliation)
    data = form.ok
    if data is None:
        return show_need(request, db, me, need, status=422, voice_form=form)
    if person:
        service.support(db, need, person, data.college or me.college or "", affiliation)
        words = _("Le soutien de %(name)s est compté.") % {"name": affiliation.name} if affiliation else ""
        return back(request, need, words or _("Votre soutien est compté."), "soutiens")
    if data.email and data.college:
        service.ask_support_confirmation(db, need, data.email, data.college)
    return back(request, need, _("Un message vous attend : ouvrez son lien pour que votre voix compte."), "soutiens")


@router.post("/besoins/{need_id:int}/soutiens/retrait", name="needs.unsupport")
def unsupport(
    request: Request, db: Db, me: Me, need: Annotated[Need, Depends(need_for(NEED_SUPPORT))],
    form: Annotated[Filled[NameForm], Depends(read(NameForm))],
) -> Response:  # fmt: skip
    """Take one's support back, or that of the organisation for which one speaks."""
    affiliation = speaker(form, me)
    if form.ok is None:
        raise ForbiddenError(form.errors["in_name_of"])
    voice = threads.voice_in_name(db, need.accord.forum_id, me, affiliation)
    if voice:
        service.unsupport(db, need, voice)
    words = _("Le soutien de %(name)s est retiré.") % {"name": affiliation.name} if affiliation else ""
    return back(request, need, words or _("Votre soutien est retiré."), "soutiens")


@router.post(
    "/besoins/{need_id:int}/commentaires",
    name="needs.comment",
    dependencies=[Depends(limit("comment", "20/10minute"))],
)
def comment(
    request: Request, db: Db, me: Me, need: Annotated[Need, Depends(need_for(NEED_COMMENT))],
    form: Annotated[Filled[CommentForm], Depends(read(CommentForm))],
) -> Response:  # fmt: skip
    """Comment: to moderation when signed in, by a link to confirm otherwise."""
    affiliation = speaker(form, me)
    check_author(form, me, affiliation)
    data = form.ok
    if data is None:
        return show_need(request, db, me, need, status=422, comment_form=form)
    service.comment(db, need, data, me, affiliation)
    return back(request, need, sent_words(me), "commentaires")


@router.get("/besoins/{need_id:int}/soutiens", name="needs.supports")
@router.get("/besoins/{need_id:int}/commentaires", name="needs.comments")
def back_to_the_need(request: Request, need: ReadNeed) -> Response:
    """The address of a form, opened again after an error, leads to its page."""
    return back(request, need)
