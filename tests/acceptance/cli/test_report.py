"""Ctrl-C at `expenseflow report` cancels the job, in the middle of a call that never answers.

A job whose worker was killed is taken over by the next `expenseflow report` of that month.
"""

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import database as databases
from tests.support.processes import USER, Stack, csv_of, eventually

from expenseflow.simulator import Simulator
from expenseflow.simulator.behaviour import hang


@pytest.fixture
def stack(postgres_server: str, tmp_path: Path) -> Iterator[Stack]:
    with databases.fresh_database(postgres_server) as url, Stack(url, tmp_path) as stack:
        (tmp_path / "month.csv").write_bytes(csv_of(["SQ *NOBODY KNOWS", "SQ *NOR THIS"]))
        yield stack


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_cancels_the_job(stack: Stack, how: signal.Signals) -> None:
    with Simulator(hang()) as provider:
        stack.env["EXPENSEFLOW_LLM_BASE_URL"] = provider.base_url
        assert stack.run("import", f"{stack.folder}/month.csv", "--user", USER).returncode == 0
        process = stack.expenseflow("report", "2026-01", "--user", USER, "--json")
        eventually(lambda: provider.calls)

        pressed = time.monotonic()
        process.popen.send_signal(how)

        assert process.popen.wait(timeout=20) == 130
        assert time.monotonic() - pressed < 10
    printed = process.log.read_text()
    job = json.loads(printed[printed.index("{") :])
    assert job["status"] == "Cancelled"
    assert "Traceback" not in printed


def test_a_job_whose_worker_was_killed_is_joined_and_taken_over(stack: Stack) -> None:
    assert stack.run("import", f"{stack.folder}/month.csv", "--user", USER).returncode == 0
    with Simulator(hang()) as provider:
        stack.env["EXPENSEFLOW_LLM_BASE_URL"] = provider.base_url
        server = stack.api(worker=True)
        with stack.client() as client:
            job_id = client.post("/api/report-jobs", json={"period": "2026-01"}).json()["id"]
        eventually(lambda: provider.calls)
        server.kill()
    del stack.env["EXPENSEFLOW_LLM_BASE_URL"]

    done = stack.run("report", "2026-01", "--user", USER, "--json")

    assert done.returncode == 0, done.stderr
    assert "already being generated; watching it." in done.stderr
    job = json.loads(done.stdout)
    assert (job["id"], job["status"]) == (job_id, "Completed")


def test_ctrl_c_cancels_the_job_of_a_worker_that_was_killed(stack: Stack) -> None:
    assert stack.run("import", f"{stack.folder}/month.csv", "--user", USER).returncode == 0
    with Simulator(hang()) as provider:
        stack.env["EXPENSEFLOW_LLM_BASE_URL"] = provider.base_url
        server = stack.api(worker=True)
        with stack.client() as client:
            client.post("/api/report-jobs", json={"period": "2026-01"})
        eventually(lambda: provider.calls)
        server.kill()

        process = stack.expenseflow("report", "2026-01", "--user", USER, "--json")
        process.printed("watching it")
        process.popen.send_signal(signal.SIGINT)

        assert process.popen.wait(timeout=20) == 130
    assert '"status": "Cancelled"' in process.log.read_text()
