"""Who asks: the actor of a request, from its cookie."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import DomainError, ForbiddenError
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.core.web import go_to, safe_next
from app.identity import queries, service
from app.identity.models import Person
from app.policy import ANONYMOUS, Actor


class SignInNeeded(DomainError):
    """Nobody is signed in: show the way in, and come back here."""

    status = 403  # type: ignore[assignment]


def cookie_name() -> str:
    """``__Host-`` binds the cookie to this host over TLS; plain http has no such prefix."""
    return "__Host-emglev" if get_settings().is_https else "emglev"


def visitor(request: Request, db: Db) -> Actor:
    """The actor of this request."""
    secret = request.cookies.get(cookie_name())
    actor = queries.actor_of_session(db, secret) if secret else ANONYMOUS
    request.state.me = actor
    return actor


Me = Annotated[Actor, Depends(visitor, scope="function")]


def public(_me: Me) -> None:
    """Marks a route that everyone may call."""


class Requires:
    """Guards a route whose right concerns no object in particular."""

    def __init__(self, right: str) -> None:
        self.right = right

    def __call__(self, me: Me) -> Actor:
        """The actor, if the table grants the right."""
        if me.can(self.right):
            return me
        if not me.signed_in:
            raise SignInNeeded(_("Connectez-vous pour ouvrir cette page."))
        raise ForbiddenError


def enter(request: Request, db: Db, person: Person, next_path: str | None) -> Response:
    """Open a new session (never reuse one: no fixation) and go back to where one was."""
    settings = get_settings()
    response = go_to(request, safe_next(next_path, "/mon-espace"), flash=_("Connexion réussie."))
    response.set_cookie(
        cookie_name(), service.open_session(db, person), max_age=settings.session_days * 86400, path="/",
        httponly=True, samesite="lax", secure=settings.is_https,
    )  # fmt: skip
    return response
