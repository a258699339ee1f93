"""What happens to jobs, counted where it happens: by the process that does it, once committed."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from expenseflow.kit.clock import Clock

TIERS = ("rule", "memory", "similar", "model", "manual")
ENDS = ("Completed", "Failed", "Cancelled")
OUTCOMES = ("answered", "limited", "refused", "down", "timed_out", "unusable")
_JOB = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200)
_START = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900)
_CANCEL = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30)
_CALL = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120)


class WorkMetrics:
    """Counters of this process; they begin at 0 so that a rate can be taken from the start."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._lines = Counter(
            "expenseflow_report_lines", "Lines settled.", ["tier"], registry=registry
        )
        self._job = Histogram(
            "expenseflow_report_job_seconds",
            "From the first start of a job to its end.",
            ["status"],
            buckets=_JOB,
            registry=registry,
        )
        self._start = Histogram(
            "expenseflow_report_job_start_seconds",
            "From the request of a job to its first start.",
            buckets=_START,
            registry=registry,
        )
        self._cancel = Histogram(
            "expenseflow_report_job_cancel_seconds",
            "From the request to cancel a running job until it was cancelled.",
            buckets=_CANCEL,
            registry=registry,
        )
        self._call = Histogram(
            "expenseflow_provider_request_seconds",
            "Calls to the AI provider by this process.",
            ["outcome"],
            buckets=_CALL,
            registry=registry,
        )
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        for metric, values in (
            (self._lines, TIERS), (self._job, ENDS), (self._call, OUTCOMES),
        ):  # fmt: skip
            for value in values:
                metric.labels(value)

    def lines_settled(self, tier: str, lines: int) -> None:
        self._lines.labels(tier).inc(lines)

    def job_started(self, waited: float) -> None:
        """For the first time, so many seconds after it was asked for."""
        self._start.observe(waited)

    def job_ended(self, status: str, seconds: float) -> None:
        """One that had started."""
        self._job.labels(status).observe(seconds)

    def job_cancelled(self, seconds: float) -> None:
        """One that was running, so many seconds after that was asked for."""
        self._cancel.observe(seconds)

    def provider_called(self, outcome: str, seconds: float) -> None:
        """One of `OUTCOMES`."""
        self._call.labels(outcome).observe(seconds)


class WorkerCollector(Collector):
    """The worker in this process, if there is one: how much it can do, and whether it moves."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turned_at = clock.monotonic()
        self._slots: int | None = None

    def begins(self, slots: int) -> None:
        """It does so many jobs at the same time from now on."""
        self._slots = slots

    def turned(self) -> None:
        """Its sweep has come round; it does so every second, held up only by a silent database."""
        self._turned_at = self._clock.monotonic()

    def ends(self) -> None:
        self._slots = None

    @property
    def silent_seconds(self) -> float:
        """Since its sweep last came round, or the process began."""
        return self._clock.monotonic() - self._turned_at

    def collect(self) -> Iterator[Metric]:
        if self._slots is None:
            return
        yield GaugeMetricFamily(
            "expenseflow_worker_slots", "Jobs it does at the same time.", value=self._slots
        )
        yield GaugeMetricFamily(
            "expenseflow_worker_silent_seconds",
            "Since the worker last began to sweep.",
            value=self.silent_seconds,
        )
