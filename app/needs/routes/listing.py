"""The list of needs, and saying one."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.accords.models import Accord
from app.core.db import Db
from app.core.errors import TooManyError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.core.limits import limit
from app.core.security import spaced
from app.core.web import go, page
from app.identity import queries as people
from app.identity.access import Me, public
from app.needs import queries, service
from app.needs.access import need_for
from app.needs.forms import NeedFilter, NeedForm
from app.needs.models import Need
from app.needs.queries import fil
from app.needs.states import LIST_STATE_LABELS, OUTCOME_LABELS, SORT_LABELS
from app.places.models import Commune, Territory
from app.places.queries import reference
from app.policy import NEED_READ, NEED_SAY
from app.policy.actor import Affiliation
from app.threads import service as thread_verbs
from app.threads.forms import speaker

router = APIRouter(dependencies=[Depends(public)])
ReadNeed = Annotated[Need, Depends(need_for(NEED_READ))]


def list_context(request: Request, db: Db, me: Me, find: NeedFilter, territory: Territory | None) -> dict[str, Any]:
    """What every list of needs shows: rows, filters in force, choices of each filter."""
    places = reference(db)
    territory_id = territory.territory_id if territory else None
    listed = queries.visible(db, me, find, territory_id)
    priority = accords.priority(db, find.priorite) if find.priorite else None
    return {
        "listed": listed, "find": find, "territory": territory, "places": places, "mini": fil.mini, "day": today(),
        "themes": {t.id: t for t in accords.themes(db)}, "priority": priority,
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


NEEDS_ALLOWED = limit("need", "12/10minute")


def _say_context(db: Db) -> dict[str, Any]:
    places = reference(db)
    open_ids = {i for i, accord in accords.accords(db).items() if "need.say" in accord.open_verbs}
    groups = [
        (t.name, [(c.insee, c.name) for c in places.communes_of(t.territory_id)]
         + [(f"T{t.territory_id}", _("Tout le territoire : %(name)s") % {"name": t.name})])
        for t in places.territories
    ]  # fmt: skip
    themes = [(t.code, t.name, t.lede) for t in accords.themes(db)]
    return {"groups": groups, "themes": themes, "open_ids": open_ids, "places": places}


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
    return page(request, "needs/new.html", nav="needs", form=form, chosen=territory, **_say_context(db))


def _place(db: Db, form: Filled[NeedForm]) -> tuple[Territory, Commune | None] | None:
    """The territory and commune chosen, or an error beside the field."""
    places = reference(db)
    chosen = str(form.values.get("place", ""))
    commune = places.commune_by_insee.get(chosen)
    if commune:
        return places.by_id[commune.territory_id], commune
    territory = places.by_id.get(int(chosen[1:])) if re.fullmatch(r"T[0-9]{1,6}", chosen) else None
    if territory:
        return territory, None
    if chosen:
        form.refuse("place", _("Choisissez une commune de la liste, ou tout un territoire."))
    return None


def _themes(db: Db, form: Filled[NeedForm], accord: Accord | None) -> dict[str, int]:
    """The themes of this accord by code; the one chosen must be one of them."""
    themes = {t.code: t.id or 0 for t in accords.themes(db, accord.scheme_id)} if accord else {}
    if form.data and accord and form.data.theme not in themes:
        form.refuse("theme", _("Choisissez une des réponses proposées."))
    return themes


def _who(form: Filled[NeedForm], me: Me) -> Affiliation | None:
    """In whose name; an organisation brings its collège, a person says theirs."""
    affiliation = speaker(form, me)
    if form.data and not (affiliation or form.data.college):
        form.refuse("college", _("À remplir pour continuer."))
    return affiliation


@router.post("/besoins", name="needs.say")
def say(request: Request, db: Db, me: Me, form: Annotated[Filled[NeedForm], Depends(read(NeedForm))]) -> Response:
    """Record a need; whatever is wrong, what was typed stays on the page."""
    status, chosen = 422, _place(db, form)
    accord = accords.accord_of(db, chosen[0].territory_id) if chosen else None
    if chosen and accord and not me.can(NEED_SAY, accord):
        message = _("Le recueil des besoins est fermé : %(name)s. Le calendrier du territoire dit ce qui est ouvert.")
        form.refuse("place", message % {"name": chosen[0].name})
        status = 403
    themes, affiliation = _themes(db, form, accord), _who(form, me)
    data = form.ok
    if data is None or chosen is None or accord is None:
        if "once" in form.errors:
            form.values["once"] = thread_verbs.submission_key()
        return _again(request, db, form, chosen[0] if chosen else None, status=status)
    person = people.person(db, me.person_id) if me.person_id else None
    try:
        NEEDS_ALLOWED.count(request)
        _need, code = service.say(
            db, data, accord=accord, territory=chosen[0], commune=chosen[1], theme_id=themes[data.theme],
            person=person, affiliation=affiliation,
        )  # fmt: skip
    except TooManyError as fast:
        form.refuse("form", fast.message)
        return _again(request, db, form, chosen[0], status=429, headers={"retry-after": str(fast.retry_after)})
    return go(request, "portal.tracking", code=spaced(code), recu=1)


def _again(
    request: Request, db: Db, form: Filled[NeedForm], chosen: Territory | None, *, status: int,
    headers: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """The form as it was typed, with what is wrong."""
    return page(
        request, "needs/new.html", status=status, headers=headers, nav="needs", form=form, chosen=chosen,
        **_say_context(db),
    )  # fmt: skip
