"""Rate limits of one process, with the time to come back."""

import math
import threading
import time
from collections import deque

from fastapi import Request
from limits import RateLimitItem, parse
from starlette.types import Scope

from app.core.errors import TooManyError
from app.core.i18n import gettext as _

Key = tuple[int, int, tuple[str, ...]]  # how many, in how many seconds, of what
KEPT = 4_096  # windows kept before the first sweep


class Limiter:
    """Counts per rule and key, in memory; an application has its own.

    A moving window: the moments of the last hits that were allowed. A hit costs the same whatever their number.
    """

    def __init__(self) -> None:
        self._windows: dict[Key, deque[float]] = {}
        self._ends: dict[Key, float] = {}
        self._sweep_at = KEPT
        self._guard = threading.Lock()

    def hit(self, rule: RateLimitItem, *keys: str) -> None:
        """Count one more.

        Raises:
            TooManyError: over the limit; ``retry_after`` says when to come back.
        """
        at, seconds = time.monotonic(), rule.get_expiry()
        key = (rule.amount, seconds, keys)
        with self._guard:
            window = self._windows.get(key)
            if window is None:
                window = self._begin(key, at)
            elif len(window) == rule.amount and window[0] > at - seconds:
                raise _too_many(window[0] + seconds - at)
            window.append(at)
            self._ends[key] = at + seconds

    def check(self, rule: RateLimitItem, *keys: str) -> None:
        """Refuse as ``hit`` would, without counting anything.

        Raises:
            TooManyError: the limit is reached.
        """
        at, seconds = time.monotonic(), rule.get_expiry()
        with self._guard:
            window = self._windows.get((rule.amount, seconds, keys))
            if window and len(window) == rule.amount and window[0] > at - seconds:
                raise _too_many(window[0] + seconds - at)

    def _begin(self, key: Key, at: float) -> deque[float]:
        if len(self._windows) >= self._sweep_at:
            self._sweep(at)
        window = self._windows[key] = deque(maxlen=key[0])
        return window

    def _sweep(self, at: float) -> None:
        """Forget the windows that are over; next time when there are twice as many as remain."""
        for key in [key for key, end in self._ends.items() if end <= at]:
            del self._windows[key], self._ends[key]
        self._sweep_at = max(KEPT, 2 * len(self._windows))

    def reset(self) -> None:
        """Forget every count."""
        with self._guard:
            self._windows.clear()
            self._ends.clear()


def _too_many(seconds: float) -> TooManyError:
    wait = max(1, math.ceil(seconds))
    words = _("Beaucoup d’envois viennent de cette connexion. Réessayez dans %(n)s min.")
    return TooManyError(words % {"n": math.ceil(wait / 60)}, retry_after=wait)


def limit(name: str, rate: str) -> "Limit":
    """A dependency: at most ``rate`` (« 20/minute ») of this name from one address."""
    return Limit(name, rate)


class Limit:
    """Refuses what comes too fast from one address."""

    def __init__(self, name: str, rate: str) -> None:
        self.name = name
        self.rule = parse(rate)

    async def __call__(self, request: Request) -> None:
        """Count this request."""
        self.count(request)

    def count(self, request: Request) -> None:
        """Count this request, from inside a handler that keeps what was typed."""
        limiter: Limiter = request.app.state.limiter
        limiter.hit(self.rule, self.name, address_of(request.scope))

    def check(self, request: Request) -> None:
        """Refuse what comes too fast, without counting this request."""
        limiter: Limiter = request.app.state.limiter
        limiter.check(self.rule, self.name, address_of(request.scope))


def address_of(scope: Scope) -> str:
    """Where a request comes from, as the trusted proxy says."""
    client = scope.get("client")
    return str(client[0]) if client else "local"
