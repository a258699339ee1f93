"""What every process of ours has: a registry, and what is measured in API and worker alike."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from expenseflow.infra.metrics.work import WorkerCollector, WorkMetrics
from expenseflow.infra.pool import PoolNumbers
from expenseflow.kit.clock import Clock, SystemClock

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The measurements of one process; `registry` is for parts that add their own."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.work = WorkMetrics(self.registry)
        self.worker = WorkerCollector(clock or SystemClock())
        self.registry.register(self.worker)
        self.pools = PoolCollector()
        self.registry.register(self.pools)

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)


class PoolCollector(Collector):
    """The pools of database connections of this process."""

    def __init__(self) -> None:
        self._pools: dict[str, Callable[[], PoolNumbers]] = {}

    def add(self, name: str, numbers: Callable[[], PoolNumbers]) -> None:
        """Ask for these numbers at each scrape."""
        self._pools[name] = numbers

    @contextmanager
    def watched(self, name: str, numbers: Callable[[], PoolNumbers]) -> Generator[None]:
        """Ask for these numbers at each scrape for as long as the block runs."""
        self.add(name, numbers)
        try:
            yield
        finally:
            del self._pools[name]

    def collect(self) -> Iterator[Metric]:
        now = {name: numbers() for name, numbers in self._pools.items()}
        for what, words in (
            ("size", "Connections there may be."),
            ("in_use", "Connections somebody has."),
            ("waiting", "Those who wait for a connection, or for one to be made."),
        ):
            metric = GaugeMetricFamily(f"expenseflow_database_pool_{what}", words, labels=["pool"])
            for name, numbers in now.items():
                metric.add_metric([name], getattr(numbers, what))
            yield metric
