"""Organisations: their public list, declaring one, what its delegates change."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.web import go, page
from app.identity import queries as people
from app.identity.access import Me, Requires, organisation_for, public
from app.identity.forms import OrganisationFilter, OrganisationForm, OrganisationPageForm
from app.identity.models import Organisation
from app.identity.queries import organisations as queries
from app.identity.service import organisations as service
from app.identity.states import ORGANISATION_KINDS, ORGANISATION_LABELS, OrganisationStatus
from app.places.queries import reference
from app.policy import ORGANISATION_DECLARE, ORGANISATION_EDIT

router = APIRouter()
Mine = Annotated[Organisation, Depends(organisation_for(ORGANISATION_EDIT))]


@router.get("/organisations", name="identity.organisations", dependencies=[Depends(public)])
def index(request: Request, db: Db) -> Response:
    """Every verified organisation, a page at a time."""
    find = OrganisationFilter.model_validate(dict(request.query_params))
    places = reference(db)
    territory = places.by_slug.get(find.territoire)
    return page(
        request, "identity/organisations/index.html", find=find, territory=territory, places=places,
        listed=queries.listed(db, find, territory.territory_id if territory else None), kinds=ORGANISATION_KINDS,
        query={k: v for k, v in request.query_params.items() if k in ("q", "territoire", "nature") and v},
    )  # fmt: skip


def _choices(db: Db) -> dict[str, Any]:
    return {"kinds": ORGANISATION_KINDS, "places": reference(db), "statuses": ORGANISATION_LABELS}


def _refuse_elsewhere(db: Db, form: Filled[OrganisationForm]) -> None:
    if form.data and form.data.territory not in reference(db).by_id:
        form.refuse("territory", _("Choisissez une des réponses proposées."))


@router.get(
    "/organisations/nouvelle",
    name="identity.new_organisation",
    dependencies=[Depends(Requires(ORGANISATION_DECLARE))],
)
def new(request: Request, db: Db) -> Response:
    """A blank page of an organisation."""
    return page(request, "identity/organisations/new.html", form=blank(OrganisationForm), **_choices(db))


@router.post(
    "/organisations/nouvelle",
    name="identity.declare_organisation",
    dependencies=[Depends(Requires(ORGANISATION_DECLARE)), Depends(limit("organisation", "10/hour"))],
)
def declare(
    request: Request, db: Db, me: Me, form: Annotated[Filled[OrganisationForm], Depends(read(OrganisationForm))]
) -> Response:
    """Declare it: it waits to be verified, its page may be prepared and its delegates invited meanwhile."""
    _refuse_elsewhere(db, form)
    person = people.person(db, me.person_id or 0)
    if form.ok and person:
        try:
            made = service.declare(db, form.ok, person)
        except service.NumberTakenError as taken:
            form.refuse("siret" if form.ok.siret else "rna", taken.message)
        else:
            words = _("C’est noté : une personne va vérifier votre organisation. Vous recevrez sa réponse par message.")
            return go(request, "identity.organisation", slug=made.slug, flash=words)
    return page(request, "identity/organisations/new.html", status=422, form=form, **_choices(db))


def _edit_page(
    request: Request, db: Db, mine: Organisation, form: Filled[Any] | None = None, *, status: int = 200
) -> Response:
    verified = mine.status == OrganisationStatus.VERIFIED
    shown = {"text": mine.text, "website": mine.website}
    whole = shown | {
        "kind": mine.kind, "name": mine.name, "territory": mine.territory_id, "siret": mine.siret, "rna": mine.rna,
    }  # fmt: skip
    kept = blank(OrganisationPageForm, **shown) if verified else blank(OrganisationForm, **whole)
    return page(
        request, "identity/organisations/manage.html", status=status, organisation=mine, form=form or kept,
        history=queries.history(db, mine.id or 0), number=queries.delegates_number(db, mine.id or 0), **_choices(db),
    )  # fmt: skip


@router.get("/organisations/{slug}/gerer", name="identity.organisation")
def manage(request: Request, db: Db, mine: Mine) -> Response:
    """What those who speak for it may change, and what happened to it."""
    return _edit_page(request, db, mine)


@router.post("/organisations/{slug}/gerer", name="identity.edit_organisation")
def edit(
    request: Request, db: Db, me: Me, mine: Mine,
    form: Annotated[Filled[OrganisationForm], Depends(read(OrganisationForm))],
) -> Response:  # fmt: skip
    """Change what is to be verified; once it is verified, this address refuses."""
    if mine.status == OrganisationStatus.VERIFIED:
        return _edit_page(request, db, mine, status=409)
    _refuse_elsewhere(db, form)
    if form.ok:
        try:
            service.edit(db, mine, form.ok, by=me.person_id or 0)
        except service.NumberTakenError as taken:
            form.refuse("siret" if form.ok.siret else "rna", taken.message)
        else:
            return go(request, "identity.organisation", slug=mine.slug, flash=_("C’est enregistré."))
    return _edit_page(request, db, mine, form, status=422)


@router.post("/organisations/{slug}/presentation", name="identity.describe_organisation")
def describe(
    request: Request, db: Db, me: Me, mine: Mine,
    form: Annotated[Filled[OrganisationPageForm], Depends(read(OrganisationPageForm))],
) -> Response:  # fmt: skip
    """Change what it says of itself, once it is verified."""
    if mine.status != OrganisationStatus.VERIFIED:
        raise NotFoundError
    if form.ok is None:
        return _edit_page(request, db, mine, form, status=422)
    service.describe(db, mine, form.ok, by=me.person_id or 0)
    return go(request, "identity.organisation", slug=mine.slug, flash=_("C’est enregistré."))


@router.get("/organisations/{slug}/presentation", name="identity.organisation_words")
def back_to_its_page(request: Request, mine: Mine) -> Response:
    """The address of a form, opened again after an error, leads to its page."""
    return go(request, "identity.organisation", slug=mine.slug)


@router.get("/organisations/{slug}/fermeture", name="identity.closing_organisation")
def closing(request: Request, db: Db, mine: Mine) -> Response:
    """What closing its page means, before doing it."""
    return page(
        request, "identity/organisations/close.html", organisation=mine,
        number=queries.delegates_number(db, mine.id or 0),
    )  # fmt: skip


@router.post("/organisations/{slug}/fermeture", name="identity.close_organisation")
def close(request: Request, db: Db, me: Me, mine: Mine) -> Response:
    """Close its page."""
    service.close(db, mine, by=me.person_id or 0)
    return go(
        request, "identity.my_organisations", flash=_("La page de « %(name)s » est fermée.") % {"name": mine.name}
    )
