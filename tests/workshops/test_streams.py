"""Streams of a room hold nothing of the database; one room is served by any number of processes."""

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.core.db import Database
from app.workshops import queries, service
from app.workshops.models import Step, Workshop
from tests.databases import Engine
from tests.site import Site
from tests.test_faults import _server
from tests.workshops.acts import room
from tests.workshops.test_stage import listening, play
from tests.workshops.test_storm import HALL, seat_all

PATIENCE = 60.0  # seconds


def test_a_hall_that_listens_holds_no_session(site: Site) -> None:
    workshop = room(site)
    screen = f"/direct/ateliers/{workshop.id}/{workshop.screen_key}"

    async def scene() -> None:
        async with contextlib.AsyncExitStack() as stack:
            for path in [f"/direct/a/{workshop.code}"] * 20 + [screen] * 5:
                phone = await stack.enter_async_context(listening(site, path))
            first = await stack.enter_async_context(listening(site, f"/direct/a/{workshop.code}"))
            await first.heard(1)
            async with asyncio.timeout(PATIENCE):
                while site.app.state.hub.streams < 26:  # noqa: ASYNC110  # a stream has no event of its own
                    await asyncio.sleep(0.005)
            assert phone.status == 200
            database = site.database
            held = {id(each): each.pool.checkedout() for each in (database.reader, database.writer, database.batches)}
            assert set(held.values()) == {0}

    play(site, scene)


@contextlib.contextmanager
def _heard(address: str, path: str) -> Iterator[tuple[list[str], threading.Condition]]:
    """What a page of this address hears, as it comes, from the moment when it listens."""
    said: list[str] = []
    came, listens, leave = threading.Condition(), threading.Event(), threading.Event()

    def listen() -> None:
        with contextlib.suppress(httpx.HTTPError), httpx.stream("GET", f"{address}{path}", timeout=PATIENCE) as answer:
            for line in answer.iter_lines():
                listens.set()  # the first line comes whatever happens
                if line.startswith("data:"):
                    with came:
                        said.append(line.removeprefix("data: "))
                        came.notify_all()
                if leave.is_set():
                    return

    reader = threading.Thread(target=listen, daemon=True)
    reader.start()
    assert listens.wait(PATIENCE)
    yield said, came
    leave.set()


@pytest.mark.postgresql
@pytest.mark.slow
def test_what_happens_in_one_process_is_heard_in_the_other(engine: Engine, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with engine.copy() as url:
        database = Database(url)
        held, options = seat_all(database)
        with (
            _server(url, tmp_path / "one") as (one, _first),
            _server(url, tmp_path / "two") as (two, _second),
            _heard(two, f"/direct/a/{held.code}") as (phone, at_phone),
            _heard(two, f"/direct/ateliers/{held.id}/{held.screen_key}") as (screen, at_screen),
        ):
            with at_phone:
                assert at_phone.wait_for(lambda: phone, PATIENCE), "the present state, at once"
            ballot = {"step": str(held.step_id), "dots": f"{options[0]}:1"}
            own = {"sec-fetch-site": "same-origin", "cookie": f"emglev-place-{held.id}={HALL[0]}"}
            answer = httpx.post(f"{one}/direct/a/{held.code}/bulletin", data=ballot, headers=own)
            assert answer.status_code == 200, answer.text
            with at_screen:
                assert at_screen.wait_for(lambda: screen, PATIENCE), "the screen of the other process looks again"
            _close(database, held)
            with at_phone:
                assert at_phone.wait_for(lambda: json.loads(phone[-1])["status"] == "closed", PATIENCE)
        database.dispose()


def _close(database: Database, held: Workshop) -> None:
    """The facilitator closes the vote."""
    with database.writing() as db:
        now = queries.one(db, held.id or 0)
        assert now
        step = db.get_one(Step, now.step_id)
        service.close_step(db, now, step, edited=now.edited, by=now.lead_id or 0)
