"""Pure ASGI middlewares: identity of a request, same-origin, size, headers; and secrets."""

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from itertools import count
from typing import Any, Final

import structlog
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import DomainError, ForbiddenError, NotFoundError, TooLargeError
from app.core.i18n import gettext as _

Broken = Callable[[Request, Exception], Response]
Refuse = Callable[[Request, DomainError], Response]
log = structlog.get_logger("emglev.http")

MAX_BODY: Final = 256 * 1024  # bytes; the largest form is a few thousand characters
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U to misread
CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_NO_ADDRESS = re.compile(r"/[0-9]{10,}|\x00")  # no identifier of ours is that long; no database keeps a NUL
_UTF_8 = re.compile(r"""; *charset=(utf-8|"utf-8")(;|$)""")
_SECRET_PATH = re.compile(
    r"^(/suivi/|/signalement/|/desabonnement/|/inscriptions/|/connexion/(?:lien|adresse)/|/confirmation/|(?:/direct)?/a/"
    r"|/ateliers/[0-9]+/(?:ecran|equipe/lien)/|/direct/ateliers/[0-9]+/)[^/?]+"
)
_TABLE_KEY = re.compile(r"^(/a/…/table/)(?!personnes$)[^/?]+")
_LOOKED_AT = [
    (name.encode(), name) for name in ("cookie", "sec-fetch-site", "origin", "content-type", "content-length")
]
# What a mail service posts for its reader (RFC 8058), from elsewhere: the secret in the address is the whole authority.
_ONE_CLICK = re.compile(r"^/desabonnement/[^/]+(?:/tout)?$")
HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(self)",
    "cross-origin-opener-policy": "same-origin",
}
# Of an answer that no cache keeps, nor « back » on a shared device; and of a page whose address is a secret.
PRIVATE: Final = {"cache-control": "no-store"}
SECRET: Final = PRIVATE | {"x-robots-tag": "noindex, nofollow", "referrer-policy": "no-referrer"}


def token(nbytes: int = 24) -> str:
    """A new opaque secret for a URL or a cookie."""
    return secrets.token_urlsafe(nbytes)


def digest(secret: str) -> str:
    """What is stored of a secret: enough to recognise it, not to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def readable(raw: bytes, length: int) -> str:
    """``length`` characters of 5 bits each from ``raw``, easy to read aloud."""
    number = int.from_bytes(raw, "big")
    return "".join(ALPHABET[(number >> (5 * i)) & 31] for i in range(length))


def random_code(length: int) -> str:
    """``length`` random characters, easy to read aloud: 5 bits each."""
    return readable(secrets.token_bytes(length), length)


def normal_code(typed: str) -> str:
    """A code as typed or read aloud: case, spaces and dashes do not matter, O is 0, I and L are 1."""
    kept = "".join(c for c in typed.upper() if c.isalnum())
    return kept.translate(str.maketrans("OIL", "011"))


def spaced(code: str) -> str:
    """The code in groups of four, to read it aloud."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def redact(path: str) -> str:
    """The path as logs may keep it: secrets of its URL blanked."""
    secret = _SECRET_PATH.match(path)
    if secret is None:
        return path
    path = f"{secret[1]}…{path[secret.end() :]}"
    return _TABLE_KEY.sub(r"\1…", path) if "/table/" in path else path


class Envelope:
    """Around every exchange: an id, the same strict headers on the answer, one log line free of personal data."""

    def __init__(self, app: ASGIApp, *, https: bool, images: str = "") -> None:
        """``images``: another origin whose images pages may show."""
        self.app = app
        self.process, self.numbers = secrets.token_hex(4), count(1)
        headers = {**HEADERS, "cache-control": "private, no-store"}
        if images:
            headers["content-security-policy"] = CSP.replace("img-src 'self'", f"img-src 'self' {images}")
        if https:
            headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
        self.headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        self.names = frozenset(name for name, _value in self.headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap one exchange; the layers within know by ``state["status"]`` whether the answer has begun."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = time.perf_counter()
        state = scope.setdefault("state", {})
        state["request_id"] = f"{self.process}{next(self.numbers):08x}"

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                state["status"] = message["status"]
                message["headers"] = self._complete(message.get("headers", ()), state)
            await send(message)

        try:
            await self.app(scope, receive, add)
        finally:
            self._note(scope, state.get("status", 500), time.perf_counter() - started)

    def _complete(self, given: Collection[tuple[bytes, bytes]], state: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
        said = dict(given)
        ours = self.headers if said.keys().isdisjoint(self.names) else [h for h in self.headers if h[0] not in said]
        headers = [*given, *ours, (b"x-request-id", state["request_id"].encode())]
        for cookie in state.get("cookies", ()):
            headers.append((b"set-cookie", cookie.encode("latin-1")))
        return headers

    def _note(self, scope: Scope, status: int, elapsed: float) -> None:
        scope["app"].state.metrics.observe(scope["method"], status, elapsed)
        if not scope["path"].startswith("/static/"):
            log.info(
                "request", id=scope["state"]["request_id"], method=scope["method"], path=redact(scope["path"]),
                status=status, ms=round(elapsed * 1000, 1),
            )  # fmt: skip


class Head:
    """Answers HEAD as GET without its body: link checkers and monitors ask so."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap one exchange."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            return await self.app(scope, receive, send)

        async def silent(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, silent)


class Compression(GZipMiddleware):
    """Compresses pages; what is live is a few bytes, and a compressor a stream would be most of its memory."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap one exchange."""
        if scope["type"] == "http" and not scope["path"].startswith("/direct/"):
            return await super().__call__(scope, receive, send)
        await self.app(scope, receive, send)


def check_same_origin(method: str, headers: Mapping[str, str], *, origin: str, has_session: bool) -> None:
    """Refuse a write that another site provoked (no tokens: the browser says where it comes from).

    Source: Fetch Metadata, https://www.w3.org/TR/fetch-metadata/.

    Raises:
        ForbiddenError: the request comes from elsewhere, or does not say and carries a session.
    """
    if method in ("GET", "HEAD", "OPTIONS"):
        return
    site = headers.get("sec-fetch-site")
    sent_from = headers.get("origin")
    if site is not None:
        allowed = site in ("same-origin", "none")
    elif sent_from is not None:
        allowed = sent_from == origin
    else:
        allowed = not has_session
    if not allowed:
        raise ForbiddenError(_("Cet envoi vient d’un autre site. Rechargez la page, puis recommencez."))


class Guard:
    """Same-origin writes only, no body larger than a form, and plain words when something breaks.

    A form with files may be longer (``uploads``, in bytes) where the route asks for them: see ``core.uploads``.
    """

    def __init__(
        self, app: ASGIApp, *, origin: str, cookie: str, uploads: int, answer: Refuse, broken: Broken
    ) -> None:  # fmt: skip
        self.app = app
        self.uploads = uploads
        self.origin = origin
        self.cookie = cookie  # its name also begins those of the seats in workshops
        self.answer = answer
        self.broken = broken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap one exchange; refusals are answered by the application's error page."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        # Names come in lower case; of two of the same name, the first counts.
        sent = dict(reversed(scope["headers"]))
        headers = {name: sent[key].decode("latin-1") for key, name in _LOOKED_AT if key in sent}
        try:
            has_session = self.cookie in headers.get("cookie", "")
            if not _ONE_CLICK.match(scope["path"]):
                check_same_origin(scope["method"], headers, origin=self.origin, has_session=has_session)
            if _NO_ADDRESS.search(scope["path"]):
                raise NotFoundError
            _check_charset(headers.get("content-type", "").lower())
            self._check_length(headers)
        except DomainError as refusal:
            return await self.answer(Request(scope), refusal)(scope, receive, send)
        await self._pass(scope, receive, send)

    def _check_length(self, headers: Mapping[str, str]) -> None:
        length = headers.get("content-length", "0")
        with_files = headers.get("content-type", "").startswith("multipart/form-data")
        if not length.isdigit() or int(length) > (self.uploads if with_files else MAX_BODY):
            raise _too_large(with_files)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, _bounded(scope, receive), send)
        except ClientDisconnect:
            return  # the reader left before the end: nobody is there to answer
        except Exception as failure:  # whatever breaks, its reader gets words and a number
            response = self.broken(Request(scope), failure)
            if "status" not in scope.get("state", {}):  # nothing was answered yet
                await response(scope, receive, send)


def _check_charset(kind: str) -> None:
    """A form in parts is in UTF-8, said or not: what decodes the others may fail, or give halves of characters."""
    if kind.startswith("multipart/") and "charset" in kind and (kind.count("charset") > 1 or not _UTF_8.search(kind)):
        raise DomainError(_("Cet envoi n’a pas la forme attendue."))


def _too_large(with_files: bool) -> TooLargeError:
    if with_files:
        return TooLargeError(_("Ces fichiers sont trop lourds ensemble. Revenez en arrière et choisissez-en moins."))
    return TooLargeError(_("Cet envoi est trop lourd. Raccourcissez votre texte, puis réessayez."))


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Stops a body at ``MAX_BODY``, or at the ``body_limit`` that the route has put in its state."""
    seen = 0

    async def read() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        allowed = scope.get("state", {}).get("body_limit", MAX_BODY)
        if seen > allowed:
            raise _too_large(allowed > MAX_BODY)
        return message

    return read
