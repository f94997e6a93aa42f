"""The list of fiches-actions."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.actions import queries
from app.actions.forms import SheetFilter
from app.actions.queries import listing
from app.actions.states import SHEET_LABELS, SHEET_SORT_LABELS, STEP_LABELS
from app.core.db import Db
from app.core.web import page
from app.identity.access import Me, public
from app.needs import queries as needs
from app.places.queries import reference
from app.policy import NEED_READ

router = APIRouter(dependencies=[Depends(public)])


@router.get("/fiches-actions", name="actions.index")
def index(request: Request, db: Db, me: Me) -> Response:
    """Every fiche that this reader may see, filtered, searched, sorted, a page at a time."""
    find = SheetFilter.model_validate(dict(request.query_params))
    places = reference(db)
    territory = places.by_slug.get(find.territoire)
    listed = listing.visible(db, me, find, territory.territory_id if territory else None)
    need = needs.one(db, find.besoin) if find.besoin else None
    held = me.territories("technician")
    return page(
        request, "actions/index.html", nav="actions", listed=listed, find=find, territory=territory, places=places,
        themes={t.id: t for t in accords.themes(db)}, labels=SHEET_LABELS, states=STEP_LABELS, sorts=SHEET_SORT_LABELS,
        served=queries.served(db, [row.id for row in listed.rows]),
        priority=accords.priority(db, find.priorite) if find.priorite else None,
        need=need if need and me.can(NEED_READ, need) else None, may_draft=held is None or bool(held),
        query={k: v for k, v in request.query_params.items() if k not in ("apres", "avant") and v},
    )  # fmt: skip
