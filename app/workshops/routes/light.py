"""What thousands ask at once, as light routes: a ballot sent by a script, and the streams.

The rights, limits and words are those of the pages: the same verbs, the same checks; tests run the same scenes on both.
"""

import asyncio
import time
from typing import Any

from anyio.to_thread import run_sync
from limits import parse
from starlette.requests import Request
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core import light
from app.core.db import now
from app.core.errors import DomainError
from app.core.forms import decode
from app.core.limits import address_of
from app.core.live import Stream
from app.workshops import queries, service
from app.workshops.access import WRONG_CODES, UnknownRoomError, screen_of, seat_cookie_of
from app.workshops.forms import BallotForm, normal_room_code
from app.workshops.routes.stage import stage_of
from app.workshops.service.room import pages_topic_of, turn_topic_of
from app.workshops.states import Room

# Of one seat; of one room from one address: a hall is one address, and whoever hammers from elsewhere stops nobody
# there. The room comes first: made-up secrets are then counted no further.
BALLOTS_A_SEAT = parse("30/minute")
BALLOTS_A_ROOM = parse("20000/minute")
REMEMBERED = 10.0  # seconds during which a room is found again by its code without asking the database
MOST = 1_000  # codes remembered


class Doors:
    """The rooms of the codes lately used: a hall that comes back at once asks the database once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, int]] = {}
        self._asking = asyncio.Lock()

    async def room(self, app: Any, code: str) -> int:
        """The id of the workshop of this code.

        Raises:
            UnknownRoomError: no room has it, or it is a draft.
        """
        if found := self._lately(code):
            return found
        async with self._asking:
            if found := self._lately(code):
                return found
            async with app.state.gate.reading:
                found = await run_sync(_room_id, app.state.database, code)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[code] = (time.monotonic() + REMEMBERED, found)
        return found

    def _lately(self, code: str) -> int:
        until, found = self._known.get(code, (0.0, 0))
        return found if until > time.monotonic() else 0


def _room_id(database: Any, code: str) -> int:
    with database.reading() as db:
        workshop = queries.by_code(db, code)
        if workshop is None or workshop.status == Room.DRAFT:
            raise UnknownRoomError(code)
        return workshop.id or 0


async def cast(scope: Scope, code: str, secret: str | None, place: int, form: BallotForm) -> service.Recorded:
    """Record a ballot, with those that others send meanwhile; no session is held while it waits.

    ``scope`` is the request's, ``secret`` the device's, ``place`` which of its people votes.

    Raises:
        DomainError: refused, in words for people: no seat, too many (with when to come back), not open, not a ballot.
    """
    if not secret:
        raise service.no_seat()
    seat, room = queries.seat_digest(secret, place), normal_room_code(code)
    state = scope["app"].state
    state.limiter.hit(BALLOTS_A_ROOM, "ballots", room, address_of(scope))
    state.limiter.hit(BALLOTS_A_SEAT, "ballot", seat)
    sent = service.Sent(room, seat, form.step, form.marks, form.words, now(), form.seat)
    recorded: service.Recorded = await state.ballots.submit(sent)
    return recorded


async def room_at(scope: Scope, code: str) -> tuple[int, str | None]:
    """The room of this code, and the secret of this device; whoever has no seat guesses no faster here than elsewhere.

    Raises:
        UnknownRoomError: no room has this code.
        TooManyError: this address tried too many codes that no room has.
    """
    try:
        room = await scope["app"].state.doors.room(scope["app"], code)
    except UnknownRoomError:
        WRONG_CODES.count(Request(scope))
        raise
    secret = light.cookie(scope, seat_cookie_of(room))
    if secret is None:
        WRONG_CODES.check(Request(scope))
    return room, secret


class Endpoint:
    """A route that speaks ASGI; Starlette leaves an instance as it is."""

    def __init__(self, act: ASGIApp) -> None:
        self.act = act

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self.act(scope, receive, send)


async def bulletin(scope: Scope, receive: Receive, send: Send) -> None:
    """A ballot from a script: « recorded » once it is durable, or « refused » with the reason."""
    code = scope["path_params"]["code"]
    try:
        _room, secret = await room_at(scope, code)
        filled = decode(BallotForm, await light.body(scope, receive))
        if filled.ok is None:
            return await light.answer(send, light.refusal(422, next(iter(filled.errors.values()))), status=422)
        recorded = await cast(scope, code, secret, filled.ok.place, filled.ok)
    except DomainError as refused:
        return await light.refuse(send, refused)
    await light.answer(send, {"state": "recorded", "late": recorded.late, "marks": dict(recorded.marks)})


async def phones(scope: Scope, receive: Receive, send: Send) -> None:
    """What the room looks at, to every phone: the whole state, as the same bytes. Others' votes are not told."""
    app = scope["app"]
    room, _secret = await room_at(scope, scope["path_params"]["code"])
    stream = Stream(app.state.hub, [service.topic_of(room)], draw=stage_of(app, room))
    await stream(scope, receive, send)


async def screens(scope: Scope, receive: Receive, send: Send) -> None:
    """To the projector and the console: the room moved, or someone came or answered. Look again."""
    app, asked = scope["app"], scope["path_params"]
    async with app.state.gate.reading:
        room = await run_sync(_screen_id, app.state.database, asked["workshop_id"], asked["key"])
    topics = [service.topic_of(room), service.count_topic_of(room)]
    if b"regie" not in scope["query_string"]:  # the console's own stream is not one more screen
        topics += [service.screen_topic_of(room), turn_topic_of(room)]
    elif b"pages" in scope["query_string"]:
        topics.append(pages_topic_of(room))
    await Stream(app.state.hub, topics)(scope, receive, send)


def _screen_id(database: Any, workshop_id: int, key: str) -> int:
    with database.reading() as db:
        return screen_of(db, workshop_id, key).id or 0


ROUTES = [
    Route("/direct/a/{code}/bulletin", Endpoint(bulletin), methods=["POST"], name="workshops.cast_light"),
    Route("/direct/a/{code}", Endpoint(phones), methods=["GET"], name="workshops.phone_stream"),
    Route("/direct/ateliers/{workshop_id:int}/{key}", Endpoint(screens), methods=["GET"], name="workshops.stream"),
]
LIGHT = Router(routes=ROUTES)
