"""Many people start their month within a minute; and many of them click twice."""

import asyncio
import itertools
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import psutil
from tests.support.processes import Stack

from benchmarks import client, world
from benchmarks.client import Connection
from benchmarks.jobs import FINISHED
from benchmarks.measure import Benchmark, Figure, percentile
from benchmarks.memory import Memory
from benchmarks.provider.simulated import Simulated
from benchmarks.world import Person, World

PEOPLE = 500
WITHIN_SECONDS = 60
LINES = 60
OWN, SHARED, POOL = 20, 20, 100
"""Of a person's 40 merchants half are among a hundred that others know as well."""
WORKERS = 2
CLICKS = 2000
_CLICKING = 50
_CLICK_MONTHS = [f"2025-{month:02d}" for month in range(1, 1 + CLICKS // PEOPLE)]
_POLL_SECONDS = {"Pending": 5.0, "Processing": 2.0}
_PATIENCE_SECONDS = 600
_OK, _ACCEPTED, _CONFLICT, _BUSY = 200, 202, 409, 503
_BUSY_SECONDS = 2.0
_WAITS = """
SELECT user_id, extract(epoch FROM completed_at - created_at)::float8
FROM report_generation_jobs WHERE period = %(period)s AND status = 2
"""


def runs(world_: World, count: int) -> Iterator[Mapping[str, float]]:
    """Each run has a database, people and processes of its own."""
    for _ in range(count):
        with world_.stack() as stack:
            everybody = world.people(stack, PEOPLE)
            _fill(stack, everybody)
            yield {**_clicked(stack, everybody), **_worked(stack, everybody)}


def _fill(stack: Stack, everybody: Sequence[Person]) -> None:
    names = world.merchants(POOL + OWN * len(everybody))
    for at, person in enumerate(everybody):
        own = names[POOL + OWN * at : POOL + OWN * (at + 1)]
        shared = [names[(at + 5 * number) % POOL] for number in range(SHARED)]
        month = list(itertools.islice(itertools.cycle(own + shared), LINES))
        world.add_month(stack, person, month)
        for period in _CLICK_MONTHS:
            world.add_month(stack, person, shared[:1], period=period)


# -- two clicks ---------------------------------------------------------------------------------


def _clicked(stack: Stack, everybody: Sequence[Person]) -> dict[str, float]:
    """Nobody works on the jobs: one that is done would rightly make room for another."""
    api = stack.api()
    begun = time.perf_counter()
    answers = asyncio.run(_click_all(stack.base_url, everybody))
    seconds = time.perf_counter() - begun
    api.terminate()
    [[jobs]] = world.rows(stack, "SELECT count(*) FROM report_generation_jobs")
    assert isinstance(jobs, int)
    world.change(stack, "TRUNCATE report_generation_jobs, procrastinate_jobs CASCADE")
    return {
        "clicks_jobs": jobs,
        "clicks_one_each": float(answers == {_ACCEPTED: CLICKS, _CONFLICT: CLICKS}),
        "clicks_seconds": seconds,
    }


async def _click_all(base_url: str, everybody: Sequence[Person]) -> Counter[int]:
    clicks = iter([_post(person, month) for month in _CLICK_MONTHS for person in everybody])
    answers = Counter[int]()

    async def click_on() -> None:
        two = [await Connection.open(base_url) for _ in range(2)]
        for wanted in clicks:
            for status, _ in await asyncio.gather(*(one.exchange(wanted) for one in two)):
                answers[status] += 1
        for one in two:
            one.close()

    await asyncio.gather(*(click_on() for _ in range(_CLICKING)))
    return answers


def _post(person: Person, month: str) -> bytes:
    return client.request("POST", "/api/report-jobs", token=person.token, body={"period": month})


# -- a month of everybody ------------------------------------------------------------------------


@dataclass
class _Seen:
    """What the clients saw."""

    posts: dict[str, float] = field(default_factory=dict[str, float])
    """Seconds from when the POST was due to its answer, by person."""
    polls: list[float] = field(default_factory=list[float])
    busy: int = 0
    """Answers that said 503, come back later; so the clients did."""


def _worked(stack: Stack, everybody: Sequence[Person]) -> dict[str, float]:
    provider = Simulated(stack.folder, "simulated", seed=1, env=stack.env)
    stack.processes.append(provider.process)
    stack.env["EXPENSEFLOW_LLM_BASE_URL"] = provider.base_url
    api = stack.api()
    workers = [world.worker(stack) for _ in range(WORKERS)]
    with ExitStack() as measuring:
        api_memory = measuring.enter_context(Memory(api.popen.pid))
        memories = [measuring.enter_context(Memory(one.popen.pid)) for one in workers]
        begun = time.perf_counter()
        seen = asyncio.run(_everybody(stack.base_url, everybody))
        seconds = time.perf_counter() - begun
    used = [sum(psutil.Process(one.popen.pid).cpu_times()[:2]) for one in (api, *workers)]
    worked = {str(user): wait for user, wait in world.rows(stack, _WAITS, period=world.PERIOD)}
    waits = [seen.posts[user] + float(str(wait)) for user, wait in worked.items()]
    median = statistics.median(waits)
    return {
        "many_completed": len(waits),
        "many_median": median,
        "many_p99": percentile(waits, 99),
        "many_max": max(waits),
        "many_ratio": max(waits) / median,
        "many_seconds": seconds,
        "many_post": percentile([1000 * one for one in seen.posts.values()], 99),
        "many_get": percentile([1000 * one for one in seen.polls], 99),
        "many_busy": seen.busy,
        "many_calls": provider.count(),
        "many_cpu_api": 1000 * used[0] / len(everybody),
        "many_cpu_worker": 1000 * sum(used[1:]) / len(everybody),
        "many_api": api_memory.peak,
        "many_worker": max(one.peak for one in memories),
    }


async def _everybody(base_url: str, everybody: Sequence[Person]) -> _Seen:
    seen = _Seen()
    first = time.perf_counter() + 0.1
    async with asyncio.timeout(_PATIENCE_SECONDS), asyncio.TaskGroup() as group:
        for at, person in enumerate(everybody):
            due = first + at * WITHIN_SECONDS / len(everybody)
            group.create_task(_one(base_url, person, due, seen))
    return seen


async def _one(base_url: str, person: Person, due: float, seen: _Seen) -> None:
    """Starts a month and looks at it as often as it was told to."""
    await asyncio.sleep(due - time.perf_counter())
    job = await _insist(base_url, _post(person, world.PERIOD), seen)
    seen.posts[str(person.id)] = time.perf_counter() - due
    wanted = client.request("GET", f"/api/report-jobs/{job['id']}", token=person.token)
    while job["status"] not in FINISHED:
        await asyncio.sleep(_POLL_SECONDS[job["status"]])
        begun = time.perf_counter()
        job = await _insist(base_url, wanted, seen)
        seen.polls.append(time.perf_counter() - begun)


async def _insist(base_url: str, wanted: bytes, seen: _Seen) -> dict[str, Any]:
    """The job, asked for again for as long as there is no time for us."""
    while True:
        status, body = await _ask(base_url, wanted)
        if status != _BUSY:
            break
        seen.busy += 1
        await asyncio.sleep(_BUSY_SECONDS)
    if status not in (_OK, _ACCEPTED):
        raise AssertionError(f"answered {status}: {body.decode()}")
    return json.loads(body)


async def _ask(base_url: str, wanted: bytes) -> tuple[int, bytes]:
    connection = await Connection.open(base_url)
    try:
        return await connection.exchange(wanted)
    finally:
        connection.close()


BENCHMARK = Benchmark(
    "many-users",
    [
        Figure(
            "many_completed",
            f"{PEOPLE} people start {LINES} lines each within a minute: Completed",
            "n",
            at_least=PEOPLE,
        ),
        Figure("many_median", "… wait from the POST to Completed, median"),
        Figure("many_p99", "… p99"),
        Figure("many_max", "… of whoever waited longest"),
        Figure("many_ratio", "… longest, against the median", "x", below=3),
        Figure("many_seconds", "… all of it"),
        Figure("many_post", "… p99 of the POSTs", "ms"),
        Figure("many_get", "… p99 of the GETs of who polls", "ms"),
        Figure("many_busy", "… answers 503", "n", below=1),
        Figure("many_cpu_api", "… processor time of the API for a person", "ms"),
        Figure("many_cpu_worker", "… of the workers", "ms"),
        Figure("many_calls", "… calls to the provider", "n"),
        Figure("many_api", "… memory of the API, peak", "MB"),
        Figure("many_worker", "… memory of the larger worker, peak", "MB"),
        Figure("clicks_jobs", f"{CLICKS:,} double-clicks: jobs", "n", at_least=CLICKS),
        Figure("clicks_one_each", "… one 202 and one 409 for each", "ok"),
        Figure("clicks_seconds", "… all of them within"),
    ],
    runs,
    seconds=900,
)
