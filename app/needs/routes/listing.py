"""The list of needs."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.core.db import Db
from app.core.i18n import today
from app.core.web import page
from app.identity.access import Me, public
from app.needs import queries
from app.needs.forms import NeedFilter
from app.needs.queries import fil
from app.needs.states import LIST_STATE_LABELS, OUTCOME_LABELS, SORT_LABELS
from app.places.models import Territory
from app.places.queries import reference
from app.threads.queries import follows
from app.threads.states import FollowKind

router = APIRouter(dependencies=[Depends(public)])


def list_context(request: Request, db: Db, me: Me, find: NeedFilter, territory: Territory | None) -> dict[str, Any]:
    """What every list of needs shows: rows, filters in force, choices of each filter."""
    places = reference(db)
    territory_id = territory.territory_id if territory else None
    listed = queries.visible(db, me, find, territory_id)
    priority = accords.priority(db, find.priorite) if find.priorite else None
    themes = {t.id: t for t in accords.themes(db)}
    theme = next((t for t in themes.values() if t.code == find.theme), None)
    return {
        "listed": listed, "find": find, "territory": territory, "places": places, "mini": fil.mini, "day": today(),
        "themes": themes, "priority": priority,
        "follow": follows.follow_of(db, me.person_id, FollowKind.THEME, theme.id or 0) if theme else None,
        "states": LIST_STATE_LABELS, "sorts": SORT_LABELS, "outcomes": OUTCOME_LABELS,
        "query": {k: v for k, v in request.query_params.items() if k not in ("apres", "avant") and v},
    }  # fmt: skip


@router.get("/besoins", name="needs.index")
def index(request: Request, db: Db, me: Me) -> Response:
    """Every published need, filtered, searched, sorted, a page at a time."""
    find = NeedFilter.model_validate(dict(request.query_params))
    places = reference(db)
    territory = places.by_slug.get(find.territoire)
    commune = places.commune_by_insee.get(find.commune)
    if commune and territory and commune.territory_id != territory.territory_id:
        find.commune = ""  # another territory was chosen meanwhile
    return page(request, "needs/index.html", nav="needs", **list_context(request, db, me, find, territory))
