"""People who work all the time: they import months, report on them, print, ask, and listen."""

import asyncio
import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx
import uvloop
from tests.support.processes import csv_of

from benchmarks.jobs import FINISHED

POLL_SECONDS = 0.5
"""Somebody who asks more often than `Retry-After` says, so that a stall is seen."""
_READ_SECONDS = 0.5
_READ = ("/api/me", "/api/report-jobs", "/api/reports", "/api/periods", "/api/transactions")
_RETRY_SECONDS = 3.0
_LETTERS = [chr(65 + at) for at in range(26)]


@dataclass
class Watched:
    """One job as its person saw it: when it moved."""

    id: str
    begun: float
    steps: list[tuple[float, int]] = field(default_factory=list[tuple[float, int]])
    """When another count of settled lines was seen."""
    last: dict[str, Any] = field(default_factory=dict[str, Any])
    ended: float | None = None

    def saw(self, job: dict[str, Any], now: float) -> None:
        if not self.steps or self.steps[-1][1] < job["processedLines"]:
            self.steps.append((now, job["processedLines"]))
        self.last = job
        if job["status"] in FINISHED and self.ended is None:
            self.ended = now

    def longest_stall(self, since: float) -> float:
        """Between two steps, from the POST to the end; what was before that moment is left out."""
        times = [self.begun, *(at for at, lines in self.steps if lines), self.ended or self.begun]
        times = [max(at, since) for at in times]
        return max(later - earlier for earlier, later in itertools.pairwise(times))


@dataclass
class Load:
    """What has happened so far; filled by a thread of its own."""

    lines: int
    answers: Counter[str] = field(default_factory=Counter[str])
    failures: list[str] = field(default_factory=list[str])
    polled: dict[str, Watched] = field(default_factory=dict[str, Watched])
    streamed: dict[str, Watched] = field(default_factory=dict[str, Watched])
    streams: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    """No new month is begun; those under way are seen to their end."""

    @property
    def sent(self) -> int:
        return self.answers.total() + self.streams

    @property
    def moving(self) -> int:
        """How many jobs have settled lines."""
        return sum(len(job.steps) > 1 for job in list(self.polled.values()))


@contextmanager
def working(base_url: str, tokens: Mapping[str, str], *, lines: int) -> Generator[Load]:
    """They work while the block runs; after it, until what they have begun is done."""
    load = Load(lines)
    broken: list[BaseException] = []

    def run() -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_all(load, base_url, tokens))
        except BaseException as error:  # noqa: BLE001  # raised by whoever waits for us
            broken.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield load
    finally:
        load.over.set()
        thread.join()
    if broken:
        raise broken[0]


async def _all(load: Load, base_url: str, tokens: Mapping[str, str]) -> None:
    names = merchants()
    async with asyncio.TaskGroup() as group:
        for token in tokens.values():
            person = _Person(load, base_url, token, names)
            group.create_task(person.live())


def merchants() -> Iterator[str]:
    """Merchants that nobody knows, no two the same."""
    for letters in itertools.product(_LETTERS, repeat=4):
        yield f"QZ{''.join(letters)} HOLDINGS"


class _Person:
    def __init__(self, load: Load, base_url: str, token: str, names: Iterator[str]) -> None:
        self._load = load
        self._names = names
        self._client = httpx.AsyncClient(
            base_url=base_url, headers={"Authorization": f"Bearer {token}"}, timeout=30
        )

    async def live(self) -> None:
        async with self._client:
            beside = [asyncio.create_task(self._read()), asyncio.create_task(self._listen())]
            try:
                await self._report()
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)

    # -- one month after the other ----------------------------------------------------------------

    async def _report(self) -> None:
        months = (f"{year}-{month:02}" for year in range(2000, 2020) for month in range(1, 13))
        while not self._load.over.is_set():
            period = next(months)
            content = csv_of(list(itertools.islice(self._names, self._load.lines)), period=period)
            await self._ask("POST", "/api/statements", 201, files={"file": ("m.csv", content)})
            begun = time.monotonic()
            job = await self._ask("POST", "/api/report-jobs", 202, json={"period": period})
            if job is not None:
                watched = Watched(job["id"], begun)
                await self._follow(watched)
                await self._take_away(watched.last.get("generatedReportId"))

    async def _take_away(self, report_id: str | None) -> None:
        """The longest there is of ordinary requests, so a restart meets some of them."""
        for form in ("pdf", "xlsx") if report_id else ():
            await self._ask("GET", f"/api/reports/{report_id}/export?format={form}", 200)

    async def _follow(self, watched: Watched) -> None:
        self._load.polled[watched.id] = watched
        while watched.ended is None:
            job = await self._ask("GET", f"/api/report-jobs/{watched.id}", 200)
            if job is not None:
                watched.saw(job, time.monotonic())
            await asyncio.sleep(POLL_SECONDS)

    async def _read(self) -> None:
        for path in itertools.cycle(_READ):
            await self._ask("GET", path, 200)
            await asyncio.sleep(_READ_SECONDS)

    async def _ask(self, method: str, path: str, expected: int, **given: Any) -> Any:
        try:
            answer = await self._client.request(method, path, **given)
        except httpx.HTTPError as error:
            self._failed(method, path, repr(error))
            return None
        self._load.answers[f"{method} {answer.status_code}"] += 1
        if answer.status_code != expected:
            self._failed(method, path, f"{answer.status_code} {answer.text[:300]}")
            return None
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return answer.json() if is_json else answer.content

    def _failed(self, method: str, path: str, why: str) -> None:
        self._load.failures.append(f"{method} {path}: {why}")

    # -- the event stream, as a browser reads it --------------------------------------------------

    async def _listen(self) -> None:
        """Comes back when it ends, after as long as it was told to wait."""
        path = "/api/report-jobs/events"
        while True:
            retry = _RETRY_SECONDS
            self._load.streams += 1
            try:
                async with self._client.stream("GET", path) as answer:
                    if answer.status_code != HTTPStatus.OK:
                        self._failed("GET", path, str(answer.status_code))
                    async for line in answer.aiter_lines():
                        name, _, value = line.partition(": ")
                        retry = int(value) / 1000 if name == "retry" else retry
                        if name == "data":
                            self._heard(json.loads(value))
            except httpx.HTTPError as error:
                self._failed("GET", path, repr(error))
            await asyncio.sleep(retry)

    def _heard(self, told: Any) -> None:
        now = time.monotonic()
        for job in told if isinstance(told, list) else [told]:
            watched = self._load.streamed.setdefault(job["id"], Watched(job["id"], now))
            watched.saw(job, now)
