"""The board of one territory, of the département, and the page of one priorité."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.accords.access import Place, place, priority_for
from app.accords.models import Priority
from app.accords.states import BOARD_STAGES, PRIORITY, STAGE_LABELS
from app.actions import queries as actions
from app.actions.states import SHEET_LABELS
from app.board import queries
from app.core.db import Db
from app.core.i18n import today
from app.core.web import page
from app.identity.access import Me, public
from app.identity.queries import organisations
from app.identity.states import College
from app.needs import queries as needs
from app.needs.forms import NeedFilter
from app.needs.queries import fil, group_lists, groups
from app.needs.states import OUTCOME_LABELS
from app.places.queries import reference
from app.policy import PRIORITY_READ
from app.threads import consensus
from app.threads import queries as threads
from app.workshops.queries import carried
from app.workshops.queries.reported import last_reports
from app.workshops.states import KIND_LABELS

router = APIRouter(dependencies=[Depends(public)])
AT_ONCE = 10  # cards of a column before the page of its stage takes over: a page stays under 25 kB
REPORTS_SHOWN = 4
ReadPriority = Annotated[Priority, Depends(priority_for(PRIORITY_READ))]


def _board(request: Request, db: Db, territory_id: int | None, theme: str, etape: str, **context: Any) -> Response:
    themes = accords.themes(db)
    chosen = next((t for t in themes if t.code == theme), None)
    columns = queries.columns(db, territory_id, chosen.id if chosen else None)
    alone = next((stage for stage in BOARD_STAGES if stage == etape), None)
    return page(
        request, "board/index.html", nav="priorities", columns=columns, stages=STAGE_LABELS,
        order=[alone] if alone else BOARD_STAGES, alone=alone, at_once=None if alone else AT_ONCE,
        themes=themes, theme_by_id={t.id: t for t in themes}, theme=chosen, places=reference(db), day=today(),
        orphans=queries.orphans(db, territory_id), reports=last_reports(db, territory_id, limit=REPORTS_SHOWN),
        methods=KIND_LABELS, **context,
    )  # fmt: skip


@router.get("/priorites", name="board.departement")
def departement(request: Request, db: Db, theme: str = "", etape: str = "") -> Response:
    """Every territory's priorités side by side; one stage alone shows all of its own."""
    return _board(request, db, None, theme, etape, territory=None, accord=None, scheme=None, heard=None)


@router.get("/territoires/{slug}/priorites", name="board.territory")
def territory(request: Request, db: Db, slug: str, theme: str = "", etape: str = "") -> Response:
    """One territory's board."""
    here = place(db, slug)
    return _board(
        request, db, here.territory.id, theme, etape, territory=here.territory, accord=here.accord,
        scheme=accords.scheme(db, here.accord.scheme_id), heard=_heard(db, here),
    )  # fmt: skip


def _heard(db: Db, here: Place) -> dict[str, Any]:
    """Which communes were not heard, given their population; how many voices have a commune."""
    communes = reference(db).communes_of(here.territory.territory_id)
    voices = queries.voices_by_commune(db, here.accord)
    names = {c.insee: c.name for c in communes}
    missing = consensus.unheard(voices, {c.insee: c.population for c in communes})
    return {
        "total": sum(n for insee, n in voices.items() if insee in names),
        "missing": [(i, names[i]) for i in missing],
    }


@router.get("/priorites/{priority_id:int}", name="board.priority")
def priority(request: Request, db: Db, me: Me, priority: ReadPriority) -> Response:
    """One priorité: what it says, the needs behind it, who was heard, its history."""
    find = NeedFilter(priorite=priority.id)
    themes = {t.id: t for t in accords.themes(db)}
    return page(
        request, "board/priority.html", nav="priorities", card=queries.cards(db, [priority])[0], priority=priority,
        territory=reference(db).by_id[priority.territory_id], places=reference(db), themes=themes, mini=fil.mini,
        challenge=accords.challenge(db, priority.challenge_id) if priority.challenge_id else None,
        listed=needs.visible(db, me, find, None), events=threads.events(db, "priority", priority.id or 0),
        sheets=actions.for_priority(db, priority.id or 0), sheet_labels=SHEET_LABELS,
        lines=group_lists.lines(db, groups.of_priority(db, priority.id or 0)),
        votes=carried.votes_for(db, priority.id or 0), methods=KIND_LABELS,
        stages=STAGE_LABELS, outcomes=OUTCOME_LABELS, moves=PRIORITY.verbs(priority.status), day=today(),
    )  # fmt: skip


@router.get("/priorites/{priority_id:int}/voix", name="board.voices")
def voices(request: Request, db: Db, priority: ReadPriority, college: str = "") -> Response:
    """The voices behind a figure, by pseudonym."""
    chosen = College(college) if college in set(College) else None
    heard = queries.voices(db, priority.id or 0, chosen.value if chosen else None)
    return page(
        request, "board/voices.html", nav="priorities", priority=priority, college=chosen,
        territory=reference(db).by_id[priority.territory_id], card=queries.cards(db, [priority])[0],
        voices=heard, pages=organisations.pages_of(db, {voice.organisation_id for voice in heard}),
    )  # fmt: skip
