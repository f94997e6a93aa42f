"""Roles: who holds which, where; what each gives; invitations and ends."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import ConflictError, ForbiddenError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.core.limits import limit
from app.core.web import go, page
from app.identity import queries
from app.identity.access import Me, Requires, check, holder_for, offer_for, role_for
from app.identity.forms import WHOLE, EndForm, RoleFilter, RoleForm, WhyForm
from app.identity.models import Invitation, Person, Role
from app.identity.queries import rights
from app.identity.queries import roles as reads
from app.identity.service import roles as service
from app.identity.service import second_factor
from app.identity.states import ROLE_LABELS, RoleKind
from app.places.queries import reference
from app.policy import ROLE_GRANT, ROLE_READ, ROLES_OPEN
from app.policy.rules import GRANTABLE

router = APIRouter(dependencies=[Depends(Requires(ROLES_OPEN))])
OfferFilled = Annotated[Filled[RoleForm], Depends(read(RoleForm))]
EndFilled = Annotated[Filled[EndForm], Depends(read(EndForm))]
WhyFilled = Annotated[Filled[WhyForm], Depends(read(WhyForm))]
Ended = Annotated[Role, Depends(role_for(ROLE_GRANT))]
Holder = Annotated[Person, Depends(holder_for(ROLE_READ))]


def _choices(db: Db, me: Me) -> dict[str, Any]:
    """The roles and the territories that this reader may choose from."""
    places, scope = reference(db), reads.scope(me)
    held = {grant.kind for grant in me.grants}
    kinds = {kind for mine in held for kind in GRANTABLE.get(mine, ())}
    return {
        "places": places,
        "territories": [t for t in places.territories if scope is None or t.territory_id in scope],
        "everywhere": scope is None,
        "kinds": [(kind.value, _(ROLE_LABELS[kind])) for kind in RoleKind if kind in kinds],
    }


@router.get("/roles", name="identity.roles")
def roles(request: Request, db: Db, me: Me) -> Response:
    """The roles of the territories where one may grant them, and the invitations that wait."""
    find = RoleFilter.model_validate(dict(request.query_params))
    query = find.model_dump(exclude_defaults=True, mode="json")
    return page(
        request, "identity/roles.html", find=find, query=query, listed=reads.listed(db, me, find),
        invitations=reads.invitations_sent(db, me), labels=ROLE_LABELS,
        place=partial(reads.place_name, db), whole=WHOLE, **_choices(db, me),
    )  # fmt: skip


def _offer_page(request: Request, db: Db, me: Me, form: Filled[RoleForm], status: int = 200) -> Response:
    return page(request, "identity/role_offer.html", status=status, form=form, whole=WHOLE, **_choices(db, me))


@router.get("/roles/proposer", name="identity.offer_role")
def offer_role(request: Request, db: Db, me: Me) -> Response:
    """A blank invitation; the role and the territory may be chosen beforehand."""
    find = RoleFilter.model_validate(dict(request.query_params))
    scope = reads.scope(me)
    only = reference(db).by_id[next(iter(scope))].slug if scope is not None and len(scope) == 1 else ""
    shown = blank(RoleForm, kind=find.role, territory=find.territoire or only, starts_on=today().isoformat())
    return _offer_page(request, db, me, shown)


@router.post("/roles", name="identity.invite", dependencies=[Depends(limit("invite", "60/hour"))])
def invite(request: Request, db: Db, me: Me, form: OfferFilled) -> Response:
    """Offer a role to an address: the answer is the same whether it is known or not."""
    territory = reference(db).by_slug.get(form.data.territory) if form.data else None
    if form.data and territory is None and form.data.territory != WHOLE:
        form.refuse("territory", _("Choisissez un territoire de la liste."))
    data = form.ok
    if data is None:
        return _offer_page(request, db, me, form, 422)
    known = queries.person_by_email(db, data.email)
    offer = reads.Offer(data.kind, territory.territory_id if territory else None, known.id if known else None)
    if data.email == me.email or (known and known.id == me.person_id):
        form.refuse("email", _("Personne ne se confie un rôle à soi-même : demandez à quelqu’un d’autre."))
        return _offer_page(request, db, me, form, 403)
    check(me, ROLE_GRANT, offer)
    try:
        service.invite(db, data, offer.territory_id, by=me.person_id or 0)
    except service.RefusedRoleError as refused:
        form.refuse("kind", refused.message)
        return _offer_page(request, db, me, form, 409)
    flash = _("La proposition est partie. Le rôle sera confié quand elle sera acceptée.")
    return go(request, "identity.roles", anchor="propositions", flash=flash)


@router.post("/roles/propositions/{invitation_id:int}/annulation", name="identity.cancel_offer")
def cancel_offer(
    request: Request, db: Db, me: Me, offer: Annotated[Invitation, Depends(offer_for(ROLE_GRANT))]
) -> Response:
    """Take an invitation back."""
    service.cancel(db, offer, by=me.person_id or 0)
    return go(request, "identity.roles", anchor="propositions", flash=_("La proposition est retirée."))


@router.get("/roles/personnes/{person_id:int}", name="identity.person_rights")
def person_rights(request: Request, db: Db, me: Me, person: Holder) -> Response:
    """Everything that one person may do, and where it comes from."""
    return _person_page(request, db, me, person, blank(WhyForm))


def _person_page(
    request: Request, db: Db, me: Me, person: Person, form: Filled[WhyForm], status: int = 200
) -> Response:
    shown = rights.sheet(db, person, me)
    return page(
        request, "identity/person_rights.html", status=status, shown=shown, form=form, labels=ROLE_LABELS,
        place=partial(reads.place_name, db), liftable=rights.may_lift(me, shown),
    )  # fmt: skip


@router.post("/roles/personnes/{person_id:int}/cles", name="identity.lift_second_factor")
def lift_second_factor(
    request: Request, db: Db, me: Me, form: WhyFilled,
    person: Annotated[Person, Depends(holder_for(ROLE_GRANT))],
) -> Response:  # fmt: skip
    """Forget the lost keys of a person, whose sign-ins all end."""
    if not rights.may_lift(me, rights.sheet(db, person, me)):
        raise ForbiddenError
    if form.ok is None:
        return _person_page(request, db, me, person, form, 422)
    second_factor.lift(db, person, by=me.person_id, reason=form.ok.reason)
    flash = _("Les clés de cette personne sont oubliées et ses connexions fermées. Elle est prévenue.")
    return go(request, "identity.person_rights", person_id=person.id, flash=flash)


@router.get("/roles/mandats/{role_id:int}/fin", name="identity.ending")
def ending(request: Request, db: Db, role: Ended) -> Response:
    """Ask when and why a role ends."""
    return _ending_page(request, db, role, blank(EndForm))


def _ending_page(request: Request, db: Db, role: Role, form: Filled[EndForm], status: int = 200) -> Response:
    holder = queries.person(db, role.person_id)
    return page(
        request, "identity/role_end.html", status=status, role=role, holder=holder, form=form,
        place=partial(reads.place_name, db),        labels=ROLE_LABELS,
    )  # fmt: skip


@router.post("/roles/mandats/{role_id:int}/fin", name="identity.end_role")
def end_role(request: Request, db: Db, me: Me, role: Ended, form: EndFilled) -> Response:
    """End a role, at once or later."""
    data = form.ok
    if data is None:
        return _ending_page(request, db, role, form, 422)
    try:
        service.end(db, role, by=me.person_id or 0, reason=data.reason, last_day=data.ends_on)
    except ConflictError as refused:
        form.refuse("ends_on", refused.message)
        return _ending_page(request, db, role, form, 409)
    return go(
        request,
        "identity.person_rights",
        person_id=role.person_id,
        flash=_("C’est enregistré. La personne est prévenue."),
    )


@router.get("/roles/{kind}", name="identity.role")
def role_page(request: Request, db: Db, me: Me, kind: RoleKind) -> Response:
    """One role: what it gives, and who holds it where."""
    return page(
        request, "identity/role.html", kind=kind, rights=rights.of_role(kind), holders=reads.holders(db, me, kind),
        excluded=[RoleKind(other) for other in reads.excluded_by(kind)], labels=ROLE_LABELS,
        offers=[k for k in RoleKind if k in GRANTABLE.get(kind, ())],
        place=partial(reads.place_name, db),
    )  # fmt: skip
