"""Saying a need: the form, and what becomes of it."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.accords.models import Accord
from app.core.db import Db
from app.core.errors import TooManyError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.security import spaced
from app.core.uploads import Sent, Uploads, uploads
from app.core.web import go, page
from app.identity import queries as people
from app.identity.access import Me, public
from app.needs import service
from app.needs.forms import NeedForm
from app.needs.models import Need
from app.needs.queries.neighbours import Neighbour
from app.needs.routes.neighbours import ahead, beside
from app.needs.routes.where import Where, may_point, read_place, settled
from app.needs.states import SCALE_LABELS
from app.places.models import Territory
from app.places.queries import reference
from app.policy import NEED_SAY
from app.policy.actor import Affiliation
from app.threads import service as thread_verbs
from app.threads.forms import choose_again, chosen_files, speaker
from app.threads.service import files, holding

router = APIRouter(dependencies=[Depends(uploads), Depends(public)])
NEEDS_ALLOWED = limit("need", "12/10minute")


def _say_context(db: Db, me: Me, chosen: Territory | None) -> dict[str, Any]:
    """The choices of the form; the communes of the territory one comes from stand first."""
    places = reference(db)
    open_ids = {i for i, accord in accords.accords(db).items() if "need.say" in accord.open_verbs}
    ordered = sorted(places.territories, key=lambda t: chosen is None or t.territory_id != chosen.territory_id)
    return {
        "groups": [
            (_named(t, open_ids), [(c.insee, c.name) for c in places.communes_of(t.territory_id)]) for t in ordered
        ],
        "wholes": [(f"T{t.territory_id}", _named(t, open_ids)) for t in places.territories],
        "themes": [(t.code, t.name) for t in accords.themes(db)], "open_ids": open_ids, "places": places,
        "scales": SCALE_LABELS, "may_point": may_point(me), "chosen": chosen,
    }  # fmt: skip


def _named(territory: Territory, open_ids: set[int]) -> str:
    """A territory in a list of choices; one whose calendar is closed says so before anybody writes."""
    if territory.territory_id in open_ids:
        return territory.name
    return _("%(name)s (recueil fermé)") % {"name": territory.name}


@router.get("/besoins/nouveau", name="needs.new")
def new(request: Request, db: Db, me: Me, territoire: str = "", commune: str = "", theme: str = "") -> Response:
    """A blank need, for this territory if one was chosen."""
    territory = reference(db).by_slug.get(territoire)
    chosen = commune or (f"T{territory.territory_id}" if territory else "")
    form = blank(
        NeedForm,
        once=thread_verbs.submission_key(),
        place=chosen,
        theme=theme,
        college=me.college,
        email=me.email,
    )
    form.values = settled(form.values)
    return page(request, "needs/new.html", nav="needs", form=form, **_say_context(db, me, territory), **beside(db))


def _themes(db: Db, form: Filled[NeedForm], accord: Accord | None) -> dict[str, int]:
    """The themes of this accord by code; the one chosen must be one of them."""
    themes = {t.code: t.id or 0 for t in accords.themes(db, accord.scheme_id)} if accord else {}
    if form.data and accord and form.data.theme not in themes:
        form.refuse("theme", _("Choisissez une des réponses proposées."))
    return themes


def _who(form: Filled[NeedForm], me: Me) -> Affiliation | None:
    """In whose name; an organisation brings its collège, a person says theirs."""
    affiliation = speaker(form, me)
    if not (affiliation or form.values.get("college") or "in_name_of" in form.errors):
        form.refuse("college", _("À remplir pour continuer."))
    return affiliation


@router.post("/besoins", name="needs.say")
def say(
    request: Request, db: Db, me: Me, sent: Uploads, form: Annotated[Filled[NeedForm], Depends(read(NeedForm))]
) -> Response:  # fmt: skip
    """Record a need; whatever is wrong, what was typed stays on the page."""
    status, where = 422, read_place(db, form, me)
    accord = accords.accord_of(db, where.territory.territory_id) if where else None
    if where and accord and not me.can(NEED_SAY, accord):
        message = _("Le recueil des besoins est fermé : %(name)s. Le calendrier du territoire dit ce qui est ouvert.")
        form.refuse(where.field, message % {"name": where.territory.name})
        status = 403
    themes, affiliation = _themes(db, form, accord), _who(form, me)
    joined = chosen_files(form, sent)
    data = form.ok
    if data is None or where is None or accord is None:
        if "once" in form.errors:
            form.values["once"] = thread_verbs.submission_key()
        return again(request, db, me, form, where, sent, status=status)
    person = people.person(db, me.person_id) if me.person_id else None
    held = holding.held_for(db, Need, data, words=data.text)
    try:
        NEEDS_ALLOWED.count(request)
        need, code = service.say(
            db, data, accord=accord, territory=where.territory, commune=where.commune, theme_id=themes[data.theme],
            person=person, affiliation=affiliation, spot=where.spot, held_for=held,
        )  # fmt: skip
        near = [] if sent else ahead(db, form.values, need)  # files would have to be chosen again
        if near:
            return again(request, db, me, form, where, sent, status=422, near=near)
        files.attach(db, need, joined, a_posteriori=accord.reads_after("file"))
    except TooManyError as fast:
        form.refuse("form", fast.message)
        return again(request, db, me, form, where, sent, status=429, headers={"retry-after": str(fast.retry_after)})
    return go(request, "portal.tracking", code=spaced(code), recu=1)


def again(
    request: Request, db: Db, me: Me, form: Filled[NeedForm], where: Where | None, sent: list[Sent], *, status: int,
    headers: dict[str, str] | None = None, near: Sequence[Neighbour] = (),
) -> Response:  # fmt: skip
    """The form as it was typed, with what is wrong, or with the needs that say nearly the same."""
    choose_again(form, sent)
    form.values = settled(form.values)
    return page(
        request, "needs/new.html", status=status, headers=headers, nav="needs", form=form,
        **_say_context(db, me, where.territory if where else None), **beside(db, near),
    )  # fmt: skip
