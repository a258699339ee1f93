"""Whether a part of a scenario did what is aimed at: the median of the runs, the worst counts."""

import statistics
from collections.abc import Sequence
from typing import Final

from benchmarks import world
from benchmarks.provider.cancelling import Cancelled
from benchmarks.provider.ours import LATE_LINES, Measured
from benchmarks.provider.scenario import Flagged, Part, Scenario
from benchmarks.provider.scenarios import POISON

LONGEST_CANCEL: Final = 1.0


def missed(scenario: Scenario, part: Part, runs: Sequence[Measured]) -> list[str]:
    """What was aimed at and not reached, in words; nothing: all aims are met."""
    return [
        *(_time(scenario, part, runs) if runs else ()),
        *(words for run in runs for words in _counts(scenario, part, run)),
        *(words for run in runs for words in run.wrong),
    ]


def missed_cancel(runs: Sequence[Cancelled]) -> list[str]:
    """The same for cancelling."""
    slowest = max((run.seconds for run in runs if run.seconds is not None), default=0.0)
    return [f"cancel took {slowest:.2f} s"] if slowest > LONGEST_CANCEL else []


def _time(scenario: Scenario, part: Part, runs: Sequence[Measured]) -> list[str]:
    if part.within is None:
        return []
    median = statistics.median(run.seconds for run in runs)
    limit = part.within.limit(scenario.bound)
    if median > limit:
        return [f"{median:.1f} s, aim {limit:.1f} s"]
    if median < part.within.not_before:
        return [f"{median:.1f} s: given up too soon"]
    return []


def _counts(scenario: Scenario, part: Part, run: Measured) -> list[str]:
    calls, rejected = run.counts.calls, run.counts.rejected
    found: list[str] = []
    if rejected > scenario.rejected.most(calls):
        found.append(f"{rejected} of {calls} calls rejected")
    if part.most_calls is not None and calls > part.most_calls:
        found.append(f"{calls} calls, aim {part.most_calls}")
    if run.counts.asked_twice:
        found.append(f"{run.counts.asked_twice} merchants asked twice")
    return [*found, *_flagged(scenario, run), *_rest(scenario, run)]


def _rest(scenario: Scenario, run: Measured) -> list[str]:
    found: list[str] = []
    late, memory = run.late_seconds, run.memory
    if scenario.late_job is not None and late is not None and late > scenario.late_job:
        found.append(f"the {LATE_LINES}-line job took {late:.1f} s, aim {scenario.late_job:.0f} s")
    if scenario.most_memory is not None and memory is not None and memory > scenario.most_memory:
        found.append(f"a worker took {memory:.0f} MB")
    return found


def _flagged(scenario: Scenario, run: Measured) -> list[str]:
    count, total = sum(run.flagged.values()), scenario.lines * scenario.jobs
    poisoned = scenario.month(world.merchants(scenario.merchants)).count(POISON)
    match scenario.flagged:
        case Flagged.NONE if count:
            return [f"{count} lines flagged"]
        case Flagged.ALL if count != total:
            return [f"{count} of {total} lines flagged"]
        case Flagged.POISONED if run.flagged != {POISON: poisoned}:
            found = run.flagged.get(POISON, 0)
            return [f"flagged: {found} of {poisoned} poisoned lines, {count - found} others"]
        case _:
            return []
