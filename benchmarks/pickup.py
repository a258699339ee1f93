"""From the row of a job to its first claim, by the database's clock, with one idle worker."""

from collections.abc import Iterator, Mapping
from typing import cast

from tests.support.processes import Stack

from benchmarks import jobs, world
from benchmarks.measure import Benchmark, Figure, percentile
from benchmarks.world import Person, World

JOBS = 100
_WAITED = """
SELECT 1000 * extract(epoch FROM started_at - created_at)::float8
FROM report_generation_jobs WHERE user_id = %(user)s
"""


def runs(world_: World, count: int) -> Iterator[Mapping[str, float]]:
    """A hundred small jobs, one after the other, by somebody new in each run."""
    with world_.stack() as stack:
        stack.api()
        world.worker(stack)
        _jobs(stack, 5)
        for _ in range(count):
            waited = _waited(stack, _jobs(stack, JOBS))
            yield {"pickup_p50": percentile(waited, 50), "pickup_p99": percentile(waited, 99)}


def _jobs(stack: Stack, count: int) -> Person:
    [person] = world.people(stack, 1)
    with person.client(stack) as client:
        for month in [f"{2001 + at // 12}-{1 + at % 12:02d}" for at in range(count)]:
            world.add_month(stack, person, ["QZAAAA HOLDINGS"], period=month)
            jobs.finished(client, jobs.start(client, month))
    return person


def _waited(stack: Stack, person: Person) -> list[float]:
    return [cast("float", row[0]) for row in world.rows(stack, _WAITED, user=person.id)]


BENCHMARK = Benchmark(
    "pickup",
    [
        Figure("pickup_p50", "enqueue → Processing, p50", "ms"),
        Figure("pickup_p99", "enqueue → Processing, p99", "ms", below=150),
    ],
    runs,
    seconds=120,
)
