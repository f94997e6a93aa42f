"""One writer for small rows that come by thousands: what arrives during a commit is committed together by the next.

The answer leaves after the commit, and a commit is shared: durability costs one wait for the disk a batch, not a row.
"""

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future as ThreadFuture
from queue import Empty, SimpleQueue
from time import sleep
from typing import Generic, TypeVar

import structlog
from sqlmodel import Session

from app.core.db import Database
from app.core.errors import UnavailableError
from app.core.i18n import gettext as _

log = structlog.get_logger("emglev.batch")
Item = TypeVar("Item")
Answer = TypeVar("Answer")

BATCH = 500  # items of one transaction
ROOM = 10_000  # items that may wait
GATHER = 0.005  # seconds left to others to come, while several do: a commit costs the same for one or a hundred
IDLE = 10.0  # seconds without work after which the thread ends; the next item starts another
STOP = 10.0  # seconds given to what waits when the server stops
RETRY_AFTER = 2  # seconds
APART = 10.0  # seconds given to a batch written one by one; what is left then fails as the last that failed


class Ticket(Generic[Item, Answer]):
    """One item that waits, and the two ways of telling who sent it: its loop, or its thread."""

    __slots__ = ("item", "loop", "outcome")

    def __init__(self, item: Item, loop: asyncio.AbstractEventLoop | None) -> None:
        self.item = item
        self.loop = loop
        self.outcome: asyncio.Future[Answer] | ThreadFuture[Answer] = loop.create_future() if loop else ThreadFuture()


class Writer(Generic[Item, Answer]):
    """Hands items, in batches, to ``apply`` within one transaction, in a thread of its own.

    ``apply(db, items)`` gives one outcome an item, in their order: an answer, or the exception that refuses this item
    alone. When it raises, or its transaction fails, each item is applied again by itself.
    """

    def __init__(
        self, database: Database, apply: Callable[[Session, Sequence[Item]], Sequence[Answer | Exception]], *,
        name: str = "batch", batch: int = BATCH, room: int = ROOM, idle: float = IDLE,
        measured: Callable[[int, float], None] = lambda _items, _seconds: None,
    ) -> None:  # fmt: skip
        """``measured`` is told the items and the seconds of each batch."""
        self.database = database
        self.apply = apply
        self.name = f"emglev-{name}"
        self.batch, self.room, self.idle = batch, room, idle
        self.measured = measured
        self._queue: SimpleQueue[Ticket[Item, Answer] | None] = SimpleQueue()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._several = False  # the last batch had more than one item

    @property
    def waiting(self) -> int:
        """Items that no batch has taken yet."""
        return self._queue.qsize()

    def submit(self, item: Item) -> "asyncio.Future[Answer]":
        """From the loop: the future answer, once it is durable.

        Raises:
            UnavailableError: too many wait already, or the server is stopping.
        """
        ticket: Ticket[Item, Answer] = Ticket(item, asyncio.get_running_loop())
        self._put(ticket)
        return ticket.outcome  # type: ignore[return-value]  # made by its loop just above

    def wait_for(self, item: Item, timeout: float = 60.0) -> Answer:
        """From a thread: the answer, once it is durable; as ``submit``.

        Raises:
            TimeoutError: no answer within ``timeout`` seconds; the item may still be applied.
        """
        ticket: Ticket[Item, Answer] = Ticket(item, None)
        self._put(ticket)
        return ticket.outcome.result(timeout)  # type: ignore[call-arg]  # a thread's future

    def _put(self, ticket: Ticket[Item, Answer]) -> None:
        with self._guard:
            if self._stopping or self._queue.qsize() >= self.room:
                message = _("Le site est très sollicité. Réessayez dans un instant.")
                raise UnavailableError(message, retry_after=RETRY_AFTER)
            self._queue.put(ticket)
            if self._thread is None:
                self._start()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        """Batch after batch, until nothing has come for a while or the server stops."""
        batch: list[Ticket[Item, Answer]] = []
        try:
            while batch := self._take():
                self._serve(batch)
        except BaseException as death:  # nobody may wait for an answer that will not come
            log.error("batch writer died", writer=self.name, kind=type(death).__name__)
            _tell(batch, [UnavailableError(_("Le site reprend son souffle. Réessayez dans un instant."))] * len(batch))
            self._succeed()

    def _succeed(self) -> None:
        """Another thread takes what still waits."""
        with self._guard:
            self._thread = None
            if self._queue.qsize():
                self._start()

    def _take(self) -> list[Ticket[Item, Answer]]:
        """What waits, at most a batch; waits itself for the first. Empty: the thread has nothing more to do."""
        while True:
            try:
                first = self._queue.get(timeout=0 if self._stopping else self.idle)
            except Empty:
                first = None
            if first is not None:
                return self._with_others(first)
            with self._guard:  # an item put from now on starts another thread
                if self._queue.qsize() == 0:
                    self._thread = None
                    return []

    def _with_others(self, first: Ticket[Item, Answer]) -> list[Ticket[Item, Answer]]:
        """This item and those that wait behind it; whoever comes alone waits for nobody."""
        if self._several and not self._stopping and self._queue.qsize() + 1 < self.batch:
            sleep(GATHER)
        taken = [first]
        while len(taken) < self.batch and self._queue.qsize():
            if (more := self._queue.get_nowait()) is not None:
                taken.append(more)
        self._several = len(taken) > 1
        return taken

    def _serve(self, batch: Sequence[Ticket[Item, Answer]]) -> None:
        started = time.perf_counter()
        items = [ticket.item for ticket in batch]
        try:
            outcomes = self._together(items)
        except UnavailableError as busy:  # no turn to write: one by one would wait as long, once each
            outcomes = [busy] * len(items)
        except Exception as failure:
            log.warning("batch written one by one", writer=self.name, items=len(items), kind=type(failure).__name__)
            outcomes = self._apart(items) if len(items) > 1 else [failure]
        _tell(batch, outcomes)
        self.measured(len(items), time.perf_counter() - started)

    def _together(self, items: Sequence[Item]) -> Sequence[Answer | Exception]:
        with self.database.writing(batch=True) as db:
            outcomes = self.apply(db, items)
            if len(outcomes) != len(items):
                raise RuntimeError(f"{self.name}: {len(outcomes)} outcomes for {len(items)} items")
        return outcomes

    def _apart(self, items: Sequence[Item]) -> Sequence[Answer | Exception]:
        """Each item in a transaction of its own: a bad one takes nobody with it, whatever the database lets go of."""
        outcomes: list[Answer | Exception] = []
        until, failure = time.monotonic() + APART, None
        for item in items:
            if failure is not None and time.monotonic() > until:
                outcomes.append(failure)
                continue
            try:
                outcomes.append(self._together([item])[0])
            except Exception as wrong:
                failure = wrong
                outcomes.append(wrong)
        return outcomes

    def stop(self) -> None:
        """Refuse what comes, finish what waits, end the thread; at most ``STOP`` seconds."""
        with self._guard:
            self._stopping = True
            thread = self._thread
            self._queue.put(None)  # wakes a thread that waits for work
        if thread is not None:
            thread.join(STOP)


def _tell(batch: Sequence[Ticket[Item, Answer]], outcomes: Sequence[Answer | Exception]) -> None:
    """Give each sender its outcome: one call a loop, whatever the number."""
    loops = defaultdict(list)
    for ticket, outcome in zip(batch, outcomes, strict=True):
        if ticket.loop is None:
            _settle(ticket, outcome)
        else:
            loops[ticket.loop].append((ticket, outcome))
    for loop, told in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle_all, told)


def _settle_all(told: Sequence[tuple[Ticket[Item, Answer], Answer | Exception]]) -> None:
    for ticket, outcome in told:
        _settle(ticket, outcome)


def _settle(ticket: Ticket[Item, Answer], outcome: Answer | Exception) -> None:
    if ticket.outcome.done():  # whoever sent it has left: it is recorded all the same
        return
    if isinstance(outcome, Exception):
        ticket.outcome.set_exception(outcome)
    else:
        ticket.outcome.set_result(outcome)
