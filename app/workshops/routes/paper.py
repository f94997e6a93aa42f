"""Typing paper ballots, one by one, with the keyboard; each is read again by another person."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import ConflictError, NotFoundError
from app.core.forms import Filled, blank, clean, read
from app.core.i18n import gettext as _
from app.core.security import PRIVATE
from app.core.web import go, page
from app.identity.access import Me
from app.places.queries import reference
from app.policy import WORKSHOP_RUN
from app.workshops import queries
from app.workshops.access import ScribeWorkshop, step_of
from app.workshops.forms.paper import MAX_COPIES, VOID_REASONS, CopiesForm, PaperForm, VoidForm, number_of
from app.workshops.models import PaperBallot, Step, Workshop
from app.workshops.queries import paper as reads
from app.workshops.service import paper as service
from app.workshops.states import PAPER_LABELS, STEP_LABELS, VOTES, Paper, StepKind

router = APIRouter()


def voted_step(db: Db, workshop: ScribeWorkshop, step_id: int) -> Step:
    """The vote of this address, or 404."""
    step = step_of(db, workshop, step_id)
    if step.kind not in VOTES:
        raise NotFoundError(_("Cette séquence n’est pas un vote : elle n’a pas de bulletins."))
    return step


OneStep = Annotated[Step, Depends(voted_step)]


def _closed(workshop: Workshop, step: Step) -> str:
    """Why no ballot is typed now; empty when one may be."""
    try:
        service.check_takes_paper(workshop, step)
    except ConflictError as refusal:
        return refusal.message
    return ""


def _around(db: Db, me: Me, workshop: Workshop, step: Step) -> dict[str, Any]:
    return {
        "nav": "workshops", "workshop": workshop, "territory": reference(db).by_id[workshop.territory_id], "step": step,
        "desk": reads.desk(db, workshop, step), "closed": _closed(workshop, step), "ref": reads.paper_ref,
        "may_run": me.can(WORKSHOP_RUN, workshop),
    }  # fmt: skip


def show_desk(
    request: Request, db: Db, me: Me, workshop: Workshop, step: Step, *, typed: str = "", said: str = "",
    after: int = 0, again: bool = False, form: Filled[CopiesForm] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    """Where ballots are printed and typed: the field of the next number first."""
    key = step.id or 0
    entered, differs = reads.papers(db, key, Paper.ENTERED), reads.papers(db, key, Paper.DIFFERS)
    to_read, mine = service.unread(entered, me.person_id)
    return page(
        request, "workshops/paper.html", status=status, headers=PRIVATE, typed=typed, said=said, after=after,
        again=again, to_read=to_read, mine=mine, differs=differs, voids=reads.papers(db, key, Paper.VOID),
        following=_following(db, me, step, after, again=again), step_labels=STEP_LABELS,
        form=form or blank(CopiesForm, copies="20"), most=MAX_COPIES, steps=_other_votes(db, step),
        **_around(db, me, workshop, step),
    )  # fmt: skip


def _following(db: Db, me: Me, step: Step, after: int, *, again: bool) -> int | None:
    """The next number to type, or the next one that this person may read again."""
    if not again:
        return reads.next_number(db, step.id or 0, after)
    to_read, _mine = service.unread(reads.papers(db, step.id or 0, Paper.ENTERED), me.person_id)
    return next((each.number for each in to_read if each.number > after), None)


def _go_on(
    request: Request, db: Db, me: Me, workshop: Workshop, step: Step, done: PaperBallot, words: str, *, again: bool
) -> Response:
    """To the next ballot; to the list when none follows."""
    following = _following(db, me, step, done.number, again=again)
    if following:
        return go(
            request, "workshops.paper_entry", workshop_id=workshop.id, step_id=step.id, number=following, flash=words
        )
    return go(
        request, "workshops.paper", workshop_id=workshop.id, step_id=step.id, apres=done.number,
        relecture=1 if again else "", flash=words,
    )  # fmt: skip


def _other_votes(db: Db, step: Step) -> list[Step]:
    return [other for other in queries.steps(db, step.workshop_id) if other.kind in VOTES and other.id != step.id]


@router.get("/ateliers/{workshop_id:int}/sequences/{step_id:int}/bulletins", name="workshops.paper")
def desk(
    request: Request, db: Db, me: Me, workshop: ScribeWorkshop, step: OneStep, apres: int = 0, relecture: int = 0
) -> Response:
    """The paper ballots of one vote."""
    return show_desk(request, db, me, workshop, step, after=min(max(apres, 0), 10**6), again=bool(relecture))


@router.get("/ateliers/{workshop_id:int}/sequences/{step_id:int}/bulletins/numero", name="workshops.paper_find")
def find(
    request: Request, db: Db, me: Me, workshop: ScribeWorkshop, step: OneStep, numero: str = "", suivant: str = ""
) -> Response:
    """From a number as typed to its form; left empty, the next one."""
    typed = clean(numero)[:20] or clean(suivant)[:20]
    number = number_of(typed)
    if number is None:
        said = _("Écrivez le numéro imprimé en bas du bulletin, par exemple P-0318.")
        return show_desk(request, db, me, workshop, step, typed=typed, said=said, status=422)
    if reads.one_paper(db, step.id or 0, number) is None:
        other = reads.elsewhere(db, step, number)
        said = _("%(ref)s n’a pas été imprimé pour cette question.") % {"ref": reads.paper_ref(number)}
        if other:
            said += " " + _("Il existe pour « %(title)s » : vérifiez la question sur le papier.") % {
                "title": other.title
            }
        return show_desk(request, db, me, workshop, step, typed=typed, said=said, status=404)
    return go(request, "workshops.paper_entry", workshop_id=workshop.id, step_id=step.id, number=number)


def one_paper(db: Db, step: OneStep, number: int) -> PaperBallot:
    """The ballot of this number, or 404."""
    paper = reads.one_paper(db, step.id or 0, number)
    if paper is None:
        raise NotFoundError(_("Ce numéro n’a pas été imprimé pour cette question."))
    return paper


OnePaper = Annotated[PaperBallot, Depends(one_paper)]


def _blank(me: Me, paper: PaperBallot) -> Filled[PaperForm]:
    """Empty for whoever has not read it yet, so that the second reading owes nothing to the first.

    But for the words of an objection: they need not be the same, the second reader corrects those of the first.
    """
    held: dict[str, Any] = {}
    if paper.status in (Paper.ENTERED, Paper.DIFFERS) and paper.entered_by == me.person_id:
        held = {"college": paper.college, "marks": paper.marks}
    elif paper.status == Paper.DIFFERS and paper.read_by == me.person_id:
        held = paper.again or {}
    return blank(
        PaperForm, college=held.get("college", ""), marks=held.get("marks", {}),
        words=paper.words if paper.entered_by else "",
    )  # fmt: skip


def show_entry(
    request: Request, db: Db, me: Me, workshop: Workshop, step: Step, paper: PaperBallot, *,
    form: Filled[PaperForm] | None = None, void_form: Filled[VoidForm] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    """One ballot, as it is on paper: options in the step's own order."""
    if form is not None:
        values = form.values
        pairs = zip(values.get("option") or [], values.get("mark") or [], strict=False)
        form.values["marks"] = {str(o): m for o, m in pairs} | {str(c): 1 for c in values.get("choice") or []}
    return page(
        request, "workshops/paper_entry.html", status=status, headers=PRIVATE, paper=paper,
        form=form or _blank(me, paper), void_form=void_form or blank(VoidForm), void_reasons=VOID_REASONS,
        options=queries.options(db, [step.id or 0])[step.id or 0], labels=PAPER_LABELS,
        names=reads.names(db, [paper]), words_asked=step.kind == StepKind.AGREEMENT,
        **_around(db, me, workshop, step),
    )  # fmt: skip


ENTRY = "/ateliers/{workshop_id:int}/sequences/{step_id:int}/bulletins/{number:int}"


@router.get(ENTRY, name="workshops.paper_entry")
def entry(
    request: Request, db: Db, me: Me, workshop: ScribeWorkshop, step: OneStep, paper: OnePaper
) -> Response:  # fmt: skip
    """One ballot, to type or to read again."""
    return show_entry(request, db, me, workshop, step, paper)


@router.post(ENTRY, name="workshops.enter_paper")
def enter(
    request: Request, db: Db, me: Me, workshop: ScribeWorkshop, step: OneStep, paper: OnePaper,
    form: Annotated[Filled[PaperForm], Depends(read(PaperForm))],
) -> Response:  # fmt: skip
    """Type it, or read it again; then the next number."""
    again, data = paper.status != Paper.PRINTED and paper.entered_by != me.person_id, form.ok
    if data is None:
        return show_entry(request, db, me, workshop, step, paper, form=form, status=422)
    try:
        reading = service.Reading(data.college.value, data.marks, data.words)
        done = service.enter(db, workshop, step, paper.number, reading, by=me.person_id or 0)
    except (service.WrongPaperError, ConflictError) as refusal:
        form.refuse("form", refusal.message)
        return show_entry(request, db, me, workshop, step, paper, form=form, status=int(refusal.status))
    words = _said(done)
    if done.status == Paper.DIFFERS:
        return go(
            request, "workshops.paper_entry", workshop_id=workshop.id, step_id=step.id, number=done.number,
            flash=words, level="attention",
        )  # fmt: skip
    return _go_on(request, db, me, workshop, step, done, words, again=again)


def _said(paper: PaperBallot) -> str:
    ref = {"ref": reads.paper_ref(paper.number)}
    if paper.status == Paper.COUNTED:
        return _("%(ref)s est compté : deux lectures identiques.") % ref
    if paper.status == Paper.DIFFERS:
        return _("%(ref)s : deux lectures différentes. Reprenez le papier.") % ref
    return _("%(ref)s est saisi. Une autre personne doit le relire.") % ref


@router.post(f"{ENTRY}/nul", name="workshops.void_paper")
def void(
    request: Request, db: Db, me: Me, workshop: ScribeWorkshop, step: OneStep, paper: OnePaper,
    form: Annotated[Filled[VoidForm], Depends(read(VoidForm))],
) -> Response:  # fmt: skip
    """Declare it void, with the reason."""
    if form.ok is None:
        return show_entry(request, db, me, workshop, step, paper, void_form=form, status=422)
    try:
        service.void(db, workshop, step, paper.number, form.ok.said, by=me.person_id or 0)
    except ConflictError as refusal:
        form.refuse("form", refusal.message)
        return show_entry(request, db, me, workshop, step, paper, void_form=form, status=int(refusal.status))
    return go(
        request, "workshops.paper", workshop_id=workshop.id, step_id=step.id, apres=paper.number,
        flash=_("%(ref)s est déclaré nul.") % {"ref": reads.paper_ref(paper.number)},
    )  # fmt: skip


@router.get(f"{ENTRY}/nul", name="workshops.void_form")
def void_form(request: Request, workshop: ScribeWorkshop, step: OneStep, paper: OnePaper) -> Response:
    """The address of the form, opened again, leads to the ballot."""
    return go(request, "workshops.paper_entry", workshop_id=workshop.id, step_id=step.id, number=paper.number)
