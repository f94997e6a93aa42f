"""Pages and parts: decided once, here. Handlers never look at headers."""

import base64
import json
import time
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from fastapi import FastAPI, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from jinja2_fragments import render_block
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from app.core import i18n
from app.core.assets import asset_path
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.core.light import refusal
from app.core.security import PRIVATE, redact
from app.core.settings import get_settings

FLASH_COOKIE = "emglev_message"
VARY = "HX-Request, HX-Target, HX-Boosted, HX-History-Restore-Request, Cookie"
NO_RETURN = ("/connexion", "/deconnexion", "/demo/")  # one comes from there, and does not go back
OWN_PAGES = ("/mon-espace", "/roles")  # they name people: a shared computer keeps nothing of them
MAX_BACK = 500  # characters that the forms of sign-in carry
ERROR_TITLES = {
    400: lambda: _("Cette demande est incomplète"),
    403: lambda: _("Cette action n’est pas ouverte ici"),
    404: lambda: _("Page introuvable"),
    405: lambda: _("Cette adresse ne se lit pas ainsi"),
    409: lambda: _("La situation a changé"),
    410: lambda: _("Ce lien ne sert plus"),
    413: lambda: _("Envoi trop lourd"),
    422: lambda: _("À compléter"),
    429: lambda: _("Un peu trop vite"),
    500: lambda: _("Une panne de notre côté"),
    503: lambda: _("Site très sollicité"),
}


def _flat(router: Any) -> Iterator[Any]:
    """The routes of a router; one that was included in it stays a nested entry, opened here."""
    for route in router.routes:
        if hasattr(route, "effective_route_contexts"):
            yield from route.effective_route_contexts()
        else:
            yield route


class Urls:
    """Addresses by route name; a table, because lists ask for hundreds of them."""

    def __init__(self, routers: Iterable[Any]) -> None:
        self.formats = {route.name: route.path_format for router in routers for route in _flat(router)}

    def __call__(self, name: str, /, **params: Any) -> str:
        """The path of a route; parameters that are not in it become its query."""
        path = self.formats[name]
        used = {key for key in params if f"{{{key}}}" in path}
        for key in used:
            path = path.replace(f"{{{key}}}", quote(str(params[key]), safe="-"))
        query = [(k, v) for k, v in params.items() if k not in used and v not in (None, "")]
        return f"{path}?{urlencode(query)}" if query else path


@pass_context
def _can(context: Context, right: str, obj: Any = None) -> bool:
    allowed: bool = context["me"].can(right, obj)
    return allowed


def build_environment(urls: Urls, extra: dict[str, Any]) -> Environment:
    """The one Jinja environment of an application."""
    env = Environment(
        loader=FileSystemLoader("templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )  # fmt: skip
    env.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    settings = get_settings()
    env.globals.update(
        url=urls, asset=asset_path, can=_can, fdate=i18n.fdate, fnum=i18n.fnum, ago=i18n.ago,
        today=i18n.today, demo=settings.demo, settings=settings, contact_phone=settings.contact_phone,
        accessibility_statement=i18n.gettext("Accessibilité : non conforme"), **extra,
    )  # fmt: skip
    env.globals["ui"] = _macros(env)
    return env


def _macros(env: Environment) -> SimpleNamespace:
    ui = SimpleNamespace()
    env.globals["ui"] = ui
    for name in env.list_templates(filter_func=lambda n: n.startswith("ui/")):
        module = env.get_template(name).make_module()
        for macro, value in vars(module).items():
            if not macro.startswith("_"):
                setattr(ui, macro, value)
    return ui


def asked_block(request: Request, env: Environment, template: str) -> str | None:
    """The block that htmx asks for (``HX-Target: tag#id``), or None for the whole page."""
    headers = request.headers
    if headers.get("hx-request") != "true" or "hx-boosted" in headers:
        return None
    if "hx-history-restore-request" in headers:
        return None
    target = headers.get("hx-target", "").rpartition("#")[2]
    places = env.get_template("layout.html").blocks  # filled by pages, never rendered alone
    return target if target in env.get_template(template).blocks and target not in places else None


def address(request: Request) -> str:
    """The path and query of this request."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def _back(request: Request) -> str:
    """Where signing in from this page leads back: here, or to the page of the form it answers; never to a secret."""
    whole = address(request)
    if request.method not in ("GET", "HEAD"):
        sender = urlsplit(request.headers.get("referer", ""))
        ours = f"{sender.scheme}://{sender.netloc}" == get_settings().origin
        whole = urlunsplit(("", "", sender.path, sender.query, "")) if ours else ""
    secret = redact(whole) != whole or whole.startswith(NO_RETURN)
    return "" if secret or len(whole) > MAX_BACK else whole


def _context(request: Request, context: dict[str, Any]) -> dict[str, Any]:
    return {
        "request": request,
        "me": request.state.me,
        "back": _back(request),
        "nav": None,
        "flashes": _read_flash(request),
        "as_of": request.state.as_of,  # for what is live: the moment before anything was read
        "opened_at": int(time.time()),  # what a form gives back: how long it was open
    } | context


def page(
    request: Request,
    template: str,
    /,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """The whole page, or the one block that htmx asked for.

    A status of 400 and above marks the session for rollback: a refused form writes nothing.
    """
    env: Environment = request.app.state.env
    if status >= HTTPStatus.BAD_REQUEST:
        mark_rollback(request)
    block = asked_block(request, env, template)
    values = _context(request, context)
    if block:
        html = render_block(env, template, block, values)
        if values["flashes"]:
            html += env.get_template("_flash.html").render(values | {"out_of_band": True})
    else:
        html = env.get_template(template).render(values)
    response = HTMLResponse(html, status_code=status, headers=headers)
    response.headers["vary"] = VARY
    kept = "no-store" if request.url.path.startswith(OWN_PAGES) else "no-cache"
    response.headers.setdefault("cache-control", f"private, {kept}")
    if values["flashes"]:
        response.delete_cookie(FLASH_COOKIE)
    return response


def part(request: Request, template: str, /, **context: Any) -> HTMLResponse:
    """A repeated row or a live figure, alone."""
    env: Environment = request.app.state.env
    html = env.get_template(template).render(_context(request, context))
    return HTMLResponse(html, headers={"vary": VARY, "cache-control": "private, no-cache"})


def go(
    request: Request,
    name: str,
    /,
    *,
    flash: str | None = None,
    level: str = "ok",
    anchor: str = "",
    **params: Any,
) -> Response:
    """To another page of ours: 303, or ``HX-Redirect`` when htmx asked."""
    urls: Urls = request.app.state.urls
    return go_to(request, urls(name, **params) + (f"#{anchor}" if anchor else ""), flash=flash, level=level)


def go_to(request: Request, path: str, *, flash: str | None = None, level: str = "ok") -> Response:
    """As ``go``, to a path of this site."""
    path = quote(path, safe="/?&=#%-._~:@!$'()*+,;")
    response: Response
    if request.headers.get("hx-request") == "true":
        response = Response(status_code=204, headers={"hx-redirect": path})
    else:
        response = RedirectResponse(path, status_code=303)
    if flash:
        packed = base64.urlsafe_b64encode(json.dumps([level, flash]).encode()).decode()
        response.set_cookie(
            FLASH_COOKIE, packed, max_age=60, httponly=True, samesite="lax", secure=get_settings().is_https
        )
    return response


def safe_next(path: str | None, default: str) -> str:
    """Only a path of this site may be returned to: no other host, no scheme, no backslash."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path:
        return default
    return path if path.isprintable() else default


def _read_flash(request: Request) -> list[tuple[str, str]]:
    packed = request.cookies.get(FLASH_COOKIE)
    if not packed:
        return []
    try:
        level, text = json.loads(base64.urlsafe_b64decode(packed.encode()))
        str(text).encode()  # half of a pair of surrogates would break the page
    except (ValueError, TypeError, RecursionError):
        return []  # a cookie that we did not write says nothing
    return [(level, text)] if level in ("ok", "info", "attention", "error") and isinstance(text, str) else []


def mark_rollback(request: Request) -> None:
    """What this request wrote must not stay."""
    db = getattr(request.state, "db", None)
    if db is not None:
        db.info["rollback"] = True


def error_page(request: Request, status: int, message: str, retry_after: int | None = None) -> Response:
    """The same plain words for every failure: a page, or a message part for htmx."""
    mark_rollback(request)
    if request.headers.get("accept", "").startswith("application/json"):
        return _refused(status, message, retry_after)
    env: Environment = request.app.state.env
    if not hasattr(request.state, "me"):
        request.state.me = request.app.state.anonymous
    title = ERROR_TITLES.get(status, ERROR_TITLES[400])()
    values = _context(request, {"status": status, "title": title, "message": message, "retry_after": retry_after})
    partial = request.headers.get("hx-request") == "true" and "hx-boosted" not in request.headers
    template = "errors/_message.html" if partial else "errors/page.html"
    response = HTMLResponse(env.get_template(template).render(values), status_code=status)
    if partial:
        response.headers["hx-retarget"] = "#flash"
        response.headers["hx-reswap"] = "innerHTML"
    if retry_after:
        response.headers["retry-after"] = str(retry_after)
    response.headers["vary"] = VARY
    response.headers.update(PRIVATE)
    return response


def _refused(status: int, message: str, retry_after: int | None) -> Response:
    """To a script that asks for JSON: the words of the page, alone."""
    response = JSONResponse(refusal(status, message), status, headers=PRIVATE)
    if retry_after:
        response.headers["retry-after"] = str(retry_after)
    return response


def answer(request: Request, error: DomainError) -> Response:
    """A refusal of the domain, as a page."""
    return error_page(request, error.status, error.message, error.retry_after)


def install(app: FastAPI, routers: list[Any], *, anonymous: Any, extra: dict[str, Any]) -> None:
    """Give the application its addresses and its templates."""
    app.state.urls = Urls(routers)
    app.state.anonymous = anonymous
    app.state.env = build_environment(app.state.urls, extra)
