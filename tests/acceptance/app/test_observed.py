"""A worker that is scraped, and one request followed from the API to the AI service."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support import database as databases
from tests.support import factories
from tests.support.processes import Process, Stack, eventually, import_month

REQUEST_ID = "a-request-of-mine-71"


@pytest.fixture
def stack(postgres_server: str, tmp_path: Path) -> Iterator[Stack]:
    with (
        databases.fresh_database(postgres_server) as url,
        Stack(url, tmp_path / "stack", metrics_port="0", worker_concurrency="3") as running,
    ):
        yield running


def _address(worker: Process) -> str:
    line = worker.printed(r'"address": "http://[0-9.:]+"[^\n]*worker.scraped')
    return line.split('"')[3]


def _completed(client: httpx.Client, accepted: httpx.Response) -> dict[str, Any]:
    assert accepted.status_code == 202, accepted.text

    def look() -> dict[str, Any] | None:
        job = client.get(accepted.headers["location"]).json()
        return job if job["status"] == "Completed" else None

    return eventually(look, seconds=60)


def _events(process: Process) -> list[dict[str, Any]]:
    lines = process.log.read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_a_request_is_followed_to_the_provider(stack: Stack) -> None:
    stack.provider()
    api, worker = stack.api(), stack.worker()
    with stack.client() as client:
        import_month(client, factories.merchants(3))
        headers = {"X-Request-ID": REQUEST_ID}
        accepted = client.post("/api/report-jobs", json={"period": "2026-01"}, headers=headers)
        job = _completed(client, accepted)
        assert {call["request_id"] for call in stack.calls()} == {REQUEST_ID}
    [asked] = [one for one in _events(api) if one.get("request_id") == REQUEST_ID]
    assert (asked["event"], asked["status"]) == ("request", 202)

    def told() -> set[str]:
        ours = [one for one in _events(worker) if one.get("job_id") == job["id"]]
        assert {one["request_id"] for one in ours} <= {REQUEST_ID}
        found = {one["event"] for one in ours}
        return found if "report_job.completed" in found else set()

    assert "report_job.claimed" in eventually(told)


def test_a_worker_tells_of_its_work_and_a_hanging_one_is_not_alive(stack: Stack) -> None:
    stack.api()
    worker = stack.worker()
    address = _address(worker)
    with stack.client() as client:
        import_month(client, factories.merchants(5))
        _completed(client, client.post("/api/report-jobs", json={"period": "2026-01"}))
    assert httpx.get(f"{address}/health/live").json() == {"status": "alive"}
    told = httpx.get(f"{address}/metrics").text.splitlines()
    for line in (
        'expenseflow_report_job_seconds_count{status="Completed"} 1.0',
        "expenseflow_report_job_start_seconds_count 1.0",
        "expenseflow_worker_slots 3.0",
        'expenseflow_database_pool_waiting{pool="worker"} 0.0',
    ):
        assert line in told
    lines = [line for line in told if line.startswith("expenseflow_report_lines_total{")]
    assert sum(float(line.split()[1]) for line in lines) == 5
    os.kill(worker.popen.pid, signal.SIGSTOP)
    try:
        with pytest.raises(httpx.TimeoutException):
            httpx.get(f"{address}/health/live", timeout=0.5)
    finally:
        os.kill(worker.popen.pid, signal.SIGCONT)
    assert worker.terminate() == 0
