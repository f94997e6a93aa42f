"""Rate limits of one process, with the time to come back."""

import math
import time

from fastapi import Request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from app.core.errors import TooManyError
from app.core.i18n import gettext as _


class Limiter:
    """Counts per rule and key, in memory; an application has its own."""

    def __init__(self) -> None:
        self._storage = MemoryStorage()
        self._window = MovingWindowRateLimiter(self._storage)

    def hit(self, rule: RateLimitItem, *keys: str) -> None:
        """Count one more.

        Raises:
            TooManyError: over the limit; ``retry_after`` says when to come back.
        """
        if self._window.hit(rule, *keys):
            return
        wait = max(1, math.ceil(self._window.get_window_stats(rule, *keys).reset_time - time.time()))
        minutes = math.ceil(wait / 60)
        raise TooManyError(
            _("Beaucoup d’envois viennent de cette connexion. Réessayez dans %(n)s min.") % {"n": minutes},
            retry_after=wait,
        )

    def reset(self) -> None:
        """Forget every count."""
        self._storage.reset()


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
        limiter.hit(self.rule, self.name, request.client.host if request.client else "local")
