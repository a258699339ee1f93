"""Mixed traffic of 100 people on a fixed schedule, while 50 others wait for long reports."""

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.support.processes import Stack

from benchmarks import jobs, mixed_load, world
from benchmarks.measure import Benchmark, Figure, percentile
from benchmarks.world import Person, World

RATE = 200
SECONDS = 60
WARM_UP = 10
PEOPLE = 100
RUNNING = 50
STARTED = 60
"""Some are done before the others: the provider's limit is not shared evenly."""
LONG_MONTH = 3000
"""Merchants that nobody knows: so many jobs share the provider's limit for longer than we look."""
LIMITS = {"llm_rpm": "600", "llm_limit_window_s": "10", "llm_tpm": "10000000"}
JOBS_AT_ONCE = "40"
"""In each of two workers: a job never waits for a worker."""
_RUNNING = "SELECT count(*) FROM report_generation_jobs WHERE status = 1"
_GOOD = {200, 201, 202, 304}


def runs(world_: World, count: int) -> Iterator[Mapping[str, float]]:
    """A world of its own for each run, since every month is asked for once."""
    for _ in range(count):
        with world_.stack(worker_concurrency=JOBS_AT_ONCE, **LIMITS) as stack:
            stack.provider(base=1.0)
            stack.api()
            for _ in range(2):
                world.worker(stack)
            settled = [_settle(stack, person) for person in world.people(stack, PEOPLE)]
            _begin_long_ones(stack)
            yield _run(stack, settled)


def _begin_long_ones(stack: Stack) -> None:
    names = iter(world.merchants((2 + STARTED) * LONG_MONTH))
    for person in world.people(stack, STARTED):
        world.add_month(stack, person, [next(names) for _ in range(LONG_MONTH)])
        with person.client(stack) as client:
            jobs.start(client, world.PERIOD)


def _settle(stack: Stack, person: Person) -> dict[str, Any]:
    """A draft of lines that memory knows, and months of such lines still to be reported."""
    known = world.merchants(mixed_load.LINES)
    world.teach(stack, person, known)
    world.add_month(stack, person, known)
    months = _months()
    for month in months:
        world.add_month(stack, person, known, period=month)
    with person.client(stack) as client:
        location = jobs.start(client, world.PERIOD)
        job = jobs.finished(client, location)
        path = f"/api/reports/{job['generatedReportId']}/lines"
        lines = client.get(path, params={"pageSize": 500}).raise_for_status().json()["items"]
    return {
        "token": person.token,
        "report": job["generatedReportId"],
        "lines": [(line["id"], line["version"]) for line in lines],
        "months": months,
        "job": location,
    }


def _months() -> list[str]:
    share = mixed_load.SHARES["POST job"] / 100
    wanted = RATE * (SECONDS + WARM_UP) * share / PEOPLE
    return [f"{2001 + at // 12}-{1 + at % 12:02d}" for at in range(round(2.5 * wanted) + 5)]


def _run(stack: Stack, people: Sequence[dict[str, Any]]) -> dict[str, float]:
    wanted = {
        "base_url": stack.base_url,
        "people": people,
        "rate": RATE,
        "warm_up": WARM_UP,
        "seconds": SECONDS,
    }
    command = [sys.executable, "-m", "benchmarks.mixed_load"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as load:
        assert load.stdin is not None
        load.stdin.write(json.dumps(wanted))
        load.stdin.close()
        load.stdin = None
        running = _watch(stack)
        done = json.loads(load.communicate()[0])
    return _figures_of(done) | {"mixed_running": percentile(running, 50)}


def _watch(stack: Stack) -> list[int]:
    """How many jobs are being worked on, once a second after the warm-up."""
    time.sleep(WARM_UP)
    found: list[int] = []
    for _ in range(SECONDS):
        [[count]] = world.rows(
            stack, "SELECT count(*) FROM report_generation_jobs WHERE status = 1"
        )
        found.append(int(str(count)))
        time.sleep(1)
    return found


def _figures_of(done: Mapping[str, Any]) -> dict[str, float]:
    times: dict[str, list[float]] = defaultdict(list)
    statuses: dict[tuple[str, int], int] = defaultdict(int)
    for kind, status, ms in done["answers"]:
        times[kind].append(ms)
        statuses[kind, status] += 1
    everything = [ms for one in times.values() for ms in one]
    worst = {kind: percentile(one, 99) for kind, one in times.items()}
    slowest = {kind: round(ms) for kind, ms in worst.items()}
    words = f"p99 in ms: {slowest}; not well: {_not_well(statuses)} {done['refusals']}"
    print(words, file=sys.stderr, flush=True)
    return {
        "mixed_requests": len(everything),
        "mixed_rate": done["rate"],
        "mixed_failed": sum(n for (_, one), n in statuses.items() if one >= 500 or one == 0),
        "mixed_refused": sum(n for (_, s), n in statuses.items() if 400 <= s < 500),
        "mixed_p50": percentile(everything, 50),
        "mixed_p99": percentile(everything, 99),
        "mixed_worst": max(worst.values()),
        "mixed_live": worst["GET live"],
        "mixed_late": percentile(done["late"], 99),
    }


def _not_well(statuses: Mapping[tuple[str, int], int]) -> dict[str, int]:
    return {f"{kind} {one}": n for (kind, one), n in statuses.items() if one not in _GOOD}


BENCHMARK = Benchmark(
    "mixed",
    [
        Figure("mixed_requests", f"mixed requests of {PEOPLE} people at {RATE}/s", "n"),
        Figure("mixed_failed", "… 5xx, or no answer", "n", below=1),
        Figure("mixed_refused", "… 4xx", "n", below=1),
        Figure("mixed_p50", "… p50", "ms"),
        Figure("mixed_p99", "… p99", "ms"),
        Figure("mixed_worst", "… p99 of the slowest route", "ms"),
        Figure("mixed_live", "… p99 of /health/live, which only waits for the event loop", "ms"),
        Figure("mixed_late", "… the load itself was late, p99", "ms", below=50),
        Figure("mixed_rate", "… answered in a second", "n"),
        Figure("mixed_running", "… jobs being worked on meanwhile, median", "n", at_least=RUNNING),
    ],
    runs,
    seconds=420,
)
