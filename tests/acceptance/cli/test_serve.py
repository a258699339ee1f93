"""`serve` and `worker` as real processes: used over HTTP, stopped by signals."""

import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.support import database as databases
from tests.support.processes import Process, Stack, eventually, import_month

from expenseflow.app.worker import GRACE_SECONDS
from expenseflow.simulator import Simulator
from expenseflow.simulator.behaviour import hang

MERCHANTS = ["STARBUCKS STORE 01234", "UBER *TRIP", "SQ *NOBODY KNOWS", "STARBUCKS STORE 01234"]


@pytest.fixture
def stack(postgres_server: str, tmp_path: Path) -> Iterator[Stack]:
    with databases.fresh_database(postgres_server) as url, Stack(url, tmp_path) as stack:
        yield stack


def _stop(process: Process, how: signal.Signals) -> int:
    process.popen.send_signal(how)
    return process.popen.wait(timeout=20)


def _finished(client: httpx.Client, path: str) -> dict[str, object] | None:
    job = client.get(path).json()
    return job if job["completedAt"] else None


def test_a_month_becomes_a_report_in_one_process(stack: Stack) -> None:
    """And whoever clicks the printed link is signed in, once."""
    process = stack.api(worker=True)
    with stack.client() as client:
        import_month(client, MERCHANTS)
        posted = client.post("/api/report-jobs", json={"period": "2026-01"})
        assert posted.status_code == 202
        job = eventually(lambda: _finished(client, posted.headers["Location"]))
        assert job["status"] == "Completed"
        assert client.get(f"/api/reports/{job['generatedReportId']}").json()["lineCount"] == 4

    code = process.printed(r"/sign-in\?code=\S+").partition("=")[2]
    with httpx.Client(base_url=stack.base_url) as browser:
        assert browser.post("/api/sign-in", json={"code": code}).status_code == 200
        assert browser.get("/api/me").json()["email"].endswith("@localhost")
    assert httpx.post(f"{stack.base_url}/api/sign-in", json={"code": code}).status_code == 401

    assert _stop(process, signal.SIGTERM) == 0


def test_the_greeting_names_other_people(stack: Stack) -> None:
    for at in range(7):
        stack.client(f"user{at}@example.com").close()

    line = stack.api().printed(r"For another person: .*\n")

    assert "expenseflow sign-in-link --user EMAIL (there are user6@example.com, user5@" in line
    assert line.endswith("user2@example.com, …)\n")


def test_ctrl_c_stops_the_server_with_130(stack: Stack) -> None:
    process = stack.api(worker=True)

    assert _stop(process, signal.SIGINT) == 130
    assert "Traceback" not in process.log.read_text()


def test_ctrl_c_again_and_again_ends_at_once_and_without_a_traceback(stack: Stack) -> None:
    with Simulator(hang()) as provider:
        stack.env["EXPENSEFLOW_LLM_BASE_URL"] = provider.base_url
        process = stack.api(worker=True)
        with stack.client() as client:
            import_month(client, MERCHANTS)
            client.post("/api/report-jobs", json={"period": "2026-01"})
        eventually(lambda: provider.calls)
        pressed = time.monotonic()

        def is_over() -> bool:
            process.popen.send_signal(signal.SIGINT)
            return process.popen.poll() is not None

        eventually(is_over, every=0.1)

        assert time.monotonic() - pressed < GRACE_SECONDS  # or the job was waited for
        assert process.popen.returncode == 130
    printed = process.log.read_text()
    assert "worker.stopping" in printed
    assert "process.ended_at_once" in printed
    assert "Traceback" not in printed


def test_without_a_worker_a_job_waits_for_one(stack: Stack) -> None:
    stack.api()
    with stack.client() as client:
        import_month(client, MERCHANTS)
        posted = client.post("/api/report-jobs", json={"period": "2026-01"})
        path = posted.headers["Location"]
        assert client.get(path).json()["status"] == "Pending"

        worker = stack.worker()

        assert eventually(lambda: _finished(client, path))["status"] == "Completed"
    assert _stop(worker, signal.SIGTERM) == 0


def test_a_port_in_use_is_one_line(stack: Stack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        stack.env["EXPENSEFLOW_PORT"] = str(port)

        for command in (["serve"], ["demo", "--once"]):
            done = stack.run(*command)

            assert done.returncode == 1
            assert done.stdout == ""
            assert re.fullmatch(rf"expenseflow: Port {port} is in use.*\n", done.stderr)
