"""A technician's pages: the calendar, enjeux and priorités of a territory."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords import queries, service
from app.accords.access import Place, challenge_for, found, phase_of, place_for, priority_for
from app.accords.forms import ChallengeForm, PhaseForm, PriorityForm, RankForm, StageForm
from app.accords.models import Challenge, Phase, Priority
from app.accords.states import CHALLENGE, MOVE_LABELS, PRIORITY, VERB_LABELS, Verb
from app.core.db import Db
from app.core.errors import ConflictError
from app.core.forms import Filled, Form, blank, read
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.core.web import go, page
from app.identity.access import Me
from app.places.queries import reference
from app.policy import CALENDAR_EDIT, CHALLENGE_EDIT, PRIORITY_EDIT, PRIORITY_RANK

router = APIRouter()
CalendarPlace = Annotated[Place, Depends(place_for(CALENDAR_EDIT))]
ChallengePlace = Annotated[Place, Depends(place_for(CHALLENGE_EDIT))]
PriorityPlace = Annotated[Place, Depends(place_for(PRIORITY_EDIT))]
PhaseFilled = Annotated[Filled[PhaseForm], Depends(read(PhaseForm))]
ChallengeFilled = Annotated[Filled[ChallengeForm], Depends(read(ChallengeForm))]
PriorityFilled = Annotated[Filled[PriorityForm], Depends(read(PriorityForm))]
StageFilled = Annotated[Filled[StageForm], Depends(read(StageForm))]
EditedChallenge = Annotated[Challenge, Depends(challenge_for(CHALLENGE_EDIT))]
EditedPriority = Annotated[Priority, Depends(priority_for(PRIORITY_EDIT))]


@router.get("/territoires/{slug}/calendrier", name="accords.calendar")
def calendar(request: Request, here: CalendarPlace) -> Response:
    """The steps of the calendar, to change."""
    return page(request, "accords/calendar.html", nav="territories", here=here, day=today(), verbs=VERB_LABELS)


def _phase_page(
    request: Request, here: Place, form: Filled[PhaseForm], phase: Phase | None, status: int = 200
) -> Response:
    verbs = [(v.value, _(VERB_LABELS[v])) for v in Verb]
    return page(
        request,
        "accords/phase.html",
        status=status,
        nav="territories",
        here=here,
        form=form,
        phase=phase,
        verbs=verbs,
    )


@router.get("/territoires/{slug}/calendrier/nouvelle-etape", name="accords.new_phase")
def new_phase(request: Request, here: CalendarPlace) -> Response:
    """A blank step."""
    return _phase_page(request, here, blank(PhaseForm, opens=[]), None)


@router.post("/territoires/{slug}/calendrier", name="accords.add_phase")
def add_phase(request: Request, db: Db, me: Me, here: CalendarPlace, form: PhaseFilled) -> Response:
    """Add a step."""
    if form.ok is None:
        return _phase_page(request, here, form, None, 422)
    service.save_phase(db, here.accord, form.ok, None, by=me.person_id)
    return go(
        request,
        "accords.calendar",
        slug=here.territory.slug,
        flash=_("Étape ajoutée : elle vaut dès maintenant."),
    )


@router.get("/territoires/{slug}/calendrier/{phase_id:int}", name="accords.edit_phase")
def edit_phase(request: Request, db: Db, here: CalendarPlace, phase_id: int) -> Response:
    """One step, to change."""
    phase = phase_of(db, here, phase_id)
    return _phase_page(request, here, blank(PhaseForm, **_dated(phase.model_dump())), phase)


def _dated(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in values.items()}


@router.post("/territoires/{slug}/calendrier/{phase_id:int}", name="accords.save_phase")
def save_phase(request: Request, db: Db, me: Me, here: CalendarPlace, phase_id: int, form: PhaseFilled) -> Response:
    """Change a step."""
    phase = phase_of(db, here, phase_id)
    if form.ok is None:
        return _phase_page(request, here, form, phase, 422)
    service.save_phase(db, here.accord, form.ok, phase, by=me.person_id)
    return go(
        request,
        "accords.calendar",
        slug=here.territory.slug,
        flash=_("Étape modifiée : elle vaut dès maintenant."),
    )


@router.post("/territoires/{slug}/calendrier/{phase_id:int}/retrait", name="accords.remove_phase")
def remove_phase(request: Request, db: Db, me: Me, here: CalendarPlace, phase_id: int) -> Response:
    """Take a step out."""
    service.remove_phase(db, here.accord, phase_of(db, here, phase_id), by=me.person_id)
    return go(request, "accords.calendar", slug=here.territory.slug, flash=_("Étape retirée du calendrier."))


def _challenge_page(
    request: Request, here: Place, form: Filled[ChallengeForm], challenge: Challenge | None, status: int = 200
) -> Response:
    moves = [(v, _(MOVE_LABELS[v])) for v in CHALLENGE.verbs(challenge.status)] if challenge else []
    return page(
        request, "accords/challenge.html", status=status, nav="territories", here=here, form=form,
        challenge=challenge, moves=moves,
    )  # fmt: skip


@router.get("/territoires/{slug}/enjeux/nouveau", name="accords.new_challenge")
def new_challenge(request: Request, here: ChallengePlace) -> Response:
    """A blank enjeu."""
    return _challenge_page(request, here, blank(ChallengeForm), None)


@router.post("/territoires/{slug}/enjeux", name="accords.add_challenge")
def add_challenge(request: Request, db: Db, me: Me, here: ChallengePlace, form: ChallengeFilled) -> Response:
    """Propose an enjeu."""
    if form.ok is None:
        return _challenge_page(request, here, form, None, 422)
    service.save_challenge(db, here.accord, form.ok, None, by=me.person_id)
    return go(request, "portal.territory", slug=here.territory.slug, anchor="enjeux", flash=_("Enjeu proposé."))


@router.get("/enjeux/{challenge_id:int}/modifier", name="accords.edit_challenge")
def edit_challenge(request: Request, db: Db, challenge: EditedChallenge) -> Response:
    """One enjeu, to change."""
    return _challenge_page(request, _home(db, challenge), blank(ChallengeForm, **challenge.model_dump()), challenge)


def _home(db: Db, obj: Challenge | Priority) -> Place:
    return Place(reference(db).by_id[obj.territory_id], found(queries.accord(db, obj.accord_id)))


@router.post("/enjeux/{challenge_id:int}", name="accords.save_challenge")
def save_challenge(request: Request, db: Db, me: Me, challenge: EditedChallenge, form: ChallengeFilled) -> Response:
    """Reword an enjeu."""
    here = _home(db, challenge)
    if form.ok is None:
        return _challenge_page(request, here, form, challenge, 422)
    service.save_challenge(db, here.accord, form.ok, challenge, by=me.person_id)
    return go(request, "portal.territory", slug=here.territory.slug, anchor="enjeux", flash=_("Enjeu modifié."))


@router.post("/enjeux/{challenge_id:int}/etape", name="accords.move_challenge")
def move_challenge(request: Request, db: Db, me: Me, challenge: EditedChallenge, form: StageFilled) -> Response:
    """Change the stage of an enjeu."""
    here = _home(db, challenge)
    if form.ok is None:
        return _challenge_page(request, here, _explain(ChallengeForm, challenge, form), challenge, 422)
    service.move_challenge(db, challenge, form.ok.verb, by=me.person_id, note=form.ok.note)
    return go(request, "portal.territory", slug=here.territory.slug, anchor="enjeux", flash=_("Étape enregistrée."))


def _explain(model: type[Form], obj: Challenge | Priority, sent: Filled[StageForm]) -> Filled[Any]:
    form: Filled[Any] = blank(model, **obj.model_dump(), note=sent.values.get("note", ""))
    form.errors["note"] = next(iter(sent.errors.values()))
    return form


def _priority_page(
    request: Request,
    db: Db,
    here: Place,
    form: Filled[PriorityForm],
    priority: Priority | None,
    status: int = 200,
) -> Response:
    moves = [(v, _(MOVE_LABELS[v])) for v in PRIORITY.verbs(priority.status)] if priority else []
    return page(
        request, "accords/priority.html", status=status, nav="priorities", here=here, form=form, priority=priority,
        moves=moves, themes=[(t.id, t.name) for t in queries.themes(db, here.accord.scheme_id)],
        challenges=[(c.id, c.title) for c in queries.challenges(db, here.accord.id or 0)],
    )  # fmt: skip


@router.get("/territoires/{slug}/priorites/nouvelle", name="accords.new_priority")
def new_priority(request: Request, db: Db, here: PriorityPlace) -> Response:
    """A blank priorité."""
    return _priority_page(request, db, here, blank(PriorityForm, edited=0), None)


def _belongs(db: Db, here: Place, form: Filled[PriorityForm]) -> PriorityForm | None:
    """The form, if its theme and its enjeu are of this accord."""
    data = form.ok
    if data is None:
        return None
    if data.theme_id not in {t.id for t in queries.themes(db, here.accord.scheme_id)}:
        form.refuse("theme_id", _("Choisissez une des réponses proposées."))
    if data.challenge_id and data.challenge_id not in {c.id for c in queries.challenges(db, here.accord.id or 0)}:
        form.refuse("challenge_id", _("Cet enjeu n’est pas de ce territoire."))
    return form.ok


@router.post("/territoires/{slug}/priorites", name="accords.add_priority")
def add_priority(request: Request, db: Db, me: Me, here: PriorityPlace, form: PriorityFilled) -> Response:
    """Propose a priorité."""
    data = _belongs(db, here, form)
    if data is None:
        return _priority_page(request, db, here, form, None, 422)
    priority = service.save_priority(db, here.accord, data, None, by=me.person_id)
    return go(request, "board.priority", priority_id=priority.id, flash=_("Priorité proposée."))


@router.get("/priorites/{priority_id:int}/modifier", name="accords.edit_priority")
def edit_priority(request: Request, db: Db, priority: EditedPriority) -> Response:
    """One priorité, to change."""
    return _priority_page(request, db, _home(db, priority), blank(PriorityForm, **priority.model_dump()), priority)


@router.post("/priorites/{priority_id:int}", name="accords.save_priority")
def save_priority(request: Request, db: Db, me: Me, priority: EditedPriority, form: PriorityFilled) -> Response:
    """Reword a priorité; a stale form is refused with what was typed kept."""
    here = _home(db, priority)
    data = _belongs(db, here, form)
    if data is None:
        return _priority_page(request, db, here, form, priority, 422)
    try:
        service.save_priority(db, here.accord, data, priority, by=me.person_id)
    except ConflictError as stale:
        form.errors["title"] = stale.message
        form.values["edited"] = priority.edited
        return _priority_page(request, db, here, form, priority, 409)
    return go(request, "board.priority", priority_id=priority.id, flash=_("Priorité modifiée."))


@router.post("/priorites/{priority_id:int}/etape", name="accords.move_priority")
def move_priority(request: Request, db: Db, me: Me, priority: EditedPriority, form: StageFilled) -> Response:
    """Change the stage of a priorité."""
    if form.ok is None:
        return _priority_page(request, db, _home(db, priority), _explain(PriorityForm, priority, form), priority, 422)
    service.move_priority(db, priority, form.ok.verb, by=me.person_id, note=form.ok.note)
    return go(request, "board.priority", priority_id=priority.id, flash=_("Étape enregistrée."))


@router.post("/priorites/{priority_id:int}/rang", name="accords.rank_priority")
def rank_priority(
    request: Request, db: Db, me: Me, priority: Annotated[Priority, Depends(priority_for(PRIORITY_RANK))],
    form: Annotated[Filled[RankForm], Depends(read(RankForm))],
) -> Response:  # fmt: skip
    """Record the rank set by the territorial committee."""
    if form.ok is None:
        shown = blank(PriorityForm, **priority.model_dump() | form.values)
        shown.errors |= form.errors
        return _priority_page(request, db, _home(db, priority), shown, priority, 422)
    try:
        service.rank(db, priority, form.ok, by=me.person_id)
    except ConflictError as taken:
        shown = blank(PriorityForm, **priority.model_dump() | form.values)
        shown.errors["rank"] = taken.message
        return _priority_page(request, db, _home(db, priority), shown, priority, 409)
    return go(request, "board.priority", priority_id=priority.id, flash=_("Rang enregistré."))
