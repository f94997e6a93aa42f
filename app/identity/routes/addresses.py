"""The ways in of one's account: a service taken away, an e-mail address added or changed by proof."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.security import SECRET
from app.core.web import go, page
from app.identity import queries, service
from app.identity.access import Me, Requires, public
from app.identity.forms import AddressForm
from app.identity.models import EmailProof
from app.identity.service import addresses, federation
from app.policy import OWN_SPACE

router = APIRouter()
own = Depends(Requires(OWN_SPACE))


@router.post("/mon-espace/acces/moyens/{link_id}/retrait", name="identity.unlink", dependencies=[own])
def unlink(request: Request, db: Db, me: Me, link_id: int) -> Response:
    """Take a way in away, unless it is the last."""
    name = federation.unlink(db, me.person_id or 0, link_id, session_id=me.session_id)
    return go(request, "identity.access", flash=_("%(way)s n’ouvre plus votre compte.") % {"way": name})


@router.get("/mon-espace/acces/adresse", name="identity.address", dependencies=[own])
def address(request: Request, me: Me) -> Response:
    """Ask for an address."""
    return page(request, "identity/address.html", form=blank(AddressForm), held=me.email)


@router.post(
    "/mon-espace/acces/adresse", name="identity.add_email", dependencies=[own, Depends(limit("address", "20/hour"))]
)
def add_email(
    request: Request, db: Db, me: Me, form: Annotated[Filled[AddressForm], Depends(read(AddressForm))]
) -> Response:
    """Field ``email``: mail a link that proves the address, whose button makes it that of the account."""
    data = form.ok
    if data is None:
        return page(request, "identity/address.html", status=422, form=form, held=me.email)
    addresses.ask(db, me.person_id or 0, data.email)
    words = _(
        "Un lien vient de partir vers cette adresse. Ouvrez-le ici dans l’heure : elle sera alors celle du compte."
    )
    return go(request, "identity.access", flash=words)


def _proof(db: Db, token: str) -> EmailProof:
    proof = queries.proof_by_token(db, token)
    return service.usable(proof if proof and proof.purpose == addresses.ADDRESS else None)


@router.get("/connexion/adresse/{token}", name="identity.open_address", dependencies=[Depends(public)])
def open_address(request: Request, db: Db, me: Me, token: str) -> Response:
    """A page with a button, in the browser of the account that asked; elsewhere, where to open it."""
    here = addresses.concerns(_proof(db, token), me.person_id)
    return page(request, "identity/open_address.html", here=here, token=token, headers=SECRET)


@router.post("/connexion/adresse/{token}", name="identity.use_address", dependencies=[own])
def use_address(request: Request, db: Db, me: Me, token: str) -> Response:
    """The address proved becomes that of the account."""
    addresses.change(db, _proof(db, token), me.person_id or 0)
    return go(request, "identity.access", flash=_("Cette adresse ouvre désormais votre compte."))
