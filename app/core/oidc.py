"""OpenID Connect as a relying party: a thin client over Authlib that trusts nothing of what a provider answers.

Sources: OpenID Connect Core 1.0 (3.1), Discovery 1.0, RP-Initiated Logout 1.0, RFC 7636 (PKCE), RFC 9207 (``iss``).
"""

import asyncio
import hmac
import time
import warnings
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar
from urllib.parse import urlencode, urlsplit

import authlib.deprecate  # noqa: F401  (sets its own filter when first imported: before ours)
import httpx
from authlib.integrations.base_client import OAuthError
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from app.core.outgoing import Bounded
from app.core.security import token

with warnings.catch_warnings():  # it announces another HTTP package, which it does not need
    warnings.simplefilter("ignore", DeprecationWarning)
    from authlib.integrations.httpx_client import AsyncOAuth2Client

ALGORITHMS: Final = ("ES256", "RS256")  # pinned: a provider also lists HS256, and « none » exists
SKEW: Final = 10  # seconds by which the provider's clock may differ; tokens live 60
PATIENCE: Final = 8.0  # seconds for a whole exchange
KNOWN_FOR: Final = 3600.0  # seconds during which a discovery document or a key set is not asked again
KEYS_EVERY: Final = 60.0  # seconds between two questions about keys that we do not know
NONSENSE: Final = (
    httpx.HTTPError, httpx.InvalidURL, JoseError, OAuthError, ValueError, TypeError, KeyError, AttributeError,
    RecursionError,
)  # fmt: skip

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Provider:
    """Somewhere people prove who they are, and how it wants to be asked.

    ``claims`` are those read from its userinfo, which is fetched for them only; ``plain`` accepts one that is not
    signed. ``about`` is the page where it explains itself.
    """

    key: str
    label: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = "openid"
    pkce: bool = True
    acr: str = ""
    claims: tuple[str, ...] = ()
    plain: bool = False
    about: str = ""


@dataclass(frozen=True)
class Flow:
    """What this browser must bring back: 43 characters each, where FranceConnect wants 22 and ProConnect 32."""

    state: str = field(default_factory=lambda: token(32))
    nonce: str = field(default_factory=lambda: token(32))
    verifier: str = field(default_factory=lambda: token(32))


@dataclass(frozen=True)
class Identity:
    """Whom the provider recognised; the id_token stays on our side, to sign out there."""

    provider: str
    issuer: str
    subject: str
    id_token: str = field(repr=False)
    claims: dict[str, str] = field(default_factory=dict)


class ProviderError(Exception):
    """The provider is away, or answers what it should not; ``kind`` is for the log and holds nothing personal."""

    def __init__(self, kind: str, *, away: bool = False) -> None:
        super().__init__(kind)
        self.kind = kind
        self.away = away


def _guarded(act: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Whatever breaks in an exchange is one kind of failure, within a time of our own."""

    @wraps(act)
    async def run(*args: P.args, **kept: P.kwargs) -> R:
        try:
            async with asyncio.timeout(PATIENCE):
                return await act(*args, **kept)
        except (httpx.TransportError, TimeoutError) as failure:
            raise ProviderError(type(failure).__name__, away=True) from None
        except NONSENSE as failure:
            raise ProviderError(type(failure).__name__) from None

    return run


class Client:
    """One provider, with what it said of itself and its keys, kept for a while."""

    def __init__(self, provider: Provider, transport: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self.provider = provider
        self._transport = transport
        self._metadata: dict[str, Any] = {}
        self._metadata_until = 0.0
        self._keys: KeySet | None = None
        self._keys_at = 0.0

    @_guarded
    async def start(self, redirect_uri: str, flow: Flow) -> str:
        """The address where this browser goes; it holds no parameter that is not written here."""
        async with self._http(redirect_uri) as http:
            metadata = await self._discover(http)
            extra = {"acr_values": self.provider.acr} if self.provider.acr else {}
            url, _state = http.create_authorization_url(
                metadata["authorization_endpoint"], state=flow.state, nonce=flow.nonce,
                code_verifier=flow.verifier if self.provider.pkce else None, **extra,
            )  # fmt: skip
            return str(url)

    @_guarded
    async def finish(self, redirect_uri: str, code: str, flow: Flow, *, sent_by: str = "") -> Identity:
        """Who came back: the code exchanged, the id_token verified, the claims that we need.

        Raises:
            ProviderError: away, or anything that does not hold.
        """
        async with self._http(redirect_uri) as http:
            metadata = await self._discover(http)
            announced = metadata.get("authorization_response_iss_parameter_supported") is True
            if (sent_by or announced) and sent_by != self.provider.issuer:
                raise ProviderError("answer of another issuer")
            given = await http.fetch_token(
                metadata["token_endpoint"], grant_type="authorization_code", code=code,
                **({"code_verifier": flow.verifier} if self.provider.pkce else {}),
            )  # fmt: skip
            id_token, access = _text(given, "id_token"), _text(given, "access_token")
            subject = await self._subject(http, id_token, access, flow)
            claims = await self._userinfo(http, access, subject) if self.provider.claims else {}
            return Identity(self.provider.key, self.provider.issuer, subject, id_token, claims)

    @_guarded
    async def leave(self, id_token: str, state: str, back: str) -> str | None:
        """The address where the provider's own session ends; None if it offers none."""
        async with self._http("") as http:
            end = (await self._discover(http)).get("end_session_endpoint")
        if not end:
            return None
        query = urlencode({"id_token_hint": id_token, "state": state, "post_logout_redirect_uri": back})
        return f"{end}{'&' if '?' in end else '?'}{query}"

    def _http(self, redirect_uri: str) -> Any:
        return AsyncOAuth2Client(
            self.provider.client_id, self.provider.client_secret, token_endpoint_auth_method="client_secret_post",
            scope=self.provider.scope, redirect_uri=redirect_uri, code_challenge_method="S256", leeway=0,
            transport=Bounded(self._transport()), headers={"accept-encoding": "identity"}, timeout=PATIENCE,
        )  # fmt: skip

    async def _discover(self, http: Any) -> dict[str, Any]:
        if time.monotonic() < self._metadata_until:
            return self._metadata
        said = await _json(http, f"{self.provider.issuer}/.well-known/openid-configuration")
        if said.get("issuer") != self.provider.issuer:
            raise ProviderError("another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            self._check_address(said[name])
        for name in ("userinfo_endpoint", "end_session_endpoint"):
            if said.get(name) is not None:
                self._check_address(said[name])
        self._metadata, self._metadata_until = said, time.monotonic() + KNOWN_FOR
        return said

    def _check_address(self, address: str) -> None:
        """Over TLS, unless the administrator named an issuer that is not."""
        parts = urlsplit(address)
        if not parts.hostname or parts.scheme not in ("https", urlsplit(self.provider.issuer).scheme):
            raise ProviderError("address")

    async def _decode(self, http: Any, compact: str) -> jwt.Token:
        """A signed token, by a key of the provider; one more look at its keys if this one is new."""
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        age = time.monotonic() - self._keys_at
        if self._keys is None or age > KNOWN_FOR:
            await self._fetch_keys(http)
        try:
            return jwt.decode(compact, self._known_keys(), registry=registry)
        except InvalidKeyIdError:
            if age < KEYS_EVERY:
                raise
            await self._fetch_keys(http)
            return jwt.decode(compact, self._known_keys(), registry=registry)

    def _known_keys(self) -> KeySet:
        if self._keys is None:
            raise ProviderError("no keys")
        return self._keys

    async def _fetch_keys(self, http: Any) -> None:
        self._keys_at = time.monotonic()
        self._keys = KeySet.import_key_set(await _json(http, self._metadata["jwks_uri"]))  # type: ignore[arg-type]

    async def _subject(self, http: Any, id_token: str, access_token: str, flow: Flow) -> str:
        signed = await self._decode(http, id_token)
        claims = CodeIDToken(
            signed.claims, signed.header, self._expected(),
            {"nonce": flow.nonce, "client_id": self.provider.client_id, "access_token": access_token},
        )  # fmt: skip
        claims.validate(leeway=SKEW)
        return _text(claims, "sub")

    def _expected(self) -> dict[str, Any]:
        return {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "value": self.provider.client_id},
        }

    async def _userinfo(self, http: Any, access_token: str, subject: str) -> dict[str, str]:
        """The claims asked for, of the same person; signed, except where the provider is known not to."""
        bearer = {"authorization": f"Bearer {access_token}"}
        answer = await http.request("GET", self._metadata["userinfo_endpoint"], headers=bearer, withhold_token=True)
        answer.raise_for_status()
        if answer.headers.get("content-type", "").partition(";")[0].strip() == "application/jwt":
            said = (await self._decode(http, answer.text.strip())).claims
            jwt.JWTClaimsRegistry(leeway=SKEW, **self._expected()).validate(said)
        elif self.provider.plain:
            said = answer.json()
        else:
            raise ProviderError("unsigned userinfo")
        if not hmac.compare_digest(_text(said, "sub").encode(), subject.encode()):
            raise ProviderError("another subject")
        return {name: said[name] for name in self.provider.claims if isinstance(said.get(name), str)}


async def _json(http: Any, address: str) -> dict[str, Any]:
    answer = await http.request("GET", address, withhold_token=True)
    if answer.status_code != 200:
        raise ProviderError(f"status {answer.status_code}")
    said = answer.json()
    if not isinstance(said, dict):
        raise ProviderError("not an object")
    return said


def _text(said: Any, name: str) -> str:
    """A field that must be there, as the length our columns keep."""
    value = said.get(name)
    if not isinstance(value, str) or not value or (name == "sub" and len(value) > 255):
        raise ProviderError(f"no {name}")
    return value


class Directory:
    """The clients of one application. ``inside`` answers for issuers that this very application serves."""

    def __init__(self) -> None:
        self.inside: dict[str, httpx.AsyncBaseTransport] = {}
        self._clients: dict[Provider, Client] = {}

    def client(self, provider: Provider) -> Client:
        """The client of this provider, made once."""
        if provider not in self._clients:
            self._clients[provider] = Client(provider, lambda: self._transport(provider.issuer))
        return self._clients[provider]

    def _transport(self, issuer: str) -> httpx.AsyncBaseTransport:
        for beginning, transport in self.inside.items():
            if issuer.startswith(f"{beginning}/"):
                return transport
        return httpx.AsyncHTTPTransport()
