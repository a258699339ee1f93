"""What one web application answers, and what it tells besides."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class WebMetrics:
    """Requests and event streams; `registry` also takes what is told of the installation."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._requests = Counter(
            "expenseflow_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "expenseflow_http_request_seconds",
            "Time from the request to the end of its answer; of an event stream, to its start.",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._streams = Gauge(
            "expenseflow_event_streams", "Open event streams of this process.", registry=registry
        )
        self._polling = Gauge(
            "expenseflow_events_degraded",
            "Whether changes of jobs are found by asking, since nobody tells them.",
            registry=registry,
        )

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One exchange; `route` is a template such as `/api/reports/{id}`."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def streams_are(self, count: Callable[[], int]) -> None:
        """Who to ask at each scrape."""
        self._streams.set_function(count)

    def polling_is(self, degraded: Callable[[], bool]) -> None:
        """Who to ask at each scrape."""
        self._polling.set_function(degraded)
