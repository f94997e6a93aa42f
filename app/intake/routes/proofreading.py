"""What was typed, on a page of its own: its clerk corrects a slip, somebody else reads it a second time."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.core.db import Db
from app.core.errors import ConflictError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.web import go, page
from app.identity.access import Me
from app.intake import queries
from app.intake.access import territory_for, typed_for
from app.intake.forms import ReadForm
from app.intake.routes.bench import around
from app.intake.service import proofreading
from app.needs.models import Need
from app.needs.queries.wordings import former_words
from app.needs.service.authoring import words_mark
from app.places.models import Territory
from app.places.queries import reference
from app.policy import NEED_PROOFREAD, NEED_TRANSCRIBE
from app.threads.states import MODERATION_LABELS, ORIGIN_LABELS, Moderation

router = APIRouter()
Form = Annotated[Filled[ReadForm], Depends(read(ReadForm))]


@router.get("/saisie/relecture", name="intake.proofreading")
def waiting(
    request: Request, db: Db, me: Me, territory: Annotated[Territory, Depends(territory_for(NEED_PROOFREAD))]
) -> Response:
    """What others typed here and nobody read again yet, oldest first."""
    listed = queries.to_read_again(db, me.person_id or 0, territory.territory_id)
    return page(request, "intake/proofreading.html", listed=listed, origins=ORIGIN_LABELS, **around(db, me, territory))


def _show(
    request: Request, db: Db, me: Me, need: Need, form: Filled[ReadForm] | None = None, *, status: int = 200
) -> Response:
    places = reference(db)
    mine = need.transcribed_by == me.person_id
    pending = need.status == Moderation.PENDING
    to_read = need.second_read_at is None and need.status in queries.READ_AGAIN and me.can(NEED_PROOFREAD, need)
    return page(
        request, "intake/sheet.html", status=status, need=need, former=former_words(db, need.id or 0),
        form=form or blank(ReadForm, title=need.title, text=need.text, seen=words_mark(need)),
        act="read" if to_read else "correct" if mine and pending else "", commune=places.commune_by_insee.get(
            need.commune_insee or ""
        ),
        theme=next(t for t in accords.themes(db, need.accord.scheme_id) if t.id == need.theme_id),
        labels=MODERATION_LABELS, origins=ORIGIN_LABELS, **around(db, me, places.by_id[need.territory_id]),
    )  # fmt: skip


@router.get("/saisie/fiches/{need_id:int}", name="intake.sheet")
def sheet(
    request: Request, db: Db, me: Me, need: Annotated[Need, Depends(typed_for(NEED_TRANSCRIBE, NEED_PROOFREAD))]
) -> Response:
    """One contribution that was typed: its words, the former ones, and what one may do about them."""
    return _show(request, db, me, need)


def _again(request: Request, db: Db, me: Me, need: Need, form: Filled[ReadForm], refusal: str = "") -> Response:
    """What was typed stays on the page, with what is wrong."""
    if refusal:
        form.refuse("form", refusal)
    return _show(request, db, me, need, form, status=409 if refusal else 422)


@router.post("/saisie/fiches/{need_id:int}/correction", name="intake.correct")
def correct(
    request: Request, db: Db, me: Me, need: Annotated[Need, Depends(typed_for(NEED_TRANSCRIBE))], form: Form
) -> Response:
    """Its clerk corrects a slip."""
    if form.ok is None:
        return _again(request, db, me, need, form)
    try:
        changed = proofreading.correct(db, need, form.ok, seen=form.ok.seen, by=me.person_id or 0)
    except ConflictError as moved:
        return _again(request, db, me, need, form, moved.message)
    words = _("Corrigé. Les mots d’avant sont gardés.") if changed else _("Rien n’a changé.")
    return go(request, "intake.sheet", need_id=need.id, flash=words)


@router.post("/saisie/fiches/{need_id:int}/relecture", name="intake.read_again")
def read_again(
    request: Request, db: Db, me: Me, need: Annotated[Need, Depends(typed_for(NEED_PROOFREAD))], form: Form
) -> Response:
    """A second person read it against its sheet; then the next one."""
    if form.ok is None:
        return _again(request, db, me, need, form)
    try:
        changed = proofreading.read_again(db, need, form.ok, seen=form.ok.seen, by=me.person_id or 0)
    except ConflictError as moved:
        return _again(request, db, me, need, form, moved.message)
    words = _("Relu et corrigé. Les mots d’avant sont gardés.") if changed else _("Relu : conforme à la fiche.")
    left = queries.to_read_again(db, me.person_id or 0, need.territory_id)
    if left:
        return go(request, "intake.sheet", need_id=left[0].id, flash=words)
    slug = reference(db).by_id[need.territory_id].slug
    return go(request, "intake.proofreading", territoire=slug, flash=words)
