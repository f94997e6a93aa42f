"""What awaits an answer, for technicians: answer from there, and come back."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.core.db import Db
from app.core.web import address, go_to, page, safe_next
from app.identity.access import Me, Requires, public
from app.needs.forms import GroupFilter
from app.needs.queries import awaited
from app.needs.states import GroupState
from app.places.queries import reference
from app.policy import ANSWERS_OPEN

router = APIRouter(dependencies=[Depends(public)])
LIST = "/reponses"


@router.get(LIST, name="needs.awaited", dependencies=[Depends(Requires(ANSWERS_OPEN))])
def index(request: Request, db: Db, me: Me) -> Response:
    """Needs and groups without an answer, the oldest due first."""
    find = GroupFilter.model_validate(dict(request.query_params))
    if find.etat != GroupState.LATE:
        find.etat = None
    places, held = reference(db), me.territories("technician")
    mine = [t for t in places.territories if held is None or t.territory_id in held]
    territory = next((t for t in mine if t.slug == find.territoire), None)
    where = {territory.territory_id} if territory else held
    return page(
        request, "needs/awaited.html", nav="needs", listed=awaited.page_of(db, find, where), find=find, places=places,
        territory=territory, territories=mine, totals=awaited.totals(db, where), late=GroupState.LATE.value,
        themes={t.id: t for t in accords.themes(db)}, here=address(request),
        query={k: v for k, v in request.query_params.items() if k not in ("apres", "avant") and v},
    )  # fmt: skip


def onwards(request: Request, path: str, words: str) -> Response | None:
    """Back to the list from which one came to answer, as it was; None for who did not come from it."""
    known = safe_next(path, "")
    mine = known == LIST or known.startswith(f"{LIST}?")
    return go_to(request, known, flash=words) if mine else None
