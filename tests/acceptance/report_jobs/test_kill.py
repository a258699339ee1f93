"""`kill -9` of worker, API and PostgreSQL in the middle of a month: nothing lost or doubled."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.support import database as databases
from tests.support import factories
from tests.support.processes import Process, Stack, ended, eventually, start_month

from expenseflow.infra import migrations
from expenseflow.infra.db import libpq_url
from expenseflow.infra.embedded_postgres import EmbeddedPostgres

LINES = 300


@pytest.fixture
def stack(postgres_server: str, tmp_path: Path) -> Iterator[Stack]:
    with (
        databases.fresh_database(postgres_server) as url,
        Stack(url, tmp_path / "stack") as running,
    ):
        yield running


def _started(client: httpx.Client) -> str:
    return start_month(client, factories.merchants(LINES))


def _job(client: httpx.Client, location: str) -> dict[str, Any]:
    return client.get(location).json()


def _processed(client: httpx.Client, location: str, lines: int) -> None:
    eventually(lambda: _job(client, location)["processedLines"] >= lines, seconds=60)


def _settled_merchants(url: str) -> set[str]:
    with psycopg.connect(libpq_url(url)) as connection:
        rows = connection.execute(
            "SELECT t.description FROM report_job_lines l JOIN transactions t"
            " ON t.id = l.transaction_id WHERE l.state = 1"
        )
        return {description for (description,) in rows}


def _everything_once(client: httpx.Client, job: dict[str, Any]) -> None:
    assert (job["status"], job["totalLines"], job["processedLines"]) == ("Completed", LINES, LINES)
    lines = client.get(
        f"/api/reports/{job['generatedReportId']}/lines", params={"pageSize": 500}
    ).json()
    assert lines["totalCount"] == LINES
    counts = Counter(line["transactionId"] for line in lines["items"])
    assert set(counts.values()) == {1}
    assert {line["tier"] for line in lines["items"]} == {"model"}


def test_a_killed_worker_is_followed_and_no_committed_merchant_is_asked_again(
    stack: Stack,
) -> None:
    stack.provider(base=0.15)
    stack.api()
    first = stack.worker()
    with stack.client() as client:
        location = _started(client)
        _processed(client, location, LINES // 2)
        first.kill()
        settled = _settled_merchants(stack.env["EXPENSEFLOW_DATABASE_URL"])
        asked_before = len(stack.calls())
        assert len(settled) < LINES
        stack.worker()
        job = ended(client, location)
        _everything_once(client, job)
    asked_after = {name for call in stack.calls()[asked_before:] for name in call["descriptions"]}
    assert asked_after
    assert not asked_after & settled


def test_a_killed_api_loses_no_accepted_job(stack: Stack) -> None:
    stack.provider(base=0.02)
    api = stack.api()
    with stack.client() as client:
        location = _started(client)
        api.kill()
    stack.api()
    stack.worker()
    with stack.client() as client:
        _everything_once(client, ended(client, location))


def test_a_terminated_worker_gives_its_job_to_the_next_without_a_crash(stack: Stack) -> None:
    stack.provider(base=0.4)
    stack.api()
    first = stack.worker()
    with stack.client() as client:
        location = _started(client)
        _processed(client, location, 40)
        stack.script({"do": "hang"})
        assert first.terminate() == 0
        stack.script()
        stack.worker()
        _everything_once(client, ended(client, location))
    with psycopg.connect(libpq_url(stack.env["EXPENSEFLOW_DATABASE_URL"])) as connection:
        row = connection.execute("SELECT crashes, attempt FROM report_generation_jobs").fetchone()
        assert row == (0, 2)


def _paid_for_once(stack: Stack) -> None:
    calls = stack.calls()
    assert not any(call["abandoned"] for call in calls)
    assert set(Counter(name for call in calls for name in call["descriptions"]).values()) == {1}


def test_a_terminated_worker_waits_for_the_calls_that_are_paid_for(stack: Stack) -> None:
    stack.env["EXPENSEFLOW_LLM_MAX_CONCURRENCY"] = "2"  # more is left than its grace allows
    stack.provider(base=2.0)
    stack.api()
    first = stack.worker()
    with stack.client() as client:
        location = _started(client)
        _processed(client, location, 40)
        stack.worker().printed("worker.started")
        assert first.terminate() == 0
        assert _job(client, location)["status"] == "Processing"
        _everything_once(client, ended(client, location))
    _paid_for_once(stack)


def test_a_database_that_throws_everybody_out_once_makes_nothing_be_paid_for_twice(
    stack: Stack,
) -> None:
    stack.provider(base=0.5)
    stack.api()
    stack.worker()
    with stack.client() as client:
        location = _started(client)
        _processed(client, location, 40)
        with psycopg.connect(libpq_url(stack.env["EXPENSEFLOW_DATABASE_URL"])) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        _everything_once(client, ended(client, location))
    _paid_for_once(stack)


def test_cancel_in_the_middle_of_a_call_that_never_answers(stack: Stack) -> None:
    stack.provider()
    stack.script({"do": "hang"})
    stack.api()
    stack.worker()
    with stack.client() as client:
        location = _started(client)
        eventually(stack.calls)
        asked = client.delete(location)
        assert asked.json()["status"] == "CancellationRequested"
        job = ended(client, location)
        assert job["status"] == "Cancelled"
        assert job["generatedReportId"] is None
        assert client.get("/api/reports").json()["totalCount"] == 0


def test_a_stopped_worker_that_wakes_up_past_its_lease_writes_nothing(stack: Stack) -> None:
    stack.provider(base=0.15)
    stack.api()
    first = stack.worker()
    with stack.client() as client:
        location = _started(client)
        _processed(client, location, 60)
        first.popen.send_signal(signal.SIGSTOP)
        stack.worker()
        _processed(client, location, LINES - 60)
        first.popen.send_signal(signal.SIGCONT)
        _everything_once(client, ended(client, location))
    with psycopg.connect(libpq_url(stack.env["EXPENSEFLOW_DATABASE_URL"])) as connection:
        attempts = connection.execute(
            "SELECT DISTINCT settled_attempt FROM report_job_lines ORDER BY 1"
        ).fetchall()
        assert attempts == [(1,), (2,)]


def test_a_killed_postgres_comes_back_under_api_and_worker(tmp_path: Path) -> None:
    """The embedded server this time: whoever lives restarts it."""
    postgres = EmbeddedPostgres(tmp_path / "stack" / "data")
    url = postgres.start()
    try:
        migrations.upgrade(url)
        with Stack(url, tmp_path / "stack") as stack:
            client = stack.client()
            del stack.env["EXPENSEFLOW_DATABASE_URL"]
            stack.provider(base=0.15)
            stack.api()
            worker = stack.worker()
            client.base_url = stack.base_url
            with client:
                location = _started(client)
                _processed(client, location, 60)
                _kill_postmaster(url)
                job = eventually(lambda: _answered(client, location), seconds=60)
                _everything_once(client, job)
            assert worker.popen.poll() is None
            _end(stack.processes)
    finally:
        postgres.discard()


def _answered(client: httpx.Client, location: str) -> dict[str, Any] | None:
    answer = client.get(location)
    assert answer.status_code in (200, 503), answer.text
    job = answer.json()
    return job if job["status"] == "Completed" else None


def _kill_postmaster(url: str) -> None:
    with psycopg.connect(libpq_url(url)) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
        assert row is not None
    pid = int((Path(row[0]) / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(pid, signal.SIGKILL)


def _end(processes: list[Process]) -> None:
    for process in reversed(processes):
        process.terminate()
