"""A CSV of 20,000 rows, in the shape of a large issuer's export, uploaded through the API."""

import time
from collections.abc import Iterator, Mapping
from http import HTTPStatus

import httpx
from tests.support.processes import Process, Stack

from benchmarks import world
from benchmarks.measure import Benchmark, Figure
from benchmarks.memory import Memory
from benchmarks.world import World

ROWS = 20_000


def runs(world_: World, count: int) -> Iterator[Mapping[str, float]]:
    """Somebody new in each run, who then sends the same file once more."""
    data = content()
    with world_.stack() as stack:
        api = stack.api()
        _import(stack, api, content(10), rows=10)
        for _ in range(count):
            yield _import(stack, api, data, rows=ROWS)


def content(rows: int = ROWS) -> bytes:
    """The file."""
    lines = ["Transaction Date,Post Date,Description,Category,Type,Amount,Memo"]
    lines += [
        f"01/{n % 28 + 1:02d}/2026,01/{n % 28 + 2:02d}/2026,"
        f'"SQ *MERCHANT {n % 997}, {n % 53:04d} SEATTLE WA",'
        f"Food & Drink,Sale,-{n % 400}.{n % 90 + 10},"
        for n in range(rows)
    ]
    return "\n".join(lines).encode()


def _import(stack: Stack, api: Process, data: bytes, *, rows: int) -> dict[str, float]:
    [person] = world.people(stack, 1)
    with person.client(stack) as client, Memory(api.popen.pid) as memory:
        first = _upload(client, data, imported=rows)
        again = _upload(client, data, imported=0)
    return {"import": first, "import_again": again, "import_memory": memory.peak}


def _upload(client: httpx.Client, data: bytes, *, imported: int) -> float:
    started = time.perf_counter()
    answer = client.post("/api/statements", files={"file": ("month.csv", data)})
    seconds = time.perf_counter() - started
    if answer.status_code != HTTPStatus.CREATED or answer.json()["imported"] != imported:
        raise AssertionError(answer.text[:1000])
    return seconds


BENCHMARK = Benchmark(
    "import",
    [
        Figure("import", "import of a CSV of 20,000 rows", below=10),
        Figure("import_again", "… the same file once more, all duplicates"),
        Figure("import_memory", "… memory of the API, peak", "MB"),
    ],
    runs,
    seconds=120,
)
