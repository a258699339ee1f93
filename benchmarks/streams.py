"""Open event streams on one API process: memory, delay from the commit, cost of silence, a kill."""

import asyncio
import re
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import httpx
import psutil
from tests.support.processes import Process, Stack

from benchmarks import jobs as bench_jobs
from benchmarks import world
from benchmarks.announced import announced
from benchmarks.measure import Benchmark, Figure, percentile
from benchmarks.world import Person, World
from expenseflow.infra.db import Database
from expenseflow.report_jobs.repository import claims, jobs

STREAMS = 5000
JOBS = 50
MOVES = 10
_EVERY_SECONDS = 1.0
_SILENCE_SECONDS = 10.0
_AT_ONCE = 100
"""Connections that are opened at the same time."""
_STEP = re.compile(rb"\(step (\d+)\)")
_RETRY_SECONDS = (1.0, 5.0)


@dataclass
class _Watch:
    """What all clients together have seen."""

    host: str
    port: int
    token: str
    open: int = 0
    committed: dict[tuple[int, int], float] = field(default_factory=dict[tuple[int, int], float])
    delays: list[float] = field(default_factory=list[float])

    async def follow(self, job: int, job_id: UUID, number: int, gate: asyncio.Semaphore) -> None:
        """One client, which comes back when it is cut, as browsers do."""
        while True:
            try:
                await self._once(job, job_id, gate)
            except (OSError, asyncio.IncompleteReadError):
                low, high = _RETRY_SECONDS
                await asyncio.sleep(low + (high - low) * (number % 97) / 96)

    async def _once(self, job: int, job_id: UUID, gate: asyncio.Semaphore) -> None:
        async with gate:
            reader, writer = await asyncio.open_connection(self.host, self.port, limit=2**16)
            writer.write(
                f"GET /api/report-jobs/{job_id}/events HTTP/1.1\r\n"
                f"Host: {self.host}:{self.port}\r\n"
                f"Authorization: Bearer {self.token}\r\n\r\n".encode()
            )
            await reader.readuntil(b"\r\n\r\n")
        self.open += 1
        try:
            while True:
                self._seen(job, await reader.readuntil(b"\n\n"))
        finally:
            self.open -= 1
            writer.close()

    def _seen(self, job: int, event: bytes) -> None:
        now = time.monotonic()
        if (found := _STEP.search(event)) and (at := self.committed.get((job, int(found[1])))):
            self.delays.append((now - at) * 1000)


def runs(world_: World, count: int) -> Iterator[Mapping[str, float]]:
    """Each run with an API of its own; the last thing that happens to it is a kill -9."""
    port = _free_port()
    settings = {"port": str(port), "streams_per_user": str(2 * STREAMS)}
    with world_.stack(**settings) as stack:
        [person] = world.people(stack, 1)
        months = [f"{2001 + at // 12}-{1 + at % 12:02d}" for at in range(JOBS)]
        for month in months:
            world.add_month(stack, person, ["QZAAAA HOLDINGS"], period=month)
        api = stack.api()
        with person.client(stack) as client:
            started = [_start(client, month) for month in months]
        for _ in range(count):
            yield asyncio.run(_run(stack, api, person, started, port))
            api = stack.api()


def _start(client: httpx.Client, month: str) -> UUID:
    return UUID(bench_jobs.start(client, month).rsplit("/", 1)[-1])


async def _run(
    stack: Stack, api: Process, person: Person, job_ids: Sequence[UUID], port: int
) -> dict[str, float]:
    process = psutil.Process(api.popen.pid)
    before = process.memory_info().rss
    watch = _Watch("127.0.0.1", port, person.token)
    gate = asyncio.Semaphore(_AT_ONCE)
    begun = time.monotonic()
    clients = [
        asyncio.create_task(watch.follow(at % JOBS, job_ids[at % JOBS], at, gate))
        for at in range(STREAMS)
    ]
    try:
        await _until_open(watch)
        opened = time.monotonic() - begun
        memory = (process.memory_info().rss - before) / STREAMS / 1000
        async with announced(stack, pool_size=5) as database:
            await _move(database, job_ids, watch)
            await asyncio.sleep(1)  # until all of it is said
        await asyncio.sleep(1)
        watch.committed.clear()  # who comes back later gets old news, which is not late
        busy = _cpu(process)
        await asyncio.sleep(_SILENCE_SECONDS)
        idle = 100 * (_cpu(process) - busy) / _SILENCE_SECONDS
        api.kill()
        killed = time.monotonic()
        await _until_closed(watch)
        await asyncio.to_thread(stack.api)
        await _until_open(watch)
        back = time.monotonic() - killed
        stack.processes[-1].kill()
    finally:
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)
    return {
        "streams_memory": memory,
        "streams_opened": opened,
        "streams_p50": percentile(watch.delays, 50),
        "streams_p99": percentile(watch.delays, 99),
        "streams_idle": idle,
        "streams_back": back,
    }


async def _move(database: Database, job_ids: Sequence[UUID], watch: _Watch) -> None:
    """Every job a step a second, evenly spread."""

    async def one(at: int, job_id: UUID) -> None:
        async with database.transaction() as session:
            await claims.claim(session, job_id)
            state = await jobs.state_of(session, job_id)
        assert state is not None
        await asyncio.sleep(at / JOBS * _EVERY_SECONDS)
        for step in range(MOVES):
            async with database.transaction() as session:
                values = {"waiting_for": f"step {step}"}
                await jobs.progress(session, job_id, state[1], values)
            watch.committed[at, step] = time.monotonic()
            await asyncio.sleep(_EVERY_SECONDS)

    await asyncio.gather(*(one(at, job_id) for at, job_id in enumerate(job_ids)))


async def _until_open(watch: _Watch) -> None:
    while watch.open < STREAMS:
        await asyncio.sleep(0.05)


async def _until_closed(watch: _Watch) -> None:
    while watch.open:
        await asyncio.sleep(0.05)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


BENCHMARK = Benchmark(
    "streams",
    [
        Figure("streams_memory", f"{STREAMS:,} open streams, memory of each", "KB", below=50),
        Figure("streams_opened", "… all of them opened in"),
        Figure("streams_p50", f"… commit → received, {JOBS} moving jobs, p50", "ms"),
        Figure("streams_p99", "… p99", "ms", below=500),
        Figure("streams_idle", "… one processor, nothing moving", "%"),
        Figure("streams_back", "… kill -9 of the server → all are back", "s", below=30),
    ],
    runs,
    seconds=120,
)
