"""What is said of a topic: the last words, in every process, bounded, and nothing of what was rolled back."""

from collections.abc import Iterator

import pytest

from app.core import live, streams
from app.core.live import Hub
from tests.core.readers import PATIENCE, Reader, play, until
from tests.site import Site


@pytest.fixture
def hub() -> Iterator[Hub]:
    """The streams of one process."""
    heard = Hub()
    live.register(heard)
    yield heard
    live.unregister(heard)


def test_the_last_words_are_kept_and_read_by_whoever_said_them(site: Site, hub: Hub) -> None:
    with site.writing() as db:
        live.publish(db, "salle-pages", "4-open 1 3 0")
        assert hub.said("salle-pages") == ""
    assert hub.said("salle-pages") == "4-open 1 3 0"
    with pytest.raises(RuntimeError), site.writing() as db:
        live.publish(db, "salle-pages", "4-open 2 3 0")
        raise RuntimeError
    with site.writing() as db:
        live.publish(db, "salle-pages")
    assert hub.said("salle-pages") == "4-open 1 3 0" and hub.said("salle") == ""


@pytest.mark.postgresql
def test_the_other_processes_keep_the_same_words(site: Site) -> None:
    other = Hub()
    listener = live.Listener(site.database, other.announce)
    listener.start()
    for _n in range(1200):
        with site.writing() as db:
            live.publish(db, "salle-pages", "4-open 1 3 0")
        listener.stopping.wait(0.05)
        if other.said("salle-pages"):
            break
    listener.stop()
    listener.join(PATIENCE)
    assert other.said("salle-pages") == "4-open 1 3 0"


def test_words_of_the_oldest_topics_are_forgotten(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_SAID", 2)
    for line in ("a 1", "b 1", "a 2", "c 1"):
        live.announce(line)
    assert [hub.said(topic) for topic in "abc"] == ["2", "", "1"]


def test_words_are_not_sent_to_those_who_listen() -> None:
    async def scene(hub: Hub) -> None:
        reader = Reader(hub, ["salle-pages"])
        task = reader.open()
        await until(lambda: hub.streams == 1)
        hub.announce("salle-pages 4-open 1 3 0")
        await until(lambda: len(reader.got) == 1)
        assert reader.got[0][1] == "data: salle-pages 1\n\n"
        reader.left.set()
        await task

    play(scene)
