"""Following one's words with a secret code, and confirming an address."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.security import SECRET, normal_code, spaced
from app.core.web import go, page
from app.identity import queries as people
from app.identity import service as identity
from app.identity.access import Me, public
from app.identity.models import EmailProof
from app.intake import queries as intake
from app.moderation.forms.contesting import AppealForm, WithdrawalForm
from app.moderation.queries import reports
from app.moderation.states import APPEAL_DAYS
from app.needs import queries as needs
from app.needs.forms import LeaveForm
from app.needs.models import Need
from app.needs.queries import PUBLIC, groups
from app.needs.service.authoring import CORRECTABLE, words_mark
from app.places.queries import reference
from app.policy import NEED_READ, NEED_WITHDRAW
from app.policy.actor import ANONYMOUS
from app.portal import service
from app.portal.forms import CorrectionForm, FollowForm, LookupForm
from app.portal.queries.tracking import tracked, tracked_cards
from app.threads.states import MODERATION_LABELS, REASON_ARTICLES, REASON_LABELS, RHYTHM_LABELS, Rhythm

router = APIRouter(dependencies=[Depends(public)])
LOOKUPS = Depends(limit("tracking", "30/10minute"))


@router.get("/suivi", name="portal.tracking_form")
def form(request: Request) -> Response:
    """Where to type a code."""
    return page(request, "portal/tracking_form.html", form=blank(LookupForm))


@router.post("/suivi", name="portal.tracking_lookup", dependencies=[LOOKUPS])
def lookup(request: Request, db: Db, form: Annotated[Filled[LookupForm], Depends(read(LookupForm))]) -> Response:
    """From a code to its page; a public reference leads to the public page."""
    data = form.ok
    if data:
        need = needs.by_reference(db, data.code.replace(" ", ""))
        if need and ANONYMOUS.can(NEED_READ, need):
            return go(request, "needs.show", need_id=need.id, slug=need.slug)
        if need:
            form.refuse(
                "code", _("Cette référence n’est pas publique pour l’instant. Votre code de suivi, lui, ouvre la page.")
            )
            return page(request, "portal/tracking_form.html", status=422, form=form)
        code = normal_code(data.code)
        if needs.by_tracking(db, code) or intake.waiting_sheet(db, code) or tracked_cards(db, code):
            return go(request, "portal.tracking", code=spaced(code))
        if reports.by_receipt(db, code):  # the code of a report looks the same
            return go(request, "moderation.receipt", code=spaced(code))
        form.refuse(
            "code",
            _("Ce code ne correspond à aucune contribution. Vérifiez chaque caractère, ou téléphonez-nous."),
        )
    return page(request, "portal/tracking_form.html", status=422, form=form)


def tracked_need(db: Db, code: str) -> Need:
    """The need of which this is the secret code."""
    need = needs.by_tracking(db, normal_code(code)) if len(code) < 40 else None
    if need is None:
        raise NotFoundError(
            _("Ce code ne correspond à aucune contribution. Vérifiez chaque caractère, ou téléphonez-nous.")
        )
    return need


TrackedNeed = Annotated[Need, Depends(tracked_need)]


@dataclass
class Typed:
    """What was typed on the tracking page and could not be taken: shown again."""

    correction: Filled[CorrectionForm] | None = None
    appeal: Filled[AppealForm] | None = None
    withdrawal: Filled[WithdrawalForm] | None = None
    leaving: Filled[LeaveForm] | None = None
    follow: Filled[FollowForm] | None = None


def show_tracking(
    request: Request, db: Db, me: Me, need: Need, code: str, *, received: bool = False, status: int = 200,
    typed: Typed | None = None,
) -> Response:  # fmt: skip
    """The page of one's own contribution, with whatever was typed there."""
    places, typed = reference(db), typed or Typed()
    hand = me.can(NEED_WITHDRAW, need)
    return page(
        request, "portal/tracking.html", status=status, headers=SECRET, need=need, received=received,
        code=spaced(normal_code(code)), label=MODERATION_LABELS, told=tracked(db, need), hand=hand,
        territory=places.by_id[need.territory_id],
        commune=places.commune_by_insee.get(need.commune_insee or ""), is_public=need.status in PUBLIC,
        may_correct=hand and need.status in CORRECTABLE, appeal_days=APPEAL_DAYS,
        correction=typed.correction or blank(CorrectionForm, title=need.title, text=need.text, seen=words_mark(need)),
        appeal_form=typed.appeal or blank(AppealForm), withdrawal_form=typed.withdrawal or blank(WithdrawalForm),
        place=groups.place_of(db, need), left=groups.last_leaving(db, need),
        leave_form=typed.leaving or blank(LeaveForm),
        follow_form=typed.follow or blank(FollowForm, rhythm=Rhythm.AT_ONCE.value, email=me.email),
        rhythms=RHYTHM_LABELS,
    )  # fmt: skip


@router.get("/suivi/{code}", name="portal.tracking", dependencies=[LOOKUPS])
def tracking(request: Request, db: Db, me: Me, code: str, recu: int = 0) -> Response:
    """The fil of one's own contribution, in words that can be read out; before a sheet is typed in, that it is not."""
    secret = normal_code(code[:40])
    printed = intake.waiting_sheet(db, secret)
    if printed and needs.by_tracking(db, secret) is None:
        sheet, campaign = printed
        return page(
            request, "portal/tracking_waiting.html", headers=SECRET, ref=intake.sheet_ref(campaign.mark, sheet.number),
            campaign=campaign, territory=reference(db).by_id[campaign.territory_id],
        )  # fmt: skip
    if tracked_cards(db, secret):
        return show_cards(request, db, secret)
    return show_tracking(request, db, me, tracked_need(db, code), code, received=bool(recu))


def show_cards(
    request: Request, db: Db, secret: str, *, status: int = 200, card_id: int = 0,
    appeal: Filled[AppealForm] | None = None,
) -> Response:  # fmt: skip
    """The page of one's own cards, with what was typed against what was decided of one of them."""
    return page(
        request, "portal/tracking_cards.html", status=status, headers=SECRET, written=tracked_cards(db, secret),
        code=spaced(secret), reasons=REASON_LABELS, articles=REASON_ARTICLES, appeal_days=APPEAL_DAYS,
        typed_for=card_id, appeal_form=appeal or blank(AppealForm), empty=blank(AppealForm),
    )  # fmt: skip


def _proof(db: Db, token: str) -> EmailProof:
    proof = people.proof_by_token(db, token)
    return identity.usable(proof if proof and proof.purpose in service.ACTS else None)


@router.get("/confirmation/{token}", name="portal.open_confirmation")
def open_confirmation(request: Request, db: Db, token: str) -> Response:
    """A page with a button: mail scanners follow links, they press no button."""
    proof = _proof(db, token)
    workshop = service.asked_of(db, proof)
    return page(
        request, "portal/confirm.html", headers=SECRET, token=token, purpose=proof.purpose, workshop=workshop
    )  # fmt: skip


@router.post("/confirmation/{token}", name="portal.confirm", dependencies=[Depends(limit("confirm", "60/hour"))])
def confirm(request: Request, db: Db, token: str) -> Response:
    """Confirm an address, and do what it was given for."""
    done = service.confirm(db, _proof(db, token))
    return page(request, "portal/confirmed.html", headers=SECRET, done=done)
