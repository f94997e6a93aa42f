"""Ways in given by FranceConnect, ProConnect or another OpenID Connect provider: there, and back.

The way back is the one GET that writes: OpenID Connect makes it one.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass, replace

import structlog
from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from app.core import providers
from app.core.db import Db
from app.core.errors import ForbiddenError, NotFoundError
from app.core.i18n import gettext as _
from app.core.limits import limit
from app.core.oidc import Client, Flow, Identity, Provider, ProviderError
from app.core.security import SECRET
from app.core.settings import get_settings
from app.core.web import MAX_BACK, go, go_to, page, safe_next
from app.identity import queries
from app.identity.access import cookie_name, enter
from app.identity.routes import apart
from app.identity.service import federation
from app.policy.actor import ANONYMOUS

router = APIRouter()
log = structlog.get_logger("emglev.identity")
FLOW_LIFE = 600  # seconds to come back from the provider
CANCELLED = {"access_denied", "login_required", "consent_required", "interaction_required"}


@dataclass(frozen=True)
class Way:
    """What this browser keeps while it is away: nothing of it counts without the provider's answer.

    ``session`` is that of the account to link to, 0 to sign in.
    """

    provider: str
    state: str
    nonce: str
    verifier: str
    next: str
    session: int = 0

    @property
    def flow(self) -> Flow:
        """What the provider must bring back."""
        return Flow(self.state, self.nonce, self.verifier)

    @property
    def packed(self) -> str:
        """As a cookie holds it."""
        return urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()


def _unpacked(packed: str | None) -> Way | None:
    """The way that this browser began; a cookie that we did not write begins nothing."""
    try:
        said = json.loads(urlsafe_b64decode((packed or "").encode()))
        way = Way(**said)
    except (ValueError, TypeError, RecursionError):
        return None
    texts = (way.provider, way.state, way.nonce, way.verifier, way.next)
    if not all(isinstance(text, str) for text in texts) or not isinstance(way.session, int):
        return None
    secrets = (way.state, way.nonce, way.verifier)
    whole = all(len(secret) >= 32 and secret.isascii() for secret in secrets)
    return replace(way, next=_within(way.next)) if whole else None


def _named(key: str) -> Provider:
    found = providers.named(key)
    if found is None:
        raise NotFoundError
    return found


def _within(path: str) -> str:
    """Where to go back: a page of this site, of a length that is kept."""
    return safe_next(path if len(path) <= MAX_BACK else None, "/mon-espace")


def _client(request: Request, provider: Provider) -> Client:
    client: Client = request.app.state.oidc.client(provider)
    return client


def _back(request: Request, provider: Provider) -> str:
    path: str = request.app.state.urls("identity.callback", provider=provider.key)
    return get_settings().public_url + path


def down(request: Request, provider: Provider, failure: ProviderError, next_path: str = "") -> Response:
    """A plain page, and the other ways in; the log says which kind of failure, and nothing else."""
    log.warning("provider failed", provider=provider.key, kind=failure.kind)
    return page(
        request, "identity/provider_down.html", status=503 if failure.away else 502, provider=provider, case="down",
        next=next_path, ways=[way for way in providers.offered() if way.key != provider.key], gives=providers.gives,
        headers=SECRET,
    )  # fmt: skip


@router.get(
    "/connexion/{provider}", name="identity.start", dependencies=[Depends(limit("provider", "60/hour"))]
)  # fmt: skip
async def start(request: Request, provider: str, next: str = "", relier: str = "") -> Response:
    """To the provider; ``relier=oui`` links it to the account signed in here, and only from a page of ours."""
    found = _named(provider)
    me = await apart.visitor(request)
    path = _within(next)
    if relier:
        _check_ours(request)
        path = request.app.state.urls("identity.access")
        if not me.signed_in:
            return go(request, "identity.sign_in", next=path)
    elif me.signed_in:
        return go_to(request, path)
    flow = Flow()
    try:
        address = await _client(request, found).start(_back(request, found), flow)
    except ProviderError as failure:
        return down(request, found, failure, path)
    way = Way(found.key, flow.state, flow.nonce, flow.verifier, path, (me.session_id or 0) if relier else 0)
    return apart.keep(RedirectResponse(address, 302), apart.FLOW_COOKIE, way.packed, seconds=FLOW_LIFE)


def _check_ours(request: Request) -> None:
    """Nobody else's page may have an identity of its own choice linked to the account open in this browser."""
    site = request.headers.get("sec-fetch-site")
    ours = site == "same-origin" if site else request.headers.get("referer", "").startswith(f"{get_settings().origin}/")
    if not ours:
        raise ForbiddenError(_("Pour relier un service à votre compte, partez de Mon espace."))


@router.get(
    "/connexion/{provider}/retour", name="identity.callback", dependencies=[Depends(limit("callback", "120/hour"))]
)  # fmt: skip
async def callback(
    request: Request, provider: str, code: str = "", state: str = "", error: str = "", iss: str = ""
) -> Response:
    """Back from the provider: what comes must be what this browser began, once, and hold in every point."""
    found = _named(provider)
    request.state.me = ANONYMOUS
    way = _unpacked(apart.kept(request, apart.FLOW_COOKIE))
    apart.forget(request, apart.FLOW_COOKIE)
    same = way and way.provider == found.key and hmac.compare_digest(way.state.encode(), state.encode())
    if way is None or not same:
        return _not_begun(request, found)
    if error in CANCELLED:
        words = _("Vous n’avez pas continué avec %(way)s. Rien n’a changé.") % {"way": found.label}
        name, kept = ("identity.access", "") if way.session else ("identity.sign_in", way.next)
        return go(request, name, flash=words, level="info", next=kept)
    try:
        if error or not code:
            raise ProviderError("error" if error else "no code")
        identity = await _client(request, found).finish(_back(request, found), code, way.flow, sent_by=iss)
    except ProviderError as failure:
        return down(request, found, failure, way.next)
    return await apart.writing(request, lambda db: _arrive(request, db, way, identity))


def _not_begun(request: Request, provider: Provider) -> Response:
    log.warning("provider failed", provider=provider.key, kind="not begun here")
    return page(
        request, "identity/provider_down.html", status=400, provider=provider, case="not_begun", next="",
        ways=providers.offered(), gives=providers.gives, headers={"referrer-policy": "no-referrer"},
    )  # fmt: skip


def _arrive(request: Request, db: Db, way: Way, identity: Identity) -> Response:
    """Linked, signed in, or asked what to do with an identity that is new here."""
    if way.session:
        return _link(request, db, way, identity)
    person = federation.recognise(db, identity)
    if person is not None:
        return enter(request, db, person, way.next, way=identity.provider, id_token=identity.id_token)
    secret = federation.keep_waiting(db, identity, _within(way.next))
    seconds = int(federation.CHOICE_LIFE.total_seconds())
    return apart.keep(go(request, "identity.first_visit"), apart.CHOICE_COOKIE, secret, seconds=seconds)


def _link(request: Request, db: Db, way: Way, identity: Identity) -> Response:
    """To the account that asked, if it is still the one open in this browser."""
    me = queries.actor_of_session(db, request.cookies.get(cookie_name(), ""))
    person = queries.person(db, me.person_id) if me.person_id and me.session_id == way.session else None
    if person is None:
        words = _("Votre connexion a changé entre-temps : rien n’a été relié. Connectez-vous, puis recommencez.")
        return go(request, "identity.sign_in", flash=words, level="attention", next=way.next)
    federation.link(db, person, identity)
    federation.note_session(db, me.session_id, identity.id_token)
    words = _("%(way)s ouvre désormais votre compte.") % {"way": federation.label_of(identity.provider)}
    return go(request, "identity.access", flash=words)
