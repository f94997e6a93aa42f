"""The crew of a workshop: who leads, who helps, who writes for a table."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import ConflictError, ForbiddenError, NotFoundError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.security import PRIVATE
from app.core.web import go, page
from app.identity.access import Me, Requires, public
from app.policy import OWN_SPACE
from app.workshops import queries
from app.workshops.access import ConductWorkshop, LeadWorkshop, RunWorkshop
from app.workshops.forms.crew import AnswerForm, MemberForm, ScribeForm, TakeLeadForm
from app.workshops.models import Crew, Workshop
from app.workshops.queries import crew as reads
from app.workshops.routes.stage import qr
from app.workshops.service import crew as service
from app.workshops.states import VOTES, Duty

router = APIRouter(prefix="/ateliers/{workshop_id:int}/equipe")


@router.get("", name="workshops.crew")
def team(request: Request, db: Db, workshop: RunWorkshop) -> Response:
    """Who leads, who helps, and the link of the scribes."""
    return _show(request, db, workshop)


def _show(
    request: Request, db: Db, workshop: Workshop, *, status: int = 200, add: Filled[MemberForm] | None = None,
    take: Filled[TakeLeadForm] | None = None,
) -> Response:  # fmt: skip
    settings, urls = request.app.state.settings, request.app.state.urls
    link = settings.public_url + urls("workshops.scribe", workshop_id=workshop.id, key=workshop.crew_key)
    return page(
        request, "workshops/crew.html", status=status, headers=PRIVATE, nav="workshops", workshop=workshop,
        team=reads.team(db, workshop), candidates=reads.candidates(db, workshop), add=add or blank(MemberForm),
        take=take or blank(TakeLeadForm), link=link, link_qr=qr(link),
    )  # fmt: skip


def _do(
    request: Request, db: Db, workshop: Workshop, words: str, verb: Callable[..., None], *given: Any,
    to: str = "workshops.crew", **more: Any,
) -> Response:  # fmt: skip
    """Change the crew, or say what happened meanwhile; the present crew is shown either way."""
    level = "ok"
    try:
        verb(db, workshop, *given, **more)
    except (ConflictError, ForbiddenError) as refusal:
        db.rollback()
        words, level = refusal.message, "attention"
    return go(request, to, workshop_id=workshop.id, flash=words, level=level)


@router.post("/moi", name="workshops.join_crew")
def join(request: Request, db: Db, me: Me, workshop: RunWorkshop) -> Response:
    """A facilitator of the territory asks to help."""
    words = _("Vous co-animez cet atelier.")
    person = me.person_id or 0
    return _do(request, db, workshop, words, service.add_helper, person, by=person, to="workshops.console")


@router.post("", name="workshops.add_helper")
def add_helper(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop,
    form: Annotated[Filled[MemberForm], Depends(read(MemberForm))],
) -> Response:  # fmt: skip
    """Somebody who facilitates on this territory helps to lead."""
    chosen = next((p for p in reads.candidates(db, workshop) if form.ok and p.id == form.ok.person), None)
    if chosen is None:
        form.refuse("person", _("Choisissez une personne de la liste : elle anime sur ce territoire."))
        return _show(request, db, workshop, status=422, add=form)
    words = _("%(name)s co-anime cet atelier.") % {"name": chosen.pseudonym}
    return _do(request, db, workshop, words, service.add_helper, chosen.id, by=me.person_id or 0)


@router.post("/{member_id:int}/retrait", name="workshops.leave_crew")
def leave(request: Request, db: Db, me: Me, workshop: ConductWorkshop, member_id: int) -> Response:
    """Out of the crew."""
    member = _member(db, workshop, member_id)
    to = "workshops.short" if member.person_id == me.person_id else "workshops.crew"
    words = _("Équipe mise à jour. Le lien du secrétariat a changé.")
    if to == "workshops.short":
        words = _("Vous ne co-animez plus cet atelier.")
    return _do(request, db, workshop, words, service.leave, member, by=me.person_id or 0, to=to)


def _member(db: Db, workshop: Workshop, member_id: int) -> Crew:
    found = reads.member(db, workshop, member_id) if member_id < 2**31 else None
    if found is None:
        raise NotFoundError(_("Cette personne n’est pas, ou n’est plus, dans l’équipe de cet atelier."))
    return found


@router.post("/conduite/proposition", name="workshops.offer_lead")
def offer_lead(
    request: Request, db: Db, me: Me, workshop: LeadWorkshop,
    form: Annotated[Filled[MemberForm], Depends(read(MemberForm))],
) -> Response:  # fmt: skip
    """Ask a co-facilitator to take the lead."""
    words = _("Proposition faite : la conduite change seulement si elle est acceptée.")
    person = form.ok.person if form.ok else 0
    return _do(request, db, workshop, words, service.offer_lead, person, by=me.person_id or 0)


@router.post("/conduite/proposition/retrait", name="workshops.withdraw_offer")
def withdraw_offer(request: Request, db: Db, me: Me, workshop: LeadWorkshop) -> Response:
    """Keep the lead."""
    words = _("Proposition retirée : vous conduisez toujours.")
    return _do(request, db, workshop, words, service.withdraw_offer, by=me.person_id or 0)


@router.post("/conduite/reponse", name="workshops.answer_offer")
def answer_offer(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop,
    form: Annotated[Filled[AnswerForm], Depends(read(AnswerForm))],
) -> Response:  # fmt: skip
    """Yes or no to the lead."""
    accepts = bool(form.ok and form.ok.accepts)
    words = _("Vous conduisez désormais cet atelier.") if accepts else _("Proposition déclinée.")
    person, to = me.person_id or 0, "workshops.console"
    return _do(request, db, workshop, words, service.answer_offer, accepts=accepts, by=person, to=to)


@router.post("/conduite", name="workshops.take_lead")
def take_lead(
    request: Request, db: Db, me: Me, workshop: ConductWorkshop,
    form: Annotated[Filled[TakeLeadForm], Depends(read(TakeLeadForm))],
) -> Response:  # fmt: skip
    """Lead in the place of somebody who is gone."""
    if form.ok is None:
        return _show(request, db, workshop, status=422, take=form)
    words = _("Vous conduisez désormais cet atelier.")
    return _do(request, db, workshop, words, service.take_lead, by=me.person_id or 0, to="workshops.console")


def crew_of(db: Db, me: Me, workshop_id: int, key: str) -> Workshop:
    """The workshop whose scribes have this link; a link that changed since still leads those who came by it."""
    workshop = reads.by_crew_key(db, workshop_id, key) or reads.of_scribe(db, workshop_id, me.person_id)
    if workshop is None:
        raise NotFoundError(_("Ce lien ne mène à aucune équipe. Demandez-le à la personne qui anime."))
    return workshop


KeyWorkshop = Annotated[Workshop, Depends(crew_of)]


@router.get("/lien/{key}", name="workshops.scribe", dependencies=[Depends(public)])
def scribe(request: Request, db: Db, me: Me, workshop: KeyWorkshop) -> Response:
    """What a scribe does, and the button that makes one."""
    mine = next((m for m in workshop.crew if m.person_id == me.person_id and m.duty == Duty.SCRIBE), None)
    return page(
        request, "workshops/scribe.html", headers=PRIVATE, nav="workshops", workshop=workshop, mine=mine,
        leads=me.person_id in workshop.conductors if me.signed_in else False,
        tables=queries.tables(db, workshop.id or 0), steps=queries.steps(db, workshop.id or 0), votes=VOTES,
        form=blank(ScribeForm, table=mine.table_id if mine else None),
    )  # fmt: skip


@router.post("/lien/{key}", name="workshops.add_scribe", dependencies=[Depends(Requires(OWN_SPACE))])
def add_scribe(
    request: Request, db: Db, me: Me, workshop: KeyWorkshop,
    form: Annotated[Filled[ScribeForm], Depends(read(ScribeForm))],
) -> Response:  # fmt: skip
    """Write for a table, or for the whole room."""
    table = form.ok.table if form.ok else None
    words, level = _("Vous tenez le secrétariat."), "ok"
    try:
        service.add_scribe(db, workshop, table, by=me.person_id or 0)
    except (ConflictError, ForbiddenError) as refusal:
        db.rollback()
        words, level = refusal.message, "attention"
    return _to_link(request, workshop, words, level)


@router.post("/lien/{key}/depart", name="workshops.leave_scribe", dependencies=[Depends(Requires(OWN_SPACE))])
def leave_scribe(request: Request, db: Db, me: Me, workshop: KeyWorkshop) -> Response:
    """A scribe goes."""
    mine = next((m for m in workshop.crew if m.person_id == me.person_id and m.duty == Duty.SCRIBE), None)
    words, level = _("Vous ne tenez plus le secrétariat."), "ok"
    try:
        if mine is not None:
            service.leave(db, workshop, mine, by=me.person_id or 0)
    except ConflictError as refusal:
        db.rollback()
        words, level = refusal.message, "attention"
    return _to_link(request, workshop, words, level)


def _to_link(request: Request, workshop: Workshop, words: str, level: str = "ok") -> Response:
    key = workshop.crew_key
    return go(request, "workshops.scribe", workshop_id=workshop.id, key=key, flash=words, level=level)
