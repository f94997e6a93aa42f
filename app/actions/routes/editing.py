"""A technician writes a fiche, moves it, links it with needs."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.actions import compare, queries, service
from app.actions.access import sheet_for
from app.actions.forms import MAX_ROWS, ROWS, LinkForm, MoveForm, SheetForm, every_row
from app.actions.models import ActionSheet
from app.actions.routes.reading import ANCHORS, ReadSheet, back, show_sheet
from app.actions.states import FIELD_LABELS, FIELDS, FUNDING_LABELS, MOVE_LABELS, REQUIRED, SHEET, missing, whole
from app.core.db import Db
from app.core.errors import ConflictError, DomainError
from app.core.forms import Filled, blank, read
from app.core.i18n import fnum
from app.core.i18n import gettext as _
from app.core.web import go, page
from app.identity import queries as people
from app.identity.access import Me, public
from app.needs import queries as needs
from app.needs.models import PREFIX, Need
from app.needs.queries import groups
from app.places.queries import reference
from app.policy import GROUP_READ, NEED_READ, SHEET_EDIT, SHEET_MOVE
from app.threads import queries as threads

router = APIRouter(dependencies=[Depends(public)])
EditedSheet = Annotated[ActionSheet, Depends(sheet_for(SHEET_EDIT))]


def _sheet_form(form: Annotated[Filled[SheetForm], Depends(read(SheetForm))]) -> Filled[SheetForm]:
    return every_row(form)


def _asked(sheet: ActionSheet) -> list[tuple[str, list[str]]]:
    """The next moves that ask for words, and the fields that each still misses."""
    moves = [verb for verb in SHEET.verbs(sheet.status) if verb in REQUIRED]
    return [(_(MOVE_LABELS[verb]), missing(verb, sheet.content)) for verb in moves]


def _saved_by(db: Db, sheet: ActionSheet) -> tuple[str, Any]:
    """Who saved last, and when."""
    last = next((e for e in reversed(threads.events(db, queries.EVENTS, sheet.id or 0)) if e.verb == "edit"), None)
    person = people.person(db, last.actor_id) if last and last.actor_id else None
    return (person.pseudonym if person else _("Une autre personne")), last.at if last else sheet.changed_at


def _edit_page(
    request: Request, db: Db, sheet: ActionSheet, form: Filled[SheetForm], status: int = 200,
    stale: dict[str, Any] | None = None,
) -> Response:  # fmt: skip
    typed = max(len(form.values[name] or []) for name in ("funder", "amount"))
    rows = typed if form.errors or stale else typed + 2
    served = {p.id for p in queries.priorities_of(db, sheet.id or 0)}
    return page(
        request, "actions/edit.html", status=status, nav="actions", sheet=sheet, form=form, stale=stale,
        territory=reference(db).by_id[sheet.territory_id], rows=min(max(ROWS, rows), max(MAX_ROWS, typed)),
        themes=[(t.code, t.name) for t in accords.themes(db, sheet.accord.scheme_id)], fields=FIELD_LABELS,
        fundings=[(s.value, _(label)) for s, label in FUNDING_LABELS.items()], asked=_asked(sheet), anchors=ANCHORS,
        priorities=[
            (p.id, p.title) for p in accords.priorities(db, sheet.territory_id)
            if p.status != "withdrawn" or p.id in served
        ],
    )  # fmt: skip


def _filled(db: Db, sheet: ActionSheet) -> Filled[SheetForm]:
    """The form as it was last saved."""
    words = whole(sheet.content)
    form = blank(SheetForm, **{name: words[name] for name in FIELDS if name != "funding"}, edited=sheet.edited)
    themes = accords.themes(db, sheet.accord.scheme_id)
    form.values |= {
        "theme": next(t.code for t in themes if t.id == sheet.theme_id),
        "priorities": [p.id for p in queries.priorities_of(db, sheet.id or 0)],
        "funder": [line["funder"] for line in words["funding"]],
        "funding_state": [line["state"] for line in words["funding"]],
        "amount": [fnum(line["amount"]) for line in words["funding"]],
    }
    return form


@router.get("/fiches-actions/{ref}/redaction", name="actions.edit")
def edit(request: Request, db: Db, sheet: EditedSheet) -> Response:
    """The text of a fiche, to write."""
    return _edit_page(request, db, sheet, _filled(db, sheet))


@router.post("/fiches-actions/{ref}/redaction", name="actions.save")
def save(
    request: Request, db: Db, me: Me, sheet: EditedSheet, form: Annotated[Filled[SheetForm], Depends(_sheet_form)]
) -> Response:  # fmt: skip
    """Keep what was written; after somebody else's save, show both instead of losing one."""
    themes = {t.code: t.id for t in accords.themes(db, sheet.accord.scheme_id)}
    if form.data and form.data.theme not in themes:
        form.refuse("theme", _("Choisissez une des réponses proposées."))
    options = {p.id: p for p in accords.priorities(db, sheet.territory_id)}
    if form.data and not set(form.data.priorities) <= options.keys():
        form.refuse("priorities", _("Cette priorité est celle d’un autre territoire."))
    data = form.ok
    if data is None:
        return _edit_page(request, db, sheet, form, 422)
    chosen = [options[i] for i in data.priorities]
    try:
        service.save(db, sheet, data.content(), edited=data.edited, theme_id=themes[data.theme] or 0, by=me.person_id)
        service.set_priorities(db, sheet, chosen, by=me.person_id)
    except service.StaleError as error:
        who, at = _saved_by(db, sheet)
        changes = compare.differences(whole(sheet.content), data.content(), FIELDS)
        form.values["edited"] = sheet.edited
        stale = {"message": error.message, "who": who, "at": at, "changes": changes}
        return _edit_page(request, db, sheet, form, 409, stale)
    words = _("Texte enregistré. Il sera lu de tous à la prochaine version.")
    return go(request, "actions.edit", ref=sheet.reference, flash=words)


@router.post("/fiches-actions/{ref}/etapes", name="actions.move")
def move(
    request: Request, db: Db, me: Me, sheet: Annotated[ActionSheet, Depends(sheet_for(SHEET_MOVE))],
    form: Annotated[Filled[MoveForm], Depends(read(MoveForm))],
) -> Response:  # fmt: skip
    """Take the fiche one step further, or out of the accord."""
    data = form.ok
    if data is None:
        return show_sheet(request, db, me, sheet, status=422, move_form=form)
    try:
        service.check_seen(db, sheet, data.seen)
        service.move(db, sheet, data.verb, by=me.person_id, note=data.note, addressee=data.addressee)
    except service.MissingFieldsError as error:
        return show_sheet(request, db, me, sheet, status=422, lacking=error.fields, move_form=form)
    except ConflictError as conflict:
        form.refuse("form", conflict.message)
        return show_sheet(request, db, me, sheet, status=409, move_form=form)
    return back(request, sheet, _("Étape enregistrée : le fil et les besoins de la fiche suivent."))


def _named(db: Db, me: Me, typed: str) -> Sequence[Need]:
    """The need of this reference; all those of a group, which is cited as « BP-12 »."""
    if typed.startswith(PREFIX):
        group = groups.by_reference(db, typed.removeprefix(PREFIX))
        return groups.needs_of(db, group.id or 0) if group and me.can(GROUP_READ, group) else []
    need = needs.by_reference(db, typed)
    return [need] if need and me.can(NEED_READ, need) else []


@router.post("/fiches-actions/{ref}/besoins", name="actions.link_need")
def link_need(
    request: Request, db: Db, me: Me, sheet: EditedSheet, form: Annotated[Filled[LinkForm], Depends(read(LinkForm))]
) -> Response:  # fmt: skip
    """Link needs by the references that people read on their pages."""
    for reference_typed in form.data.each() if form.data else []:
        found = _named(db, me, reference_typed)
        if not found:
            form.refuse("references", _("Aucun besoin publié ne porte la référence %(reference)s.") % {
                "reference": reference_typed[:20],
            })  # fmt: skip
            break
        try:
            for need in found:
                service.link_need(db, sheet, need, by=me.person_id)
        except DomainError as error:
            form.refuse("references", error.message)
            break
    if form.ok is None:
        return show_sheet(request, db, me, sheet, status=422, link_form=form)
    return back(request, sheet, _("Besoin rattaché à la fiche."), "besoins")


@router.get("/fiches-actions/{ref}/besoins/{need_id:int}/retrait", name="actions.unlinked")
def back_to_the_needs(request: Request, sheet: ReadSheet, need_id: int) -> Response:
    """The address of the form leads to its page."""
    return back(request, sheet, anchor=f"besoin-{need_id}")


@router.post("/fiches-actions/{ref}/besoins/{need_id:int}/retrait", name="actions.unlink_need")
def unlink_need(request: Request, db: Db, me: Me, sheet: EditedSheet, need_id: int) -> Response:
    """The fiche does not answer this need any more."""
    need = needs.one(db, need_id) if need_id < 2**31 else None
    if need and queries.linked(db, sheet.id or 0, need_id):
        service.unlink_need(db, sheet, need, by=me.person_id)
    return back(request, sheet, _("Besoin détaché de la fiche."), "besoins")
