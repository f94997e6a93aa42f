"""Sharing the work: take in charge, give, give back, ask, answer, step back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.forms import Filled, read
from app.core.i18n import gettext as _
from app.core.web import go
from app.identity.access import Me, Requires
from app.moderation.access import moderated
from app.moderation.forms.deciding import AnswerForm, AssignForm, QuestionForm
from app.moderation.queries import items
from app.moderation.queries.items import Item
from app.moderation.routes.context import find, kind_of, onward
from app.moderation.service import sharing
from app.policy import MODERATION_OPEN

router = APIRouter(dependencies=[Depends(Requires(MODERATION_OPEN))])
Moderated = Annotated[Item, Depends(moderated)]


def _back(request: Request, item: Item, words: str, level: str = "ok") -> Response:
    kept = find(request).kept
    return go(
        request, "moderation.item", flash=words, level=level, kind=kind_of(item).value, item_id=item.id,
        anchor="partage", **kept,
    )  # fmt: skip


@router.post("/moderation/{kind}/{item_id:int}/prise", name="moderation.claim")
def claim(request: Request, db: Db, me: Me, item: Moderated, main: str = "") -> Response:
    """Take it in charge; ``main=oui`` takes it from somebody else's hands."""
    sharing.claim(db, item, by=me.person_id or 0, take_over=main == "oui")
    return _back(request, item, _("C’est vous qui vous en occupez, pendant deux heures."))


@router.post("/moderation/{kind}/{item_id:int}/rendu", name="moderation.release")
def release(request: Request, db: Db, me: Me, item: Moderated) -> Response:
    """Give it back to everybody."""
    sharing.release(db, item, by=me.person_id or 0)
    return _back(request, item, _("Elle est de nouveau à tout le monde."))


@router.post("/moderation/{kind}/{item_id:int}/confiee", name="moderation.assign")
def assign(
    request: Request, db: Db, me: Me, item: Moderated, form: Annotated[Filled[AssignForm], Depends(read(AssignForm))]
) -> Response:
    """Give it to another moderator of the territory."""
    if form.ok is None:
        return _back(request, item, _("Choisissez à qui la confier."), "attention")
    sharing.assign(db, item, to=form.ok.to, by=me.person_id or 0)
    return onward(request, _("Elle est confiée."))


@router.post("/moderation/{kind}/{item_id:int}/avis", name="moderation.ask")
def ask(
    request: Request, db: Db, me: Me, item: Moderated,
    form: Annotated[Filled[QuestionForm], Depends(read(QuestionForm))],
) -> Response:  # fmt: skip
    """Ask the other moderators what they think."""
    if form.ok is None:
        return _back(request, item, _("Écrivez votre question : 5 à 600 caractères."), "attention")
    sharing.ask(db, item, form.ok.question, by=me.person_id or 0)
    return _back(request, item, _("Votre question est visible de toute l’équipe de relecture."))


@router.post("/moderation/{kind}/{item_id:int}/avis/{opinion_id:int}", name="moderation.advise")
def advise(
    request: Request, db: Db, me: Me, item: Moderated, opinion_id: int,
    form: Annotated[Filled[AnswerForm], Depends(read(AnswerForm))],
) -> Response:  # fmt: skip
    """Give one's opinion."""
    opinion = items.opinion(db, item, opinion_id)
    if opinion is None:
        raise NotFoundError
    if form.ok is None:
        return _back(request, item, _("Écrivez votre avis : 600 caractères au plus."), "attention")
    sharing.advise(db, item, opinion, form.ok.answer, by=me.person_id or 0)
    return _back(request, item, _("Votre avis est donné."))


@router.post("/moderation/{kind}/{item_id:int}/deport", name="moderation.recuse")
def recuse(request: Request, db: Db, me: Me, item: Moderated) -> Response:
    """Step back: it leaves one's queue for good."""
    sharing.recuse(db, item, by=me.person_id or 0)
    return onward(request, _("Elle quitte votre file : quelqu’un d’autre la relira."))
