"""A page drawn just before a change hears of it when its stream opens; one that shows the present state is left alone."""

import asyncio

import pytest

from app.core import moments
from app.core.live import Hub
from app.core.moments import Moments
from tests.core.readers import Reader, play, until


def test_what_moved_after_a_moment_is_known_topic_by_topic() -> None:
    known = Moments()
    known.note("salle")
    drawn = known.now
    assert not known.moved("salle", drawn) and not known.moved("autre", drawn)
    known.note("autre")
    assert known.moved("autre", drawn) and not known.moved("salle", drawn)
    assert not known.moved("autre", known.now)


@pytest.mark.parametrize(
    "since", ["", "1", ".", "abcd.0", "{life}.", "{life}.-1", "{life}.x", "{life}.²", "{life}." + "9" * 5000]
)
def test_a_moment_of_another_process_or_that_cannot_be_read_is_before_all(since: str) -> None:
    known = Moments()
    life = known.now.partition(".")[0]
    assert known.moved("salle", since.format(life=life))


def test_when_anything_may_have_moved_everything_has() -> None:
    known = Moments()
    drawn = known.now
    known.note("")
    assert known.moved("salle", drawn) and not known.moved("salle", known.now)


def test_a_move_too_old_to_be_kept_still_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "MOST", 3)
    known = Moments()
    drawn = known.now
    for topic in ("salle", "un", "deux", "trois"):
        known.note(topic)
    assert known.moved("salle", drawn) and not known.moved("salle", known.now)


def test_a_page_hears_at_once_what_moved_while_it_was_on_its_way() -> None:
    async def scene(hub: Hub) -> None:
        before = hub.moments.now
        hub.announce("salle")
        late = Reader(hub, ["salle", "compte"], since=before)
        knows, silent = Reader(hub, ["salle"], since=hub.moments.now), Reader(hub, ["salle"])
        tasks = [reader.open() for reader in (late, knows, silent)]
        await until(lambda: hub.streams == 3)
        assert [said.split()[1] for said in late.said] == ["salle"] and not knows.got and not silent.got
        for reader in (late, knows, silent):
            reader.left.set()
        await asyncio.gather(*tasks)

    play(scene)
