"""The demonstration: invented people to sign in as, their mailbox, a fresh start."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.forms import Filled, read
from app.core.i18n import gettext as _
from app.core.web import go, page
from app.identity import queries as people
from app.identity import service
from app.identity.access import enter, public
from app.identity.states import ROLE_LABELS, RoleKind
from app.places.queries import reference
from app.portal import queries
from app.portal.access import demo_only
from app.portal.forms import PersonaForm

DEFAULT_TERRITORY = "morlaix-communaute"
router = APIRouter(dependencies=[Depends(demo_only), Depends(public)])


@router.get("/demo", name="demo.index")
def index(request: Request, db: Db) -> Response:
    """Who one can become, and where to start."""
    places = reference(db)
    cast = []
    for person in people.demo_people(db):
        roles = [
            (
                _(ROLE_LABELS[RoleKind(r.kind)]),
                places.by_id[r.territory_id] if r.territory_id else places.departement,
            )
            for r in people.roles_of(db, person.id or 0)
        ]
        cast.append((person, roles))
    return page(request, "portal/demo.html", cast=cast, places=places)


@router.post("/demo/personne", name="demo.become")
def become(request: Request, db: Db, form: Annotated[Filled[PersonaForm], Depends(read(PersonaForm))]) -> Response:
    """Sign in as one of the demonstration persons."""
    wanted = form.data.persona if form.data else ""
    person = next((p for p in people.demo_people(db) if p.demo_persona == wanted), None)
    if person is None:
        raise NotFoundError
    territory = reference(db).by_slug.get(form.data.territoire if form.data else "")
    if territory:
        service.place_demo_person(db, person, territory.territory_id)
    board = request.app.state.urls("board.territory", slug=territory.slug if territory else DEFAULT_TERRITORY)
    start = {"moderator": "/moderation", "technician": board, "elected": board}.get(wanted, "/mon-espace")
    return enter(request, db, person, (form.data.next if form.data else "") or start, way="demo")


@router.get("/demo/messagerie", name="demo.mailbox")
def mailbox(request: Request, db: Db) -> Response:
    """The mails that would have left."""
    return page(request, "portal/mailbox.html", mails=queries.mailbox(db))


@router.post("/demo/remise-a-zero", name="demo.reset")
def reset(request: Request, db: Db) -> Response:
    """Start the demonstration afresh: everything typed since is erased."""
    request.app.state.reset_demo(db)
    return go(request, "demo.index", flash=_("La démonstration est revenue à son début."))
