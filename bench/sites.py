"""The applications that the bench serves: the site, with one more address that publishes; and without a database."""

import asyncio
import time
from typing import Any

from fastapi import FastAPI
from limits import parse
from sqlmodel import select
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.core import live
from app.main import create_app
from app.workshops import service
from app.workshops.models import Step, Workshop
from app.workshops.routes import light

PUBLISH = "/bench/publish"


def real() -> FastAPI:
    """The site. Its limits are as high as a bench needs, and cost the same."""
    light.BALLOTS_A_SEAT = light.BALLOTS_A_ROOM = parse("100000000/minute")
    app = create_app()
    app.router.routes.insert(0, Route(PUBLISH, _publish, methods=["POST"]))
    return app


def bare() -> FastAPI:
    """The same, where the writer of ballots says yes at once."""
    app = real()
    app.state.ballots = Yes()
    return app


class Yes:
    """Answers without any database."""

    waiting = 0

    def submit(self, sent: service.Sent) -> "asyncio.Future[service.Recorded]":
        """Recorded, it says."""
        answer: asyncio.Future[service.Recorded] = asyncio.get_running_loop().create_future()
        answer.set_result(service.Recorded(False, sent.marks))
        return answer

    def stop(self) -> None:
        """Nothing waits."""


def _publish(request: Any) -> Response:
    """The stage changes, as when a facilitator gives more time; answers the moment at which it was durable."""
    with request.app.state.database.writing() as db:
        workshop = db.exec(select(Workshop).where(Workshop.status == "running")).first()
        step = db.get_one(Step, workshop.step_id)
        step.minutes = step.minutes % 200 + 1
        step.title = f"Une question {step.minutes}"
        db.add(step)
        live.publish(db, service.topic(workshop))
    return JSONResponse({"at": time.monotonic()})
