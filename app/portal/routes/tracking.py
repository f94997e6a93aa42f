"""Following one's words with a secret code, and confirming an address."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.security import normal_code, spaced
from app.core.web import go, page
from app.identity import queries as people
from app.identity import service as identity
from app.identity.access import Me, check, public
from app.identity.models import EmailProof
from app.needs import queries as needs
from app.needs import service as need_verbs
from app.needs.models import Need
from app.needs.queries import PUBLIC, fil
from app.places.queries import reference
from app.policy import NEED_READ, NEED_WITHDRAW
from app.policy.actor import ANONYMOUS
from app.portal import service
from app.portal.access import PRIVATE
from app.portal.forms import LookupForm
from app.threads.states import MODERATION, MODERATION_LABELS

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
        if needs.by_tracking(db, code):
            return go(request, "portal.tracking", code=spaced(code))
        form.refuse(
            "code",
            _("Ce code ne correspond à aucune contribution. Vérifiez chaque caractère, ou téléphonez-nous."),
        )
    return page(request, "portal/tracking_form.html", status=422, form=form)


def _mine(db: Db, code: str) -> Need:
    need = needs.by_tracking(db, normal_code(code)) if len(code) < 40 else None
    if need is None:
        raise NotFoundError(
            _("Ce code ne correspond à aucune contribution. Vérifiez chaque caractère, ou téléphonez-nous.")
        )
    return need


@router.get("/suivi/{code}", name="portal.tracking", dependencies=[LOOKUPS])
def tracking(request: Request, db: Db, me: Me, code: str, recu: int = 0) -> Response:
    """The fil of one's own contribution, in words that can be read out."""
    need = _mine(db, code)
    places = reference(db)
    return page(
        request, "portal/tracking.html", headers=PRIVATE, need=need, steps=fil.steps(db, need), received=bool(recu),
        code=spaced(normal_code(code)), label=MODERATION_LABELS,
        territory=places.by_id[need.territory_id],
        commune=places.commune_by_insee.get(need.commune_insee or ""), is_public=need.status in PUBLIC,
        may_withdraw=MODERATION.allows(need.status, "withdraw") and me.can(NEED_WITHDRAW, need),
    )  # fmt: skip


@router.post("/suivi/{code}/retrait", name="portal.withdraw", dependencies=[LOOKUPS])
def withdraw(request: Request, db: Db, me: Me, code: str) -> Response:
    """Its author takes it back; what an organisation said, only who speaks for it today."""
    need = _mine(db, code)
    check(me, NEED_WITHDRAW, need)
    need_verbs.withdraw(db, need, by=me.person_id)
    return go(request, "portal.tracking", code=code, flash=_("Votre contribution est retirée."))


def _proof(db: Db, token: str) -> EmailProof:
    proof = people.proof_by_token(db, token)
    return identity.usable(proof if proof and proof.purpose in service.ACTS else None)


@router.get("/confirmation/{token}", name="portal.open_confirmation")
def open_confirmation(request: Request, db: Db, token: str) -> Response:
    """A page with a button: mail scanners follow links, they press no button."""
    proof = _proof(db, token)
    return page(request, "portal/confirm.html", headers=PRIVATE, token=token, purpose=proof.purpose)


@router.post("/confirmation/{token}", name="portal.confirm", dependencies=[Depends(limit("confirm", "60/hour"))])
def confirm(request: Request, db: Db, token: str) -> Response:
    """Confirm an address, and do what it was given for."""
    done = service.confirm(db, _proof(db, token))
    return page(request, "portal/confirmed.html", headers=PRIVATE, done=done)
