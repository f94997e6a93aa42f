"""Commenting on a fiche-action; the official answers to comments."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.actions import service
from app.actions.access import sheet_for
from app.actions.forms import AnswerForm, SheetCommentForm
from app.actions.models import ActionSheet
from app.actions.routes.reading import ReadSheet, back, show_sheet
from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.forms import Filled, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.identity import queries as people
from app.identity.access import Me, public
from app.policy import SHEET_ANSWER, SHEET_COMMENT
from app.threads import queries as threads
from app.threads.forms import check_author, sent_words, speaker

router = APIRouter(dependencies=[Depends(public)])


@router.post(
    "/fiches-actions/{ref}/commentaires",
    name="actions.comment",
    dependencies=[Depends(limit("comment", "20/10minute"))],
)
def comment(
    request: Request, db: Db, me: Me, sheet: Annotated[ActionSheet, Depends(sheet_for(SHEET_COMMENT))],
    form: Annotated[Filled[SheetCommentForm], Depends(read(SheetCommentForm))],
) -> Response:  # fmt: skip
    """Comment: to moderation when signed in, by a link to confirm otherwise."""
    affiliation = speaker(form, me)
    check_author(form, me, affiliation)
    data = form.ok
    if data is None:
        return show_sheet(request, db, me, sheet, status=422, comment_form=form)
    written = service.comment(db, sheet, data, me, affiliation)
    read_before = written.version if (written.version or 0) < sheet.version else None
    words = sent_words(me)
    if read_before:
        words += " " + _("Une nouvelle version de la fiche a paru pendant que vous écriviez.")
    return back(request, sheet, words, "commentaires", lu=read_before)


@router.get("/fiches-actions/{ref}/commentaires/{comment_id:int}/reponse", name="actions.answers")
def back_to_the_comment(request: Request, sheet: ReadSheet, comment_id: int) -> Response:
    """The address of the form leads to its page."""
    return back(request, sheet, anchor=f"commentaire-{comment_id}")


@router.post("/fiches-actions/{ref}/commentaires/{comment_id:int}/reponse", name="actions.answer")
def answer(
    request: Request, db: Db, me: Me, sheet: Annotated[ActionSheet, Depends(sheet_for(SHEET_ANSWER))],
    comment_id: int, form: Annotated[Filled[AnswerForm], Depends(read(AnswerForm))],
) -> Response:  # fmt: skip
    """Answer a comment in the name of an institution."""
    asked = threads.comment(db, comment_id) if comment_id < 2**31 else None
    if asked is None or asked.thread_id != sheet.thread_id:
        raise NotFoundError(_("Ce commentaire n’existe pas sous cette fiche."))
    bodies = {b.id: b for b in people.bodies_for(db, sheet.territory_id)}
    if form.data and form.data.body_id not in bodies:
        form.refuse("body_id", _("Choisissez une des réponses proposées."))
    data = form.ok
    if data is None:
        return show_sheet(request, db, me, sheet, status=422, answer_form=form, answered=comment_id)
    service.answer(db, sheet, asked, text=data.text, body=bodies[data.body_id], by=me.person_id or 0)
    words = _("Réponse publiée : la personne qui a écrit est prévenue.")
    return back(request, sheet, words, f"commentaire-{comment_id}")
