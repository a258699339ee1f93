"""The whole service as a role that can only read and write rows, also behind a real pgbouncer."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support import factories
from tests.support.pgbouncer import pgbouncer
from tests.support.processes import Process, Stack, ended, eventually, start_month
from tests.support.roles import prepared

from expenseflow.infra import migrations

LINES = 120


@pytest.fixture
def direct(postgres_server: str) -> Iterator[str]:
    """As the role of the application; the owner has migrated."""
    with prepared(postgres_server) as roles:
        migrations.upgrade(roles.owner)
        yield roles.app


@pytest.fixture
def pooled(direct: str) -> Iterator[str]:
    # Fewer sessions than there are connections, so that each is shared all the time.
    with pgbouncer(direct, default_pool_size="6") as url:
        yield url


@pytest.fixture
def stack(direct: str, pooled: str, tmp_path: Path) -> Iterator[Stack]:
    with Stack(pooled, tmp_path / "stack", database_listen_url=direct) as running:
        yield running


def _states(client: httpx.Client, location: str) -> Iterator[dict[str, Any]]:
    """Each state of the job that the stream sends, to the last."""
    with client.stream("GET", f"{location}/events") as answer:
        for line in answer.iter_lines():
            if line.startswith("data:") and (data := json.loads(line[5:])):
                yield data


def test_a_report_is_made_without_a_pooler(direct: str, tmp_path: Path) -> None:
    with Stack(direct, tmp_path / "stack") as stack:
        _a_report_is_made(stack)


def test_a_report_is_made_and_its_progress_is_streamed_behind_pgbouncer(stack: Stack) -> None:
    _a_report_is_made(stack)


def _a_report_is_made(stack: Stack) -> None:
    stack.provider(base=0.1)
    api = stack.api()
    workers = [stack.worker(), stack.worker()]
    for worker in workers:  # else the job waits for them, and is swept: which is a warning
        worker.printed("worker.started")
    with stack.client() as client:
        states = list(_states(client, start_month(client, factories.merchants(LINES))))
        metrics = client.get("/metrics").text

    assert states[-1]["status"] == "Completed"
    assert states[-1]["processedLines"] == LINES
    assert len({state["processedLines"] for state in states}) > 5
    assert "expenseflow_events_degraded 0.0" in metrics
    assert [process.terminate() for process in (*workers, api)] == [0, 0, 0]
    for process in (*workers, api):
        assert _complaints(process) == []


def _complaints(process: Process) -> list[str]:
    lines = [line for line in process.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if json.loads(line)["level"] in ("warning", "error", "critical")]


def test_a_worker_killed_behind_pgbouncer_is_followed(stack: Stack) -> None:
    stack.provider(base=0.15)
    stack.api()
    first = stack.worker()
    with stack.client() as client:
        location = start_month(client, factories.merchants(LINES))
        eventually(lambda: client.get(location).json()["processedLines"] >= LINES // 2)
        first.kill()
        stack.worker()
        job = ended(client, location)
    assert (job["status"], job["processedLines"]) == ("Completed", LINES)
