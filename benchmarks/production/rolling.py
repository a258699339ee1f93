"""A rolling restart of everything while people work: who notices?"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import psycopg
from tests.support.processes import eventually

from benchmarks.measure import Benchmark, Figure
from benchmarks.production.load import Load, Watched, working
from benchmarks.production.site import PEOPLE, Site
from benchmarks.world import World
from expenseflow.infra.db import libpq_url

LINES = 300
WARM_JOBS = 2
"""Of each: a provider that nobody knows is asked carefully, and the first months take long."""
BASE, PER_TOKEN = 0.8, 0.015
"""Of the provider: a call takes some two seconds, a month of 300 some five."""
STALL_SECONDS = 8.0
_JOBS = """
SELECT (SELECT count(*) FROM unnest(%(ids)s::uuid[]) AS taken(id) WHERE NOT EXISTS (
            SELECT FROM report_generation_jobs AS job WHERE job.id = taken.id
            AND job.status = 2 AND job.processed_lines = %(lines)s)),
       (SELECT count(*) - cardinality(%(ids)s) FROM report_generation_jobs
        WHERE user_id IN (SELECT user_id FROM report_generation_jobs WHERE id = ANY(%(ids)s)))
"""
_DOUBLED = """
SELECT (SELECT count(*) - count(DISTINCT transaction_id) FROM report_lines)
     + (SELECT count(*) - count(DISTINCT (user_id, period)) FROM expense_reports)
"""


def runs(world: World, count: int) -> Iterator[Mapping[str, float]]:
    """Each run has a set of its own."""
    for _ in range(count):
        with world.site(base=BASE, per_token=PER_TOKEN) as site:
            site.start()
            yield restarted(site, PEOPLE, lines=LINES)


def restarted(
    site: Site, people: tuple[str, ...], *, lines: int, of_each: int = 2, warm_jobs: int = WARM_JOBS
) -> dict[str, float]:
    """What came of a restart of so many servers and workers, one by one, while people work."""
    calls_before = len(site.stack.calls())
    tokens = {name: site.token(name) for name in people}
    with working(site.front.url, tokens, lines=lines) as load:
        eventually(lambda: load.moving > warm_jobs * len(people), seconds=90)
        since = time.monotonic()
        codes = [site.restart_api(port) for port in site.front.ports[:of_each]]
        codes += [site.restart_worker(number) for number in range(of_each)]
    if any(codes):
        raise AssertionError(f"not everything ended in good order: {codes}")
    return {**_told(load, since), **_kept(site, load), **_paid(site.stack.calls()[calls_before:])}


def _told(load: Load, since: float) -> dict[str, float]:
    for failure in load.failures:
        print(f"failed: {failure}")
    return {
        "rolling_requests": load.sent,
        "rolling_failed": len(load.failures),
        "rolling_streams": load.streams,
        "rolling_stall": _longest(load.polled, since),
        "rolling_stall_streamed": _longest(load.streamed, since),
    }


def _longest(seen: Mapping[str, Watched], since: float) -> float:
    return max(job.longest_stall(since) for job in seen.values())


def _kept(site: Site, load: Load) -> dict[str, float]:
    """Each job that was taken is done, with all its lines, and each line stands in one report."""
    told = {"ids": [UUID(job) for job in load.polled], "lines": load.lines}
    with psycopg.connect(libpq_url(site.owner_url)) as connection:
        found: Any = connection.execute(_JOBS.encode(), told).fetchone()
        doubled: Any = connection.execute(_DOUBLED.encode()).fetchone()
    unfinished = sum(job.last.get("status") != "Completed" for job in load.polled.values())
    return {
        "rolling_jobs": len(load.polled),
        "rolling_lost": max(found[0], unfinished),
        "rolling_doubled": found[1] + doubled[0],
    }


def _paid(calls: list[dict[str, Any]]) -> dict[str, float]:
    """A call that was let in is paid for, whether or not somebody waited for its answer."""
    admitted = [call for call in calls if call["admitted_at"] is not None]
    asked = Counter(name for call in admitted for name in call["descriptions"])
    return {
        "rolling_merchants": len(asked),
        "rolling_paid_twice": sum(times > 1 for times in asked.values()),
        "rolling_given_up": sum(call["abandoned"] for call in admitted),
    }


BENCHMARK = Benchmark(
    "rolling",
    [
        Figure("rolling_failed", "rolling restart under load: requests that failed", "n", below=1),
        Figure("rolling_requests", "… of so many", "n"),
        Figure("rolling_streams", "… event streams opened", "n"),
        Figure("rolling_lost", "… jobs lost", "n", below=1),
        Figure("rolling_doubled", "… jobs, reports or lines doubled", "n", below=1),
        Figure("rolling_jobs", f"… of so many jobs of {LINES} lines", "n"),
        Figure("rolling_stall", "… longest time a job stood still, asked", below=STALL_SECONDS),
        Figure("rolling_stall_streamed", "… the same on the event stream", below=STALL_SECONDS),
        Figure("rolling_paid_twice", "… merchants paid for twice", "n", below=1),
        Figure("rolling_merchants", "… of so many", "n"),
        Figure("rolling_given_up", "… calls whose answer nobody waited for", "n"),
    ],
    runs,
    seconds=180,
)
