"""Telling thousands of pages leaves the loop to others."""

import asyncio

from app.core.streams import SLICE
from tests.core.readers import Reader, play, until

MANY = 4 * SLICE


def test_others_are_served_while_a_crowd_is_told() -> None:
    async def scene(hub) -> None:  # type: ignore[no-untyped-def]
        turns = told = 0
        seen: set[int] = set()

        class Counting(Reader):
            async def send(self, message) -> None:  # type: ignore[no-untyped-def]
                nonlocal told
                if b"data:" in message.get("body", b""):
                    told += 1
                    seen.add(turns)
                await super().send(message)

        async def another() -> None:
            nonlocal turns
            while told < MANY:
                turns += 1
                await asyncio.sleep(0)

        readers = [Counting(hub, ["salle"]) for _n in range(MANY)]
        tasks = [reader.open() for reader in readers]
        await until(lambda: hub.streams == MANY)
        beside = asyncio.ensure_future(another())
        hub.announce("salle")
        await until(lambda: told == MANY)
        await beside
        assert len(seen) >= MANY // SLICE, "somebody else had a turn between two slices"
        for reader in readers:
            reader.left.set()
        await asyncio.gather(*tasks)

    play(scene)
