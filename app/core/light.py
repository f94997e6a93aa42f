"""Light routes: a few bytes in, a few bytes of JSON out, for what thousands ask at once.

They stand in the same application, behind the same middlewares; rights, limits and words are those of the pages.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic_core import to_json
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from app.core.errors import DomainError
from app.core.i18n import gettext as _

URLENCODED = b"application/x-www-form-urlencoded"
_TYPE = (b"content-type", b"application/json; charset=utf-8")


def header(scope: Scope, name: bytes) -> bytes:
    """The first header of this name, or nothing."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    for key, value in headers:
        if key == name:
            return value
    return b""


def cookie(scope: Scope, name: str) -> str | None:
    """The cookie of this name."""
    sent = header(scope, b"cookie").decode("latin-1")
    if name not in sent:
        return None
    for pair in sent.split(";"):
        key, equal, value = pair.partition("=")
        if equal and key.strip() == name:
            return value.strip().strip('"')
    return None


async def body(scope: Scope, receive: Receive) -> bytes:
    """The whole urlencoded body; the layers around bound its size.

    Raises:
        DomainError: another kind of body.
    """
    kind = header(scope, b"content-type")
    if kind and not kind.startswith(URLENCODED):
        raise DomainError(_("Cet envoi n’a pas la forme attendue."))
    read = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part: bytes = message.get("body", b"")
        read += part
        if not message.get("more_body"):
            return read


async def answer(send: Send, said: Mapping[str, Any], *, status: int = 200, retry_after: int | None = None) -> None:
    """Answer with this as JSON."""
    content = to_json(said)
    headers = [_TYPE, (b"content-length", b"%d" % len(content))]
    if retry_after:
        headers.append((b"retry-after", b"%d" % retry_after))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def refuse(send: Send, error: DomainError) -> None:
    """Answer a refusal: its words, its status, when to come back."""
    status = HTTPStatus(error.status)
    await answer(send, refusal(status, error.message), status=status, retry_after=error.retry_after)


def refusal(status: int, message: str) -> dict[str, Any]:
    """A refusal as scripts read it."""
    return {"state": "refused", "message": message, "status": int(status)}
