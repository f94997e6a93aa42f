"""The home page, the territories, one territory."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.accords.access import place
from app.accords.models import Accord
from app.accords.states import (
    ACCORD_LABELS,
    MAP_LABELS,
    STAGE_LABELS,
    VERB_LABELS,
    AccordStatus,
    MapState,
    Verb,
)
from app.board import queries as board
from app.core.db import Db
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.core.web import page
from app.identity import queries as people
from app.identity.access import Me, public
from app.needs import queries as needs
from app.needs.forms import NeedFilter
from app.needs.queries import fil
from app.needs.states import OUTCOME_LABELS
from app.places.models import Territory
from app.places.queries import Reference, drawn_map, reference
from app.portal import queries
from app.threads.queries import follows
from app.threads.states import FollowKind
from app.workshops import queries as workshops
from app.workshops.queries.reported import decided

router = APIRouter(dependencies=[Depends(public)])


def _map(places: Reference, by_territory: dict[int, Accord]) -> dict[str, Any]:
    """The drawing, and for each shape its state in words and its page; islands lead to the département."""
    drawn = drawn_map()
    by_siren = {t.siren: t for t in places.territories}
    states: dict[str, tuple[str, str]] = {}
    targets: dict[str, str] = {}
    for shape in drawn.shapes:
        territory = by_siren.get(shape.code, places.departement)
        accord = by_territory.get(territory.territory_id)
        state = accord.map_state if accord else MapState.COLLECTING
        outside = territory.is_departement
        states[shape.code] = ("outside" if outside else state.value, _(MAP_LABELS[state]))
        targets[shape.code] = territory.slug
    return {"outline": drawn, "map_states": states, "map_slugs": targets, "map_labels": MAP_LABELS}


def _open_now(places: Reference, by_territory: dict[int, Accord]) -> list[tuple[Territory, Any, bool]]:
    """One phase under way a territory: until when needs may be said there, else what closes first."""
    day = today()
    found = []
    for territory in places.territories:
        accord = by_territory.get(territory.territory_id)
        current = [p for p in accord.phases if p.is_current(day) and p.opens] if accord else []
        if current:
            saying = [p for p in current if Verb.SAY in p.opens]
            phase = max(saying, key=lambda p: p.ends_on) if saying else min(current, key=lambda p: p.ends_on)
            found.append((territory, phase, bool(saying)))
    return sorted(found, key=lambda item: (item[1].ends_on, item[0].slug))


@router.get("/", name="portal.home")
def home(request: Request, db: Db) -> Response:
    """What Emglev is, where, what is open, what contributions became."""
    places, by_territory = reference(db), accords.accords(db)
    return page(
        request, "portal/home.html", totals=queries.totals(db), colleges_heard=queries.needs_by_college(db),
        answers=queries.recent_answers(db), example=queries.example_need(db), places=places, outcomes=OUTCOME_LABELS,
        open_now=_open_now(places, by_territory), verbs=VERB_LABELS, **_map(places, by_territory),
    )  # fmt: skip


@router.get("/territoires", name="portal.territories")
def territories(request: Request, db: Db) -> Response:
    """The map and its list twin, with communes to search in."""
    places, by_territory = reference(db), accords.accords(db)
    return page(
        request, "portal/territories.html", nav="territories", places=places, accords=by_territory,
        **_map(places, by_territory),
    )  # fmt: skip


@router.get("/territoires/{slug}", name="portal.territory")
def territory(request: Request, db: Db, me: Me, slug: str) -> Response:
    """One territory: calendar, enjeux and priorités, needs, figures, who answers."""
    here = place(db, slug)
    accord, territory_id = here.accord, here.territory.territory_id
    priorities = accords.priorities(db, territory_id)
    rooms = workshops.rooms(db, me, territory_id)
    return page(
        request, "portal/territory.html", nav="territories", here=here, territory=here.territory, accord=accord,
        period=queries.accord_period(accord), scheme=accords.scheme(db, accord.scheme_id), day=today(),
        accord_label=ACCORD_LABELS[AccordStatus(accord.status)], verbs=VERB_LABELS, stages=STAGE_LABELS,
        challenges=accords.challenges(db, accord.id or 0), cards=board.cards(db, priorities),
        themes={t.id: t for t in accords.themes(db)}, figures=accords.figures(db, territory_id),
        listed=needs.visible(db, me, NeedFilter(), territory_id, size=5), mini=fil.mini, places=reference(db),
        communes=reference(db).communes_of(territory_id), silent=queries.silent_communes(db, here.territory),
        heard=queries.needs_by_college(db, territory_id), totals=queries.totals(db, territory_id),
        bodies=people.bodies_for(db, territory_id), outcomes=OUTCOME_LABELS,
        rooms=rooms, decided=decided(db, [room.id or 0 for room in rooms.past]),
        follow=follows.follow_of(db, me.person_id, FollowKind.TERRITORY, territory_id),
        answers=queries.recent_answers(db, limit=2, territory_id=territory_id),
    )  # fmt: skip
