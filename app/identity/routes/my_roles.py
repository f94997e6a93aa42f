"""Mon espace: the roles one holds, the rights they give, the ones offered."""

from functools import partial

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.i18n import gettext as _
from app.core.web import go, page
from app.identity import queries
from app.identity.access import Me, Requires
from app.identity.models import Invitation
from app.identity.queries import rights, roles
from app.identity.service import roles as service
from app.identity.states import ROLE_LABELS
from app.policy import OWN_SPACE

router = APIRouter(dependencies=[Depends(Requires(OWN_SPACE))])


@router.get("/mon-espace/roles", name="identity.my_roles")
def my_roles(request: Request, db: Db, me: Me) -> Response:
    """Everything that one may do and where it comes from, and the roles that one is offered."""
    person = queries.person(db, me.person_id or 0)
    if person is None:
        raise NotFoundError
    return page(
        request, "identity/my_roles.html", labels=ROLE_LABELS,
        invitations=[(offer, rights.of_role(offer.kind)) for offer in roles.invitations_to(db, me.email)],
        shown=rights.sheet(db, person, me), place=partial(roles.place_name, db),
    )  # fmt: skip


def _offered(db: Db, me: Me, invitation_id: int) -> Invitation:
    """An invitation to one's own proved address; to others it does not exist."""
    offer = roles.invitation(db, invitation_id)
    if offer is None or me.email is None or offer.email != me.email:
        raise NotFoundError
    return offer


@router.post("/mon-espace/roles/propositions/{invitation_id:int}/acceptation", name="identity.accept_role")
def accept_role(request: Request, db: Db, me: Me, invitation_id: int) -> Response:
    """Take the role that is offered."""
    service.accept(db, _offered(db, me, invitation_id), by=me.person_id or 0)
    return go(request, "identity.my_roles", flash=_("Le rôle est à vous, aux dates prévues."))


@router.post("/mon-espace/roles/propositions/{invitation_id:int}/refus", name="identity.decline_role")
def decline_role(request: Request, db: Db, me: Me, invitation_id: int) -> Response:
    """Say no to the role that is offered."""
    service.decline(db, _offered(db, me, invitation_id), by=me.person_id or 0)
    return go(request, "identity.my_roles", flash=_("C’est noté : vous n’avez pas ce rôle."))


@router.post("/mon-espace/roles/mandats/{role_id:int}/renoncement", name="identity.give_up_role")
def give_up_role(request: Request, db: Db, me: Me, role_id: int) -> Response:
    """Give up a role of one's own, at once."""
    role = roles.role(db, role_id)
    if role is None or role.person_id != me.person_id:
        raise NotFoundError
    service.end(db, role, by=role.person_id, reason=_("Rôle rendu par la personne qui l’exerçait."))
    return go(request, "identity.my_roles", flash=_("Vous n’avez plus ce rôle."))
