"""Ctrl-C at `expenseflow report` cancels the job, in the middle of a call that never answers."""

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
