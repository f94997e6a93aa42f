"""What an author does with the secret code: correct, take back, ask for a withdrawal, contest."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.forms import Filled, read
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.core.security import normal_code
from app.core.web import go
from app.identity.access import Me, check, public
from app.moderation.forms.contesting import AppealForm, WithdrawalForm
from app.moderation.service import appeals, reports
from app.needs.service import authoring
from app.needs.service.authoring import words_mark
from app.policy import NEED_WITHDRAW
from app.portal.forms import CorrectionForm
from app.portal.queries.tracking import tracked_card
from app.portal.routes.tracking import LOOKUPS, TrackedNeed, Typed, show_cards, show_tracking
from app.workshops.models import Card

router = APIRouter(dependencies=[Depends(public), LOOKUPS])


@router.post("/suivi/{code}/correction", name="portal.correct")
def correct(
    request: Request, db: Db, me: Me, need: TrackedNeed, code: str,
    form: Annotated[Filled[CorrectionForm], Depends(read(CorrectionForm))],
) -> Response:  # fmt: skip
    """Its author says it better, while nobody has read it."""
    check(me, NEED_WITHDRAW, need)
    if form.ok is None:
        return show_tracking(request, db, me, need, code, status=422, typed=Typed(correction=form))
    try:
        changed = authoring.correct(
            db, need, title=form.ok.title, text=form.ok.text, seen=form.ok.seen, by=me.person_id
        )
    except authoring.StaleWordsError:
        form.refuse("form", _(
            "Vos mots ont changé depuis une autre fenêtre ; ils sont à côté. Les vôtres sont gardés ici : "
            "envoyez-les de nouveau pour les préférer."
        ))  # fmt: skip
        form.values["seen"] = words_mark(need)
        return show_tracking(request, db, me, need, code, status=409, typed=Typed(correction=form))
    words = _("C’est corrigé. Les mots précédents sont gardés dans l’historique.")
    return go(request, "portal.tracking", code=code, anchor="flash", flash=words if changed else _("Rien n’a changé."))


@router.post("/suivi/{code}/retrait", name="portal.withdraw")
def withdraw(request: Request, db: Db, me: Me, need: TrackedNeed, code: str) -> Response:
    """Its author takes it back before it is read; what an organisation said, only who speaks for it today."""
    check(me, NEED_WITHDRAW, need)
    authoring.take_back(db, need, by=me.person_id)
    return go(request, "portal.tracking", code=code, anchor="flash", flash=_("Votre contribution est retirée."))


@router.post("/suivi/{code}/demande-de-retrait", name="portal.ask_withdrawal")
def ask_withdrawal(
    request: Request, db: Db, me: Me, need: TrackedNeed, code: str,
    form: Annotated[Filled[WithdrawalForm], Depends(read(WithdrawalForm))],
) -> Response:  # fmt: skip
    """Once published, others may have supported it: its author asks, a moderator answers."""
    check(me, NEED_WITHDRAW, need)
    if form.ok is None:
        return show_tracking(request, db, me, need, code, status=422, typed=Typed(withdrawal=form))
    reports.ask_withdrawal(db, need, form.ok.text, by=me.person_id)
    words = _("Votre demande est reçue. La réponse paraîtra sur cette page.")
    return go(request, "portal.tracking", code=code, anchor="flash", flash=words)


@router.post("/suivi/{code}/contestation", name="portal.contest")
def contest(
    request: Request, db: Db, me: Me, need: TrackedNeed, code: str,
    form: Annotated[Filled[AppealForm], Depends(read(AppealForm))],
) -> Response:  # fmt: skip
    """Its author asks another person to look at the decision again."""
    check(me, NEED_WITHDRAW, need)
    if form.ok is None:
        return show_tracking(request, db, me, need, code, status=422, typed=Typed(appeal=form))
    asked = appeals.contest(db, need, form.ok.text, by=me.person_id)
    words = _("Votre contestation est reçue. Une autre personne vous répond le %(date)s au plus tard.")
    return go(request, "portal.tracking", code=code, anchor="flash", flash=words % {"date": fdate(asked.due_at)})


def followed_card(db: Db, code: str, card_id: int) -> Card:
    """The card of which its author holds the code."""
    found = tracked_card(db, normal_code(code[:40]), card_id) if card_id < 2**31 else None
    if found is None:
        raise NotFoundError(_("Ce code ne suit pas cette carte. Vérifiez chaque caractère."))
    return found


@router.post("/suivi/{code}/cartes/{card_id:int}/contestation", name="portal.contest_card")
def contest_card(
    request: Request, db: Db, code: str, card: Annotated[Card, Depends(followed_card)],
    form: Annotated[Filled[AppealForm], Depends(read(AppealForm))],
) -> Response:  # fmt: skip
    """As ``contest``, for a card: who is signed in is not kept, a card has no account."""
    if form.ok is None:
        return show_cards(request, db, normal_code(code), status=422, card_id=card.id or 0, appeal=form)
    asked = appeals.contest(db, card, form.ok.text, by=None)
    words = _("Votre contestation est reçue. Une autre personne vous répond le %(date)s au plus tard.")
    return go(request, "portal.tracking", code=code, anchor="flash", flash=words % {"date": fdate(asked.due_at)})


@router.get("/suivi/{code}/cartes/{card_id:int}/contestation", name="portal.card_contested")
def back_to_the_cards(request: Request, code: str) -> Response:
    """As ``back_to_the_page``."""
    return go(request, "portal.tracking", code=code)


@router.get("/suivi/{code}/correction", name="portal.corrected")
@router.get("/suivi/{code}/demande-de-retrait", name="portal.withdrawal_asked")
@router.get("/suivi/{code}/contestation", name="portal.contested")
def back_to_the_page(request: Request, need: TrackedNeed, code: str) -> Response:
    """The address of a form, opened again after an error, leads to its page."""
    return go(request, "portal.tracking", code=code)
