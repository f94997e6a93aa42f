"""Printing numbered ballots: a page that prints, and the same as a tagged PDF."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import ConflictError, NotFoundError
from app.core.forms import Filled, read
from app.core.i18n import fdate, ngettext
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.printing import Printed
from app.core.security import PRIVATE
from app.core.web import go, page
from app.identity.access import Me
from app.identity.states import College
from app.places.queries import reference
from app.workshops import queries
from app.workshops.access import ScribeWorkshop
from app.workshops.forms.paper import MAX_COPIES, CopiesForm
from app.workshops.models import Step, Workshop
from app.workshops.queries import paper as reads
from app.workshops.queries.options import OptionView
from app.workshops.routes.paper import OneStep, show_desk
from app.workshops.service import paper as service
from app.workshops.states import BLANKS_LABELS, Blanks, Hands, StepKind

router = APIRouter()
BASE = "/ateliers/{workshop_id:int}/sequences/{step_id:int}/bulletins"
PRINTING = Depends(limit("pdf", "20/minute"))
ROOM = 11  # lines of options that half a page holds
LINE = 62  # characters of an option on one line


@router.post(f"{BASE}/impression", name="workshops.print_paper", dependencies=[PRINTING])
def print_paper(
    request: Request, db: Db, me: Me, workshop: ScribeWorkshop, step: OneStep,
    form: Annotated[Filled[CopiesForm], Depends(read(CopiesForm))],
) -> Response:  # fmt: skip
    """Number so many ballots; the page that prints them comes next, and may be opened again."""
    if form.ok is None:
        return show_desk(request, db, me, workshop, step, form=form, status=422)
    try:
        first, last = service.print_ballots(db, workshop, step, form.ok.copies, by=me.person_id or 0)
    except ConflictError as refusal:
        form.refuse("copies", refusal.message)
        return show_desk(request, db, me, workshop, step, form=form, status=int(refusal.status))
    return go(request, "workshops.paper_sheets", workshop_id=workshop.id, step_id=step.id, de=first, a=last)


@router.get(f"{BASE}/impression", name="workshops.print_form")
def print_form(request: Request, workshop: ScribeWorkshop, step: OneStep) -> Response:
    """The address of the form, opened again, leads to the page it is on."""
    return go(request, "workshops.paper", workshop_id=workshop.id, step_id=step.id)


def _sheets(db: Db, workshop: Workshop, step: Step, first: int, last: int) -> dict[str, Any]:
    """What both documents say of these ballots, in the same words and the same order."""
    last = min(last, first + MAX_COPIES - 1)
    numbers = reads.numbers(db, step.id or 0, first, last) if 0 < first <= last < 10**6 else []
    if not numbers:
        raise NotFoundError(_("Aucun bulletin n’a été imprimé avec ces numéros."))
    views = queries.options(db, [step.id or 0])[step.id or 0]
    return {
        "campaign": workshop.title, "territory": reference(db).by_id[workshop.territory_id].name, "text": step.title,
        "when": fdate(workshop.starts_at, "day"), "question": step.title, "how": _how(step), "kind": _kind(step, views),
        "scale": [_(word) for word in step.offered.values()], "circles": step.cap if step.kind == StepKind.DOTS else 0,
        "options": [view.title for view in views], "colleges": [_(college.label) for college in College],
        "words": step.kind == StepKind.AGREEMENT, "two": _fits_twice(step, views),
        "sheets": [reads.paper_ref(number) for number in numbers],
    }  # fmt: skip


def _kind(step: Step, views: Sequence[OptionView]) -> str:
    if not step.scale:
        return "dots" if step.kind == StepKind.DOTS else "boxes"
    return "table" if len(views) > 1 else "scale"


def _fits_twice(step: Step, views: Sequence[OptionView]) -> bool:
    """Whether half a page is enough."""
    lines = sum(1 + len(view.title) // LINE for view in views) + len(step.title) // 45
    if step.scale:
        lines = 2 * lines + 2 if len(views) > 1 else lines + len(step.scale)
    if step.kind == StepKind.AGREEMENT:
        lines += 4  # to write why
    return lines <= ROOM


def _how(step: Step) -> str:
    """How one votes on this paper, in plain words."""
    if step.kind == StepKind.DOTS:
        words = ngettext(
            "Noircissez %(n)s rond au plus en tout, et %(cap)s au plus sur une même ligne.",
            "Noircissez %(n)s ronds au plus en tout, et %(cap)s au plus sur une même ligne.", step.dots,
        ) % {"n": step.dots, "cap": step.cap}  # fmt: skip
    elif step.kind == StepKind.JUDGMENT:
        words = _("Sur chaque ligne, cochez une seule mention.") + " " + _(BLANKS_LABELS[Blanks(step.blanks)]) + "."
    elif step.kind == StepKind.AGREEMENT:
        words = _("Cochez une seule case. Sans accord, dites pourquoi : ces mots peuvent être montrés, sans votre nom.")
    elif step.hands == Hands.APPROVAL:
        words = _("Cochez tout ce qui vous convient.")
    else:
        words = _("Cochez une seule case.")
    return words + " " + _("Cochez aussi un seul collège : sans lui, le bulletin est nul. N’écrivez pas votre nom.")


@router.get(f"{BASE}/papier", name="workshops.paper_sheets")
def sheets(
    request: Request, db: Db, workshop: ScribeWorkshop, step: OneStep, de: int = 0, a: int = 0
) -> Response:  # fmt: skip
    """The ballots of these numbers, to print from the browser."""
    data = _sheets(db, workshop, step, de, a)
    return page(
        request, "workshops/paper_sheets.html", headers=PRIVATE, nav="workshops", workshop=workshop, step=step,
        territory=reference(db).by_id[workshop.territory_id], data=data, first=de, last=a,
    )  # fmt: skip


@router.get(f"{BASE}/papier.pdf", name="workshops.paper_pdf", dependencies=[PRINTING])
def sheets_pdf(db: Db, workshop: ScribeWorkshop, step: OneStep, de: int = 0, a: int = 0) -> Response:
    """The same, as a tagged PDF."""
    data = _sheets(db, workshop, step, de, a)
    return Printed("ballots.typ", data, f"bulletins-{data['sheets'][0]}-{data['sheets'][-1]}.pdf")
