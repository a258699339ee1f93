"""POST and GET of a job at 50 requests a second, on a fixed schedule."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from tests.support.processes import Stack

from benchmarks import client, world
from benchmarks.client import Answer
from benchmarks.measure import Benchmark, Figure, percentile
from benchmarks.world import Person, World

RATE = 50
SECONDS = 10
PEOPLE = 20
MONTHS = RATE * SECONDS // PEOPLE
BURST = 1000
OK, ACCEPTED = 200, 202
_ASIDE = "2000-01"
_FORGET = (
    "TRUNCATE report_generation_jobs, report_job_lines, idempotency_keys CASCADE",
    "TRUNCATE procrastinate_jobs CASCADE",
)


def runs(world_: World, count: int, *, lines: int) -> Iterator[Mapping[str, float]]:
    """Every POST is a job of its own month; then each of these jobs, which wait, is read once."""
    with world_.stack() as stack:
        everybody = world.people(stack, PEOPLE)
        _fill(stack, everybody, lines)
        stack.api()
        _warm_up(stack, everybody)
        for _ in range(count):
            world.change(stack, *_FORGET)
            posted, read = _run(stack, everybody)
            yield {
                **_latencies(f"post_{lines}", posted, expected=ACCEPTED),
                **_latencies(f"get_{lines}", read, expected=OK),
            }


def _fill(stack: Stack, everybody: Sequence[Person], lines: int) -> None:
    names = world.merchants(lines)
    for person in everybody:
        world.add_month(stack, person, names[:1], period=_ASIDE)
        for month in _months():
            world.add_month(stack, person, names, period=month)


def _months() -> list[str]:
    return [f"{2001 + at // 12}-{1 + at % 12:02d}" for at in range(MONTHS)]


def _warm_up(stack: Stack, everybody: Sequence[Person]) -> None:
    """All of the API's connections to the database are open afterwards."""
    posted = _open_loop(stack, [_post(person, _ASIDE) for person in everybody], rate=BURST)
    reads = [_get(everybody, at, answer) for at, answer in enumerate(posted)]
    _open_loop(stack, reads, rate=BURST)


def _run(stack: Stack, everybody: Sequence[Person]) -> tuple[list[Answer], list[Answer]]:
    posted = _open_loop(stack, [_post(one, month) for month in _months() for one in everybody])
    accepted = [(at, one) for at, one in enumerate(posted) if one.status == ACCEPTED]
    return posted, _open_loop(stack, [_get(everybody, at, one) for at, one in accepted])


def _open_loop(stack: Stack, requests: Sequence[bytes], *, rate: int = RATE) -> list[Answer]:
    return asyncio.run(client.open_loop(stack.base_url, requests, rate=rate))


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


def _figures(verb: str, lines: int, what: str) -> list[Figure]:
    return [
        Figure(f"{verb}_{lines}_p50", f"{what} at {RATE}/s, p50", "ms"),
        Figure(f"{verb}_{lines}_p99", f"{what} at {RATE}/s, p99", "ms", below=50),
        Figure(f"{verb}_{lines}_refused", "… refused or failed", "n", below=1),
    ]


def _benchmark(name: str, lines: int, *figures: Figure) -> Benchmark:
    return Benchmark(name, figures, partial(runs, lines=lines), seconds=120)


SMALL = _benchmark("latency-small", 1, *_figures("post", 1, "POST of a job of 1 line"))
MONTH = _benchmark(
    "latency",
    300,
    *_figures("post", 300, "POST of a job of 300 lines"),
    *_figures("get", 300, "GET of a waiting job"),
)
