"""The cells of the table, from what was measured; pure."""

import math
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.provider import aims
from benchmarks.provider.cancelling import Cancelled
from benchmarks.provider.eta import Truth
from benchmarks.provider.ours import Measured
from benchmarks.provider.scenario import ANY_NUMBER, Part, Scenario, Who, Within
from benchmarks.provider.yardsticks import Did, Kind

HEAD: Final = (
    "scenario", "bound", "ours", "ratio", "aim", "met", "calls", "rejected", "asked twice",
    "flagged", "each line, 8 at a time", "15 a call by hand", "in a row", "cancel", "ETA right",
)  # fmt: skip
_NOTHING: Final = "–"
_WHO: Final = {Who.FIRST: ", first ever", Who.LATER: ", later", Who.AGAIN: ""}


@dataclass(frozen=True, slots=True)
class Row:
    """One part of a scenario, all its runs."""

    scenario: Scenario
    part: Part
    runs: Sequence[Measured]
    cancels: Sequence[Cancelled] = ()
    yardsticks: Sequence[dict[Kind, Did]] = ()
    broken: Sequence[str] = ()
    """What ended with an error, in words."""

    @property
    def missed(self) -> list[str]:
        """In words, each once."""
        words = aims.missed(self.scenario, self.part, self.runs)
        return list(dict.fromkeys([*words, *aims.missed_cancel(self.cancels), *self.broken]))

    @property
    def title(self) -> str:
        several = sum(part.shown for part in self.scenario.parts) > 1
        return self.scenario.what + (_WHO[self.part.who] if several else "")


def cells(row: Row) -> list[str]:
    """As `HEAD` names them."""
    bound = row.scenario.bound if _has_bound(row.part) else None
    return [
        row.title,
        _NOTHING if bound is None else f"{bound:.1f} s",
        _spread([run.seconds for run in row.runs], " s"),
        _NOTHING if bound is None else _ratio(row.runs, bound),
        _aim(row),
        "NO" if row.missed else "yes",
        _numbers(row, lambda run: run.counts.calls),
        _numbers(row, lambda run: run.counts.rejected),
        _numbers(row, lambda run: run.counts.asked_twice),
        _numbers(row, lambda run: sum(run.flagged.values())),
        *(_yardstick([one[kind] for one in row.yardsticks if kind in one]) for kind in Kind),
        _spread([run.seconds for run in row.cancels if run.seconds is not None], " s", digits=2),
        _truth([truth for run in row.runs for truth in run.truths]),
    ]


def notes(row: Row) -> list[str]:
    """What the cells do not say."""
    late = [run.late_seconds for run in row.runs if run.late_seconds is not None]
    memory = [run.memory for run in row.runs if run.memory is not None]
    said = [f"missed: {words}" for words in row.missed]
    if late:
        said.append(f"the job of ten lines, started last: {_spread(late, ' s')}")
    if row.scenario.most_memory is not None and memory:
        said.append(f"memory of the worker, peak: {max(memory):.0f} MB")
    if row.scenario.note and row.part == row.scenario.parts[0]:
        said.append(row.scenario.note)
    return [f"{row.scenario.name}: {words}" for words in said]


@dataclass(frozen=True, slots=True)
class Announcing:
    """How right the announced moments of completion were, over all scenarios."""

    scenarios: int
    share: float
    """Of the moments that were right enough; the median over the scenarios."""
    worst: float
    """The largest error by what is allowed; the median over the scenarios."""

    def __str__(self) -> str:
        if not self.scenarios:
            return "ETA: nothing took over 20 s"
        return (
            f"ETA over {self.scenarios} scenarios of more than 20 s, medians: right enough at"
            f" {100 * self.share:.0f} % of the moments, the worst error {self.worst:.2f} of what"
            " is allowed (aim 1)"
        )


def announcing(rows: Sequence[Row]) -> Announcing:
    """Over all rows; without any that took long enough, nothing is wrong."""
    truths = [[truth for run in row.runs for truth in run.truths] for row in rows]
    each = [some for some in truths if some]
    if not each:
        return Announcing(0, 1.0, 0.0)
    return Announcing(
        len(each),
        statistics.median(statistics.median(one.share for one in some) for some in each),
        statistics.median(max(one.worst for one in some) for some in each),
    )


def _has_bound(part: Part) -> bool:
    return part.within is None or part.within.bounds > 0


def _aim(row: Row) -> str:
    return "; ".join(_aims(row)) or _NOTHING


def _aims(row: Row) -> Iterator[str]:
    scenario, part = row.scenario, row.part
    if part.within is not None:
        yield _time_aim(part.within)
    if scenario.rejected != ANY_NUMBER:
        yield f"≤ {100 * scenario.rejected.share:g} % rejected"
    if part.most_calls is not None:
        yield f"≤ {part.most_calls} calls"
    if scenario.most_memory is not None:
        yield f"< {scenario.most_memory:.0f} MB"


def _time_aim(within: Within) -> str:
    if not within.bounds:
        since = f"{within.not_before:g}–" if within.not_before else "≤ "
        return f"{since}{within.seconds:g} s"
    times = "bound" if within.bounds == 1 else f"{within.bounds:g} ×"
    return f"≤ {times}" + (f" + {within.seconds:g} s" if within.seconds else "")


def _ratio(runs: Sequence[Measured], bound: float) -> str:
    return f"{statistics.median(run.seconds for run in runs) / bound:.2f}" if runs else _NOTHING


def _numbers(row: Row, pick: Callable[[Measured], int]) -> str:
    values = [pick(run) for run in row.runs]
    if not values:
        return _NOTHING
    low, high = min(values), max(values)
    return f"{low}" if low == high else f"{statistics.median_low(values)} ({low}–{high})"


def _spread(values: Sequence[float], unit: str, *, digits: int = 1) -> str:
    if not values:
        return _NOTHING
    median = f"{statistics.median(values):.{digits}f}{unit}"
    if len(values) == 1:
        return median
    return f"{median} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def _yardstick(runs: Sequence[Did]) -> str:
    if not runs:
        return _NOTHING
    mark = "~" if any(one.is_scaled for one in runs) else ""
    seconds = statistics.median(_or_infinite(one.scaled(one.seconds)) for one in runs)
    lost = statistics.median(_or_infinite(one.scaled(one.lost)) for one in runs)
    if math.isinf(seconds):
        return f"> {max(one.seconds for one in runs):.0f} s, nothing"
    return f"{mark}{seconds:.1f} s" + (f", {mark}{lost:.0f} lost" if lost else "")


def _or_infinite(value: float | None) -> float:
    return math.inf if value is None else value


def _truth(truths: Sequence[Truth]) -> str:
    if not truths:
        return _NOTHING
    share = statistics.median(one.share for one in truths)
    return f"{100 * share:.0f} %, worst {max(one.worst for one in truths):.1f}"
