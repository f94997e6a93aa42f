"""Changing a group: its words, its needs; undoing it, and making it again."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import DomainError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.web import go, page
from app.identity import queries as people
from app.identity.access import Me, public
from app.needs import citations, queries
from app.needs.access import group_for
from app.needs.forms import GroupWords, MembersForm
from app.needs.models import NeedGroup
from app.needs.queries import groups
from app.needs.routes.groups.reading import back
from app.needs.service import groups as service
from app.needs.states import GroupStatus
from app.places.queries import reference
from app.policy import GROUP_EDIT, NEED_READ
from app.threads import queries as threads

router = APIRouter(dependencies=[Depends(public)])
EditedGroup = Annotated[NeedGroup, Depends(group_for(GROUP_EDIT))]


def _edit_page(
    request: Request, db: Db, group: NeedGroup, *, status: int = 200, words: Filled[GroupWords] | None = None,
    needs: Filled[MembersForm] | None = None, stale: dict[str, Any] | None = None,
) -> Response:  # fmt: skip
    members = groups.members(db, group.id or 0)
    references = [member.reference for member in members]
    hidden = [s.text for s in citations.sentences(group.summary, references) if not s.cited]
    blank_words = blank(GroupWords, title=group.title, summary=group.summary, edited=group.edited)
    return page(
        request, "needs/groups/edit.html", status=status, nav="needs", group=group, members=members, hidden=hidden,
        form=words or blank_words, needs_form=needs or blank(MembersForm), stale=stale,
        dissolved=group.status == GroupStatus.DISSOLVED, territory=reference(db).by_id[group.territory_id],
        former=groups.former_members(db, group.id or 0) if group.status == GroupStatus.DISSOLVED else [],
    )  # fmt: skip


@router.get("/besoins-partages/{group_id:int}/modifier", name="needs.edit_group")
def edit(request: Request, db: Db, group: EditedGroup) -> Response:
    """The words of a group and its needs, to change."""
    return _edit_page(request, db, group)


@router.post("/besoins-partages/{group_id:int}/modifier", name="needs.save_group")
def save(
    request: Request, db: Db, me: Me, group: EditedGroup,
    form: Annotated[Filled[GroupWords], Depends(read(GroupWords))],
) -> Response:  # fmt: skip
    """Keep the words; after somebody else's save, show both instead of losing one."""
    data = form.ok
    if data is None:
        return _edit_page(request, db, group, status=422, words=form)
    try:
        service.edit(
            db, group, title=data.title, summary=data.summary, edited=data.edited, by=me.person_id or 0
        )  # fmt: skip
    except service.StaleError as error:
        form.values["edited"] = group.edited
        return _edit_page(request, db, group, status=409, words=form, stale=_stale(db, group, error))
    except service.SummaryError as error:
        form.refuse("summary", error.message)
        return _edit_page(request, db, group, status=422, words=form)
    return back(request, group, _("Texte enregistré : les auteurs concernés sont prévenus."))


def _stale(db: Db, group: NeedGroup, error: DomainError) -> dict[str, Any]:
    """Who saved meanwhile, when, and what they wrote."""
    last = next((e for e in reversed(threads.events(db, groups.KIND, group.id or 0)) if e.verb == "edit"), None)
    person = people.person(db, last.actor_id) if last and last.actor_id else None
    return {
        "message": error.message, "who": person.pseudonym if person else _("Une autre personne"),
        "at": last.at if last else group.created_at, "title": group.title, "summary": group.summary,
    }  # fmt: skip


@router.post("/besoins-partages/{group_id:int}/besoins", name="needs.add_to_group")
def add(
    request: Request, db: Db, me: Me, group: EditedGroup,
    form: Annotated[Filled[MembersForm], Depends(read(MembersForm))],
) -> Response:  # fmt: skip
    """Add needs, ticked or named by their references."""
    ids = list(form.data.besoin) if form.data else []
    for typed in form.data.each() if form.data else []:
        need = queries.by_reference(db, typed)
        if need is None or not me.can(NEED_READ, need):
            form.refuse("references", _("Aucun besoin publié ne porte la référence %(reference)s.") % {
                "reference": typed[:20],
            })  # fmt: skip
            break
        ids.append(need.id or 0)
    if form.ok and not ids:
        form.refuse("references", _("Écrivez la référence d’un besoin, par exemple ML-4K7P."))
    if form.ok is None:
        return _edit_page(request, db, group, status=422, needs=form)
    try:
        added = service.add(db, group, ids, by=me.person_id or 0)
    except DomainError as error:
        form.refuse("references", error.message)
        return _edit_page(request, db, group, status=422, needs=form)
    words = ngettext("%(num)s besoin ajouté.", "%(num)s besoins ajoutés.", len(added)) % {"num": len(added)}
    return back(request, group, words if added else _("Ce besoin est déjà dans le groupe."), "besoins")


@router.post("/besoins-partages/{group_id:int}/sorties", name="needs.split_group")
def take_out(
    request: Request, db: Db, me: Me, group: EditedGroup,
    form: Annotated[Filled[MembersForm], Depends(read(MembersForm))],
) -> Response:  # fmt: skip
    """Take the ticked needs out: each continues alone."""
    if form.data and not form.data.besoin:
        form.refuse("besoin", _("Cochez au moins un besoin."))
    data = form.ok
    if data is None:
        return _edit_page(request, db, group, status=422, needs=form)
    left = service.take_out(db, group, data.besoin, by=me.person_id or 0)
    words = ngettext("%(num)s besoin continue seul.", "%(num)s besoins continuent seuls.", len(left))
    return back(request, group, words % {"num": len(left)} if left else None, "besoins")


@router.post("/besoins-partages/{group_id:int}/dissolution", name="needs.dissolve_group")
def dissolve(request: Request, db: Db, me: Me, group: EditedGroup) -> Response:
    """Undo the group: its needs continue alone, and it can be made again."""
    service.dissolve(db, group, by=me.person_id or 0)
    words = _("Regroupement défait : chaque besoin continue seul. Vous pouvez le refaire ici.")
    return go(request, "needs.edit_group", group_id=group.id, flash=words)


@router.post("/besoins-partages/{group_id:int}/retour", name="needs.restore_group")
def restore(request: Request, db: Db, me: Me, group: EditedGroup) -> Response:
    """Make it again with the needs that it held, as far as they are free."""
    came, stayed = service.restore(db, group, by=me.person_id or 0)
    if not stayed:
        return back(request, group, _("Regroupement refait, avec tous ses besoins.") if came else None, "besoins")
    names = ", ".join(need.reference for need in stayed)
    words = ngettext(
        "Regroupement refait, sauf un besoin qui n’est plus libre : %(names)s.",
        "Regroupement refait, sauf %(num)s besoins qui ne sont plus libres : %(names)s.", len(stayed),
    )  # fmt: skip
    return go(
        request, "needs.group", group_id=group.id, slug=group.slug, level="attention",
        flash=words % {"num": len(stayed), "names": names}, anchor="besoins",
    )  # fmt: skip


@router.get("/besoins-partages/{group_id:int}/besoins", name="needs.group_added")
@router.get("/besoins-partages/{group_id:int}/sorties", name="needs.group_split")
def form_again(request: Request, group: EditedGroup) -> Response:
    """The address of a form, opened again after an error, leads to its page."""
    return go(request, "needs.edit_group", group_id=group.id)
