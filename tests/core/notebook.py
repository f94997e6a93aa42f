"""A notebook written in batches, that may be held, refuse or die."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from app.core.batch import Writer
from app.core.db import Database
from app.core.errors import ConflictError

PATIENCE = 30.0  # seconds
Words = Writer[str, str]


class Notebook:
    """Writes words, in batches; it may be held, and it knows what it was given."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.go = threading.Event()
        self.go.set()
        self.busy = threading.Event()

    def __call__(self, db: Session, words: Sequence[str]) -> list[str | Exception]:
        """One batch; « refused » is refused, « fatal » kills the writer."""
        self.batches.append(len(words))
        self.busy.set()
        assert self.go.wait(PATIENCE)
        if "fatal" in words:
            raise SystemExit
        kept = [{"word": word} for word in words if word != "refused"]
        if kept:
            db.execute(text("INSERT INTO noted (word) VALUES (:word)"), kept)
        return [ConflictError("no") if word == "refused" else word.upper() for word in words]


def threads_of(writer: Words) -> list[threading.Thread]:
    """Its threads; there is one at most."""
    return [thread for thread in threading.enumerate() if thread.name == writer.name]


def written(database: Database) -> list[str]:
    """What is durable, as another session sees it."""
    with database.reading() as db:
        return list(db.execute(text("SELECT word FROM noted ORDER BY word")).scalars())


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """One scene in a loop of its own."""
    asyncio.run(asyncio.wait_for(scene(), PATIENCE))


async def all_of(writer: Words, words: Sequence[str]) -> list[Any]:
    """Submit these, and wait for every outcome."""
    return list(await asyncio.gather(*[writer.submit(word) for word in words], return_exceptions=True))


async def held(writer: Words, notebook: Notebook, word: str) -> "asyncio.Future[str]":
    """A first batch that does not end before ``notebook.go``."""
    notebook.go.clear()
    notebook.busy.clear()
    first = writer.submit(word)
    assert await asyncio.to_thread(notebook.busy.wait, PATIENCE)
    return first
