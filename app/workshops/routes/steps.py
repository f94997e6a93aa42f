"""A facilitator writes the run sheet: each step, of any kind, before it starts."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import FileResponse, Response

from app.accords import queries as accords
from app.accords.states import Stage
from app.core import files
from app.core.db import Db
from app.core.errors import ConflictError, ForbiddenError, NotFoundError
from app.core.forms import Filled, blank, clean, read
from app.core.i18n import gettext as _
from app.core.uploads import Sent, Uploads, uploads
from app.core.web import go, page
from app.identity.access import Me, public
from app.places.queries import reference
from app.policy import WORKSHOP_CREATE
from app.threads.forms import LONGEST_WORDS, SHORTEST_WORDS, choose_again
from app.workshops import queries, service
from app.workshops.access import ReadWorkshop, RunWorkshop, step_of
from app.workshops.forms import DirectionForm, StepForm
from app.workshops.models import Step, Workshop
from app.workshops.queries import series as series_reads
from app.workshops.service import series
from app.workshops.states import (
    BLANKS_LABELS,
    GRADES,
    HANDS_LABELS,
    KIND_LABELS,
    REVEAL_LABELS,
    SIGNED_LABELS,
    Blanks,
    Hands,
    Reveal,
    Signed,
    StepKind,
)

router = APIRouter(dependencies=[Depends(uploads)])
StepFilled = Annotated[Filled[StepForm], Depends(read(StepForm))]
YES_NO = Hands.YES_NO.value  # a sort of its own when one chooses: it asks about one thing
PICTURE, ALT = "file_0", "alt_0"
SAFE = {
    "content-security-policy": "sandbox; default-src 'none'", "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}  # fmt: skip


def _sorts() -> list[tuple[str, str]]:
    """What a step may be, as facilitators choose it."""
    return [(str(sort), _(label)) for sort, label in KIND_LABELS.items()]


def _take_sort(form: Filled[StepForm], sort: str) -> None:
    """Write a sort as the kind and the way to raise hands that it stands for."""
    if sort == YES_NO:
        form.values.update(kind=StepKind.HANDS.value, hands=YES_NO)
    elif sort in set(StepKind):
        form.values["kind"] = sort
        if form.values.get("hands") == YES_NO:
            form.values["hands"] = Hands.SINGLE.value


def _step_page(
    request: Request, db: Db, workshop: Workshop, step: Step | None, form: Filled[StepForm], status: int = 200
) -> Response:
    priorities = [(p.id, p.title) for p in accords.priorities(db, workshop.territory_id) if p.status != Stage.WITHDRAWN]
    sheets = [(s.id, f"{s.reference} · {s.title}") for s in queries.sheets_to_vote(db, workshop.territory_id)]
    recueils = [
        (s.id, s.title) for s in queries.steps(db, workshop.id or 0)
        if s.kind == StepKind.CARDS and (step is None or s.id != step.id)
    ]  # fmt: skip
    twins = series_reads.twins_waiting(db, step.id or 0) if step else series.others_open(db, workshop)
    sort = YES_NO if form.values["kind"] == "hands" and form.values["hands"] == YES_NO else form.values["kind"]
    if sort not in dict(_sorts()):  # not one that our pages send: the words are kept, as a presentation
        sort = form.values["kind"] = StepKind.PRESENTATION.value
    return page(
        request, "workshops/step.html", status=status, nav="workshops", workshop=workshop, step=step, form=form,
        territory=reference(db).by_id[workshop.territory_id], sorts=_sorts(), sort=sort, twins=len(twins),
        choices_priorities=priorities, choices_sheets=sheets, recueils=recueils,
        subjects=[
            (_("Priorités"), [(f"priorite-{i}", t) for i, t in priorities]),
            (_("Fiches-actions"), [(f"fiche-{i}", t) for i, t in sheets]),
        ],
        hands_labels={k: v for k, v in HANDS_LABELS.items() if k != Hands.YES_NO}, reveal_labels=REVEAL_LABELS,
        blanks_labels=BLANKS_LABELS, signed_labels=SIGNED_LABELS,
        mentions=[_(word) for word in GRADES[StepKind.JUDGMENT].values()],
        from_console=form.values.get("back") in (True, "true"),
    )  # fmt: skip


@router.get("/ateliers/{workshop_id:int}/sequences/nouvelle", name="workshops.new_step")
def new_step(
    request: Request, db: Db, workshop: RunWorkshop, sorte: str = "", apres: int | None = None, retour: str = ""
) -> Response:
    """First the sort of step, then a blank one of that sort."""
    if sorte not in {key for key, _label in _sorts()}:
        return page(
            request, "workshops/step_kinds.html", nav="workshops", workshop=workshop, sorts=_sorts(),
            find={"apres": apres, "retour": retour} if retour == "regie" else {"apres": apres},
            territory=reference(db).by_id[workshop.territory_id],
        )  # fmt: skip
    form = blank(
        StepForm, kind=sorte, minutes=10, dots=7, cap=3, cards=5, approve=True, hands=Hands.SINGLE.value,
        reveal=Reveal.HIDDEN.value, blanks=Blanks.WORST.value, signed=Signed.NONE.value, priorities=[], sheets=[],
        edited=workshop.edited, after=apres, back="true" if retour == "regie" else "",
    )  # fmt: skip
    _take_sort(form, sorte)
    return _step_page(request, db, workshop, None, form)


@router.post("/ateliers/{workshop_id:int}/sequences", name="workshops.add_step")
def add_step(request: Request, db: Db, me: Me, workshop: RunWorkshop, sent: Uploads, form: StepFilled) -> Response:
    """Add a step."""
    return _write_step(request, db, me, workshop, None, form, sent)


def _picture(form: Filled[StepForm], sent: Sequence[Sent], step: Step | None) -> tuple[files.Ready | None, str]:
    """The image of a presentation and what it shows in words; what is wrong is said beside it."""
    file = next((one for one in sent if one.field == PICTURE), None)
    alt = clean(str(form.values.get(ALT, ""))).replace("\n", " ")
    if file is None:
        held = step is not None and step.image_digest and form.values.get("drop_image") != "true"
        if alt and not held:
            form.refuse(PICTURE, _("Choisissez l’image que vous décrivez, ou effacez sa description."))
        elif held and not SHORTEST_WORDS <= len(alt) <= LONGEST_WORDS and form.values["kind"] == "presentation":
            form.refuse(ALT, _("Dites en quelques mots ce que montre l’image."))
        return None, alt
    if file.problem or file.ready is None:
        form.refuse(PICTURE, file.problem)
    elif not file.ready.clean.width:
        form.refuse(PICTURE, _("Une présentation montre une image : JPEG, PNG ou WebP."))
    elif not SHORTEST_WORDS <= len(alt) <= LONGEST_WORDS:
        form.refuse(ALT, _("Dites en quelques mots ce que montre l’image."))
    return file.ready, alt


def _write_step(
    request: Request, db: Db, me: Me, workshop: Workshop, step: Step | None, form: Filled[StepForm],
    sent: Sequence[Sent],
) -> Response:  # fmt: skip
    if switched := str(form.values.get("switch", "")):
        _take_sort(form, switched)
        form.errors.clear()
        return _step_page(request, db, workshop, step, form)
    picture, alt = _picture(form, sent, step)
    data, step_id = form.ok, step.id if step else None
    if data is None:
        choose_again(form, sent)
        return _step_page(request, db, workshop, step, form, 422)
    try:
        if step is None:
            written = service.add_step(db, workshop, data, by=me.person_id or 0, picture=picture, alt=alt)
        else:
            service.save_step(db, workshop, step, data, by=me.person_id or 0, picture=picture, alt=alt)
            written = step
        twins = _twins(db, me, workshop, written, data, new=step is None)
    except (ConflictError, ForbiddenError) as refusal:
        form.refuse("form", refusal.message)
        db.rollback()
        db.refresh(workshop)
        form.values["edited"] = workshop.edited
        choose_again(form, sent)
        still = queries.step(db, step_id) if step_id else None  # taken out meanwhile, its words would begin another
        return _step_page(request, db, workshop, still, form, refusal.status)
    return _after(request, workshop, data, _said(new=step is None, twins=twins))


def _twins(db: Db, me: Me, workshop: Workshop, step: Step, data: StepForm, *, new: bool) -> int:
    if not data.twins:
        return 0
    if not me.can(WORKSHOP_CREATE, workshop):  # who leads this room only
        raise ForbiddenError(_("Vous n’animez pas les autres ateliers de cette série : décochez la case."))
    if new:
        return series.add_to_twins(db, workshop, step, by=me.person_id or 0)
    return series.update_twins(db, step, by=me.person_id or 0)


def _said(*, new: bool, twins: int) -> str:
    if not twins:
        return _("Séquence ajoutée.") if new else _("Séquence modifiée.")
    words = _("Séquence ajoutée, ici et ailleurs : %(n)s.") if new else _("Séquence modifiée, ici et ailleurs : %(n)s.")
    return words % {"n": twins}


def _after(request: Request, workshop: Workshop, data: StepForm, words: str) -> Response:
    if data.back and workshop.under_way:
        return go(request, "workshops.console", workshop_id=workshop.id, flash=words)
    return go(request, "workshops.prepare", workshop_id=workshop.id, anchor="deroule", flash=words)


@router.get("/ateliers/{workshop_id:int}/sequences/{step_id:int}", name="workshops.edit_step")
def edit_step(request: Request, db: Db, workshop: RunWorkshop, step_id: int, retour: str = "") -> Response:
    """One step, to change."""
    step = step_of(db, workshop, step_id)
    form = blank(StepForm, **_values(db, workshop, step), back="true" if retour == "regie" else "")
    form.values[ALT] = step.image_alt
    return _step_page(request, db, workshop, step, form)


def _values(db: Db, workshop: Workshop, step: Step) -> dict[str, Any]:
    rows = queries.option_rows(db, step.id or 0)
    views = {view.id: view for view in queries.options(db, [step.id or 0])[step.id or 0]}
    fields = (
        "kind", "title", "text", "minutes", "dots", "cap", "hands", "reveal", "blanks", "limit_percent", "cards",
        "approve", "signed",
    )  # fmt: skip
    subjects = [f"priorite-{o.priority_id}" if o.priority_id else f"fiche-{o.sheet_id}" for o in rows if _listed(o)]
    return {name: getattr(step, name) for name in fields} | {
        "source": step.source_id,
        "priorities": [str(o.priority_id) for o in rows if o.priority_id],
        "sheets": [str(o.sheet_id) for o in rows if o.sheet_id],
        "subject": subjects[0] if subjects else "",
        "needs_typed": "\n".join(views[o.id or 0].reference for o in rows if o.need_id or o.group_id),
        "typed": "\n".join(o.title for o in rows if not (_listed(o) or o.need_id or o.group_id or o.cluster_id)),
        "edited": workshop.edited,
    }  # fmt: skip


def _listed(option: Any) -> bool:
    return bool(option.priority_id or option.sheet_id)


@router.post("/ateliers/{workshop_id:int}/sequences/{step_id:int}", name="workshops.save_step")
def save_step(
    request: Request, db: Db, me: Me, workshop: RunWorkshop, step_id: int, sent: Uploads, form: StepFilled
) -> Response:
    """Change a step; taken out meanwhile by somebody else, its words begin another."""
    step = queries.step(db, step_id) if step_id < 2**31 else None
    if step is None:
        form.errors.clear()
        form.refuse("form", _("Quelqu’un vient de retirer cette séquence. Vos mots sont gardés ici : ajoutez-les."))
        form.values["edited"] = workshop.edited
        choose_again(form, sent)
        return _step_page(request, db, workshop, None, form, 409)
    return _write_step(request, db, me, workshop, step_of(db, workshop, step_id), form, sent)


@router.post("/ateliers/{workshop_id:int}/sequences/{step_id:int}/retrait", name="workshops.remove_step")
def remove_step(request: Request, db: Db, workshop: RunWorkshop, step_id: int) -> Response:
    """Take a step out."""
    service.remove_step(db, workshop, step_of(db, workshop, step_id))
    return go(request, "workshops.prepare", workshop_id=workshop.id, anchor="deroule", flash=_("Séquence retirée."))


@router.post("/ateliers/{workshop_id:int}/sequences/{step_id:int}/ordre", name="workshops.move_step")
def move_step(
    request: Request, db: Db, workshop: RunWorkshop, step_id: int,
    form: Annotated[Filled[DirectionForm], Depends(read(DirectionForm))],
) -> Response:  # fmt: skip
    """Earlier or later."""
    if form.ok:
        service.move_step(db, workshop, step_of(db, workshop, step_id), form.ok.offset)
    return go(request, "workshops.prepare", workshop_id=workshop.id, anchor="deroule")


@router.get(
    "/ateliers/{workshop_id:int}/sequences/{step_id:int}/image", name="workshops.step_image",
    dependencies=[Depends(public)],
)  # fmt: skip
def step_image(request: Request, db: Db, workshop: ReadWorkshop, step_id: int) -> Response:
    """What a presentation shows, for whoever may read the workshop."""
    step = step_of(db, workshop, step_id)
    path = files.place(step.image_digest) if step.image_digest else None
    if path is None or not path.is_file():
        raise NotFoundError(_("Cette séquence n’a pas d’image."))
    headers = SAFE | {"etag": f'"{(step.image_digest or "")[:32]}"', "cache-control": "private, max-age=300"}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type=step.image_type, headers=headers)
