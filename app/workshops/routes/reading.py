"""The list of workshops, one workshop."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.core.db import Db, now
from app.core.forms import Filled, blank, clean
from app.core.i18n import gettext as _
from app.core.web import go, page
from app.identity.access import Me, public
from app.places.queries import reference
from app.policy import WORKSHOP_JOIN, WORKSHOP_REPORT, WORKSHOP_RUN
from app.workshops import counting, queries
from app.workshops.access import WRONG_CODES, ReadWorkshop, check_guessing
from app.workshops.forms import normal_room_code
from app.workshops.forms.registering import RegistrationForm
from app.workshops.models import Workshop
from app.workshops.queries import registrations
from app.workshops.queries.report import in_brief, list_outcomes, said
from app.workshops.states import KIND_LABELS, MODE_LABELS, ROOM_LABELS, STEP_LABELS, Attendance, Room

router = APIRouter(dependencies=[Depends(public)])


@router.get("/ateliers", name="workshops.index")
def index(request: Request, db: Db, me: Me, territoire: str = "") -> Response:
    """Workshops under way, to come, past; and the way in with a code."""
    places = reference(db)
    territory = places.by_slug.get(territoire)
    rooms = queries.rooms(db, me, territory.territory_id if territory else None)
    shown = [*rooms.live, *rooms.coming, *rooms.past]
    return page(
        request, "workshops/index.html", nav="workshops", territory=territory, places=places,
        find={"territoire": territoire if territory else ""}, live=rooms.live, coming=rooms.coming, past=rooms.past,
        drafts=rooms.drafts, seats=queries.seats(db, [w.id or 0 for w in shown]), room_labels=ROOM_LABELS,
        mode_labels=MODE_LABELS, places_in=registrations.places(db, rooms.coming),
        mine=queries.led_by(db, me.person_id),
        may_create=[t for t in places.territories if me.holds("facilitator", t.id)], typed="",
        code_error="",
    )  # fmt: skip


@router.get("/a", name="workshops.find")
def find(request: Request, db: Db, code: str = "") -> Response:
    """From a code as typed to its room; the address alone, as it is printed, asks for the code."""
    room = queries.by_code(db, code)
    if room is not None and room.status != Room.DRAFT:
        check_guessing(request, room)
        return go(request, "workshops.room", code=room.code)
    error = ""
    if normal_room_code(code):
        WRONG_CODES.count(request)
        error = _("Aucun atelier ne porte ce code. Vérifiez les six caractères affichés dans la salle.")
    elif code:
        error = _("Écrivez les six caractères affichés dans la salle.")
    status = 404 if error else 200
    shown = clean(code)[:20]
    return page(request, "workshops/enter.html", status=status, nav="workshops", typed=shown, code_error=error)


@router.get("/ateliers/{workshop_id:int}", name="workshops.short")
def short(request: Request, workshop: ReadWorkshop) -> Response:
    """The short address leads to the readable one."""
    address = request.app.state.urls("workshops.show", workshop_id=workshop.id, slug=workshop.slug)
    return RedirectResponse(address, status_code=301)


def context_of(db: Db, me: Me, workshop: Workshop) -> dict[str, Any]:
    """What the page of a workshop and its report both show."""
    steps = queries.steps(db, workshop.id or 0)
    present = queries.present_by(db, workshop.id or 0)
    revealed = queries.revealed(steps) if me.can(WORKSHOP_REPORT, workshop) or workshop.status == Room.RUNNING else []
    results, options = queries.results(db, revealed, present), queries.options(db, [s.id or 0 for s in steps])
    return {
        "nav": "workshops", "workshop": workshop, "territory": reference(db).by_id[workshop.territory_id],
        "steps": steps, "options": options, "results": results, "why_hidden": said.hidden(results.values()),
        "brief": in_brief((s, results[s.id or 0], options[s.id or 0]) for s in revealed),
        "measure": said.measure(results.values()),
        "present_by": present, "present": sum(present.values()), "present_apart": counting.shown_apart(present),
        "room_labels": ROOM_LABELS, "kind_labels": KIND_LABELS, "step_labels": STEP_LABELS,
        "may_run": me.can(WORKSHOP_RUN, workshop), "join_open": me.can(WORKSHOP_JOIN, workshop),
        "period_closed": "workshop.join" not in workshop.open_verbs,
    }  # fmt: skip


@router.get("/ateliers/{workshop_id:int}-{slug}", name="workshops.show")
def show(request: Request, db: Db, me: Me, workshop: ReadWorkshop, slug: str, message: int = 0) -> Response:
    """One workshop: where, when, its run sheet, its results once shown; ``message``: a link was just mailed."""
    if slug != workshop.slug:
        return short(request, workshop)
    return show_workshop(request, db, me, workshop, mailed=bool(message))


def show_workshop(
    request: Request, db: Db, me: Me, workshop: Workshop, *, form: Filled[RegistrationForm] | None = None,
    mailed: bool = False,
) -> Response:  # fmt: skip
    """Its page, with what was typed by somebody who says they come and could not be taken."""
    status = 422 if form and form.errors else 200
    return page(
        request, "workshops/show.html", status=status, mailed=mailed, **context_of(db, me, workshop),
        outcomes=list_outcomes(db, workshop.id or 0) if workshop.status == Room.PUBLISHED else [],
        **_registering(db, me, workshop, form or blank(RegistrationForm, way="salle", email=me.email)),
    )  # fmt: skip


def _registering(db: Db, me: Me, workshop: Workshop, form: Filled[RegistrationForm]) -> dict[str, Any]:
    """Who may still register, and where one's own registration is."""
    asks = workshop.registration and workshop.status == Room.SCHEDULED
    soon = workshop.registration and workshop.status == Room.DRAFT
    mine = registrations.of_person(db, workshop.id or 0, me.person_id) if workshop.registration else None
    coming = mine if mine and mine.status in registrations.COMING else None
    return {
        "form": form, "mine": coming, "places": registrations.places_of(db, workshop) if asks or soon else None,
        "register_open": asks and workshop.starts_at > now(),
        "reminded": workshop.starts_at > now() + registrations.REMIND_BEFORE,
        "rank": registrations.rank(db, coming) if coming and coming.status == Attendance.WAITING else 0,
    }  # fmt: skip
