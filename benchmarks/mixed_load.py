"""The load of `mixed` in a process of its own: JSON in, what became of each request out.

Requests are sent when they are due, whether or not others were answered; the time counts from then.
"""

import asyncio
import itertools
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import uvloop

from benchmarks import client
from benchmarks.client import Connection

SHARES = {
    "GET job": 36,
    "GET jobs": 21,
    "GET lines": 15,
    "PATCH line": 10,
    "POST job": 2,
    "GET periods": 5,
    "GET transactions": 5,
    "POST statement": 3,
    "GET export": 2,
    "GET live": 1,
}
"""In percent. The last one touches no database: what it waits for is the event loop."""
LINES = 60
_TAG = re.compile(rb"\r\netag: *([^\r]+)", re.IGNORECASE)


@dataclass
class Caller:
    """One person, and what they have seen so far."""

    token: str
    report: str
    lines: Iterator[tuple[str, int]]
    months: Iterator[str]
    job: str
    tag: str = ""
    files: Iterator[int] = field(default_factory=itertools.count)

    def request(self, method: str, path: str, **given: Any) -> bytes:
        return client.request(method, path, token=self.token, **given)

    def get_job(self) -> bytes:
        return self.request("GET", self.job, headers={"If-None-Match": self.tag or '"none"'})

    def patch_line(self) -> bytes:
        line, version = next(self.lines)
        path = f"/api/reports/{self.report}/lines/{line}"
        return self.request(
            "PATCH", path, body={"note": "seen"}, headers={"If-Match": f'"{version}"'}
        )

    def post_job(self) -> bytes:
        return self.request("POST", "/api/report-jobs", body={"period": next(self.months)})

    def post_statement(self) -> bytes:
        number = next(self.files)
        rows = (f"2020-05-{1 + at % 28:02d},SHOP {number} {at},-{at + 1}.00" for at in range(LINES))
        return client.upload(
            "/api/statements", "\n".join(["Date,Description,Amount", *rows]), token=self.token
        )

    def saw(self, kind: str, body: bytes, head: bytes) -> None:
        if kind == "POST job":
            self.job, self.tag = f"/api/report-jobs/{json.loads(body)['id']}", ""
        elif kind == "GET job" and (found := _TAG.search(head)):
            self.tag = found[1].decode()

    @property
    def makers(self) -> dict[str, Callable[[], bytes]]:
        lines = f"/api/reports/{self.report}/lines?pageSize=50"
        return {
            "GET job": self.get_job,
            "GET jobs": lambda: self.request("GET", "/api/report-jobs"),
            "GET lines": lambda: self.request("GET", lines),
            "PATCH line": self.patch_line,
            "POST job": self.post_job,
            "GET periods": lambda: self.request("GET", "/api/periods"),
            "GET transactions": lambda: self.request("GET", "/api/transactions"),
            "POST statement": self.post_statement,
            "GET export": lambda: self.request("GET", f"/api/reports/{self.report}/export"),
            "GET live": lambda: self.request("GET", "/health/live"),
        }


async def _load(given: dict[str, Any]) -> dict[str, Any]:
    """All answers from the moment on when it is warm: kind, status (0: none), milliseconds.

    And how late we were ourselves: where that is much, the figures say nothing of the server.
    """
    callers = [_caller(one) for one in given["people"]]
    rate, total = given["rate"], round(given["rate"] * (given["warm_up"] + given["seconds"]))
    dice = random.Random(1)  # the same in every run
    kinds = dice.choices(list(SHARES), list(SHARES.values()), k=total)
    idle: list[Connection] = []
    first = time.perf_counter() + 0.1
    done: list[tuple[str, int, float]] = []
    late: list[float] = []
    refusals: Counter[str] = Counter()

    async def send(at: int, kind: str) -> None:
        due = first + at / rate
        await asyncio.sleep(due - time.perf_counter())
        late.append((time.perf_counter() - due) * 1000)
        caller = callers[at % len(callers)]
        try:
            status, why = await _exchange(given["base_url"], idle, caller, kind)
        except (OSError, asyncio.IncompleteReadError) as error:
            status, why = 0, type(error).__name__
        if at >= rate * given["warm_up"]:
            done.append((kind, status, (time.perf_counter() - due) * 1000))
            if why:
                refusals[f"{kind}: {why}"] += 1

    async with asyncio.TaskGroup() as group:
        for at, kind in enumerate(kinds):
            group.create_task(send(at, kind))
    taken = time.perf_counter() - first - given["warm_up"]
    return {"answers": done, "rate": len(done) / taken, "late": late, "refusals": refusals}


async def _exchange(
    base_url: str, idle: list[Connection], caller: Caller, kind: str
) -> tuple[int, str]:
    """Status, and why it was refused."""
    fresh = idle and idle[-1].is_fresh
    connection = idle.pop() if fresh else await Connection.open(base_url)
    status, body = await connection.exchange(caller.makers[kind]())
    idle.append(connection)
    if status < 300:
        caller.saw(kind, body, connection.head)
    return status, "" if status < 400 else str(json.loads(body).get("detail"))


def _caller(one: dict[str, Any]) -> Caller:
    lines = iter([(line, version) for line, version in one["lines"]])
    return Caller(one["token"], one["report"], lines, iter(one["months"]), one["job"])


def main() -> None:
    """Send what standard input says."""
    given = json.load(sys.stdin)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        json.dump(runner.run(_load(given)), sys.stdout)


if __name__ == "__main__":
    main()
