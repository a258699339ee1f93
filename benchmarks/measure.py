"""What a benchmark is, what it gives, and how its runs are put together."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.world import World


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that each run of a benchmark gives."""

    name: str
    what: str
    unit: str = "s"
    """`s`, `ms`, `MB`, `KB`, `%`, `x` (a ratio), `n` (a count), `ok` (1: nothing was violated)."""
    below: float | None = None
    """The aim, for what is to be small."""
    at_least: float | None = None
    """The aim, for what is to be large."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A world that is set up once, and runs in it."""

    name: str
    figures: Sequence[Figure]
    runs: Callable[[World, int], Iterator[Mapping[str, float]]]
    """Yields the figures of each run, by name."""
    seconds: float
    """How long one run may take, its share of the set-up included."""


@dataclass(frozen=True, slots=True)
class Summary:
    """All runs of one figure."""

    figure: Figure
    values: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def met(self) -> bool | None:
        """Whether the aim is met, by the median; one violation is enough to miss it."""
        figure = self.figure
        if not self.values:
            return False
        if figure.unit == "ok":
            return min(self.values) >= 1
        if figure.below is not None:
            value = max(self.values) if figure.unit == "n" else self.median
            return value < figure.below
        return None if figure.at_least is None else self.median >= figure.at_least


def run(benchmark: Benchmark, world: World, runs: int) -> list[Summary]:
    """A summary for each figure."""
    done = list(benchmark.runs(world, runs))
    return [Summary(figure, [run[figure.name] for run in done]) for figure in benchmark.figures]


def broken(benchmark: Benchmark) -> list[Summary]:
    """For one that ended with an error."""
    return [Summary(figure, ()) for figure in benchmark.figures]


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent of them do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
