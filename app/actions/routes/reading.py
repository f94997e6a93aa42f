"""One fiche-action: its words, the three voices, its fil, what is said under it, the technicians' tools."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.accords import queries as accords
from app.actions import compare, queries
from app.actions.access import sheet_for
from app.actions.forms import AnswerForm, LinkForm, MoveForm, PublishForm, SheetCommentForm
from app.actions.models import ActionSheet, SheetVersion
from app.actions.queries import fil
from app.actions.states import (
    FIELD_LABELS,
    FIELDS,
    FUNDING_LABELS,
    MOVE_LABELS,
    REASONED,
    SHEET,
    SHEET_LABELS,
    missing,
    whole,
)
from app.core.db import Db
from app.core.forms import Filled, Form, blank
from app.core.i18n import gettext as _
from app.core.web import go, page
from app.identity import queries as people
from app.identity.access import Me, public
from app.identity.models import Body
from app.identity.queries import organisations
from app.identity.states import College
from app.needs.queries.fil import vote_figures
from app.places.queries import reference
from app.policy import SHEET_ANSWER, SHEET_EDIT, SHEET_MOVE, SHEET_READ
from app.threads import consensus
from app.threads import queries as threads
from app.threads.forms import PositionForm
from app.threads.queries import files, follows
from app.threads.states import COMMENT_LABELS, STANCE_LABELS, FollowKind, Stance

router = APIRouter(dependencies=[Depends(public)])
ReadSheet = Annotated[ActionSheet, Depends(sheet_for(SHEET_READ))]
# Where a missing thing is written, on the page of the text.
ANCHORS = {"means": "engineering", "funding": "funder-0"}


def _voices(db: Db, me: Me, sheet: ActionSheet) -> dict[str, Any]:
    """Who thinks what, by collège; and what this person said, if anything."""
    voice = threads.voice_of(db, sheet.accord.forum_id, me.person_id)
    held = threads.position_of(db, sheet.thread_id, voice.id if voice else None)
    by_college, positioned = threads.positions_by_college(db, sheet.thread_id)
    totals = {s.value: sum(counts.get(s, 0) for counts in by_college.values()) for s in Stance}
    stands = {
        c.value: consensus.Stand(*(by_college[c].get(s, 0) for s in (Stance.FOR, Stance.MIXED, Stance.AGAINST)))
        for c in College if c in by_college
    }  # fmt: skip
    return {
        "voice": voice, "held": held, "positions": by_college, "shares": consensus.shares(stands), "totals": totals,
        "total": sum(totals.values()), "stances": STANCE_LABELS, "enough": consensus.MIN_VOICES,
        "spread": consensus.spread(stands),
        "spoken": threads.spoken(db, me, sheet.accord.forum_id, sheet.thread_id),
        "positioned": positioned,
    }  # fmt: skip


def _tools(me: Me, sheet: ActionSheet, published: SheetVersion | None) -> dict[str, Any]:
    """What a technician may do next: what is not published yet, the moves and what each still asks for."""
    if not me.can(SHEET_MOVE, sheet):
        return {"unpublished": [], "moves": []}
    before = published.content if published else whole({})
    changed = [c.name for c in compare.differences(whole(before), whole(sheet.content), FIELDS)]
    moves = [
        {"verb": verb, "label": _(MOVE_LABELS[verb]), "missing": missing(verb, sheet.content)}
        for verb in SHEET.verbs(sheet.status)
    ]
    return {"unpublished": changed if me.can(SHEET_EDIT, sheet) else [], "moves": moves}


def _context(db: Db, me: Me, sheet: ActionSheet) -> dict[str, Any]:
    places, sheet_id = reference(db), sheet.id or 0
    versions = queries.versions(db, sheet_id)
    published = queries.version(db, sheet_id, sheet.version)
    needs, priorities = queries.needs_of(db, sheet_id), queries.priorities_of(db, sheet_id)
    events, votes = threads.events(db, queries.EVENTS, sheet_id), threads.mentions(db, sheet.thread_id, "vote")
    said = queries.discussion(db, me, sheet.thread_id)
    voices = _voices(db, me, sheet)
    signed = {c.organisation_id for c in said.comments} | {o.id for o in voices["positioned"]}
    bodies: dict[int | None, Body] = {b.id: b for b in people.bodies_for(db, sheet.territory_id)}
    return {
        "sheet": sheet, "places": places, "territory": places.by_id[sheet.territory_id], "versions": versions,
        "theme": next(t for t in accords.themes(db, sheet.accord.scheme_id) if t.id == sheet.theme_id),
        "words": whole(published.content if published else sheet.content), "needs": needs, "priorities": priorities,
        "steps": fil.steps(sheet, needs, priorities, events, votes),
        "votes": [(vote, *vote_figures(vote)) for vote in votes],
        "events": events, "bodies": bodies,
        "said": said, "pages": organisations.pages_of(db, signed), "kinds": COMMENT_LABELS, "labels": SHEET_LABELS,
        "fields": FIELD_LABELS, "fundings": FUNDING_LABELS, "reasoned": REASONED, "anchors": ANCHORS,
        "answering": me.can(SHEET_ANSWER, sheet), "files": files.visible(db, me, sheet.thread_id),
        "follow": follows.follow_of(db, me.person_id, FollowKind.THREAD, sheet.thread_id),
    } | voices | _tools(me, sheet, published)  # fmt: skip


def show_sheet(
    request: Request, db: Db, me: Me, sheet: ActionSheet, *, status: int = 200, lu: int = 0,
    lacking: list[str] | None = None, answered: int = 0, **forms: Filled[Any],
) -> Response:  # fmt: skip
    """The page, with the forms that were refused as they were typed; ``lu``: the version that a comment read."""
    shown: dict[str, Any] = {
        "position_form": blank(PositionForm, college=me.college),
        "comment_form": blank(SheetCommentForm, college=me.college, kind="remarque", version=sheet.version),
        "publish_form": blank(PublishForm), "move_form": blank(MoveForm), "link_form": blank(LinkForm),
        "answer_form": blank(AnswerForm), "file_form": blank(Form),
    }  # fmt: skip
    return page(
        request, "actions/show.html", status=status, nav="actions", lu=lu if 0 < lu < sheet.version else 0,
        lacking=lacking or [], answered=answered, **_context(db, me, sheet), **(shown | forms),
    )  # fmt: skip


def back(request: Request, sheet: ActionSheet, flash: str | None = None, anchor: str = "", **params: Any) -> Response:
    """To the page of the fiche; what there is to say is at its top, so that is where one lands."""
    place = "flash" if flash else anchor
    return go(request, "actions.show", ref=sheet.reference, flash=flash, anchor=place, **params)


@router.get("/fiches-actions/{ref}", name="actions.show")
def show(request: Request, db: Db, me: Me, ref: str, sheet: ReadSheet, lu: str = "") -> Response:
    """One fiche; its address has one way of being written."""
    if ref != sheet.reference:
        return RedirectResponse(request.app.state.urls("actions.show", ref=sheet.reference), status_code=301)
    return show_sheet(request, db, me, sheet, lu=int(lu) if lu.isascii() and lu.isdigit() and len(lu) < 6 else 0)


@router.get("/fiches-actions/{ref}/etapes", name="actions.moves")
@router.get("/fiches-actions/{ref}/positions", name="actions.positions")
@router.get("/fiches-actions/{ref}/positions/retrait", name="actions.left")
@router.get("/fiches-actions/{ref}/commentaires", name="actions.comments")
@router.get("/fiches-actions/{ref}/besoins", name="actions.needs")
def back_to_the_sheet(request: Request, sheet: ReadSheet) -> Response:
    """The address of a form, opened again after an error, leads to its page."""
    return back(request, sheet)
