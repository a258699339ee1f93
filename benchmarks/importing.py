"""A CSV of 20,000 rows, in the shape of a large issuer's export, shown and imported over HTTP."""

import threading
import time
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Self

import httpx
from tests.support.processes import Process, Stack

from benchmarks import world
from benchmarks.measure import Benchmark, Figure, percentile
from benchmarks.memory import Memory
from benchmarks.world import World

ROWS = 20_000
PREVIEWS = 5
_LOOK_EVERY = 0.005


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
        with Watch(stack.base_url) as watch:
            shown = [_preview(client, data, imported=rows) for _ in range(PREVIEWS)]
        first = _upload(client, data, imported=rows)
        known = [_preview(client, data, imported=0) for _ in range(PREVIEWS)]
        again = _upload(client, data, imported=0)
    return {
        "preview": percentile(shown, 95),
        "preview_known": percentile(known, 95),
        "preview_stall": watch.longest * 1000,
        "import": first,
        "import_again": again,
        "import_memory": memory.peak,
    }


class Watch:
    """Asks for a page that needs nothing, again and again: how long its answer ever takes."""

    def __init__(self, base_url: str) -> None:
        self.longest = 0.0
        self._base_url = base_url
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        with httpx.Client(base_url=self._base_url) as client:
            client.get("/health/live")
            while not self._over.wait(_LOOK_EVERY):
                started = time.perf_counter()
                client.get("/health/live").raise_for_status()
                self.longest = max(self.longest, time.perf_counter() - started)


def _preview(client: httpx.Client, data: bytes, *, imported: int) -> float:
    started = time.perf_counter()
    answer = client.post("/api/statements/preview", files={"file": ("month.csv", data)})
    seconds = time.perf_counter() - started
    if answer.status_code != HTTPStatus.OK or answer.json()["imported"] != imported:
        raise AssertionError(answer.text[:1000])
    return seconds


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
        Figure("preview", f"preview of a CSV of 20,000 rows, p95 of {PREVIEWS}", below=3),
        Figure("preview_known", "… when all of them are there already"),
        Figure("preview_stall", "… longest answer of /health/live meanwhile", "ms"),
        Figure("import", "import of a CSV of 20,000 rows", below=10),
        Figure("import_again", "… the same file once more, all duplicates"),
        Figure("import_memory", "… memory of the API, peak", "MB"),
    ],
    runs,
    seconds=120,
)
