"""What one process measures, in a registry of its own, as Prometheus text."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

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
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


@dataclass(frozen=True, slots=True)
class ProviderNumbers:
    """What all workers together know of the AI provider; the counters only ever rise."""

    calls: int = 0
    rejected: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    lines: int = 0
    answered_seconds: float = 0.0
    waited_seconds: float = 0.0
    under_way: int = 0
    waiting_jobs: int = 0
    blocked_seconds: float = 0.0
    breaker_open: bool = False
    limits: Mapping[str, tuple[int, float]] = field(default_factory=dict[str, tuple[int, float]])
    """By kind, `requests` or `tokens`: so many in any so many seconds."""

    @property
    def answered(self) -> int:
        return self.calls - self.rejected - self.failed


class _ProviderCollector(Collector):
    """The numbers as they were last read."""

    def __init__(self) -> None:
        self.numbers: ProviderNumbers | None = None

    def collect(self) -> Iterator[Metric]:
        if (numbers := self.numbers) is None:
            return
        yield _calls(numbers)
        for name, words, value in _counters(numbers):
            yield CounterMetricFamily(f"expenseflow_provider_{name}", words, value=value)
        yield SummaryMetricFamily(
            "expenseflow_provider_call_seconds",
            "How long answered calls took.",
            count_value=numbers.answered,
            sum_value=numbers.answered_seconds,
        )
        for name, words, value in _gauges(numbers):
            yield GaugeMetricFamily(f"expenseflow_provider_{name}", words, value=value)
        yield from _limits(numbers)


def _calls(numbers: ProviderNumbers) -> Metric:
    calls = CounterMetricFamily(
        "expenseflow_provider_calls",
        "Calls to the AI provider that have ended; failed: without a usable answer, 429 apart.",
        labels=["outcome"],
    )
    calls.add_metric(["answered"], numbers.answered)
    calls.add_metric(["rejected"], numbers.rejected)
    calls.add_metric(["failed"], numbers.failed)
    return calls


def _counters(numbers: ProviderNumbers) -> list[tuple[str, str, float]]:
    return [
        ("prompt_tokens", "Tokens sent.", numbers.prompt_tokens),
        ("completion_tokens", "Tokens answered.", numbers.completion_tokens),
        ("lines", "Merchants in answered calls.", numbers.lines),
        ("waited_seconds", "Time that jobs were held back by it.", numbers.waited_seconds),
    ]


def _gauges(numbers: ProviderNumbers) -> list[tuple[str, str, float]]:
    return [
        ("calls_under_way", "Calls that have not ended.", numbers.under_way),
        ("waiting_jobs", "Jobs with merchants still to be asked.", numbers.waiting_jobs),
        ("blocked_seconds", "Until it wants to be asked again.", numbers.blocked_seconds),
        ("breaker_open", "Whether workers take it to be down.", numbers.breaker_open),
    ]


def _limits(numbers: ProviderNumbers) -> Iterator[Metric]:
    amounts = GaugeMetricFamily(
        "expenseflow_provider_limit",
        "What one window lets through, as far as it is known.",
        labels=["kind"],
    )
    lengths = GaugeMetricFamily(
        "expenseflow_provider_limit_window_seconds", "Length of that window.", labels=["kind"]
    )
    for kind, (amount, seconds) in numbers.limits.items():
        amounts.add_metric([kind], amount)
        lengths.add_metric([kind], seconds)
    yield from (amounts, lengths)


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
        self._streams = Gauge(
            "expenseflow_event_streams", "Open streams of this process.", registry=self.registry
        )
        self._provider = _ProviderCollector()
        self.registry.register(self._provider)
        self._database = Gauge(
            "expenseflow_database_up",
            "Whether the database answered this scrape.",
            registry=self.registry,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """One exchange; `route` is a template such as `/api/reports/{id}`."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def streams_are(self, count: Callable[[], int]) -> None:
        """Who to ask at each scrape."""
        self._streams.set_function(count)

    def database_says(self, jobs: Mapping[str, int], *, queue_depth: int) -> None:
        self._database.set(1)
        self._queue.set(queue_depth)
        for status, count in jobs.items():
            self._jobs.labels(status).set(count)

    def provider_says(self, numbers: ProviderNumbers) -> None:
        self._provider.numbers = numbers

    def database_is_down(self) -> None:
        """Old numbers would look like news, so there are none."""
        self._provider.numbers = None
        self._database.set(0)
        self._jobs.clear()
        self._queue.set(float("nan"))

    def text(self) -> bytes:
        return generate_latest(self.registry)
