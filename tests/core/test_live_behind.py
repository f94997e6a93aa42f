"""A page of two topics whose buffer was full for one: it hears it at the next heartbeat, whatever the other said."""

import asyncio

import pytest

from app.core import streams
from app.core.live import Hub
from tests.core.readers import Message, Reader, play, until


class Deaf(Reader):
    """Its buffer is full for what is said of one topic, until it is not."""

    def __init__(self, hub: Hub, topics: list[str], full_for: str) -> None:
        super().__init__(hub, topics)
        self.full_for = full_for

    async def send(self, message: Message) -> None:
        if self.full_for and f"data: {self.full_for} " in message.get("body", b"").decode():
            await asyncio.sleep(3600)
        await super().send(message)


@pytest.mark.parametrize("missed", ["salle", "compte"])
def test_what_a_full_buffer_missed_is_not_forgotten_for_another_topic(
    monkeypatch: pytest.MonkeyPatch, missed: str
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT", 0.05)

    async def scene(hub: Hub) -> None:
        other = {"salle": "compte", "compte": "salle"}[missed]
        reader = Deaf(hub, ["salle", "compte"], missed)
        task = reader.open()
        await until(lambda: hub.streams == 1)
        hub.announce(missed)
        hub.announce(other)
        await until(lambda: f"data: {other} 1\n\n" in reader.said)
        beats = hub.channels[missed][0].version
        await asyncio.sleep(0)
        assert beats == 1 and f"data: {missed} 1\n\n" not in reader.said
        reader.full_for = ""
        await until(lambda: f"data: {missed} 1\n\n" in reader.said)
        reader.left.set()
        await task

    play(scene)
