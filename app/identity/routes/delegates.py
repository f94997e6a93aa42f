"""Who speaks for an organisation: asked by address, accepting, leaving."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import ConflictError, NotFoundError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.web import go, page
from app.identity import queries as people
from app.identity.access import Me, Requires, organisation_for
from app.identity.forms import DelegateForm, MandateAnswerForm, MandateForm
from app.identity.models import Organisation
from app.identity.queries import organisations as queries
from app.identity.service import delegates as service
from app.identity.states import DELEGATE_LABELS, ORGANISATION_KINDS, ORGANISATION_LABELS
from app.places.queries import reference
from app.policy import ORGANISATION_EDIT, OWN_SPACE

router = APIRouter()
Mine = Annotated[Organisation, Depends(organisation_for(ORGANISATION_EDIT))]


@router.get("/mon-espace/organisations", name="identity.my_organisations", dependencies=[Depends(Requires(OWN_SPACE))])
def my_organisations(request: Request, db: Db, me: Me) -> Response:
    """Those for which one speaks or spoke, and the invitations that wait."""
    return page(
        request, "identity/organisations/mine.html", mandates=queries.mandates_of(db, me.person_id or 0),
        invitations=queries.invitations_to(db, me.email), kinds=ORGANISATION_KINDS, statuses=ORGANISATION_LABELS,
        labels=DELEGATE_LABELS, places=reference(db),
    )  # fmt: skip


ANSWERED = {
    "accept": lambda: _("C’est fait : vous êtes parmi les personnes qui parlent pour « %(name)s »."),
    "decline": lambda: _("Vous avez décliné de parler pour « %(name)s »."),
    "end": lambda: _("Vous ne parlez plus pour « %(name)s »."),
}


@router.post(
    "/mon-espace/organisations/{delegate_id:int}",
    name="identity.answer_mandate",
    dependencies=[Depends(Requires(OWN_SPACE))],
)
def answer(
    request: Request, db: Db, me: Me, delegate_id: int,
    form: Annotated[Filled[MandateAnswerForm], Depends(read(MandateAnswerForm))],
) -> Response:  # fmt: skip
    """Accept or decline what was sent to one's proved address, or leave."""
    offered, held = queries.invitations_to(db, me.email), queries.mandates_of(db, me.person_id or 0)
    found = next((pair for pair in (*offered, *held) if pair[0].id == delegate_id), None)
    person = people.person(db, me.person_id or 0)
    if found is None or person is None or form.data is None:
        raise NotFoundError(_("Cette invitation n’existe plus, ou s’adresse à quelqu’un d’autre."))
    (delegate, organisation), verb = found, form.data.verb
    if verb == "accept":
        service.accept(db, delegate, organisation, person)
    elif verb == "decline":
        service.decline(db, delegate, by=person.id or 0)
    else:
        service.end(db, delegate, organisation, by=person.id or 0)
    return go(request, "identity.my_organisations", flash=ANSWERED[verb]() % {"name": organisation.name})


def _delegates_page(request: Request, db: Db, mine: Organisation, form: Filled[DelegateForm] | None = None) -> Response:
    return page(
        request, "identity/organisations/delegates.html", status=422 if form else 200, organisation=mine,
        form=form or blank(DelegateForm), delegates=queries.delegates_of(db, mine.id or 0), labels=DELEGATE_LABELS,
    )  # fmt: skip


@router.get("/organisations/{slug}/delegues", name="identity.delegates")
def delegates(request: Request, db: Db, mine: Mine) -> Response:
    """Who speaks for it, who is asked to, who did."""
    return _delegates_page(request, db, mine)


@router.post(
    "/organisations/{slug}/delegues",
    name="identity.invite_delegate",
    dependencies=[Depends(limit("delegate", "20/hour"))],
)
def invite(
    request: Request, db: Db, me: Me, mine: Mine, form: Annotated[Filled[DelegateForm], Depends(read(DelegateForm))]
) -> Response:
    """Ask an address to speak for it."""
    if form.ok:
        try:
            service.invite(db, mine, form.ok.email, by=me.person_id or 0)
        except ConflictError as already:
            form.refuse("email", already.message)
        else:
            words = _("Invitation envoyée : la personne se connecte avec cette adresse, puis accepte.")
            return go(request, "identity.delegates", slug=mine.slug, flash=words)
    return _delegates_page(request, db, mine, form)


@router.post("/organisations/{slug}/delegues/{delegate_id:int}", name="identity.move_delegate")
def move(
    request: Request, db: Db, me: Me, mine: Mine, delegate_id: int,
    form: Annotated[Filled[MandateForm], Depends(read(MandateForm))],
) -> Response:  # fmt: skip
    """Take an invitation back, or end a mandate."""
    delegate = queries.delegate(db, delegate_id) if delegate_id < 2**31 else None
    if delegate is None or delegate.organisation_id != mine.id or form.data is None:
        raise NotFoundError
    if form.data.verb == "cancel":
        service.cancel(db, delegate, by=me.person_id or 0)
        words = _("L’invitation est annulée.")
    else:
        service.end(db, delegate, mine, by=me.person_id or 0)
        words = _("Le mandat est terminé.")
    if delegate.person_id == me.person_id:
        return go(request, "identity.my_organisations", flash=words)
    return go(request, "identity.delegates", slug=mine.slug, flash=words)
