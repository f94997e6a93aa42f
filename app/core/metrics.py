"""Figures of one process for Prometheus; no person, no path with an identifier."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest


class Metrics:
    """Requests by method and status, and how long they took."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("emglev_requests", "Requests answered.", ["method", "status"], registry=self.registry)
        self.seconds = Histogram("emglev_request_seconds", "Time to answer.", registry=self.registry)

    def observe(self, method: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self.requests.labels(method, str(status)).inc()
        self.seconds.observe(seconds)

    def text(self) -> str:
        """The figures in Prometheus' text format."""
        return generate_latest(self.registry).decode()
