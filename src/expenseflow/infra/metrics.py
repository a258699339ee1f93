"""What one process measures, in a registry of its own, as Prometheus text."""

from collections.abc import Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """Counters and gauges; `registry` is for parts that add their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._requests = Counter(
            "expenseflow_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "expenseflow_http_request_seconds",
            "Time from the request to the end of its answer.",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._jobs = Gauge(
            "expenseflow_report_jobs", "Report jobs by status.", ["status"], registry=self.registry
        )
        self._queue = Gauge(
            "expenseflow_queue_depth", "Doorbells nobody has answered.", registry=self.registry
        )
        self._database = Gauge(
            "expenseflow_database_up",
            "Whether the database answered this scrape.",
            registry=self.registry,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One exchange; `route` is a template such as `/api/reports/{id}`."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def database_says(self, jobs: Mapping[str, int], *, queue_depth: int) -> None:
        self._database.set(1)
        self._queue.set(queue_depth)
        for status, count in jobs.items():
            self._jobs.labels(status).set(count)

    def database_is_down(self) -> None:
        """Old numbers would look like news, so there are none."""
        self._database.set(0)
        self._jobs.clear()
        self._queue.set(float("nan"))

    def text(self) -> bytes:
        return generate_latest(self.registry)
