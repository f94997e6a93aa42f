"""The open streams of one process: a change is told to all of them as the same bytes, by one hand.

One coroutine a stream, which only waits for its reader to leave; no task wakes for a message.
"""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import structlog
from starlette.types import Receive, Send

from app.core.moments import Moments
from app.core.wire import Said, offer, said

log = structlog.get_logger("emglev.live")
HEARTBEAT = 15.0  # seconds
TICK = 0.25  # seconds between two messages of one topic, after the first
SLICE = 250  # clients served before the loop breathes
MOST_SAID = 1000  # topics whose last words are kept
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_BEAT = said(": \n\n")
_RETRY = said("retry: 3000\n\n")


class Drawn(NamedTuple):
    """A state as it is sent: ``key`` is the same as long as it looks the same; ``line`` writes it at this moment."""

    key: str
    line: Callable[[], str]


Draw = Callable[[], Drawn | None]  # called in a thread; None: nothing to show


class Client:
    """One open stream. ``behind``: what its full buffer missed, by channel."""

    __slots__ = ("behind", "channels", "seen", "send", "since", "task")

    def __init__(self, send: Send, channels: Sequence["Channel"], seen: str, since: str) -> None:
        self.send = send
        self.channels = channels
        self.seen = seen  # the key of the last state that this page says it has
        self.since = since  # the moment (``Hub.moments``) at which it was drawn, if it says so
        self.behind: set[Channel] = set()
        self.task = asyncio.current_task()

    def told(self, channel: "Channel", message: Said) -> None:
        """Give it the state of a channel, and remember whether it took it."""
        if offer(self.send, message):
            self.behind.discard(channel)
        else:
            self.behind.add(channel)


class Channel:
    """One topic as some pages hear it: by its number, or drawn."""

    def __init__(self, topic: str, draw: Draw | None) -> None:
        self.topic = topic
        self.draw = draw
        self.clients: set[Client] = set()
        self.version = 0
        self.state: Drawn | None = None
        self.busy = self.dirty = self.failed = False

    def payload(self) -> Said | None:
        """The present state as a message, if there is one."""
        if self.draw is None:
            return said(f"data: {self.topic} {self.version}\n\n")
        return said(f"id: {self.state.key}\ndata: {self.state.line()}\n\n") if self.state else None


class Hub:
    """The open streams of one process, and what they show."""

    def __init__(self) -> None:
        self.channels: dict[str, list[Channel]] = defaultdict(list)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._heart: asyncio.Task[None] | None = None
        self._artist: ThreadPoolExecutor | None = None
        self._closing = False
        self._said: dict[str, str] = {}
        self.moments = Moments()
        self._writing = threading.Lock()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Remember the loop that serves the streams."""
        self._loop = loop

    @property
    def streams(self) -> int:
        """How many pages listen."""
        return len(self._everyone())

    def listeners(self, topic: str, *, drawn: bool = False) -> int:
        """How many pages listen to this topic in this process, drawn or not."""
        return sum(len(c.clients) for c in self.channels.get(topic, []) if (c.draw is not None) == drawn)

    def _everyone(self) -> set[Client]:
        return {client for channels in self.channels.values() for channel in channels for client in channel.clients}

    def announce(self, line: str) -> None:
        """From any thread: this topic changed; an empty one means that anything may have. Words may follow it."""
        topic = self.keep(line)
        self.moments.note(topic)
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._changed, topic)

    def keep(self, line: str) -> str:
        """From any thread: remember what is said of a topic, « topic words »; the topic."""
        topic, _space, words = line.partition(" ")
        if words:
            with self._writing:
                self._said.pop(topic, None)
                self._said[topic] = words
                if len(self._said) > MOST_SAID:
                    self._said.pop(next(iter(self._said)))
        return topic

    def said(self, topic: str) -> str:
        """The last words said of a topic since this process started; empty: none."""
        return self._said.get(topic, "")

    def _changed(self, topic: str) -> None:
        found = self.channels.get(topic, []) if topic else [c for each in self.channels.values() for c in each]
        for channel in found:
            channel.version += 1
            self._stir(channel)

    def _stir(self, channel: Channel) -> None:
        if channel.busy:
            channel.dirty = True
            return
        channel.busy = True
        task = asyncio.ensure_future(self._broadcast(channel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _broadcast(self, channel: Channel) -> None:
        """At once on the leading edge, then at most every tick while it keeps changing."""
        while True:
            channel.dirty = False
            if await self._refresh(channel):
                await self._send_all(channel)
            await asyncio.sleep(TICK)
            if not channel.dirty:
                channel.busy = False
                return

    async def _refresh(self, channel: Channel) -> bool:
        """Draw what is drawn; whether there is something new to send."""
        if channel.draw is None:
            return True
        if self._artist is None:
            self._artist = ThreadPoolExecutor(1, "emglev-draw")
        try:
            drawn = await asyncio.get_running_loop().run_in_executor(self._artist, channel.draw)
        except Exception as failure:  # the next heartbeat tries again
            channel.failed = True
            log.warning("not drawn", kind=type(failure).__name__)
            return False
        channel.failed = False
        known, channel.state = channel.state, drawn
        return drawn is not None and (known is None or known.key != drawn.key)

    async def _send_all(self, channel: Channel) -> None:
        if (message := channel.payload()) is None:
            return
        for count, client in enumerate(list(channel.clients), start=1):
            client.told(channel, message)
            if count % SLICE == 0:
                await asyncio.sleep(0)

    async def serve(
        self, topics: Sequence[str], receive: Receive, send: Send, *, draw: Draw | None = None, seen: str = "",
        since: str = "", wire: Send | None = None,
    ) -> None:  # fmt: skip
        """Hold one stream of some topics until its reader leaves or the server stops.

        ``draw`` makes the state of these topics, given at once to whoever comes; ``seen`` is the key of the one that
        the page already shows, ``since`` the moment at which it was drawn. ``wire`` is ``send`` without what only
        looks at the head of answers.
        """
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send(_RETRY.message)
        if not self._closing:
            await self._hold(receive, Client(wire or send, [self._channel(t, draw) for t in topics], seen, since))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _hold(self, receive: Receive, client: Client) -> None:
        for channel in client.channels:
            channel.clients.add(client)
        self._welcome(client)
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        except asyncio.CancelledError:
            if not self._closing:
                raise
            client.task and client.task.uncancel()  # the server stops: the stream ends as it should
        finally:
            self._forget(client)

    def _channel(self, topic: str, draw: Draw | None) -> Channel:
        """The channel of a topic; one drawing serves all who look at it."""
        for channel in self.channels[topic]:
            if (channel.draw is None) == (draw is None):
                return channel
        self.channels[topic].append(Channel(topic, draw))
        return self.channels[topic][-1]

    def _welcome(self, client: Client) -> None:
        """The known state at once, so that a page that comes back needs nothing else; then drawn again."""
        if self._heart is None or self._heart.done():
            self._heart = asyncio.ensure_future(self._beat())
        for channel in client.channels:
            if channel.draw is None:
                if client.since and self.moments.moved(channel.topic, client.since):
                    self._catch_up(client, channel)
                continue
            if channel.state is not None and channel.state.key != client.seen:
                self._catch_up(client, channel)
            self._stir(channel)  # a page loaded anew must not stay behind what it was loaded with

    def _catch_up(self, client: Client, channel: Channel) -> None:
        if (message := channel.payload()) is not None:
            client.told(channel, message)

    def _forget(self, client: Client) -> None:
        for channel in client.channels:
            channel.clients.discard(client)
            if not channel.clients and channel in self.channels.get(channel.topic, []):
                self.channels[channel.topic].remove(channel)
                if not self.channels[channel.topic]:
                    del self.channels[channel.topic]

    async def _beat(self) -> None:
        """One heart for all: proxies see the streams live, and whoever missed the last state gets it."""
        while self.channels and not self._closing:
            await asyncio.sleep(HEARTBEAT)
            for channel in [c for each in self.channels.values() for c in each if c.failed]:
                self._stir(channel)
            for count, client in enumerate(self._everyone(), start=1):
                if client.behind:
                    for channel in list(client.behind):
                        self._catch_up(client, channel)
                else:
                    offer(client.send, _BEAT)
                if count % SLICE == 0:
                    await asyncio.sleep(0)

    def close(self) -> None:
        """From any thread: end every stream, the server is stopping."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self._closing = True
        for client in self._everyone():
            if client.task:
                client.task.cancel()
        if self._heart:
            self._heart.cancel()
        if self._artist:
            self._artist.shutdown(wait=False, cancel_futures=True)
