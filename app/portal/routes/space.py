"""Mon espace: what one said, supports, and says of oneself."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords.access import found
from app.actions.states import SHEET_LABELS
from app.core.db import Db
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.web import go, page
from app.identity import queries as people
from app.identity.access import Me, Requires
from app.identity.models import Person
from app.identity.states import ROLE_LABELS, RoleKind
from app.needs import queries as needs
from app.needs.queries import fil
from app.needs.states import OUTCOME_LABELS
from app.places.queries import reference
from app.policy import OWN_SPACE
from app.portal import queries, service
from app.portal.forms import ProfileForm
from app.threads.states import MODERATION_LABELS, STANCE_LABELS

router = APIRouter(dependencies=[Depends(Requires(OWN_SPACE))])


def _space(request: Request, db: Db, me: Me, person: Person, form: Filled[ProfileForm], status: int = 200) -> Response:
    places = reference(db)
    person_id = me.person_id or 0
    roles = [
        (
            _(ROLE_LABELS[RoleKind(r.kind)]),
            places.by_id[r.territory_id].name if r.territory_id else places.departement.name,
            r,
        )
        for r in people.roles_of(db, person_id)
    ]
    return page(
        request, "portal/my_space.html", status=status, form=form, person=person, roles=roles, places=places,
        written=needs.by_person(db, person_id), supported=needs.supported_by(db, person_id),
        positions=queries.positions_of(db, person_id), stances=STANCE_LABELS, sheet_labels=SHEET_LABELS,
        labels=MODERATION_LABELS, mini=fil.mini, outcomes=OUTCOME_LABELS,
    )  # fmt: skip


@router.get("/mon-espace", name="portal.my_space")
def my_space(request: Request, db: Db, me: Me) -> Response:
    """Everything of one's own."""
    person = found(people.person(db, me.person_id or 0))
    shown = blank(ProfileForm, pseudonym=person.pseudonym, college=person.college, commune=person.commune_insee)
    return _space(request, db, me, person, shown)


@router.post("/mon-espace", name="portal.save_profile")
def save_profile(
    request: Request, db: Db, me: Me, form: Annotated[Filled[ProfileForm], Depends(read(ProfileForm))]
) -> Response:
    """Change what is public of oneself."""
    person = found(people.person(db, me.person_id or 0))
    if form.data and form.data.commune and form.data.commune not in reference(db).commune_by_insee:
        form.refuse("commune", _("Choisissez une commune de la liste."))
    if form.ok is None:
        return _space(request, db, me, person, form, 422)
    service.save_profile(db, person, form.ok)
    return go(request, "portal.my_space", flash=_("C’est enregistré."))
