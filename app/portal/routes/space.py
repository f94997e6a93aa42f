"""Mon espace: what one is entrusted with, said, supports."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords.access import found
from app.actions.states import SHEET_LABELS
from app.core.db import Db
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.core.web import page
from app.identity import queries as people
from app.identity.access import Me, Requires
from app.identity.queries.profile import public_name
from app.identity.queries.roles import invitations_to
from app.identity.states import ROLE_LABELS, RoleKind
from app.moderation.queries.reports import of_person
from app.moderation.queries.subjects import KIND_OF, written_by
from app.moderation.states import KIND_LABELS, REPORT_LABELS, REPORT_REASONS
from app.moderation.states import OUTCOME_LABELS as REPORT_OUTCOMES
from app.needs import queries as needs
from app.needs.queries import fil, groups
from app.needs.states import OUTCOME_LABELS
from app.places.queries import reference
from app.policy import MAILS_OPEN, OWN_SPACE
from app.policy.actor import in_force
from app.portal import queries
from app.portal.queries import mails
from app.threads.states import MODERATION_LABELS, STANCE_LABELS
from app.workshops import queries as workshops
from app.workshops.queries import registrations
from app.workshops.states import ATTENDANCE_LABELS

router = APIRouter(dependencies=[Depends(Requires(OWN_SPACE))])


@router.get("/mon-espace", name="portal.my_space")
def my_space(request: Request, db: Db, me: Me) -> Response:
    """What one is entrusted with, then everything one said."""
    person = found(people.person(db, me.person_id or 0))
    places = reference(db)
    roles = [
        (
            _(ROLE_LABELS[RoleKind(r.kind)]),
            places.by_id[r.territory_id].name if r.territory_id else places.departement.name,
            r,
        )
        for r in people.roles_of(db, person.id or 0)
        if in_force(r, today())
    ]
    return page(
        request, "portal/my_space.html", person=person, roles=roles, places=places, signature=public_name(db, person),
        offers=invitations_to(db, me.email), role_labels=ROLE_LABELS,
        undelivered=mails.dead(db) if me.can(MAILS_OPEN) else 0,
        written=needs.by_person(db, person.id or 0), supported=needs.supported_by(db, person.id or 0),
        groups=groups.supported_by(db, person.id or 0),
        positions=queries.positions_of(db, person.id or 0), stances=STANCE_LABELS, sheet_labels=SHEET_LABELS,
        labels=MODERATION_LABELS, mini=fil.mini, outcomes=OUTCOME_LABELS,
        decided=written_by(db, person.id or 0, ("comment", "file", "profile_text")), kinds=KIND_LABELS, kind_of=KIND_OF,
        reports=of_person(db, person.id or 0), report_reasons=REPORT_REASONS, report_labels=REPORT_LABELS,
        report_outcomes=REPORT_OUTCOMES, workshops=workshops.took_part(db, person.id or 0),
        registrations=registrations.all_of(db, person.id or 0), attendance_labels=ATTENDANCE_LABELS,
    )  # fmt: skip
