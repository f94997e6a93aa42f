"""Figures of one process for Prometheus; no person, no path with an identifier."""

from collections.abc import Callable
from functools import cached_property

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """Requests by method and status, and how long they took; batches of ballots, and who listens."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("emglev_requests", "Requests answered.", ["method", "status"], registry=self.registry)
        self.seconds = Histogram("emglev_request_seconds", "Time to answer.", registry=self.registry)
        self._counters: dict[tuple[str, int], Counter] = {}

    def observe(self, method: str, status: int, seconds: float) -> None:
        """Count one answer."""
        counter = self._counters.get((method, status))
        if counter is None:
            counter = self._counters[method, status] = self.requests.labels(method, str(status))
        counter.inc()
        self.seconds.observe(seconds)

    @cached_property
    def _batches(self) -> tuple[Histogram, Histogram]:
        sizes = (1, 2, 5, 10, 20, 50, 100, 200, 500)
        items = Histogram("emglev_batch_items", "Items of one commit.", buckets=sizes, registry=self.registry)
        return items, Histogram("emglev_batch_seconds", "Time of one commit.", registry=self.registry)

    def batch(self, items: int, seconds: float) -> None:
        """One batch was committed."""
        for histogram, value in zip(self._batches, (items, seconds), strict=True):
            histogram.observe(value)

    def watch(self, name: str, words: str, value: Callable[[], int]) -> None:
        """A figure that is read when the figures are asked for."""
        Gauge(f"emglev_{name}", words, registry=self.registry).set_function(value)

    def text(self) -> str:
        """The figures in Prometheus' text format."""
        return generate_latest(self.registry).decode()
