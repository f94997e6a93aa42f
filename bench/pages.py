"""The list of needs: what the database and the web add to rendering; the middlewares; answers without a body."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app.core.assets import asset_path
from app.core.db import Database
from app.core.web import page
from app.needs import queries
from app.needs.forms import NeedFilter
from app.needs.routes.listing import list_context
from app.policy.actor import ANONYMOUS
from bench.calling import Caller
from bench.clock import compare
from bench.report import Report

DEPTHS = 8
STEP = 40  # pages between two that are measured
LIST = "needs/index.html"


def keys(database: Database) -> list[str]:
    """Where some pages of the list begin, near its head and far from it."""
    with database.reading() as db:
        rows = queries.visible(db, ANONYMOUS, NeedFilter(), None, size=queries.PAGE_SIZE * STEP * DEPTHS).rows
    edges = [rows[n * STEP * queries.PAGE_SIZE] for n in range(1, DEPTHS)]
    return ["", *(f"{int(row.published_at.timestamp() * 1_000_000)}~{row.id}" for row in edges)]


def _request(app: FastAPI, key: str) -> Request:
    query = urlencode({"apres": key}) if key else ""
    scope = {
        "type": "http", "app": app, "method": "GET", "path": "/besoins", "query_string": query.encode(), "headers": [],
        "scheme": "http", "server": ("localhost", 80), "state": {"me": ANONYMOUS, "as_of": ""},
    }  # fmt: skip
    return Request(scope)


def _context(database: Database, request: Request) -> dict[str, Any]:
    with database.reading() as db:
        return list_context(request, db, ANONYMOUS, NeedFilter.model_validate(dict(request.query_params)), None)


def list_page(report: Report, app: FastAPI, database: Database, engine: str) -> None:
    """A page of 20 needs: the same template from the same rows, without then with what surrounds it."""
    section = report.section(
        f"List of needs, {engine}",
        f"Pages of {queries.PAGE_SIZE} needs among 20,000, at {DEPTHS} depths of the list, CPU time. The first line "
        "renders the whole template from rows held in memory; the others add to it. Whole requests go through every "
        "middleware, the thread pool, the session and the count, without a network.",
        engine,
    )
    requests = [_request(app, key) for key in keys(database)]
    addresses = [f"/besoins?{request.url.query}" for request in requests]
    kept = [(request, _context(database, request)) for request in requests]
    caller = Caller(app)
    costs = compare(
        {
            "template": lambda: [page(request, LIST, nav="needs", **context) for request, context in kept],
            "queries": lambda: [_context(database, request) for request in requests],
            "request": lambda: caller.all(addresses),
            "compressed": lambda: caller.all(addresses, accept_encoding="gzip"),
        },
        calls=len(requests),
    )
    size = len(caller.headers("/besoins")[2])
    caller.close()
    alone = costs["template"].cpu
    section.add("HTML of a page", size / 1000, "kB")
    section.add("template alone", alone)
    section.add("its queries, floor: template alone", costs["queries"].cpu, floor=alone)
    section.add("whole request, floor: template alone", costs["request"].cpu, floor=alone, most=3.5, ratio=True)
    section.add("whole request, compressed, floor: template alone", costs["compressed"].cpu, floor=alone)
    section.add("queries of one page, on the wall", costs["queries"].wall)


async def _hello() -> Response:
    return PlainTextResponse("hello\n")


def middlewares(report: Report, app: FastAPI) -> None:
    """Every middleware of the application around a route that does nothing."""
    section = report.section(
        "Middlewares",
        "A FastAPI route that says hello, bare, then behind the very middlewares of the application (request id, log "
        "line in JSON, metrics, headers, same origin, size, compression). CPU time, without a network.",
    )
    bare, wrapped = FastAPI(openapi_url=None), FastAPI(openapi_url=None)
    for hello in (bare, wrapped):
        hello.add_api_route("/", _hello)
    wrapped.user_middleware = list(app.user_middleware)
    wrapped.state.metrics = app.state.metrics
    callers = {"bare": Caller(bare), "wrapped": Caller(wrapped)}
    addresses = ["/"] * 500
    costs = compare(
        {"bare": lambda: callers["bare"].all(addresses), "wrapped": lambda: callers["wrapped"].all(addresses)},
        calls=len(addresses),
    )
    for caller in callers.values():
        caller.close()
    bare_cost, whole = costs["bare"].cpu, costs["wrapped"].cpu
    section.add("hello behind all middlewares, floor: bare", whole, floor=bare_cost, most=2.0, ratio=True)


def without_body(report: Report, app: FastAPI) -> None:
    """Answers « not modified », where there are any."""
    section = report.section(
        "Not modified (304)", "What a browser that already holds the answer costs, against one that does not. CPU time."
    )
    caller = Caller(app)
    for name, address in (("list of needs", "/besoins"), ("style sheet", asset_path("app.css"))):
        _status, headers, _body = caller.headers(address)
        tag = headers.get("etag")
        if tag is None:
            continue  # the page carries none
        addresses = [address] * 50
        costs = compare(
            {
                "whole": partial(caller.all, addresses),
                "known": partial(caller.all, addresses, if_none_match=tag),
            },
            calls=len(addresses),
        )
        section.add(f"{name}: 304, floor: 200", costs["known"].cpu, floor=costs["whole"].cpu)
    caller.close()
