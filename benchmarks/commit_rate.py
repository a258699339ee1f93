"""Commits of 32 writers that move jobs, with watched jobs and with nobody to be told."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit
from uuid import UUID

from tests.support.processes import Stack

from benchmarks import client, world
from benchmarks import jobs as bench_jobs
from benchmarks.announced import announced
from benchmarks.measure import Benchmark, Figure
from benchmarks.world import Person, World
from expenseflow.infra.db import Database
from expenseflow.report_jobs.repository import claims, jobs

WRITERS = 32
_SECONDS = 4.0
_ROUNDS = 3


def runs(world_: World, count: int) -> Iterator[Mapping[str, float]]:
    """Each run alternates: nobody listens, then an API process with a stream for each job."""
    with world_.stack(streams_per_user=str(2 * WRITERS)) as stack:
        [person] = world.people(stack, 1)
        months = [f"{2001 + at // 12}-{1 + at % 12:02d}" for at in range(WRITERS)]
        for month in months:
            world.add_month(stack, person, ["QZAAAA HOLDINGS"], period=month)
        stack.api()
        with person.client(stack) as http:
            ids = [UUID(bench_jobs.start(http, month).rsplit("/", 1)[-1]) for month in months]
        for _ in range(count):
            yield asyncio.run(_run(stack, person, ids))


async def _run(stack: Stack, person: Person, job_ids: Sequence[UUID]) -> dict[str, float]:
    alone, heard = list[float](), list[float]()
    for _ in range(_ROUNDS):
        async with announced(stack, pool_size=WRITERS, is_announced=False) as database:
            alone.append(await _rate(database, job_ids))
        async with (
            _watched(stack, person, job_ids),
            announced(stack, pool_size=WRITERS) as database,
        ):
            heard.append(await _rate(database, job_ids))
    without, with_ = sum(alone) / _ROUNDS, sum(heard) / _ROUNDS
    return {"commits_alone": without, "commits_heard": with_, "commits_ratio": with_ / without}


@asynccontextmanager
async def _watched(stack: Stack, person: Person, job_ids: Sequence[UUID]) -> AsyncGenerator[None]:
    """A stream for each job; who reads it does little, since writers share the process."""
    opened = asyncio.Semaphore(0)
    address = urlsplit(stack.base_url)

    async def watch(job_id: UUID) -> None:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        path = f"/api/report-jobs/{job_id}/events"
        writer.write(client.request("GET", path, token=person.token))
        try:
            while await reader.read(65536):
                opened.release()
        finally:
            writer.close()

    watching = [asyncio.create_task(watch(job_id)) for job_id in job_ids]
    for _ in watching:
        await opened.acquire()
    try:
        yield
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)


async def _rate(database: Database, job_ids: Sequence[UUID]) -> float:
    """Commits a second of one writer for each job, as fast as they can."""

    async def write(job_id: UUID, attempt: int) -> int:
        commits = 0
        while time.monotonic() < end:
            async with database.transaction() as session:
                values = {"waiting_for": f"commit {commits}"}
                await jobs.progress(session, job_id, attempt, values)
            commits += 1
        return commits

    attempts = [await _attempt(database, job_id) for job_id in job_ids]
    begun = time.monotonic()
    end = begun + _SECONDS
    pairs = zip(job_ids, attempts, strict=True)
    done = await asyncio.gather(*(write(job_id, attempt) for job_id, attempt in pairs))
    return sum(done) / (time.monotonic() - begun)


async def _attempt(database: Database, job_id: UUID) -> int:
    async with database.transaction() as session:
        await claims.claim(session, job_id)
        state = await jobs.state_of(session, job_id)
    assert state is not None
    return state[1]


BENCHMARK = Benchmark(
    "commits",
    [
        Figure(
            "commits_alone", f"{WRITERS} writers of progress, nobody is told: commits a second", "n"
        ),
        Figure("commits_heard", f"… {WRITERS} streams are told", "n"),
        Figure("commits_ratio", "… so many times as many", "x", at_least=0.9),
    ],
    runs,
    seconds=60,
)
