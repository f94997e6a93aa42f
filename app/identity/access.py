"""Who asks: the actor of a request, from its cookie."""

from collections.abc import Callable
from typing import Annotated

import structlog
from fastapi import Depends, Request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session
from starlette.responses import Response

from app.core.db import Database, Db, is_read
from app.core.errors import DomainError, ForbiddenError, NotFoundError, UnavailableError
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.core.web import go_to, safe_next
from app.identity import queries, service
from app.identity.models import Invitation, Organisation, Person, Role
from app.identity.queries import organisations, roles
from app.policy import ORGANISATION_READ, OWN_SPACE, ROLE_READ
from app.policy.actor import ANONYMOUS, Actor

log = structlog.get_logger("emglev.identity")
PATIENCE = 0.5  # seconds that a page waits to write that it was read


class SignInNeeded(DomainError):
    """Nobody is signed in: show the way in, and come back here."""

    status = 403  # type: ignore[assignment]


class SecondFactorNeeded(DomainError):
    """Somebody signed in, whose role sleeps until a passkey is shown."""

    status = 403  # type: ignore[assignment]


def host_name(name: str) -> str:
    """``__Host-`` binds a cookie to this host over TLS; plain http has no such prefix."""
    return f"__Host-{name}" if get_settings().is_https else name


def cookie_name() -> str:
    """The cookie that carries a session."""
    return host_name("emglev")


def visitor(request: Request, db: Db) -> Actor:
    """The actor of this request."""
    secret = request.cookies.get(cookie_name())
    held = queries.session_of(db, secret) if secret else None
    actor = queries.actor_held(db, *held) if held else ANONYMOUS
    request.state.me = actor
    if held and is_read(request) and service.needs_a_write(held[1]):
        _note_seen(request, held[1].id or 0)
    return actor


def _note_seen(request: Request, session_id: int) -> None:
    """Apart from the request, which only reads; a database too busy for it must not keep a page from being read."""
    database: Database = request.app.state.database
    try:
        with database.writing(patience=PATIENCE) as db:
            secret = service.seen(db, session_id)
    except (OperationalError, PoolTimeout, UnavailableError) as failure:
        log.warning("session not marked as seen", kind=type(failure).__name__)
        return
    if secret:
        request.state.cookies = [session_cookie(secret)]


def session_cookie(secret: str) -> str:
    """The value of a ``Set-Cookie`` header that signs this browser in."""
    settings = get_settings()
    carrier = Response()
    carrier.set_cookie(
        cookie_name(), secret, max_age=settings.session_days * 86400, path="/", httponly=True, samesite="lax",
        secure=settings.is_https,
    )  # fmt: skip
    return carrier.headers["set-cookie"]


Me = Annotated[Actor, Depends(visitor, scope="function")]


def public(_me: Me) -> None:
    """Marks a route that everyone may call."""


def check(me: Actor, right: str, obj: object = None) -> None:
    """Refuse in the words that fit: sign in, give the second factor, or not yours.

    Raises:
        SignInNeeded: nobody is signed in.
        SecondFactorNeeded: a role would give the right, once its second factor is given.
        ForbiddenError: the right is not held.
    """
    if me.can(right, obj):
        return
    if me.could(right, obj) or me.halfway:
        raise SecondFactorNeeded(_("Confirmez d’abord que c’est bien vous, avec votre clé d’accès."))
    if not me.signed_in:
        raise SignInNeeded(_("Connectez-vous pour ouvrir cette page."))
    raise ForbiddenError


class Requires:
    """Guards a route whose right concerns no object in particular."""

    def __init__(self, right: str) -> None:
        self.right = right

    def __call__(self, me: Me) -> Actor:
        """The actor, if the table grants the right."""
        check(me, self.right)
        return me


def organisation_for(right: str) -> Callable[..., Organisation]:
    """A dependency: this organisation, if it may be read and the right is held on it."""

    def load(db: Db, me: Me, slug: str) -> Organisation:
        if right != ORGANISATION_READ:
            check(me, OWN_SPACE)  # whoever follows a link from a mail is asked to sign in
        organisation = organisations.by_slug(db, slug) if len(slug) <= 90 else None
        if organisation is None or not (
            me.can(ORGANISATION_READ, organisation) or me.could(ORGANISATION_READ, organisation)
        ):
            raise NotFoundError(_("Cette organisation n’existe pas, ou n’est pas publique."))
        check(me, right, organisation)
        return organisation

    return load


# Browsers and systems by what their User-Agent holds, the first that matches; enough to recognise one's own devices.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def device_of(user_agent: str) -> str:
    """« Firefox, Android »: all that is kept of a browser."""
    found = [next((name for mark, name in marks if mark in user_agent), "") for marks in (BROWSERS, SYSTEMS)]
    return ", ".join(part for part in found if part)


def enter(
    request: Request, db: Session, person: Person, next_path: str | None, *, way: str = "email",
    id_token: str | None = None,
) -> Response:  # fmt: skip
    """Open a new session (never reuse one: no fixation) and go back to where one was.

    The browser's former session ends; a second factor, or a change of mind about a closed account, is asked first.
    """
    former = request.cookies.get(cookie_name())
    held = queries.session_of(db, former) if former else None
    if held:
        service.close_session(db, held[1].id)
    device = device_of(request.headers.get("user-agent", ""))
    secret = service.open_session(db, person, way=way, device=device, id_token=id_token)
    if way != "demo":
        service.note_device(db, person, device)
    urls = request.app.state.urls
    closing = person.closing_at is not None
    path = urls("portal.reopening") if closing else safe_next(next_path, "/mon-espace")
    if queries.has_passkey(db, person.id or 0):
        response = go_to(request, urls("identity.second_factor", next=path))
    elif closing:
        response = go_to(request, path)
    else:
        response = go_to(request, path, flash=_("Connexion réussie."), level="info")
    response.headers.append("set-cookie", session_cookie(secret))
    return response


def role_for(right: str) -> Callable[..., Role]:
    """A dependency: this role, if the reader may see the roles of its territory and holds the right on it."""

    def load(db: Db, me: Me, role_id: int) -> Role:
        role = roles.role(db, role_id)
        if role is None or not (me.can(ROLE_READ, role) or me.could(ROLE_READ, role)):
            raise NotFoundError
        check(me, right, role)
        return role

    return load


def offer_for(right: str) -> Callable[..., Invitation]:
    """A dependency: this invitation, if the reader may see the roles of its territory and holds the right on it."""

    def load(db: Db, me: Me, invitation_id: int) -> Invitation:
        invitation = roles.invitation(db, invitation_id)
        if invitation is None or not (me.can(ROLE_READ, invitation) or me.could(ROLE_READ, invitation)):
            raise NotFoundError
        check(me, right, roles.offer_of(db, invitation))
        return invitation

    return load


def holder_for(right: str) -> Callable[..., Person]:
    """A dependency: this person, if the right is held on a role that they hold or held."""

    def load(db: Db, me: Me, person_id: int) -> Person:
        person = queries.person(db, person_id)
        held = [role for role in queries.roles_of(db, person_id) if me.can(right, role) or me.could(right, role)]
        if person is None or not held:
            raise NotFoundError
        check(me, right, max(held, key=lambda role: me.can(right, role)))
        return person

    return load
