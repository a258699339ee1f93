"""`kill -9` of a worker in the middle of a month, with a second one standing by."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping

import httpx
from tests.support.processes import Process, Stack, eventually

from benchmarks import jobs, world
from benchmarks.measure import Benchmark, Figure
from benchmarks.world import PERIOD, World

LINES = 300
KILLED_AT = LINES // 2
PROVIDER_SECONDS = 0.15
_BY_ANOTHER = "SELECT 1 FROM report_job_lines WHERE settled_attempt > 1 LIMIT 1"
_SETTLED = """
SELECT t.description FROM report_job_lines AS l JOIN transactions AS t ON t.id = l.transaction_id
WHERE l.state = 1
"""


def runs(world_: World, count: int) -> Iterator[Mapping[str, float]]:
    """New processes for each run."""
    for _ in range(count):
        with world_.stack() as stack:
            stack.provider(base=PROVIDER_SECONDS)
            stack.api()
            yield _run(stack, [world.worker(stack), world.worker(stack)])


def _run(stack: Stack, workers: list[Process]) -> dict[str, float]:
    [person] = world.people(stack, 1)
    world.add_month(stack, person, world.merchants(LINES))
    with person.client(stack) as client:
        location = jobs.start(client, PERIOD)
        _until_half(client, location)
        _holder(workers).kill()
        killed = time.perf_counter()
        settled = {str(row[0]) for row in world.rows(stack, _SETTLED)}
        asked_before = len(stack.calls())
        eventually(lambda: world.rows(stack, _BY_ANOTHER), every=0.01)
        seconds = time.perf_counter() - killed
        job = jobs.finished(client, location)
        once = _each_line_once(client, str(job["generatedReportId"]))
    asked = {name for call in stack.calls()[asked_before:] for name in call["descriptions"]}
    return {
        "kill": seconds,
        "kill_lines": float(once),
        "kill_asked": float(bool(asked) and not asked & settled),
    }


def _until_half(client: httpx.Client, location: str) -> None:
    for job in jobs.watch(client, location):
        if job["status"] in jobs.FINISHED:
            raise AssertionError(f"it ended before its worker could be killed: {job}")
        if job["processedLines"] >= KILLED_AT:
            return


def _holder(workers: list[Process]) -> Process:
    [holder] = [one for one in workers if "report_job.claimed" in one.log.read_text()]
    return holder


def _each_line_once(client: httpx.Client, report_id: str) -> bool:
    page = client.get(f"/api/reports/{report_id}/lines", params={"pageSize": 500})
    lines = page.raise_for_status().json()
    counts = Counter(line["transactionId"] for line in lines["items"])
    return lines["totalCount"] == len(counts) == LINES and set(counts.values()) == {1}


BENCHMARK = Benchmark(
    "kill",
    [
        Figure(
            "kill",
            f"kill -9 of the worker at line {KILLED_AT} of {LINES} → next line by another",
            below=8,
        ),
        Figure("kill_lines", f"… {LINES} lines on the report, none twice", "ok"),
        Figure("kill_asked", "… no merchant that was committed is asked again", "ok"),
    ],
    runs,
    seconds=60,
)
