"""The state stream: at once on the leading edge, then together; a slow reader delays nobody."""

import asyncio
import threading

import pytest

from app.core import live, streams
from app.core.live import TICK, Hub
from tests.core.readers import PATIENCE, Reader, Stage, play, until
from tests.site import Site


def test_the_first_change_waits_for_no_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "TICK", 3600)

    async def scene(hub: Hub) -> None:
        reader = Reader(hub, ["salle"])
        task = reader.open()
        await until(lambda: hub.streams == 1)
        hub.announce("salle")
        await until(lambda: reader.said == ["data: salle 1\n\n"])
        reader.left.set()
        await task

    play(scene)


def test_the_next_changes_are_sent_together_a_tick_later() -> None:
    async def scene(hub: Hub) -> None:
        reader = Reader(hub, ["salle"])
        task = reader.open()
        await until(lambda: hub.streams == 1)
        hub.announce("salle")
        await until(lambda: len(reader.got) == 1)
        for _n in range(19):
            hub.announce("salle")
        await until(lambda: len(reader.got) == 2)
        assert reader.got[1][0] - reader.got[0][0] >= TICK * 0.9
        assert reader.got[1][1] == "data: salle 20\n\n"
        reader.left.set()
        await task
        assert not hub.streams

    play(scene)


def test_a_slow_reader_delays_nobody() -> None:
    async def scene(hub: Hub) -> None:
        readers = [Reader(hub, ["salle"], slow=n == 0) for n in range(3)]
        tasks = [reader.open() for reader in readers]
        await until(lambda: hub.streams == 3)
        hub.announce("salle")
        await until(lambda: bool(readers[1].got and readers[2].got))
        for reader in readers:
            reader.left.set()
        await asyncio.gather(*tasks)

    play(scene)


def test_stopping_the_server_ends_the_streams() -> None:
    async def scene(hub: Hub) -> None:
        task = Reader(hub, ["salle"]).open()
        await until(lambda: hub.streams == 1)
        hub.close()
        await asyncio.wait_for(task, PATIENCE)

    play(scene)


def test_a_reader_hears_only_its_topics() -> None:
    async def scene(hub: Hub) -> None:
        reader = Reader(hub, ["une", "deux"])
        task = reader.open()
        await until(lambda: hub.streams == 1)
        for topic in ("trois", "deux"):
            hub.announce(topic)
        await until(lambda: bool(reader.got))
        assert [body for _at, body in reader.got] == ["data: deux 1\n\n"]
        reader.left.set()
        await task

    play(scene)


def test_what_everybody_looks_at_is_drawn_once_and_given_to_whoever_comes() -> None:
    async def scene(hub: Hub) -> None:
        stage = Stage("un")
        readers = [Reader(hub, ["salle"], draw=stage) for _n in range(20)]
        tasks = [reader.open() for reader in readers]
        await until(lambda: all(reader.got for reader in readers))
        stage.state = "deux"
        hub.announce("salle")
        await until(lambda: all(len(reader.got) == 2 for reader in readers))
        assert {tuple(reader.said) for reader in readers} == {("id: un\ndata: un\n\n", "id: deux\ndata: deux\n\n")}
        assert stage.drawn == 2
        assert not stage.threads & {threading.main_thread().name}
        late, knows = Reader(hub, ["salle"], draw=stage), Reader(hub, ["salle"], draw=stage, seen="deux")
        tasks += [late.open(), knows.open()]
        await until(lambda: hub.streams == 22)
        assert late.said == ["id: deux\ndata: deux\n\n"] and not knows.got
        assert stage.drawn == 2
        for reader in (*readers, late, knows):
            reader.left.set()
        await asyncio.gather(*tasks)

    play(scene)


def test_a_page_loaded_anew_ends_with_the_present_state_even_if_nobody_announced_it() -> None:
    async def scene(hub: Hub) -> None:
        stage = Stage("un")
        first, second = (Reader(hub, ["salle"], draw=stage) for _n in range(2))
        tasks = [first.open()]
        await until(lambda: bool(first.got))
        stage.state = "deux"
        tasks.append(second.open())
        await until(lambda: "id: deux\ndata: deux\n\n" in first.said and "id: deux\ndata: deux\n\n" in second.said)
        for reader in (first, second):
            reader.left.set()
        await asyncio.gather(*tasks)

    play(scene)


def test_what_looks_the_same_is_not_sent_again() -> None:
    async def scene(hub: Hub) -> None:
        stage = Stage("un")
        reader = Reader(hub, ["salle"], draw=stage)
        task = reader.open()
        await until(lambda: bool(reader.got))
        hub.announce("salle")
        await until(lambda: stage.drawn == 2)
        stage.state = "deux"
        hub.announce("salle")
        await until(lambda: len(reader.got) == 2)
        assert [said.split()[1] for said in reader.said] == ["un", "deux"]
        reader.left.set()
        await task

    play(scene)


@pytest.mark.parametrize("drawn", [True, False])
def test_whoever_missed_the_last_state_has_it_at_the_next_heartbeat(
    drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT", 0.05)

    async def scene(hub: Hub) -> None:
        stage = Stage("un")
        reader = Reader(hub, ["salle"], draw=stage if drawn else None)
        other = Reader(hub, ["salle"], draw=stage if drawn else None)
        tasks = [reader.open(), other.open()]
        await until(lambda: reader.beats > 0 and bool(other.got or not drawn))
        reader.slow, stage.state = True, "deux"
        before = len(other.got)
        hub.announce("salle")
        await until(lambda: len(other.got) == before + 1)
        assert len(reader.got) == before
        reader.slow = False
        await until(lambda: len(reader.got) == before + 1)
        assert reader.said[-1] == other.said[-1]
        beats = reader.beats
        await until(lambda: reader.beats > beats + 1)
        assert len(reader.got) == before + 1
        for each in (reader, other):
            each.left.set()
        await asyncio.gather(*tasks)

    play(scene)


def test_a_drawing_that_failed_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT", 0.05)

    async def scene(hub: Hub) -> None:
        stage = Stage("un")
        stage.broken = True
        reader = Reader(hub, ["salle"], draw=stage)
        task = reader.open()
        await until(lambda: stage.drawn > 0)
        assert not reader.got
        stage.broken = False
        await until(lambda: bool(reader.got))
        reader.left.set()
        await task

    play(scene)


def test_a_stream_is_one_coroutine_and_nothing_stays_when_all_have_left() -> None:
    async def scene(hub: Hub) -> None:
        before = len(asyncio.all_tasks())
        readers = [Reader(hub, ["salle", "compte"]) for _n in range(50)]
        tasks = [reader.open() for reader in readers]
        await until(lambda: hub.streams == 50)
        assert len(asyncio.all_tasks()) <= before + 50 + 1  # one heart for all
        for reader in readers:
            reader.left.set()
        await asyncio.gather(*tasks)
        assert not hub.channels and not hub.streams

    play(scene)


def test_what_was_not_heard_between_processes_is_looked_at_again() -> None:
    async def scene(hub: Hub) -> None:
        stage = Stage("un")
        readers = [Reader(hub, ["salle"], draw=stage), Reader(hub, ["autre"])]
        tasks = [reader.open() for reader in readers]
        await until(lambda: bool(readers[0].got))
        stage.state = "deux"
        hub.announce("")
        await until(lambda: len(readers[0].got) == 2 and len(readers[1].got) == 1)
        for reader in readers:
            reader.left.set()
        await asyncio.gather(*tasks)

    play(scene)


def test_a_stream_that_begins_while_the_server_stops_ends_at_once() -> None:
    async def scene(hub: Hub) -> None:
        task = Reader(hub, ["salle"]).open()
        await until(lambda: hub.streams == 1)
        hub.close()
        await asyncio.wait_for(task, PATIENCE)
        await asyncio.wait_for(Reader(hub, ["salle"]).open(), PATIENCE)

    play(scene)


@pytest.mark.sqlite
def test_nothing_is_said_of_what_was_rolled_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(live, "announce", said.append)
    with pytest.raises(RuntimeError), site.writing() as db:
        live.publish(db, "essai")
        raise RuntimeError
    assert not said
    with site.writing() as db:
        live.publish(db, "essai")
        assert not said
    assert said == ["essai"]


@pytest.mark.postgresql
def test_the_other_processes_hear_through_the_database(site: Site) -> None:
    heard: list[str] = []
    listener = live.Listener(site.database, heard.append)
    listener.start()
    for _n in range(1200):
        with site.writing() as db:
            live.publish(db, "essai")
        listener.stopping.wait(0.05)
        if "essai" in heard:
            break
    listener.stop()
    listener.join(PATIENCE)
    assert heard[0] == "" and set(heard[1:]) == {"essai"}
