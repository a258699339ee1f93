"""GET of a job against a bare FastAPI route that runs one equal SELECT, side by side.

Both servers are a process of their own with the same event loop, HTTP parser and connection pool;
so is the load, which must not be what is measured. The two take turns within each run.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import psutil
from tests.support.processes import Process, Stack

from benchmarks import client, jobs, world
from benchmarks.measure import Benchmark, Figure
from benchmarks.world import Person, World

CLIENTS = 8
SECONDS = 3.0
PEOPLE = 20
_PROCESSING = """
UPDATE report_generation_jobs SET status = 1, started_at = created_at, attempt = 1,
    processed_lines = total_lines / 2, model_lines = total_lines / 2,
    lease_expires_at = created_at + interval '1 day', version = version + 1
"""


@dataclass(frozen=True, slots=True)
class Server:
    """One of the two, and what it is asked."""

    base_url: str
    process: psutil.Process
    requests: Sequence[bytes]


def runs(world_: World, count: int) -> Iterator[Mapping[str, float]]:
    """The jobs that are asked for are being worked on, which is when people poll."""
    with world_.stack() as stack:
        api = stack.api()
        paths = _jobs(stack)
        ours = Server(stack.base_url, psutil.Process(api.popen.pid), _requests(paths))
        bare = _bare(stack, paths)
        _ask(ours, seconds=1)
        _ask(bare, seconds=1)
        for at in range(count):
            yield _run(ours, bare, ours_first=at % 2 == 0)


def _run(ours: Server, bare: Server, *, ours_first: bool) -> dict[str, float]:
    if ours_first:
        mine, theirs = _ask(ours), _ask(bare)
    else:
        theirs, mine = _ask(bare), _ask(ours)
    return {
        "get_rate": mine.rate,
        "bare_rate": theirs.rate,
        "get_ratio": mine.rate / theirs.rate,
        "get_cpu": mine.cpu_ms,
        "bare_cpu": theirs.cpu_ms,
    }


@dataclass(frozen=True, slots=True)
class Turn:
    """What one server did while it was asked."""

    rate: float
    cpu_ms: float
    """Of the server's own process, for each request."""


def _ask(server: Server, *, seconds: float = SECONDS) -> Turn:
    before = sum(server.process.cpu_times()[:2])
    count = _load(server, seconds)
    used = sum(server.process.cpu_times()[:2]) - before
    return Turn(count / seconds, 1000 * used / count)


def _load(server: Server, seconds: float) -> int:
    wanted = {
        "base_url": server.base_url,
        "requests": [one.decode() for one in server.requests],
        "clients": CLIENTS,
        "seconds": seconds,
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(wanted),
        stdout=subprocess.PIPE,
        text=True,
        timeout=seconds + 30,
        check=True,
    )
    return int(done.stdout)


def _jobs(stack: Stack) -> list[tuple[Person, str]]:
    found: list[tuple[Person, str]] = []
    for person in world.people(stack, PEOPLE):
        world.add_month(stack, person, world.merchants(300))
        with person.client(stack) as caller:
            found.append((person, jobs.start(caller, world.PERIOD)))
    world.change(stack, _PROCESSING)
    return found


def _requests(paths: Sequence[tuple[Person, str]]) -> list[bytes]:
    return [client.request("GET", path, token=person.token) for person, path in paths]


def _bare(stack: Stack, paths: Sequence[tuple[Person, str]]) -> Server:
    command = [sys.executable, "-m", "benchmarks.bare_app"]
    process = Process(command, stack.env, stack.folder / "bare.log")
    stack.processes.append(process)
    base_url = process.printed(r"http://[0-9.:]+")
    requests = [
        client.request("GET", f"/users/{person.id}/jobs/{path.rpartition('/')[2]}")
        for person, path in paths
    ]
    return Server(base_url, psutil.Process(process.popen.pid), requests)


BENCHMARK = Benchmark(
    "throughput",
    [
        Figure("get_ratio", "GET of a job, against a bare FastAPI route", "x", at_least=0.7),
        Figure("get_rate", "… requests a second", "n"),
        Figure("bare_rate", "… of the bare route", "n"),
        Figure("get_cpu", "… CPU of the API for a request", "ms"),
        Figure("bare_cpu", "… CPU of the bare route's process", "ms"),
    ],
    runs,
    seconds=60,
)
