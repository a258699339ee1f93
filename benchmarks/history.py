"""A worker and an API over a million finished jobs; and how the oldest of them go."""

import asyncio
import itertools
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from tests.support.processes import Stack, eventually

from benchmarks import client, history_rows, world
from benchmarks.client import Connection
from benchmarks.history_rows import Size
from benchmarks.measure import Benchmark, Figure, percentile
from benchmarks.world import Person, World
from expenseflow.infra.db import Database
from expenseflow.report_jobs.repository import jobs

JOBS = int(os.environ.get("HISTORY_JOBS", "1000000"))
PEOPLE, ACTING = 1000, 20
CLIENTS = 4
TIMES = 500
"""Requests of each kind."""
PORTION = 500
"""Jobs that are deleted in one transaction."""
PORTIONS = 10
_PAUSE_SECONDS = 0.05
_LINES = 10
_OK, _ACCEPTED = 200, 202
_MONTHS = TIMES // ACTING
_PERIOD = "2025-06"
_LISTS = {
    "list": "/api/report-jobs",
    "list50": "/api/report-jobs?page=50",
    "failed": "/api/report-jobs?status=Failed",
}
_READS = {
    **_LISTS,
    "active": f"/api/report-jobs/active?period={_PERIOD}",
    "periods": "/api/periods",
    "reports": "/api/reports",
    "transactions": f"/api/transactions?period={_PERIOD}",
}
_SLOW = {"metrics": "/metrics", "ready": "/health/ready"}
_SOME_JOB = "SELECT id FROM report_generation_jobs WHERE user_id = %(user)s LIMIT 1"
_STARTED = "SELECT 1 FROM report_generation_jobs WHERE status <> 0 AND created_at > %(since)s"


def runs(world_: World, count: int) -> Iterator[Mapping[str, float]]:
    """One history for all runs; each run has months of its own to report."""
    with world_.stack() as stack:
        everybody = world.people(stack, ACTING)
        history_rows.fill(stack, Size(JOBS, PEOPLE, many=max(1, JOBS // 200)))
        for number in range(count):
            yield run(stack, everybody, number)


def run(stack: Stack, everybody: Sequence[Person], number: int) -> dict[str, float]:
    """Reads, POSTs, a worker that finds them waiting, POSTs while old jobs go."""
    first, second = (_add_months(stack, everybody, 2 * number + half) for half in range(2))
    api = stack.api()
    [[some_job]] = world.rows(stack, _SOME_JOB, user=everybody[1].id)
    paths = {**_READS, "get": f"/api/report-jobs/{some_job}"}
    others, most = everybody[1:], everybody[:1]
    begun = datetime.now(UTC)
    figures = {
        **_ask_all(stack, "history", others[:1], paths),
        **_ask_all(stack, "most", most, _LISTS),
        **_ask_all(stack, "history", most, _SLOW, times=20),
        **_figures("history_post", _times(stack, _posts(everybody, first), _ACCEPTED)),
        **_start_worker(stack, begun),
        **asyncio.run(_delete(stack, _posts(everybody, second))),
    }
    api.terminate()
    return figures


def _add_months(stack: Stack, everybody: Sequence[Person], number: int) -> list[str]:
    names = world.merchants(_LINES)
    months = range(number * _MONTHS, (number + 1) * _MONTHS)
    periods = [f"{1990 + at // 12}-{1 + at % 12:02d}" for at in months]
    for person, period in itertools.product(everybody, periods):
        world.add_month(stack, person, names, period=period)
    return periods


# -- requests -----------------------------------------------------------------------------------


def _posts(everybody: Sequence[Person], periods: Sequence[str]) -> list[bytes]:
    return [
        client.request("POST", "/api/report-jobs", token=person.token, body={"period": period})
        for period in periods
        for person in everybody
    ]


def _ask_all(
    stack: Stack,
    who: str,
    people: Sequence[Person],
    paths: Mapping[str, str],
    *,
    times: int = TIMES,
) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, path in paths.items():
        asked = [client.request("GET", path, token=one.token) for one in people]
        wanted = list(itertools.islice(itertools.cycle(asked), times))
        expected = 404 if name == "active" else _OK
        found |= _figures(f"{who}_{name}", _times(stack, wanted, expected))
    return found


def _times(stack: Stack, requests: Sequence[bytes], expected: int) -> list[float]:
    return asyncio.run(_timed(stack.base_url, requests, expected))


async def _timed(base_url: str, requests: Sequence[bytes], expected: int) -> list[float]:
    """Milliseconds to each answer; each client asks as soon as it was answered."""
    left, times = iter(requests), list[float]()

    async def ask() -> None:
        connection = await Connection.open(base_url)
        for wanted in left:
            begun = time.perf_counter()
            status, body = await connection.exchange(wanted)
            times.append(1000 * (time.perf_counter() - begun))
            if status != expected:
                raise AssertionError(f"answered {status}: {body[:500]!r}")
        connection.close()

    await asyncio.gather(*(ask() for _ in range(CLIENTS)))
    return times


def _figures(name: str, times: Sequence[float]) -> dict[str, float]:
    return {f"{name}_p50": percentile(times, 50), f"{name}_p99": percentile(times, 99)}


# -- a worker -----------------------------------------------------------------------------------


def _start_worker(stack: Stack, since: datetime) -> dict[str, float]:
    """It finds the jobs of the POSTs waiting."""
    begun = time.perf_counter()
    worker = stack.worker()
    worker.printed("worker.started")
    started = time.perf_counter() - begun
    eventually(lambda: world.rows(stack, f"{_STARTED} LIMIT 1", since=since))
    answered = time.perf_counter() - begun
    waiting = "SELECT count(*) FROM report_generation_jobs WHERE status NOT IN (2, 3, 4)"
    eventually(lambda: world.rows(stack, waiting) == [(0,)], seconds=300)
    worker.terminate()
    return {"history_worker": started, "history_answered": answered}


# -- old jobs go --------------------------------------------------------------------------------


async def _delete(stack: Stack, posts: Sequence[bytes]) -> dict[str, float]:
    """For nobody but itself, and while people go on posting, with a pause as retention makes."""
    database = Database(stack.env["EXPENSEFLOW_DATABASE_URL"], pool_size=1)
    cutoff = datetime.now(UTC)
    busy: list[float] = []
    try:
        alone = [await _portion(database, cutoff) for _ in range(PORTIONS)]
        posting = asyncio.create_task(_timed(stack.base_url, posts, _ACCEPTED))
        while not posting.done():
            busy.append(await _portion(database, cutoff))
            await asyncio.sleep(_PAUSE_SECONDS)
    finally:
        await database.close()
    return {
        **_figures("delete_post", await posting),
        "delete_portion": percentile(alone, 50),
        "delete_longest": max(*alone, *busy),
        "delete_busy": percentile(busy, 50),
        "delete_rate": PORTION * len(alone) / sum(alone) * 1000,
    }


async def _portion(database: Database, cutoff: datetime) -> float:
    """Milliseconds of one transaction."""
    begun = time.perf_counter()
    async with database.transaction() as session:
        gone = await jobs.delete_older_than(session, cutoff, limit=PORTION)
    if gone < PORTION:
        raise AssertionError("the history is too small: no old job is left")
    return 1000 * (time.perf_counter() - begun)


def _both(name: str, what: str, *, below: float | None = None) -> list[Figure]:
    return [
        Figure(f"{name}_p50", f"{what}, p50", "ms"),
        Figure(f"{name}_p99", "… p99", "ms", below=below),
    ]


BENCHMARK = Benchmark(
    "history",
    [
        Figure("history_worker", f"{JOBS:,} finished jobs: start of a worker", below=2),
        Figure("history_answered", "… until it has begun a waiting job", below=2),
        *_both("history_post", "POST of a job of 10 lines", below=50),
        *_both("history_list", "list of jobs, page 1", below=50),
        *_both("history_list50", "… page 50", below=50),
        *_both("history_failed", "… of those that failed", below=50),
        *_both("most_list", "the person with 5,000 jobs more: page 1", below=50),
        *_both("most_list50", "… page 50", below=50),
        *_both("most_failed", "… of those that failed", below=50),
        *_both("history_get", "GET of a job"),
        *_both("history_active", "GET of a period's active job"),
        *_both("history_periods", "periods"),
        *_both("history_reports", "reports"),
        *_both("history_transactions", "transactions of a month"),
        *_both("history_metrics", "metrics"),
        *_both("history_ready", "readiness"),
        Figure("delete_portion", f"{PORTION} old jobs deleted in one transaction, p50", "ms"),
        Figure("delete_longest", "… the longest", "ms", below=200),
        Figure("delete_busy", "… p50 while four clients post", "ms"),
        Figure("delete_rate", "… jobs a second", "n"),
        *_both("delete_post", "POST meanwhile", below=50),
    ],
    runs,
    seconds=1800,
)
