"""A month of merchants that memory knows, from the POST until somebody who polls sees the report.

Every line is of a merchant of its own: the most that memory can be asked.
"""

import time
from collections.abc import Iterator, Mapping
from functools import partial

import httpx
from tests.support.processes import Process, Stack, import_month

from benchmarks import jobs, world
from benchmarks.measure import Benchmark, Figure
from benchmarks.memory import Memory
from benchmarks.world import PERIOD, World


def runs(world_: World, count: int, *, lines: int) -> Iterator[Mapping[str, float]]:
    """Somebody new in each run; the month is imported through the API just before."""
    with world_.stack() as stack:
        stack.api()
        worker = world.worker(stack)
        _month(stack, worker, 10)
        for _ in range(count):
            yield _month(stack, worker, lines)


def _month(stack: Stack, worker: Process, lines: int) -> dict[str, float]:
    [person] = world.people(stack, 1)
    names = world.merchants(lines)
    world.teach(stack, person, names)
    with person.client(stack) as client:
        import_month(client, names, period=PERIOD)
        with Memory(worker.popen.pid) as memory:
            seconds, steps = _report(client, lines)
    return {
        f"known_{lines}": seconds,
        f"known_{lines}_memory": memory.peak,
        f"known_{lines}_steps": steps,
    }


def _report(client: httpx.Client, lines: int) -> tuple[float, int]:
    started = time.perf_counter()
    seen = list(jobs.watch(client, jobs.start(client, PERIOD), seconds=120))
    seconds = time.perf_counter() - started
    job = seen[-1]
    if job["status"] != "Completed" or job["tiers"]["memory"] != lines:
        raise AssertionError(f"not settled from memory: {job}")
    return seconds, len({job["processedLines"] for job in seen})


MONTH = Benchmark(
    "known-300",
    [Figure("known_300", "300 known lines, POST → Completed", below=1)],
    partial(runs, lines=300),
    seconds=60,
)
LARGE = Benchmark(
    "known-20000",
    [
        Figure("known_20000", "20,000 known lines, POST → Completed", below=15),
        Figure("known_20000_memory", "… memory of the worker, peak", "MB", below=300),
        Figure("known_20000_steps", "… different counts seen while polling", "n", at_least=10),
    ],
    partial(runs, lines=20_000),
    seconds=180,
)
