"""The writer that shares its commits: what it answers is durable, a bad row fails alone, nobody waits for ever."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from app.core import batch
from app.core.db import Database
from app.core.errors import ConflictError, UnavailableError
from tests.core.notebook import PATIENCE, Notebook, Words, all_of, held, play, threads_of, written
from tests.databases import Engine


@pytest.fixture
def database(engine: Engine) -> Iterator[Database]:
    """An empty database with one table, where a word is written once."""
    with engine.empty() as url:
        opened = Database(url)
        with opened.writing() as db:
            db.execute(text("CREATE TABLE noted (word VARCHAR(20) PRIMARY KEY)"))
        yield opened
        opened.dispose()


Make = Callable[..., Words]


@pytest.fixture
def make(database: Database, request: pytest.FixtureRequest) -> Iterator[Make]:
    """Makes the writers of a test, each of its own name, and stops them."""
    made: list[Words] = []

    def _make(apply: Notebook, **options: Any) -> Words:
        made.append(Words(database, apply, name=f"{request.node.name}-{len(made)}", **options))
        return made[-1]

    yield _make
    for writer in made:
        writer.stop()


def test_what_comes_during_a_commit_is_committed_together_by_the_next(make: Make) -> None:
    notebook, told = Notebook(), list[tuple[int, float]]()
    writer = make(notebook, measured=lambda items, seconds: told.append((items, seconds)))

    async def scene() -> None:
        first = await held(writer, notebook, "premier")
        others = [writer.submit(f"mot {n:02d}") for n in range(20)]
        assert writer.waiting == 20
        notebook.go.set()
        assert await asyncio.gather(first, *others) == ["PREMIER", *(f"MOT {n:02d}" for n in range(20))]

    play(scene)
    writer.stop()
    assert notebook.batches == [1, 20] == [items for items, _seconds in told]


def test_while_several_come_those_of_the_next_moment_share_a_commit(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook, waits, goes_on = Notebook(), threading.Event(), threading.Event()

    def pause(_seconds: float) -> None:
        waits.set()
        assert goes_on.wait(PATIENCE)

    writer = make(notebook)
    monkeypatch.setattr(batch, "sleep", pause)

    async def scene() -> None:
        first = await held(writer, notebook, "seul")
        others = [writer.submit(word) for word in ("a", "b")]
        notebook.go.set()
        await asyncio.gather(first, *others)
        assert not waits.is_set()  # whoever came alone, and those who waited behind, waited for nobody else
        late = [writer.submit("c")]
        assert await asyncio.to_thread(waits.wait, PATIENCE)
        late.append(writer.submit("d"))
        goes_on.set()
        assert await asyncio.gather(*late) == ["C", "D"]

    play(scene)
    assert notebook.batches == [1, 2, 2]


def test_the_answer_comes_after_the_commit(make: Make, database: Database) -> None:
    writer = make(Notebook())

    async def scene() -> None:
        assert await writer.submit("durable") == "DURABLE"
        assert written(database) == ["durable"]

    play(scene)


def test_a_batch_that_could_not_be_committed_is_answered_by_its_error(
    make: Make, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_session: Session) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    writer = make(Notebook())

    async def scene() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Session, "commit", broken)
            outcomes = await all_of(writer, ["un", "deux", "trois"])
        assert [type(each) for each in outcomes] == [OperationalError] * 3
        assert written(database) == []
        assert await writer.submit("quatre") == "QUATRE"

    play(scene)


def test_a_bad_row_fails_alone(make: Make, database: Database) -> None:
    notebook = Notebook()
    writer = make(notebook)

    async def scene() -> None:
        first = await held(writer, notebook, "twice")
        others = [writer.submit(word) for word in ("a", "twice", "b", "c")]
        notebook.go.set()
        assert await first == "TWICE"
        outcomes = await asyncio.gather(*others, return_exceptions=True)
        assert [each for each in outcomes if isinstance(each, str)] == ["A", "B", "C"]
        assert isinstance(outcomes[1], IntegrityError)

    play(scene)
    assert written(database) == ["a", "b", "c", "twice"]
    assert notebook.batches == [1, 4, 1, 1, 1, 1]


def test_a_refusal_is_an_outcome_and_nothing_is_done_again(make: Make) -> None:
    notebook = Notebook()
    writer = make(notebook)

    async def scene() -> None:
        first = await held(writer, notebook, "premier")
        others = [writer.submit(word) for word in ("a", "refused", "b")]
        notebook.go.set()
        await first
        outcomes = await asyncio.gather(*others, return_exceptions=True)
        assert isinstance(outcomes[1], ConflictError) and outcomes[::2] == ["A", "B"]

    play(scene)
    assert notebook.batches == [1, 3]


def test_too_many_that_wait_are_told_when_to_come_back(make: Make, database: Database) -> None:
    notebook = Notebook()
    writer = make(notebook, room=3)

    async def scene() -> None:
        first = await held(writer, notebook, "premier")
        waiting = [writer.submit(f"mot {n}") for n in range(3)]
        with pytest.raises(UnavailableError) as refused:
            writer.submit("de trop")
        assert refused.value.retry_after
        notebook.go.set()
        await asyncio.gather(first, *waiting)
        assert await writer.submit("ensuite") == "ENSUITE"

    play(scene)
    assert "de trop" not in written(database)


def test_a_batch_is_bounded(make: Make) -> None:
    notebook = Notebook()
    writer = make(notebook, batch=8)

    async def scene() -> None:
        first = await held(writer, notebook, "premier")
        others = [writer.submit(f"mot {n:02d}") for n in range(20)]
        notebook.go.set()
        await asyncio.gather(first, *others)

    play(scene)
    assert notebook.batches == [1, 8, 8, 4]


def test_stopping_finishes_what_waits_and_refuses_what_comes(make: Make, database: Database) -> None:
    notebook = Notebook()
    writer = make(notebook)

    async def scene() -> None:
        first = await held(writer, notebook, "premier")
        others = [writer.submit(f"mot {n}") for n in range(5)]
        stopping = asyncio.ensure_future(asyncio.to_thread(writer.stop))
        while not writer._stopping:  # noqa: ASYNC110  # it has begun to stop
            await asyncio.sleep(0)
        with pytest.raises(UnavailableError):
            writer.submit("trop tard")
        notebook.go.set()
        await stopping
        assert await asyncio.gather(first, *others)

    play(scene)
    assert len(written(database)) == 6
    assert not threads_of(writer)


def test_a_writer_that_dies_fails_those_it_had_in_hand_and_another_takes_the_rest(
    make: Make, database: Database
) -> None:
    notebook = Notebook()
    writer = make(notebook, batch=1)

    async def scene() -> None:
        first = await held(writer, notebook, "fatal")
        others = [writer.submit(word) for word in ("a", "b")]
        notebook.go.set()
        outcomes = await asyncio.gather(first, *others, return_exceptions=True)
        assert isinstance(outcomes[0], UnavailableError)
        assert outcomes[1:] == ["A", "B"]

    play(scene)
    assert written(database) == ["a", "b"]


def test_a_thread_without_work_ends_and_the_next_item_starts_another(make: Make) -> None:
    writer = make(Notebook(), idle=0.01)

    async def scene() -> None:
        assert await writer.submit("un") == "UN"
        for thread in threads_of(writer):
            await asyncio.to_thread(thread.join, PATIENCE)
        assert not threads_of(writer)
        assert await writer.submit("deux") == "DEUX"

    play(scene)


def test_whoever_leaves_before_the_answer_is_recorded_all_the_same(make: Make, database: Database) -> None:
    notebook = Notebook()
    writer = make(notebook)

    async def scene() -> None:
        first = await held(writer, notebook, "premier")
        left = writer.submit("parti")
        left.cancel()
        stays = writer.submit("reste")
        notebook.go.set()
        assert await asyncio.gather(first, stays) == ["PREMIER", "RESTE"]

    play(scene)
    assert "parti" in written(database)


def test_threads_and_ordinary_writes_share_the_database_with_batches(make: Make, database: Database) -> None:
    writer, wrong = make(Notebook()), list[BaseException]()

    def ordinary(worker: int) -> None:
        try:
            for n in range(20):
                with database.writing() as db:
                    db.execute(text("INSERT INTO noted (word) VALUES (:w)"), {"w": f"page {worker} {n}"})
                assert writer.wait_for(f"fil {worker} {n}") == f"FIL {worker} {n}"
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=ordinary, args=(worker,), daemon=True) for worker in range(4)]
    for thread in threads:
        thread.start()

    async def scene() -> None:
        assert len(await all_of(writer, [f"boucle {n}" for n in range(200)])) == 200

    play(scene)
    for thread in threads:
        thread.join(PATIENCE)
    assert not wrong
    assert len(written(database)) == 200 + 4 * 20 * 2


def test_no_turn_to_write_is_said_at_once_to_all(
    make: Make, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(**_options: object) -> None:
        raise UnavailableError("busy", retry_after=5)

    notebook = Notebook()
    writer = make(notebook)
    monkeypatch.setattr(database, "writing", busy)

    async def scene() -> None:
        outcomes = await all_of(writer, ["a", "b", "c"])
        assert [type(each) for each in outcomes] == [UnavailableError] * 3

    play(scene)
    assert notebook.batches == []
