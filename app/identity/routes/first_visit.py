"""An identity that opens no account yet: open one, or link it to the account that one already has."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core import providers
from app.core.db import Db
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.web import go, go_to, page, safe_next
from app.identity import queries
from app.identity.access import Me, Requires, enter, public
from app.identity.queries import federation as read
from app.identity.routes import apart
from app.identity.service import federation
from app.policy import OWN_SPACE

router = APIRouter()


@router.get("/connexion/premiere-visite", name="identity.first_visit", dependencies=[Depends(public)])
def first_visit(request: Request, db: Db, me: Me) -> Response:
    """Two choices, for a quarter of an hour."""
    waiting = read.pending(db, apart.kept(request, apart.CHOICE_COOKIE))
    if waiting is None:
        return go(request, "identity.sign_in")
    if me.signed_in:
        return go(request, "identity.join")
    label = federation.label_of(waiting.provider)
    return page(request, "identity/first_visit.html", label=label, gives=providers.gives(waiting.provider), joining="")


@router.post(
    "/connexion/premiere-visite", name="identity.open_account",
    dependencies=[Depends(public), Depends(limit("first-visit", "20/hour"))],
)  # fmt: skip
def open_account(request: Request, db: Db) -> Response:
    """A new account, that this identity opens; sent twice, it is one."""
    waiting = federation.take(db, apart.kept(request, apart.CHOICE_COOKIE))
    apart.forget(request, apart.CHOICE_COOKIE)
    person = federation.open_account(db, waiting)
    return enter(request, db, person, waiting.next_path, way=waiting.provider, id_token=waiting.id_token)


@router.get("/connexion/relier", name="identity.join")
def join(request: Request, db: Db, me: Me, _me: object = Depends(Requires(OWN_SPACE))) -> Response:
    """Once signed in another way, confirm which account the identity joins."""
    waiting = read.pending(db, apart.kept(request, apart.CHOICE_COOKIE))
    if waiting is None:
        words = _("Rien n’attend d’être relié dans ce navigateur. Vous pouvez relier un service ici.")
        return go(request, "identity.access", flash=words, level="info")
    label = federation.label_of(waiting.provider)
    return page(
        request, "identity/first_visit.html", label=label, gives=providers.gives(waiting.provider), joining=me.name
    )


@router.post("/connexion/relier", name="identity.confirm_join")
def confirm_join(request: Request, db: Db, me: Me, _me: object = Depends(Requires(OWN_SPACE))) -> Response:
    """The identity opens this account from now on."""
    waiting = federation.take(db, apart.kept(request, apart.CHOICE_COOKIE))
    apart.forget(request, apart.CHOICE_COOKIE)
    person = queries.person(db, me.person_id or 0)
    if person is not None:
        federation.link(db, person, waiting)
        federation.note_session(db, me.session_id, waiting.id_token)
    words = _("%(way)s ouvre désormais votre compte.") % {"way": federation.label_of(waiting.provider)}
    return go_to(request, safe_next(waiting.next_path, "/mon-espace"), flash=words)
