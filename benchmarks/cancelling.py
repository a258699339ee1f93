"""Cancel in the middle of a provider call that never answers."""

import time
from collections.abc import Iterator, Mapping

from tests.support.processes import Stack, eventually

from benchmarks import jobs, world
from benchmarks.measure import Benchmark, Figure
from benchmarks.world import PERIOD, World

LINES = 30
CANCELS = 5


def runs(world_: World, count: int) -> Iterator[Mapping[str, float]]:
    """Five cancels in each run, by somebody new each; the slowest counts."""
    with world_.stack() as stack:
        stack.provider()
        stack.script({"do": "hang"})
        stack.api()
        world.worker(stack)
        for _ in range(count):
            yield {"cancel": max(_cancel(stack) for _ in range(CANCELS))}


def _cancel(stack: Stack) -> float:
    [person] = world.people(stack, 1)
    world.add_month(stack, person, world.merchants(LINES))
    asked = len(stack.calls())
    with person.client(stack) as client:
        location = jobs.start(client, PERIOD)
        eventually(lambda: len(stack.calls()) > asked)
        started = time.perf_counter()
        client.delete(location).raise_for_status()
        jobs.finished(client, location, status="Cancelled")
        return time.perf_counter() - started


BENCHMARK = Benchmark(
    "cancel",
    [
        Figure(
            "cancel",
            f"cancel → Cancelled in a call that never answers, slowest of {CANCELS}",
            below=1,
        )
    ],
    runs,
    seconds=60,
)
