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
from expenseflow.app.worker import GRACE_SECONDS

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


def _all_run(client: httpx.Client, locations: list[str]) -> bool:
    return all(0 < job["processedLines"] < LINES for job in _jobs(client, locations))


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
    with Balancer() as balancer:
        servers = [_server(stack, balancer) for _ in range(2)]
        workers = [stack.worker() for _ in range(2)]
        with stack.client() as client:
            client.base_url = balancer.url
            locations = _begun(client)
            paths = ["/api/me", *locations, "/api/report-jobs"]
            with load.asking(balancer.url, client.headers, paths) as seen:
                eventually(lambda: _all_run(client, locations))
                for process, url in servers:
                    _server(stack, balancer)
                    assert process.terminate() == 0
                    assert not balancer.is_ready(url)
                for process in workers:
                    stack.worker()
                    assert process.terminate() == 0
                jobs = eventually(lambda: _all_ended(client, locations), seconds=90)
    print(seen.told())
    assert seen.failures == []
    assert seen.streams >= 3  # two servers ended it, each in good order
    assert seen.longest_silence < 8
    assert [(job["status"], job["processedLines"]) for job in jobs] == [("Completed", LINES)] * 3
    assert {client_lines(job) for job in jobs} == {(LINES, 0)}


def client_lines(job: dict[str, Any]) -> tuple[int, int]:
    """How many lines there were, and how many were flagged because something went wrong."""
    return job["totalLines"], job["failedLines"]


def test_a_server_that_drains_says_so_and_answers_until_the_end(stack: Stack) -> None:
    process = stack.api()
    with stack.client() as client:
        assert client.get("/health/ready").status_code == 200
        asked = time.monotonic()
        process.popen.send_signal(signal.SIGTERM)

        def says() -> httpx.Response | None:
            answer = client.get("/health/ready")
            return answer if answer.status_code == 503 else None

        ready = eventually(says)
        assert ready.json()["checks"] == {"server": "draining"}
        assert ready.headers["connection"] == "close"
        assert client.get("/health/live").status_code == 200
        assert client.get("/api/me").status_code == 200
        assert process.popen.wait(timeout=20) == 0
    took = time.monotonic() - asked
    assert DRAIN <= took < DRAIN + END_AT_LAST_SECONDS


def test_streams_of_a_server_that_drains_end_with_the_word_to_come_back_soon(stack: Stack) -> None:
    process = stack.api()
    with stack.client() as client, client.stream("GET", "/api/report-jobs/events") as stream:
        lines = stream.iter_lines()
        while next(lines) != "event: snapshot":
            pass
        process.popen.send_signal(signal.SIGTERM)
        asked, rest = time.monotonic(), list(lines)
        assert time.monotonic() - asked >= DRAIN / 2  # not before the balancer knows
        assert rest[-3:] == ["retry: 200", ": this server stops, come back", ""]
        assert client.get("/api/me").status_code == 200
    assert process.popen.wait(timeout=20) == 0


def test_ctrl_c_does_not_wait_for_the_drain(stack: Stack) -> None:
    stack.env["EXPENSEFLOW_DRAIN_S"] = "600"
    process = stack.api()

    process.popen.send_signal(signal.SIGINT)

    assert process.popen.wait(timeout=20) == 130


def test_the_worker_of_a_server_that_drains_gives_its_jobs_away_at_once(stack: Stack) -> None:
    stack.env["EXPENSEFLOW_DRAIN_S"] = "60"
    stack.provider(base=0.3)
    process = stack.api(worker=True)
    with stack.client() as client:
        locations = _begun(client)
        eventually(lambda: _all_run(client, locations))
        process.popen.send_signal(signal.SIGTERM)
        stack.worker()
        stopped = time.monotonic()
        jobs = eventually(lambda: _all_ended(client, locations), seconds=50)
        print(f"all jobs had ended {time.monotonic() - stopped:.1f} s after SIGTERM")
    assert {job["status"] for job in jobs} == {"Completed"}
    assert process.popen.poll() is None


def test_a_worker_that_is_stopped_at_its_work_leaves_it_to_the_other(stack: Stack) -> None:
    """Calls to a provider that hangs are ended, not waited for."""
    stack.provider(base=0.3)
    stack.api()
    first = stack.worker()
    with stack.client() as client:
        locations = _begun(client)
        eventually(lambda: _all_run(client, locations))
        stack.script({"do": "hang"})
        stack.worker().printed("worker.started")
        stopped = time.monotonic()
        assert first.terminate() == 0
        took = time.monotonic() - stopped
        stack.script()
        jobs = eventually(lambda: _all_ended(client, locations), seconds=50)
        print(f"ended {took:.1f} s after SIGTERM, its jobs {time.monotonic() - stopped:.1f} s")
    assert took < GRACE_SECONDS + 3
    assert {(job["status"], job["failedLines"]) for job in jobs} == {("Completed", 0)}
