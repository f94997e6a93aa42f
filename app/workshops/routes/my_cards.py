"""Cards on a phone: write one, see what became of one's own, take one back."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from limits import parse
from starlette.responses import JSONResponse, Response

from app.core.db import Db
from app.core.errors import DomainError, NotFoundError
from app.core.forms import Filled, read
from app.core.i18n import gettext as _
from app.core.light import refusal
from app.core.limits import Limiter
from app.core.security import PRIVATE, spaced
from app.core.web import go, mark_rollback, page
from app.identity.access import public
from app.threads.states import REASON_LABELS, Moderation
from app.workshops import queries, service
from app.workshops.access import CodeRoom, room_of_code, seat_cookie, step_of
from app.workshops.forms.cards import CardForm, PlaceForm, TakeBackForm
from app.workshops.models import Card, Seat, Workshop
from app.workshops.queries import cards as reads
from app.workshops.service import cards as verbs
from app.workshops.states import StepKind

router = APIRouter(dependencies=[Depends(public), Depends(room_of_code)])
CARDS_A_SEAT = parse("30/minute")
CardFilled = Annotated[Filled[CardForm], Depends(read(CardForm))]


def _seat(request: Request, db: Db, workshop: Workshop, place: int) -> Seat:
    seat = queries.seat(db, workshop.id or 0, request.cookies.get(seat_cookie(workshop)), place)
    if seat is None:
        raise service.no_seat()
    return seat


class WrongCardError(DomainError):
    """Not a card: too long, or empty."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


def _write(request: Request, db: Db, workshop: Workshop, form: Filled[CardForm]) -> Card:
    if form.ok is None:
        raise WrongCardError(next(iter(form.errors.values())))
    seat = _seat(request, db, workshop, form.ok.place)
    limiter: Limiter = request.app.state.limiter
    limiter.hit(CARDS_A_SEAT, "card", str(seat.id))
    return verbs.write(db, workshop, step_of(db, workshop, form.ok.step), seat, form.ok)


@router.post("/a/{code}/carte", name="workshops.write_card")
def write(request: Request, db: Db, workshop: CodeRoom, form: CardFilled) -> Response:
    """Write a card; refused, its words stay on a page that says why."""
    try:
        card = _write(request, db, workshop, form)
    except DomainError as refused:
        form.errors.setdefault("text", refused.message)
        status = int(refused.status)
        return page(request, "workshops/card_refused.html", status=status, workshop=workshop, form=form)
    place = form.data.place if form.data and form.data.place > 1 else None
    return go(request, "workshops.room", code=workshop.code, personne=place, flash=_said(card))


def _said(card: Card) -> str:
    if card.status == Moderation.PENDING:
        return _("Carte enregistrée. L’animation la lit avant de l’afficher.")
    return _("Carte enregistrée et affichée.")


@router.post("/a/{code}/cartes", name="workshops.send_card")
def send(request: Request, db: Db, workshop: CodeRoom, form: CardFilled) -> Response:
    """As ``write``, for the script that keeps a card until it is recorded."""
    try:
        card = _write(request, db, workshop, form)
    except DomainError as refused:
        mark_rollback(request)
        status, wait = int(refused.status), refused.retry_after
        headers = {"retry-after": str(wait)} if wait else None
        return JSONResponse(refusal(status, refused.message), status_code=status, headers=headers)
    return JSONResponse({"state": "recorded", "status": card.status, "message": _said(card)})


def _mine(request: Request, db: Db, workshop: Workshop, seat: Seat, secret: str = "") -> Response:
    steps = [step for step in queries.steps(db, workshop.id or 0) if step.kind == StepKind.CARDS and step.opened_at]
    step = next((step for step in steps if step.id == workshop.step_id), steps[-1] if steps else None)
    cards = reads.of_seat(db, seat.id or 0, step.id) if step else []
    return page(
        request, "workshops/my_cards.html", headers=PRIVATE, workshop=workshop, step=step, cards=cards,
        place=seat.place, counted=sum(card.status in verbs.WRITTEN for card in cards), reasons=REASON_LABELS,
        secret=secret, followed=seat.tracking is not None,
    )  # fmt: skip


@router.get("/a/{code}/mes-cartes", name="workshops.my_cards")
def mine(request: Request, db: Db, workshop: CodeRoom, personne: int = 1) -> Response:
    """One's own cards of the present recueil, each with its state."""
    return _mine(request, db, workshop, _seat(request, db, workshop, _place(personne)))


def _place(typed: int) -> int:
    return typed if 0 < typed <= queries.PLACES else 1


@router.post("/a/{code}/mes-cartes/code", name="workshops.cards_code")
def follow(
    request: Request, db: Db, workshop: CodeRoom, form: Annotated[Filled[PlaceForm], Depends(read(PlaceForm))]
) -> Response:
    """A code to follow one's cards without an account, shown this once."""
    seat = _seat(request, db, workshop, form.ok.place if form.ok else 1)
    limiter: Limiter = request.app.state.limiter
    limiter.hit(CARDS_A_SEAT, "card code", str(seat.id))
    return _mine(request, db, workshop, seat, spaced(verbs.follow(db, seat)))


@router.post("/a/{code}/mes-cartes", name="workshops.take_back_card")
def take_back(
    request: Request, db: Db, workshop: CodeRoom, form: Annotated[Filled[TakeBackForm], Depends(read(TakeBackForm))]
) -> Response:
    """Take back a card that nobody has read."""
    if form.ok is None:
        raise DomainError(_("Cet envoi n’a pas la forme attendue."))
    seat, card = _seat(request, db, workshop, form.ok.place), reads.one(db, form.ok.card)
    if card is None:
        raise NotFoundError(_("Cette carte n’existe pas."))
    verbs.take_back(db, workshop, card, seat)
    words = _("Carte reprise : personne ne la lira.")
    return go(request, "workshops.my_cards", code=workshop.code, personne=form.ok.place, flash=words)
