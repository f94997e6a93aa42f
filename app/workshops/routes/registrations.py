"""Saying that one comes, cancelling it, what the crew knows of who comes."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db, now
from app.core.errors import NotFoundError, TooManyError
from app.core.forms import Filled, read
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.security import SECRET
from app.core.web import go, page
from app.identity.access import Me, public
from app.places.queries import reference
from app.workshops import queries
from app.workshops.access import ReadWorkshop, RunWorkshop
from app.workshops.forms.registering import RegistrationForm
from app.workshops.models import Registration, Workshop
from app.workshops.queries import registrations as reads
from app.workshops.routes.reading import show_workshop
from app.workshops.service import registrations
from app.workshops.states import ATTENDANCE_LABELS, Attendance, Room

router = APIRouter()
ASKED = [Depends(public), Depends(limit("register", "30/10minute"))]
OPENED = [Depends(public), Depends(limit("registration", "60/10minute"))]


def _back(request: Request, workshop: Workshop, **said: Any) -> Response:
    return go(
        request, "workshops.show", workshop_id=workshop.id, slug=workshop.slug, anchor="inscription", **said
    )  # fmt: skip


@router.get("/ateliers/{workshop_id:int}/inscription", name="workshops.register_form", dependencies=[Depends(public)])
def form(request: Request, workshop: ReadWorkshop) -> Response:
    """The address of the form, opened again, leads to the page it is on."""
    return _back(request, workshop)


@router.post("/ateliers/{workshop_id:int}/inscription", name="workshops.register", dependencies=ASKED)
def register(
    request: Request, db: Db, me: Me, workshop: ReadWorkshop,
    form: Annotated[Filled[RegistrationForm], Depends(read(RegistrationForm))],
) -> Response:  # fmt: skip
    """Say that one comes: at once when signed in, by a link to confirm otherwise."""
    if form.data and not me.signed_in and not form.data.email:
        form.refuse("email", _("Donnez une adresse : l’adresse du lieu, le rappel et de quoi annuler y sont envoyés."))
    data = form.ok
    if data is None:
        return show_workshop(request, db, me, workshop, form=form)
    if me.person_id:
        held = registrations.register(db, workshop, me.person_id, remote=data.remote, note=data.note)
        waiting = held.status == Attendance.WAITING
        words = _("Vous êtes sur la liste d’attente.") if waiting else _("Votre venue est enregistrée.")
        return _back(request, workshop, flash=words)
    try:
        registrations.ask_confirmation(db, workshop, data.email or "", remote=data.remote, note=data.note)
    except TooManyError as busy:
        form.refuse("email", busy.message)
        return show_workshop(request, db, me, workshop, form=form)
    return _back(request, workshop, message=1)  # said in the place of the form


def held_for(db: Db, token: str) -> Registration:
    """The registration of which this is the secret, or 404."""
    held = reads.by_token(db, token)
    if held is None:
        raise NotFoundError(_("Ce lien ne correspond à aucune inscription : elle a pu être effacée depuis."))
    return held


Held = Annotated[Registration, Depends(held_for)]


@router.get("/inscriptions/{token}", name="workshops.registration", dependencies=OPENED)
def own(request: Request, db: Db, me: Me, held: Held) -> Response:
    """One's own registration: where it is, and a button that cancels it."""
    workshop = queries.one(db, held.workshop_id)
    if workshop is None:
        raise NotFoundError
    return page(
        request, "workshops/registration.html", headers=SECRET, nav="workshops", workshop=workshop, held=held,
        territory=reference(db).by_id[workshop.territory_id], labels=ATTENDANCE_LABELS,
        rank=reads.rank(db, held) if held.status == Attendance.WAITING else 0,
        announced=workshop.status != Room.DRAFT, over=workshop.starts_at <= now() or workshop.closed_at is not None,
    )  # fmt: skip


@router.post("/inscriptions/{token}", name="workshops.cancel_registration", dependencies=OPENED)
def cancel(request: Request, db: Db, me: Me, held: Held) -> Response:
    """Give one's place back; pressed twice, it stays so."""
    workshop = queries.one(db, held.workshop_id)
    if workshop is None:
        raise NotFoundError
    registrations.cancel(db, workshop, held, by=held.person_id)
    return go(
        request, "workshops.registration", token=held.token,
        flash=_("Votre inscription est annulée. Merci de l’avoir dit."),
    )  # fmt: skip


@router.get("/ateliers/{workshop_id:int}/inscriptions", name="workshops.registrations")
def crew_list(
    request: Request, db: Db, workshop: RunWorkshop
) -> Response:  # fmt: skip
    """How many come and, for its crew alone, what they need: no name, no address."""
    return page(
        request, "workshops/registrations.html", headers=SECRET, nav="workshops", workshop=workshop,
        territory=reference(db).by_id[workshop.territory_id], announced=reads.announced(db, workshop),
    )  # fmt: skip
