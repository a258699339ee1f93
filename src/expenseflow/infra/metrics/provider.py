"""What all workers together know of the AI provider."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily
from prometheus_client.metrics_core import Metric


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


def told(numbers: ProviderNumbers) -> Iterator[Metric]:
    """The numbers as metrics."""
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
