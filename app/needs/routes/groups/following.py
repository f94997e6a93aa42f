"""A technician attaches a group and answers it, once for all its needs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.accords import queries as accords
from app.core.db import Db
from app.core.errors import ConflictError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.i18n import ngettext, today
from app.core.web import page
from app.identity import queries as people
from app.identity.access import Me, public
from app.needs.access import group_for
from app.needs.forms import AnswerForm, AttachForm
from app.needs.models import NeedGroup
from app.needs.queries import groups
from app.needs.routes.awaited import onwards
from app.needs.routes.groups.reading import back
from app.needs.service import groups as service
from app.needs.states import OUTCOME_LABELS
from app.places.queries import reference
from app.policy import GROUP_ANSWER, GROUP_ATTACH

router = APIRouter(dependencies=[Depends(public)])
AttachedGroup = Annotated[NeedGroup, Depends(group_for(GROUP_ATTACH))]


def _follow_page(
    request: Request, db: Db, group: NeedGroup, *, status: int = 200, retour: str = "",
    attach: Filled[AttachForm] | None = None, answer: Filled[AnswerForm] | None = None,
) -> Response:  # fmt: skip
    priorities = [
        p for p in accords.priorities(db, group.territory_id) if p.status != "withdrawn" or p.id == group.priority_id
    ]
    members = groups.members(db, group.id or 0)
    return page(
        request, "needs/groups/follow.html", status=status, nav="needs", group=group, members=members,
        territory=reference(db).by_id[group.territory_id],
        waiting=groups.waiting(db, [group.id or 0]).get(group.id or 0, groups.NOTHING),
        attach_form=attach or blank(AttachForm, priority_id=group.priority_id, retour=retour),
        answer_form=answer or _blank_answer(db, group, members, retour),
        priorities=[(p.id, p.title) for p in priorities], outcomes=[(o.value, _(t)) for o, t in OUTCOME_LABELS.items()],
        bodies=[(b.id, b.name) for b in people.bodies_for(db, group.territory_id)],
    )  # fmt: skip


def _blank_answer(db: Db, group: NeedGroup, members: object, retour: str) -> Filled[AnswerForm]:
    """An empty answer; for those who joined since, the one that the group received, to be sent to them alone."""
    given = next(iter(groups.answers(db, group.id or 0)), None)
    if given is None or not any(member.outcome is None for member in members):  # type: ignore[attr-defined]
        return blank(AnswerForm, answered_on=today().isoformat(), retour=retour)
    return blank(
        AnswerForm, answered_on=given.answered_on.isoformat(), outcome=given.outcome, text=given.text,
        body_id=given.body_id, addressee=given.addressee, retour=retour,
    )  # fmt: skip


@router.get("/besoins-partages/{group_id:int}/suite", name="needs.follow_group")
def follow(request: Request, db: Db, group: AttachedGroup, retour: str = "") -> Response:
    """A technician's page: attach this group, answer it."""
    return _follow_page(request, db, group, retour=retour[:300])


@router.post("/besoins-partages/{group_id:int}/rattachement", name="needs.attach_group")
def attach(
    request: Request, db: Db, me: Me, group: AttachedGroup,
    form: Annotated[Filled[AttachForm], Depends(read(AttachForm))],
) -> Response:  # fmt: skip
    """Attach to a priorité, or detach; every need of the group follows."""
    chosen = form.data.priority_id if form.data else None
    priority = accords.priority(db, chosen) if chosen else None
    if chosen and priority is None:
        form.refuse("priority_id", _("Choisissez une des réponses proposées."))
    if not chosen and group.priority_id is None:
        form.refuse("priority_id", _("Choisissez une priorité dans la liste."))
    data = form.ok
    if data is None:
        return _follow_page(request, db, group, status=422, attach=form)
    service.attach(db, group, priority, by=me.person_id or 0, note=data.note)
    words = _("Rattachement enregistré pour tous les besoins du groupe : leurs fils et le tableau suivent.")
    return onwards(request, data.retour, words) or back(request, group, words)


@router.post("/besoins-partages/{group_id:int}/reponses", name="needs.answer_group")
def answer(
    request: Request, db: Db, me: Me, group: Annotated[NeedGroup, Depends(group_for(GROUP_ANSWER))],
    form: Annotated[Filled[AnswerForm], Depends(read(AnswerForm))],
) -> Response:  # fmt: skip
    """Answer every need of the group at once."""
    bodies = {b.id: b for b in people.bodies_for(db, group.territory_id)}
    if form.data and form.data.body_id not in bodies:
        form.refuse("body_id", _("Choisissez une des réponses proposées."))
    data = form.ok
    if data is None:
        return _follow_page(request, db, group, status=422, answer=form)
    try:
        given = service.answer(db, group, data, bodies[data.body_id], by=me.person_id or 0)
    except ConflictError as conflict:
        form.refuse("form", conflict.message)
        return _follow_page(request, db, group, status=409, answer=form)
    words = ngettext(
        "Réponse publiée pour %(num)s besoin : son auteur est prévenu.",
        "Réponse publiée pour %(num)s besoins : leurs auteurs sont prévenus.", given,
    ) % {"num": given}  # fmt: skip
    words = words if given else _("Cette réponse était déjà publiée.")
    return onwards(request, data.retour, words) or back(request, group, words, "reponses")
