"""POST and GET of a job at 50 requests a second, on a fixed schedule."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence

from tests.support.processes import Stack

from benchmarks import client, world
from benchmarks.client import Answer
from benchmarks.measure import Benchmark, Figure, percentile
from benchmarks.world import Person, World

RATE = 50
SECONDS = 10
PEOPLE = 20
MONTHS = RATE * SECONDS // PEOPLE
LINES = 300
OK, ACCEPTED = 200, 202
_ASIDE = "2000-01"
_FORGET = (
    "TRUNCATE report_generation_jobs, report_job_lines, idempotency_keys CASCADE",
    "TRUNCATE procrastinate_jobs CASCADE",
)


def _figures(verb: str, what: str) -> list[Figure]:
    return [
        Figure(f"{verb}_p50", f"{what}, p50", "ms"),
        Figure(f"{verb}_p99", f"{what}, p99", "ms", below=50),
        Figure(f"{verb}_refused", "… of them refused or failed", "n", below=1),
    ]


def runs(world_: World, count: int) -> Iterator[Mapping[str, float]]:
    """Every POST is a job of its own month, of 300 lines; then each of these jobs is read once."""
    with world_.stack() as stack:
        everybody = world.people(stack, PEOPLE)
        _fill(stack, everybody)
        stack.api()
        _warm_up(stack, everybody)
        for _ in range(count):
            yield _run(stack, everybody)
            world.change(stack, *_FORGET)


def _fill(stack: Stack, everybody: Sequence[Person]) -> None:
    names = world.merchants(LINES)
    for person in everybody:
        world.add_month(stack, person, names[:1], period=_ASIDE)
        for month in _months():
            world.add_month(stack, person, names, period=month)


def _months() -> list[str]:
    return [f"{2001 + at // 12}-{1 + at % 12:02d}" for at in range(MONTHS)]


def _warm_up(stack: Stack, everybody: Sequence[Person]) -> None:
    posted = _open_loop(stack, [_post(person, _ASIDE) for person in everybody])
    _open_loop(stack, [_get(everybody, at, answer) for at, answer in enumerate(posted)])


def _run(stack: Stack, everybody: Sequence[Person]) -> dict[str, float]:
    posted = _open_loop(stack, [_post(one, month) for month in _months() for one in everybody])
    read = _open_loop(
        stack,
        [_get(everybody, at, one) for at, one in enumerate(posted) if one.status == ACCEPTED],
    )
    return {**_latencies("post", posted, expected=ACCEPTED), **_latencies("get", read, expected=OK)}


def _open_loop(stack: Stack, requests: Sequence[bytes]) -> list[Answer]:
    return asyncio.run(client.open_loop(stack.base_url, requests, rate=RATE))


def _post(person: Person, month: str) -> bytes:
    return client.request("POST", "/api/report-jobs", token=person.token, body={"period": month})


def _get(everybody: Sequence[Person], at: int, posted: Answer) -> bytes:
    job = json.loads(posted.body)["id"]
    person = everybody[at % len(everybody)]
    return client.request("GET", f"/api/report-jobs/{job}", token=person.token)


def _latencies(verb: str, answers: Sequence[Answer], *, expected: int) -> dict[str, float]:
    times = [answer.seconds * 1000 for answer in answers]
    return {
        f"{verb}_p50": percentile(times, 50),
        f"{verb}_p99": percentile(times, 99),
        f"{verb}_refused": sum(answer.status != expected for answer in answers),
    }


BENCHMARK = Benchmark(
    "latency",
    [
        *_figures("post", f"POST of a job of {LINES} lines at {RATE}/s"),
        *_figures("get", f"GET of a job at {RATE}/s"),
    ],
    runs,
    seconds=120,
)
