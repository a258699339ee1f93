"""What the database tells of the whole installation; every API process tells the same."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from expenseflow.infra.metrics import provider
from expenseflow.infra.metrics.provider import ProviderNumbers


@dataclass(frozen=True, slots=True)
class JobNumbers:
    """How the report jobs of everybody stand; ages and times in seconds."""

    active: Mapping[str, int]
    """By status, those that have not finished."""
    leased: int
    """Those that a live worker has."""
    last_hour: Mapping[str, int]
    """By status, those that finished within the last hour."""
    failure_rate: float
    """Failed ones among those of them that ended by themselves, 0 to 1; 0 when there are none."""
    queue_depth: int
    queue_age: float
    longest_run: float
    alert_firing: bool


class InstallationCollector(Collector):
    """The numbers as they were last read; none while the database does not answer."""

    def __init__(self) -> None:
        self._jobs: JobNumbers | None = None
        self._provider: ProviderNumbers | None = None

    def says(self, jobs: JobNumbers, of_provider: ProviderNumbers) -> None:
        """The database answered."""
        self._jobs, self._provider = jobs, of_provider

    def is_down(self) -> None:
        """Old numbers would look like news, so there are none."""
        self._jobs = self._provider = None

    def collect(self) -> Iterator[Metric]:
        jobs, of_provider = self._jobs, self._provider
        yield GaugeMetricFamily(
            "expenseflow_database_up",
            "Whether the database answered when it was last asked.",
            value=jobs is not None,
        )
        if jobs is not None:
            yield from _told(jobs)
        if of_provider is not None:
            yield from provider.told(of_provider)


def _told(jobs: JobNumbers) -> Iterator[Metric]:
    yield _by_status("report_jobs", "Report jobs that have not finished.", jobs.active)
    yield _by_status(
        "report_jobs_last_hour", "Report jobs that finished in the last hour.", jobs.last_hour
    )
    for name, words, value in (
        ("report_jobs_leased", "Report jobs that a live worker has.", jobs.leased),
        ("report_job_failure_rate", "Failed among those of the last hour.", jobs.failure_rate),
        ("failure_alert_firing", "Whether the failure rate is warned of.", jobs.alert_firing),
        ("queue_depth", "Doorbells nobody has answered.", jobs.queue_depth),
        ("queue_age_seconds", "How long a job has waited for a worker.", jobs.queue_age),
        ("report_job_longest_seconds", "Since the oldest running job began.", jobs.longest_run),
    ):
        yield GaugeMetricFamily(f"expenseflow_{name}", words, value=value)


def _by_status(name: str, words: str, counts: Mapping[str, int]) -> Metric:
    metric = GaugeMetricFamily(f"expenseflow_{name}", words, labels=["status"])
    for status, count in counts.items():
        metric.add_metric([status], count)
    return metric
