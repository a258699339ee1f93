"""People who ask all the time, and what they were answered."""

import json
import threading
import time
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

PAUSE_SECONDS = 0.02
"""What a client that asks as fast as it can would take from two processors shows nothing."""

ENOUGH = 200
"""Requests, on a slow machine; with fewer it was no load, and that none failed says little."""


@dataclass
class Load:
    """What has happened so far; filled by threads."""

    answers: Counter[int] = field(default_factory=Counter[int])
    failures: list[str] = field(default_factory=list[str])
    """Answers other than 2xx, and connections that broke."""
    slowest: float = 0.0
    streams: int = 0
    """How often the event stream was opened."""
    longest_silence: float = 0.0
    """Of the event stream, between two changes of a job that has begun and not ended."""
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def total(self) -> int:
        return self.answers.total()

    def told(self) -> str:
        """In one line."""
        return (
            f"{self.total} requests ({dict(self.answers)}), {len(self.failures)} failed, slowest"
            f" {self.slowest:.2f} s; {self.streams} streams, longest silence"
            f" {self.longest_silence:.2f} s"
        )


@contextmanager
def asking(
    base_url: str, headers: Mapping[str, str], paths: list[str], *, clients: int = 3
) -> Generator[Load]:
    """So many clients ask for these paths and one watches the event stream, until the block ends.

    Each client keeps its connection for as long as the server does.
    """
    load = Load()
    work = [
        threading.Thread(target=_ask, args=(load, base_url, headers, paths), daemon=True)
        for _ in range(clients)
    ]
    # Not waited for: it ends with what it hears next, or with the server.
    threading.Thread(target=_watch, args=(load, base_url, headers), daemon=True).start()
    for thread in work:
        thread.start()
    try:
        yield load
    finally:
        load.over.set()
        for thread in work:
            thread.join(10)


def _ask(load: Load, base_url: str, headers: Mapping[str, str], paths: list[str]) -> None:
    with httpx.Client(base_url=base_url, headers=dict(headers), timeout=30) as client:
        while not load.over.is_set():
            for path in paths:
                began = time.monotonic()
                try:
                    answer = client.get(path)
                except httpx.HTTPError as error:
                    load.failures.append(f"{path}: {error!r}")
                else:
                    load.answers[answer.status_code] += 1
                    if not answer.is_success:
                        load.failures.append(f"{path}: {answer.status_code} {answer.text}")
                load.slowest = max(load.slowest, time.monotonic() - began)
                load.over.wait(PAUSE_SECONDS)


def _watch(load: Load, base_url: str, headers: Mapping[str, str]) -> None:
    """As a browser does: comes back when the stream ends, after as long as it was told to wait."""
    watch = _Watch(load)
    with httpx.Client(base_url=base_url, headers=dict(headers), timeout=30) as client:
        while not load.over.is_set():
            load.streams += 1
            try:
                with client.stream("GET", "/api/report-jobs/events") as answer:
                    if not answer.is_success:
                        load.failures.append(f"events: {answer.status_code}")
                    for line in answer.iter_lines():
                        watch.hear(line)
                        if load.over.is_set():
                            return
            except httpx.HTTPError as error:
                if load.over.is_set():
                    return
                load.failures.append(f"events: {error!r}")
            load.over.wait(watch.retry)


class _Watch:
    """How long nothing was told of jobs that are under way."""

    def __init__(self, load: Load) -> None:
        self.retry = 3.0
        self._load = load
        self._running: set[str] = set()
        self._heard = 0.0

    def hear(self, line: str) -> None:
        name, _, value = line.partition(": ")
        if name == "retry":
            self.retry = int(value) / 1000
        elif name == "data":
            told = json.loads(value)
            for job in told if isinstance(told, list) else [told]:
                self._of(job)

    def _of(self, job: dict[str, object]) -> None:
        now = time.monotonic()
        if self._running:
            self._load.longest_silence = max(self._load.longest_silence, now - self._heard)
        self._heard = now
        if job["completedAt"]:
            self._running.discard(str(job["id"]))
        elif job["status"] != "Pending":
            self._running.add(str(job["id"]))
