"""Organisations to be verified: read by a moderator of their territory or an administrator, never by their own."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import ConflictError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.web import go, page
from app.identity.access import Me, Requires, organisation_for
from app.identity.forms import DelegateForm, OrganisationVerdictForm
from app.identity.models import Organisation
from app.identity.queries import organisations as queries
from app.identity.service import delegates, organisations
from app.identity.states import ORGANISATION_KINDS, ORGANISATION_LABELS
from app.places.queries import reference
from app.policy import ORGANISATION_APPOINT, ORGANISATION_VERIFY, ORGANISATIONS_OPEN

router = APIRouter()
ToVerify = Annotated[Organisation, Depends(organisation_for(ORGANISATION_VERIFY))]


@router.get(
    "/organisations/a-verifier",
    name="identity.organisations_to_verify",
    dependencies=[Depends(Requires(ORGANISATIONS_OPEN))],
)
def awaiting(request: Request, db: Db, me: Me) -> Response:
    """Those that wait on one's territories, oldest first."""
    return page(
        request, "identity/organisations/awaiting.html", nav="moderation", waiting=queries.awaiting(db, me),
        kinds=ORGANISATION_KINDS, places=reference(db),
    )  # fmt: skip


def _verification(
    request: Request, db: Db, organisation: Organisation, *, status: int = 200, **forms: Filled[Any]
) -> Response:
    shown: dict[str, Any] = {"form": blank(OrganisationVerdictForm), "appoint_form": blank(DelegateForm)}
    return page(
        request, "identity/organisations/verify.html", status=status, nav="moderation", organisation=organisation,
        history=queries.history(db, organisation.id or 0), number=queries.delegates_number(db, organisation.id or 0),
        kinds=ORGANISATION_KINDS, statuses=ORGANISATION_LABELS, places=reference(db), **(shown | forms),
    )  # fmt: skip


@router.get("/organisations/{slug}/verification", name="identity.verify_organisation")
def show(request: Request, db: Db, organisation: ToVerify) -> Response:
    """What it says it is, and what was decided."""
    return _verification(request, db, organisation)


@router.post("/organisations/{slug}/verification", name="identity.decide_organisation")
def decide(
    request: Request, db: Db, me: Me, organisation: ToVerify,
    form: Annotated[Filled[OrganisationVerdictForm], Depends(read(OrganisationVerdictForm))],
) -> Response:  # fmt: skip
    """Verify, refuse or suspend; those who speak for it are told."""
    data, by = form.ok, me.person_id or 0
    if data is None:
        return _verification(request, db, organisation, status=422, form=form)
    try:
        organisations.hold_as_read(db, organisation, data.seen)
    except organisations.ChangedError as changed:
        form.refuse("decision", changed.message)
        return _verification(request, db, organisation, status=409, form=form)
    if data.decision == "verify":
        how = "moderator" if me.holds("moderator", organisation.territory_id) else "administrator"
        organisations.verify(db, organisation, by=by, how=how, note=data.reason)
    elif data.decision == "refuse":
        organisations.refuse(db, organisation, by=by, note=data.reason)
    else:
        organisations.suspend(db, organisation, by=by, note=data.reason)
    words = _("Décision enregistrée : les personnes qui parlent pour « %(name)s » sont prévenues.")
    return go(request, "identity.organisations_to_verify", flash=words % {"name": organisation.name})


@router.post(
    "/organisations/{slug}/nomination",
    name="identity.appoint_delegate",
    dependencies=[Depends(limit("delegate", "20/hour"))],
)
def appoint(
    request: Request, db: Db, me: Me,
    organisation: Annotated[Organisation, Depends(organisation_for(ORGANISATION_APPOINT))],
    form: Annotated[Filled[DelegateForm], Depends(read(DelegateForm))],
) -> Response:  # fmt: skip
    """Ask somebody to speak for an organisation that has nobody left."""
    if form.ok:
        try:
            delegates.appoint(db, organisation, form.ok.email, by=me.person_id or 0)
        except ConflictError as already:
            form.refuse("email", already.message)
        else:
            words = _("Invitation envoyée : la personne se connecte avec cette adresse, puis accepte.")
            return go(request, "identity.verify_organisation", slug=organisation.slug, flash=words)
    return _verification(request, db, organisation, status=422, appoint_form=form)


@router.get("/organisations/{slug}/nomination", name="identity.appointing")
def back_to_verification(request: Request, organisation: ToVerify) -> Response:
    """The address of a form, opened again after an error, leads to its page."""
    return go(request, "identity.verify_organisation", slug=organisation.slug)
