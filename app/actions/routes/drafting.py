"""Beginning a fiche-action, from needs and priorités or from nothing."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.accords.models import Accord, Priority
from app.actions import service
from app.actions.forms import DraftForm
from app.core.db import Db
from app.core.errors import ForbiddenError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.web import go, page
from app.identity.access import Me, SignInNeeded, check, public
from app.needs import queries as needs
from app.needs.models import Need
from app.places.models import Territory
from app.places.queries import reference
from app.policy import NEED_READ, SHEET_DRAFT

router = APIRouter(dependencies=[Depends(public)])
MOST = 40  # needs named by one address


def _territories(db: Db, me: Me) -> list[Territory]:
    """Where this person may begin a fiche.

    Raises:
        SignInNeeded: nobody is signed in.
        ForbiddenError: no territory is theirs.
    """
    if not me.signed_in:
        raise SignInNeeded(_("Connectez-vous pour faire cela."))
    held = me.territories("technician")
    mine = [t for t in reference(db).territories if held is None or t.territory_id in held]
    if not mine:
        raise ForbiddenError
    return mine


def _needs(db: Db, me: Me, ids: Sequence[int]) -> list[Need]:
    found = [needs.one(db, i) for i in dict.fromkeys(ids[:MOST]) if 0 < i < 2**31]
    return [need for need in found if need and me.can(NEED_READ, need)]


def _priorities(db: Db, ids: Sequence[int]) -> list[Priority]:
    found = [accords.priority(db, i) for i in dict.fromkeys(ids[:MOST]) if 0 < i < 2**31]
    return [priority for priority in found if priority]


def _numbers(typed: Sequence[str]) -> list[int]:
    return [int(n) for n in typed if n.isascii() and n.isdigit() and len(n) < 10]


def _new_page(request: Request, db: Db, me: Me, form: Filled[DraftForm], status: int = 200) -> Response:
    mine = _territories(db, me)
    territory = next((t for t in mine if t.slug == form.values["territoire"]), mine[0])
    accord = accords.accord_of(db, territory.territory_id)
    chosen = [str(n) for n in form.values["besoin"] or []]
    context: dict[str, Any] = {
        "needs": _needs(db, me, _numbers(chosen)), "territory": territory,
        "territories": [(t.slug, t.name) for t in mine],
        "themes": [(t.code, t.name) for t in accords.themes(db, accord.scheme_id if accord else None)],
        "priorities": [
            (p.id, p.title) for p in accords.priorities(db, territory.territory_id) if p.status != "withdrawn"
        ],
    }  # fmt: skip
    return page(request, "actions/new.html", status=status, nav="actions", form=form, **context)


@router.get("/fiches-actions/nouvelle", name="actions.new")
def new(
    request: Request, db: Db, me: Me, territoire: str = "",
    besoin: Annotated[list[str], Query()] = [], priorite: Annotated[list[str], Query()] = [],  # noqa: B006
) -> Response:  # fmt: skip
    """A fiche to begin; the needs and priorités of the address are already ticked."""
    _territories(db, me)
    places = reference(db)
    from_needs, from_priorities = _needs(db, me, _numbers(besoin)), _priorities(db, _numbers(priorite))
    behind: list[Need | Priority] = [*from_needs, *from_priorities]
    first = behind[0] if behind else None
    home = places.by_id[first.territory_id] if first else places.by_slug.get(territoire)
    served = [p.id for p in from_priorities] + [n.priority_id for n in from_needs if n.priority_id]
    theme = next((t.code for t in accords.themes(db) if first and t.id == first.theme_id), "")
    form = blank(DraftForm, territoire=home.slug if home else "", theme=theme)
    form.values |= {"besoin": [n.id for n in from_needs], "priorite": list(dict.fromkeys(served))}
    return _new_page(request, db, me, form)


def _same_accord(accord: Accord, rows: Sequence[Need | Priority]) -> bool:
    return all(row.accord_id == accord.id for row in rows)


@router.post("/fiches-actions", name="actions.draft")
def draft(
    request: Request, db: Db, me: Me, form: Annotated[Filled[DraftForm], Depends(read(DraftForm))]
) -> Response:  # fmt: skip
    """Begin a fiche; the next page is where its text is written."""
    _territories(db, me)
    territory = reference(db).by_slug.get(str(form.values["territoire"]))
    accord = accords.accord_of(db, territory.territory_id) if territory else None
    if form.data and accord is None:
        form.refuse("territoire", _("Choisissez une des réponses proposées."))
    if accord:
        check(me, SHEET_DRAFT, accord)
    themes = {t.code: t.id for t in accords.themes(db, accord.scheme_id)} if accord else {}
    if form.data and accord and form.data.theme not in themes:
        form.refuse("theme", _("Choisissez une des réponses proposées."))
    behind = _needs(db, me, form.data.besoin) if form.data else []
    served = _priorities(db, form.data.priorite) if form.data else []
    if accord and not (_same_accord(accord, behind) and _same_accord(accord, served)):
        form.refuse("territoire", _("Les besoins et les priorités d’une fiche sont de son territoire."))
    data = form.ok
    if data is None or accord is None:
        return _new_page(request, db, me, form, 422)
    theme_id = themes[data.theme] or 0
    sheet = service.begin(
        db, accord, theme_id=theme_id, title=data.title, by=me.person_id or 0, needs=behind, priorities=served
    )
    words = _("Fiche commencée : seule l’équipe technique du territoire la lit, jusqu’à sa première version.")
    return go(request, "actions.edit", ref=sheet.reference, flash=words)
