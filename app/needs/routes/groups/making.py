"""Grouping needs: from a need and its neighbours, from a search, from what was ticked in a list."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.core.db import Db
from app.core.errors import DomainError, NotFoundError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.web import page
from app.identity.access import Me, SignInNeeded, check, public
from app.needs import queries
from app.needs.access import need_for
from app.needs.forms import GroupForm, NeedFilter
from app.needs.models import Need, NeedGroup
from app.needs.queries import PUBLIC, group_lists, groups
from app.needs.queries.neighbours import neighbours
from app.needs.routes.groups.reading import back
from app.needs.service import groups as service
from app.places.queries import reference
from app.policy import GROUP_EDIT, GROUP_MAKE
from app.policy.actor import Actor

router = APIRouter(dependencies=[Depends(public)])
SUGGESTED = 20
ALIKE = 10  # of 100: who groups looks wider than who types


def chosen(db: Db, me: Actor, ids: Sequence[int]) -> list[Need]:
    """The public needs among these that this person may group, all of the accord of the first."""
    found = groups.of_ids(db, [i for i in ids[: groups.MAX_NEEDS] if 0 < i < 2**31])
    mine = [need for need in found if need.status in PUBLIC and me.can(GROUP_MAKE, need)]
    return [need for need in mine if need.accord_id == mine[0].accord_id]


def _numbers(typed: Sequence[str]) -> list[int]:
    return [int(n) for n in typed if n.isascii() and n.isdigit() and len(n) < 10]


def _source(db: Db, me: Actor, group_id: int | None) -> NeedGroup | None:
    """The group that is being split."""
    group = groups.one(db, group_id) if group_id else None
    if group is not None:
        check(me, GROUP_EDIT, group)
    return group


@router.get("/besoins/{need_id:int}/regroupement", name="needs.suggest")
def suggest(
    request: Request, db: Db, me: Me, need: Annotated[Need, Depends(need_for(GROUP_MAKE))], q: str = ""
) -> Response:  # fmt: skip
    """The needs that may say the same as this one: its neighbours, and what a search finds."""
    if need.status not in PUBLIC:
        raise NotFoundError(_("Ce besoin n’est pas publié : il ne se regroupe pas."))
    find = NeedFilter(q=q)
    near = neighbours(
        db, f"{need.title}\n{need.text}", territory_id=need.territory_id, limit=SUGGESTED, exclude=(need.id or 0,),
        at_least=ALIKE,
    )  # fmt: skip
    near = [one for one in near if one.territory_id == need.territory_id]
    rows = queries.visible(db, me, find, need.territory_id, size=SUGGESTED).rows if find.q else []
    found = [row for row in rows if row.id != need.id]
    known = groups.of_needs(db, [need, *near, *found])
    return page(
        request, "needs/groups/suggest.html", nav="needs", need=need, near=near, found=found, q=find.q, known=known,
        territory=reference(db).by_id[need.territory_id],
        options=group_lists.near(db, need.accord_id, [g for g in known if g != need.group_id]),
    )  # fmt: skip


def _form_page(
    request: Request, db: Db, me: Actor, form: Filled[GroupForm], needs: Sequence[Need], source: NeedGroup | None,
    status: int = 200,
) -> Response:  # fmt: skip
    others = groups.of_needs(db, [need for need in needs if source is None or need.group_id != source.id])
    return page(
        request, "needs/groups/new.html", status=status, nav="needs", form=form, needs=needs, source=source,
        others=others, territory=reference(db).by_id[needs[0].territory_id] if needs else None,
    )  # fmt: skip


@router.get("/besoins-partages/nouveau", name="needs.new_group")
def new(
    request: Request, db: Db, me: Me, besoin: Annotated[list[str], Query()] = [], depuis: str = "",  # noqa: B006
) -> Response:  # fmt: skip
    """A group to begin, with the needs of the address."""
    if not me.signed_in:
        raise SignInNeeded(_("Connectez-vous pour faire cela."))
    source = _source(db, me, next(iter(_numbers([depuis])), None))
    needs = chosen(db, me, _numbers(besoin))
    form = blank(GroupForm, title=needs[0].title if needs else "", depuis=source.id if source else "")
    return _form_page(request, db, me, form, needs, source)


@router.post("/besoins-partages", name="needs.make_group")
def make(
    request: Request, db: Db, me: Me, form: Annotated[Filled[GroupForm], Depends(read(GroupForm))]
) -> Response:  # fmt: skip
    """Group these needs: each keeps its words and its supporters, its author is told."""
    ids = _numbers([str(i) for i in form.values["besoin"] or []])
    needs = chosen(db, me, ids)
    source = _source(db, me, form.data.depuis if form.data else None)
    accord = accords.accord(db, needs[0].accord_id) if needs else None
    if accord is not None:
        check(me, GROUP_MAKE, accord)
    elif not me.signed_in:
        raise SignInNeeded(_("Connectez-vous pour faire cela."))
    if accord is None or len(needs) < len(set(ids)):
        form.refuse("besoin", _("Cochez des besoins publiés d’un seul territoire, dont vous avez la charge."))
    data = form.ok
    if data is None or accord is None:
        return _form_page(request, db, me, form, needs, source, 422)
    try:
        group = service.make(
            db, accord, [need.id or 0 for need in needs], title=data.title, summary=data.summary,
            by=me.person_id or 0, source=source,
        )  # fmt: skip
    except DomainError as error:
        form.refuse("summary" if isinstance(error, service.SummaryError) else "besoin", error.message)
        return _form_page(request, db, me, form, needs, source, 422)
    return back(request, group, _("Besoins regroupés : leurs auteurs sont prévenus."))
