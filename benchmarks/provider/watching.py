"""Jobs as their owners see them: started, polled until they have finished, their lines read."""

import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from benchmarks import jobs
from benchmarks.provider.eta import Moment

_SHORTEST_POLL, _LONGEST_POLL = 0.02, 0.05
_PAGE = 500


@dataclass
class Watched:
    """A job that runs, and what was seen of it."""

    client: httpx.Client
    location: str
    lines: int
    started: float = field(default_factory=time.time)
    """When the POST had been answered."""
    took: float = math.inf
    """Seconds until it was seen to have finished; infinite: it was not."""
    job: dict[str, Any] = field(default_factory=dict[str, Any])
    moments: list[Moment] = field(default_factory=list[Moment])

    @property
    def is_finished(self) -> bool:
        return math.isfinite(self.took)

    def look(self) -> None:
        """One poll."""
        self.job = self.client.get(self.location).raise_for_status().json()
        at = time.time() - self.started
        if self.job["status"] in jobs.FINISHED:
            self.took = at
            return
        estimate = self.job["estimatedCompletionAt"]
        announced = None if estimate is None else _seconds(estimate) - self.started
        self.moments.append(Moment(at, announced))


def start(client: httpx.Client, period: str, *, lines: int) -> Watched:
    """A new job of so many lines."""
    return Watched(client, jobs.start(client, period), lines)


def watch(running: Sequence[Watched], *, seconds: float) -> None:
    """Poll all of them until each has finished, or so many seconds are over."""
    began = time.monotonic()
    while left := [one for one in running if not one.is_finished]:
        for one in left:
            one.look()
        spent = time.monotonic() - began
        if spent > seconds:
            return
        # Rarely enough not to slow down what is measured, often enough for 1 %.
        time.sleep(min(_LONGEST_POLL, max(_SHORTEST_POLL, spent / 100)) * len(left))


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


@dataclass(frozen=True, slots=True)
class Lines:
    """What stands on a report."""

    flagged: Counter[str]
    """Lines without codes, by their description."""
    wrong: Sequence[str]
    """What must never be, in words."""


def lines_of(watched: Watched) -> Lines:
    """Every line is there once, with codes, or flagged with the reason."""
    lines = _lines(watched)
    once = len({line["transactionId"] for line in lines})
    wrong = [] if once == len(lines) == watched.lines else [f"{once} of {watched.lines} lines"]
    without = [line for line in lines if line["glCode"] is None]
    silent = sum(not (line["needsReview"] and line["reviewReason"]) for line in without)
    if silent:
        wrong.append(f"{silent} lines without codes and without a reason")
    return Lines(Counter(str(line["originalDescription"]) for line in without), wrong)


def _lines(watched: Watched) -> list[dict[str, Any]]:
    report = watched.job["generatedReportId"]
    found: list[dict[str, Any]] = []
    for page in range(1, 2 + watched.lines // _PAGE):
        answer = watched.client.get(
            f"/api/reports/{report}/lines", params={"pageSize": _PAGE, "page": page}
        )
        found += answer.raise_for_status().json()["items"]
    return found
