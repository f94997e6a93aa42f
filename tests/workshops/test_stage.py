"""The streams of a room: phones hear what everybody looks at, whole; screens hear that something moved."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlmodel import select

from app.core.live import TICK
from app.workshops.models import Step, Workshop
from app.workshops.routes import light
from tests.site import Site, Visitor
from tests.workshops.acts import act, current, options, room, seated

PATIENCE = 60.0  # seconds


class Stream:
    """One open stream, read as a browser does."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.messages: list[dict[str, str]] = []
        self.left = asyncio.Event()

    async def send(self, message: Any) -> None:
        """What the server writes."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        for block in message["body"].decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
            if "data" in fields:
                self.messages.append(fields)

    async def receive(self) -> Any:
        """The browser stays until it leaves."""
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def heard(self, count: int) -> dict[str, str]:
        """The message of this number, once it has come."""
        async with asyncio.timeout(PATIENCE):
            while len(self.messages) < count:  # noqa: ASYNC110  # the stream has no event of its own
                await asyncio.sleep(0.005)
        return self.messages[count - 1]


@asynccontextmanager
async def listening(site: Site, path: str, seen: str = "") -> Any:
    """A stream of this address, as long as the block lasts."""
    stream = Stream()
    headers = [(b"host", b"localhost"), (b"accept", b"text/event-stream"), (b"accept-encoding", b"gzip")]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": headers + ([(b"last-event-id", seen.encode())] if seen else []),
        "client": ("127.0.0.1", 1), "server": ("localhost", 80),
    }  # fmt: skip
    task = asyncio.ensure_future(site.app(scope, stream.receive, stream.send))
    try:
        yield stream
    finally:
        stream.left.set()
        await task


def play(site: Site, scene: Callable[[], Awaitable[None]]) -> None:
    """One scene in the loop of the site, which hears what is published."""
    from app.core import live

    async def run() -> None:
        hub = site.app.state.hub
        hub.start(asyncio.get_running_loop())
        live.register(hub)
        listener = None if site.database.is_sqlite else live.Listener(site.database)
        if listener:
            listener.start()
        try:
            await scene()
        finally:
            live.unregister(hub)
            if listener:
                listener.stop()
                await asyncio.to_thread(listener.join, PATIENCE)

    site.run(asyncio.wait_for(run(), 3 * PATIENCE))


def changed(site: Site, step: Step, **values: Any) -> None:
    """The stage changes, as when a facilitator acts."""
    from app.core import live
    from app.workshops import service

    with site.writing() as db:
        kept = db.get_one(Step, step.id)
        kept.sqlmodel_update(values)
        db.add(kept)
        live.publish(db, service.topic(db.get_one(Workshop, step.workshop_id)))


async def voted(phone: Visitor, workshop: Workshop, step: Step, option: int) -> None:
    """A ballot, from inside the loop."""
    name, value = ("dots", f"{option}:1") if step.kind == "dots" else ("choice", str(option))
    answer = await phone.http.post(
        f"/direct/a/{workshop.code}/bulletin", data={"step": step.id, name: value},
        headers={"sec-fetch-site": "same-origin"},
    )  # fmt: skip
    assert answer.status_code == 200, answer.text


def test_a_phone_that_connects_has_the_whole_state_and_then_each_change(site: Site) -> None:
    workshop = room(site)
    step = current(site, workshop)

    async def scene() -> None:
        async with listening(site, f"/direct/a/{workshop.code}") as phone:
            first = await phone.heard(1)
            assert phone.headers["content-type"].startswith("text/event-stream")
            assert "content-encoding" not in phone.headers
            state = json.loads(first["data"])
            assert sorted(state) == ["closes_at", "html", "kind", "now", "room", "status", "step"]
            assert (state["room"], state["step"], state["status"], state["kind"]) == (
                "running", step.id, "open", step.kind,
            )  # fmt: skip
            await asyncio.to_thread(changed, site, step, title="Par quoi commence-t-on ?")
            second = await phone.heard(2)
            assert "Par quoi commence-t-on" in json.loads(second["data"])["html"]
            assert second["id"] != first["id"]

    play(site, scene)


def test_all_phones_read_the_same_bytes_and_those_who_come_back_nothing_twice(site: Site) -> None:
    workshop = room(site)
    path = f"/direct/a/{workshop.code}"

    async def scene() -> None:
        async with listening(site, path) as one, listening(site, path) as two:
            first = await one.heard(1)
            assert (await two.heard(1))["id"] == first["id"]
            assert json.loads(first["data"])["html"] == json.loads(two.messages[0]["data"])["html"]
            async with listening(site, path, seen=first["id"]) as back, listening(site, path) as new:
                assert await new.heard(1)
                assert not back.messages
                await asyncio.to_thread(changed, site, current(site, workshop), title="Une autre question posée")
                ends = [await each.heard(n) for each, n in ((one, 2), (two, 2), (back, 1), (new, 2))]
                assert len({end["data"] for end in ends}) == 1

    play(site, scene)


def test_the_votes_of_others_are_told_to_screens_and_never_to_phones(site: Site) -> None:
    workshop = room(site)
    step, voter = current(site, workshop), seated(site, workshop)
    option = options(site, step)[0]

    async def scene() -> None:
        screen = f"/direct/ateliers/{workshop.id}/{workshop.screen_key}"
        async with listening(site, f"/direct/a/{workshop.code}") as phone, listening(site, screen) as projector:
            await phone.heard(1)
            async with asyncio.timeout(PATIENCE):
                while site.app.state.hub.streams < 2:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
            await asyncio.sleep(0 if site.database.is_sqlite else TICK)  # its listener begins by « look again »
            before = len(projector.messages)
            await voted(voter, workshop, step, option)
            assert (await projector.heard(before + 1))["data"].startswith(f"room-{workshop.id}")
            assert len(phone.messages) == 1
            await asyncio.to_thread(changed, site, step, title="La salle passe à autre chose")
            await phone.heard(2)
            await projector.heard(before + 2)

    play(site, scene)


def test_nothing_personal_is_on_the_stage(site: Site) -> None:
    workshop = room(site)
    phone = seated(site, workshop, "jeunes")
    secret = phone.http.cookies[f"emglev-place-{workshop.id}"]
    draw = light.stage_of(site.app, workshop.id or 0)
    drawn, again = draw(), draw()
    assert drawn and again and drawn.key == again.key
    assert secret not in drawn.line() and workshop.screen_key not in drawn.line()


@pytest.mark.parametrize("status", ["scheduled", "lobby", "running", "closed", "published"])
def test_the_stage_is_drawn_whatever_the_room_does(site: Site, status: str) -> None:
    with site.writing() as db:
        workshop = db.get_one(Workshop, room(site).id)
        workshop.status = status
        db.add(workshop)
    drawn = light.stage_of(site.app, workshop.id or 0)()
    assert drawn and json.loads(drawn.line())["room"] == status


def test_every_step_of_the_demonstration_has_its_stage(site: Site) -> None:
    workshop = room(site)
    with site.reading() as db:
        every = list(db.exec(select(Step)))
    for row in every:
        with site.writing() as db:
            kept = db.get_one(Workshop, row.workshop_id)
            kept.step_id, kept.status = row.id, "running"
            db.add(kept)
        drawn = light.stage_of(site.app, row.workshop_id)()
        assert drawn and json.loads(drawn.line())["step"] == row.id
    assert every and workshop


def test_drafts_and_unknown_rooms_have_no_stream(site: Site) -> None:
    draft, running = room(site, status="draft"), room(site)
    assert site.visitor().get(f"/direct/a/{draft.code}").status_code == 404
    assert site.visitor().get("/direct/a/ZZZZZZ").status_code == 404
    for key in ("x", running.screen_key + "x", "%00"):
        assert site.visitor().get(f"/direct/ateliers/{running.id}/{key}").status_code == 404
    assert site.visitor().get(f"/direct/ateliers/{2**31}/x").status_code == 404


def test_acts_of_the_console_reach_the_phones(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step = current(site, workshop)

    async def scene() -> None:
        async with listening(site, f"/direct/a/{workshop.code}") as phone:
            await phone.heard(1)
            with site.reading() as db:
                edited = db.get_one(Workshop, workshop.id).edited
            await amina.http.post(
                f"/ateliers/{workshop.id}/sequences/{step.id}/cloture", data={"edited": edited},
                headers={"sec-fetch-site": "same-origin"},
            )  # fmt: skip
            assert json.loads((await phone.heard(2))["data"])["status"] == "closed"

    play(site, scene)
    assert act(site, amina, workshop, "fin").status_code == 200
