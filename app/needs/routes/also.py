"""« C’est aussi mon besoin », pressed beside the words that one was typing: none of them is lost."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import TooManyError
from app.core.forms import Filled, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.web import page
from app.identity import queries as people
from app.identity.access import Me, public
from app.identity.states import College
from app.needs import service
from app.needs.access import need_for
from app.needs.forms import AlsoForm, NeedForm
from app.needs.models import Need
from app.needs.routes.reading import back
from app.needs.routes.saying import again
from app.places.queries import reference
from app.policy import NEED_COMMENT, NEED_READ, NEED_SUPPORT
from app.threads.forms import check_author, speaker

router = APIRouter(dependencies=[Depends(public)])
SUPPORT_ALLOWED = limit("support", "40/minute")
SupportedNeed = Annotated[Need, Depends(need_for(NEED_SUPPORT))]
Typed = Annotated[Filled[AlsoForm], Depends(read(AlsoForm))]


@router.post("/besoins/{need_id:int}/aussi", name="needs.also")
def also(request: Request, db: Db, me: Me, need: SupportedNeed, form: Typed) -> Response:
    """Signed in, the voice counts at once; otherwise its collège and an address are asked. Words may then be kept."""
    affiliation, college = speaker(form, me), _college(form, me)
    person = people.person(db, me.person_id) if me.person_id else None
    if person is None or not (affiliation or college):
        form.errors.clear()  # of a form that nobody sent as such
        return _shown(request, db, me, need, form)
    if "in_name_of" in form.errors:
        return _shown(request, db, me, need, form, status=422)
    try:
        SUPPORT_ALLOWED.count(request)
    except TooManyError as fast:
        return _too_fast(request, db, me, need, form, fast)
    new = service.support(db, need, person, college or "", affiliation)
    return _shown(request, db, me, need, form, counted="new" if new else "known")


@router.post("/besoins/{need_id:int}/aussi/voix", name="needs.also_voice")
def voice(request: Request, db: Db, me: Me, need: SupportedNeed, form: Typed) -> Response:
    """The collège and the address: one mail and one link for the voice and for the words, if they are kept."""
    affiliation = speaker(form, me)
    check_author(form, me, affiliation)
    data = form.ok
    if data is None:
        return _shown(request, db, me, need, form, status=422)
    kept = data if data.keep and me.can(NEED_COMMENT, need) else None
    try:
        SUPPORT_ALLOWED.count(request)
        service.also(db, need, data, me, affiliation, keep=kept is not None)
    except TooManyError as fast:
        return _too_fast(request, db, me, need, form, fast)
    if me.signed_in:
        words = _("Votre soutien est compté.")
        return back(request, need, f"{words} {_('Vos mots partent en relecture.')}" if kept else words, "soutiens")
    words = _("Un message vous attend : ouvrez son lien pour que votre voix compte.")
    if kept:
        words = _("Un message vous attend : ouvrez son lien, votre voix comptera et vos mots partiront en relecture.")
    return back(request, need, words, "soutiens")


@router.post("/besoins/nouveau", name="needs.resume")
def resume(request: Request, db: Db, me: Me, form: Annotated[Filled[NeedForm], Depends(read(NeedForm))]) -> Response:
    """Back to one's own need, as it was typed: the neighbour said something else."""
    form.errors.clear()
    return again(request, db, me, form, None, [], status=200)


@router.get("/besoins/{need_id:int}/aussi", name="needs.also_form")
@router.get("/besoins/{need_id:int}/aussi/voix", name="needs.also_voice_form")
def back_to_the_need(request: Request, need: Annotated[Need, Depends(need_for(NEED_READ))]) -> Response:
    """The address of a form, opened again, leads to the need."""
    return back(request, need)


def _college(form: Filled[AlsoForm], me: Me) -> str | None:
    typed = str(form.values.get("college") or "")
    return me.college or (typed if typed in set(College) else None)


def _too_fast(request: Request, db: Db, me: Me, need: Need, form: Filled[AlsoForm], fast: TooManyError) -> Response:
    form.refuse("form", fast.message)
    shown = _shown(request, db, me, need, form, status=429)
    shown.headers["retry-after"] = str(fast.retry_after)
    return shown


def _shown(
    request: Request, db: Db, me: Me, need: Need, form: Filled[AlsoForm], *, status: int = 200, counted: str = ""
) -> Response:  # fmt: skip
    """The need that was chosen, and one's own words; ``counted``: whether the voice is « new » or « known »."""
    typed = "\n\n".join(str(form.values.get(name, "")).strip() for name in ("title", "text")).strip()
    form.values |= {
        "words": form.values.get("words") or typed, "college": form.values.get("college") or me.college or "",
    }  # fmt: skip
    return page(
        request, "needs/also.html", status=status, nav="needs", need=need, form=form, counted=counted,
        territory=reference(db).by_id[need.territory_id],
        commune=reference(db).commune_by_insee.get(need.commune_insee or ""),
        kept={k: v for k, v in form.values.items() if k in NeedForm.model_fields and isinstance(v, str) and v},
    )  # fmt: skip
