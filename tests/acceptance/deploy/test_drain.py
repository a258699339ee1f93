"""SIGTERM under load, as a rollout sends it: nobody's request fails, and jobs go on elsewhere."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support import database as databases
from tests.support import factories, load
from tests.support.balancer import Balancer
from tests.support.processes import Process, Stack, eventually, import_month

from expenseflow.app.server import END_AT_LAST_SECONDS

DRAIN = 1.5
LINES = 120
PERIODS = ["2026-01", "2026-02", "2026-03"]


@pytest.fixture
def stack(postgres_server: str, tmp_path: Path) -> Iterator[Stack]:
    with (
        databases.fresh_database(postgres_server) as url,
        Stack(url, tmp_path / "stack", drain_s=str(DRAIN)) as running,
    ):
        yield running


def _begun(client: httpx.Client) -> list[str]:
    """The addresses of a job for each month; no merchant is in two of them."""
    merchants = factories.merchants(LINES * len(PERIODS))
    for at, period in enumerate(PERIODS):
        import_month(client, merchants[at * LINES : (at + 1) * LINES], period=period)
    answers = [client.post("/api/report-jobs", json={"period": period}) for period in PERIODS]
    assert [answer.status_code for answer in answers] == [202] * len(PERIODS)
    return [answer.headers["location"] for answer in answers]


def _jobs(client: httpx.Client, locations: list[str]) -> list[dict[str, Any]]:
    return [client.get(location).json() for location in locations]


def _at_work(client: httpx.Client, locations: list[str]) -> bool:
    jobs = _jobs(client, locations)
    assert any(job["status"] != "Completed" for job in jobs)
    return sum(job["processedLines"] for job in jobs) >= LINES


def _all_ended(client: httpx.Client, locations: list[str]) -> list[dict[str, Any]] | None:
    jobs = _jobs(client, locations)
    return jobs if all(job["completedAt"] for job in jobs) else None


def _server(stack: Stack, balancer: Balancer) -> tuple[Process, str]:
    """One more server that people are sent to."""
    process = stack.api()
    balancer.add(stack.base_url)
    eventually(lambda: balancer.is_ready(stack.base_url))
    return process, stack.base_url


def test_a_rolling_restart_under_load_fails_no_request_and_loses_no_job(stack: Stack) -> None:
    stack.provider(base=0.5)
    workers = [stack.worker() for _ in range(2)]
    with Balancer() as balancer, stack.client() as client:
        old = [_server(stack, balancer) for _ in range(2)]
        client.base_url = balancer.url
        locations = _begun(client)
        paths = ["/api/me", *locations, "/api/report-jobs"]
        with load.asking(balancer.url, client.headers, paths) as seen:
            eventually(lambda: _at_work(client, locations))
            assert workers[0].terminate() == 0
            _server(stack, balancer)
            for process, url in old:
                assert process.terminate() == 0
                assert not balancer.is_ready(url)
            jobs = eventually(lambda: _all_ended(client, locations), seconds=90)
    print(seen.told())  # noqa: T201  # shown by -s and -rA
    assert seen.failures == []
    assert seen.total >= load.ENOUGH
    assert seen.streams >= 2  # the server that had it ended it in good order
    assert seen.longest_silence < 8
    for job in jobs:
        assert (job["status"], job["processedLines"]) == ("Completed", LINES)
        assert (job["totalLines"], job["failedLines"]) == (LINES, 0)


def test_a_server_that_drains_says_so_and_answers_until_the_end(stack: Stack) -> None:
    """A stream ends with the word to come back soon, but not before the balancer knows."""
    process = stack.api()
    with stack.client() as client, client.stream("GET", "/api/report-jobs/events") as stream:
        lines = stream.iter_lines()
        while next(lines) != "event: snapshot":
            pass
        assert client.get("/health/ready").status_code == 200
        began = time.monotonic()
        process.popen.send_signal(signal.SIGTERM)

        def says() -> httpx.Response | None:
            answer = client.get("/health/ready")
            return answer if answer.status_code == 503 else None

        ready = eventually(says)
        assert ready.json()["checks"] == {"server": "draining"}
        assert ready.headers["connection"] == "close"
        assert client.get("/health/live").status_code == 200
        rest = list(lines)
        assert time.monotonic() - began >= DRAIN / 2
        assert rest[-3:] == ["retry: 200", ": this server stops, come back", ""]
        assert process.popen.wait(timeout=20) == 0
    assert DRAIN <= time.monotonic() - began < DRAIN + END_AT_LAST_SECONDS


def test_ctrl_c_does_not_wait_for_the_drain(stack: Stack) -> None:
    stack.env["EXPENSEFLOW_DRAIN_S"] = "600"
    process = stack.api()

    process.popen.send_signal(signal.SIGINT)

    assert process.popen.wait(timeout=20) == 130


def test_the_worker_of_a_server_that_drains_gives_its_jobs_away_at_once(stack: Stack) -> None:
    """Even those that wait for a call that never answers."""
    stack.env["EXPENSEFLOW_DRAIN_S"] = "60"
    stack.env["EXPENSEFLOW_LLM_MAX_CONCURRENCY"] = "2"  # so that most is still to be asked
    stack.provider(base=0.5)
    process = stack.api(worker=True)
    with stack.client() as client:
        locations = _begun(client)
        eventually(lambda: _at_work(client, locations))
        stack.script({"do": "hang"})
        stack.worker().printed("worker.started")
        assert _all_ended(client, locations) is None
        stack.script()
        stopped = time.monotonic()
        process.popen.send_signal(signal.SIGTERM)
        jobs = eventually(lambda: _all_ended(client, locations), seconds=50)
        took = time.monotonic() - stopped
    print(f"all jobs had ended {took:.1f} s after SIGTERM")  # noqa: T201  # shown by -s and -rA
    assert {(job["status"], job["failedLines"]) for job in jobs} == {("Completed", 0)}
    assert process.popen.poll() is None
