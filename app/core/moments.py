"""When each topic last moved, so that a page drawn just before a change hears of it when its stream opens."""

import secrets
import threading

MOST = 1000  # topics whose last move is known; the older ones count as having moved
DIGITS = 18  # of a count that is read: Python refuses to read thousands of them


class Moments:
    """Counts what is announced in one process. A moment of another process, or of an earlier life, is before all."""

    def __init__(self) -> None:
        self._life = secrets.token_hex(4)
        self._count = self._forgotten = 0
        self._moved: dict[str, int] = {}
        self._writing = threading.Lock()

    @property
    def now(self) -> str:
        """The present moment, for a page that is about to be read from the database."""
        return f"{self._life}.{self._count}"

    def note(self, topic: str) -> None:
        """From any thread: this topic moved; an empty one means that anything may have."""
        with self._writing:
            self._count += 1
            if not topic:
                self._forgotten = self._count
                return
            self._moved.pop(topic, None)
            self._moved[topic] = self._count
            if len(self._moved) > MOST:
                self._forgotten = max(self._forgotten, self._moved.pop(next(iter(self._moved))))

    def moved(self, topic: str, since: str) -> bool:
        """Whether it may have moved after this moment; what cannot be read is before all moments."""
        life, _point, count = since.partition(".")
        if life != self._life or not count.isdecimal() or len(count) > DIGITS:
            return True
        return max(self._moved.get(topic, 0), self._forgotten) > int(count)
