"""The public page of an organisation: what it is, who verified it, what it said."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.web import page
from app.identity.access import organisation_for
from app.identity.models import Organisation
from app.identity.queries import organisations
from app.identity.states import ORGANISATION_KINDS, ORGANISATION_LABELS
from app.places.queries import reference
from app.policy import ORGANISATION_READ
from app.portal.queries.organisation import said_by
from app.threads.states import STANCE_LABELS

router = APIRouter()


@router.get("/organisations/{slug}", name="portal.organisation")
def show(
    request: Request, db: Db, organisation: Annotated[Organisation, Depends(organisation_for(ORGANISATION_READ))]
) -> Response:
    """Public once it is verified; before, for those who speak for it and those who verify it."""
    organisation_id = organisation.id or 0
    return page(
        request, "identity/organisations/show.html", organisation=organisation, said=said_by(db, organisation_id),
        number=organisations.delegates_number(db, organisation_id), kinds=ORGANISATION_KINDS,
        statuses=ORGANISATION_LABELS, stances=STANCE_LABELS, places=reference(db),
    )  # fmt: skip
