"""deploy/verify.sh against real processes: it passes, it names what fails, it leaves nothing."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from tests.support import database as databases
from tests.support import factories
from tests.support.processes import Stack, eventually, import_month
from tests.support.spoiling import spoiling

from expenseflow.infra.db import libpq_url

SCRIPT = Path(__file__).parents[3] / "deploy" / "verify.sh"
TIDIED = "ok    everything is taken away again"


@pytest.fixture
def stack(postgres_server: str, tmp_path: Path) -> Iterator[Stack]:
    with (
        databases.fresh_database(postgres_server) as url,
        Stack(url, tmp_path / "stack") as running,
    ):
        yield running


def _environment(token: str) -> dict[str, str]:
    """The script runs with the Python that runs us, found as `python3`."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "EXPENSEFLOW_TOKEN": token}


def _verified(
    words: Sequence[str], *, token: str = "", stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SCRIPT), *words],
        env=_environment(token),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _token(client: httpx.Client) -> str:
    return client.headers["Authorization"].removeprefix("Bearer ")


def _nothing_is_left(client: httpx.Client) -> None:
    for path in ("/api/statements", "/api/reports", "/api/transactions"):
        assert client.get(path).json()["totalCount"] == 0, path
    jobs = client.get("/api/report-jobs").json()["items"]
    assert {job["status"] for job in jobs} <= {"Completed", "Cancelled", "Failed"}


def test_a_sound_deployment_passes_and_nothing_of_it_is_left(stack: Stack) -> None:
    stack.provider(base=0.3)
    stack.script({"do": "poisoned", "contains": "AAC HOLDINGS", "how": "refused"})
    stack.api()
    stack.worker().printed("worker.started")
    with stack.client() as client:
        import_month(client, factories.merchants(3))
        done = _verified([stack.base_url, "--quick"], token=_token(client))
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        items = [line for line in done.stdout.splitlines() if line.startswith("ok    ")]
        assert len(items) == 13
        assert done.stdout.splitlines()[-1].startswith("13 ok, 0 failed, in ")
        assert re.search(r"flagged: 1 failed; \d+ to review, each with a reason", done.stdout)
        assert client.get("/api/transactions").json()["totalCount"] == 3
        assert client.get("/api/reports").json()["totalCount"] == 0
        assert len(client.get("/api/statements").json()["items"]) == 1


def test_where_no_worker_runs_it_names_what_does_not_happen(stack: Stack) -> None:
    stack.api()
    limits = ["--progress-within", "1", "--report-within", "1"]
    with stack.client() as client:
        done = _verified([stack.base_url, "--quick", *limits], token=_token(client))
        assert done.returncode == 1
        assert "FAIL  progress within 1 s: after 1 s nothing was seen by asking" in done.stdout
        assert "FAIL  30 lines within 1 s: Pending, 0 of 30 lines: after 1 s" in done.stdout
        assert "-     the report is linked and exported: not tried" in done.stdout
        assert TIDIED in done.stdout
        assert done.stdout.splitlines()[-1].startswith("9 ok, 2 failed, 2 not tried, in ")
        _nothing_is_left(client)


def test_where_no_line_failed_it_says_that_no_flag_was_tried(stack: Stack) -> None:
    stack.provider(base=0.3)
    stack.api(worker=True)
    with stack.client() as client:
        done = _verified([stack.base_url, "--quick"], token=_token(client))
    assert "flagged: none failed, so nothing was flagged" in done.stdout


def test_without_an_ai_service_what_is_too_fast_is_not_tried_and_fails_nothing(
    stack: Stack,
) -> None:
    stack.api()
    stack.worker().printed("worker.started")
    with stack.client() as client:
        done = _verified([stack.base_url, "--quick"], token=_token(client))
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        left_out = [line for line in done.stdout.splitlines() if line.startswith("-  ")]
        assert all(line.endswith("without one nothing takes long") for line in left_out)
        assert TIDIED in done.stdout
        _nothing_is_left(client)


def test_what_nobody_foresaw_keeps_neither_the_other_items_nor_the_tidying_up(
    stack: Stack,
) -> None:
    stack.provider(base=0.3)
    stack.api(worker=True)
    no_text = {("GET", "/export"): (200, b"\xff\xfe\xfd")}
    with stack.client() as client, spoiling(stack.base_url, no_text) as spoilt:
        done = _verified([spoilt, "--quick"], token=_token(client))
        assert (done.returncode, done.stderr) == (1, ""), done.stdout + done.stderr
        assert "FAIL  the report is linked and exported: UnicodeDecodeError(" in done.stdout
        assert TIDIED in done.stdout
        _nothing_is_left(client)


def test_what_cannot_be_removed_is_told_and_the_rest_is_removed(stack: Stack) -> None:
    stack.provider(base=0.3)
    stack.api(worker=True)
    broken = {("DELETE", "/api/report-jobs"): (502, b"no"), ("DELETE", "/api/reports"): (502, b"")}
    with stack.client() as client, spoiling(stack.base_url, broken) as spoilt:
        done = _verified([spoilt, "--quick"], token=_token(client))
        assert (done.returncode, done.stderr) == (1, ""), done.stdout + done.stderr
        [told] = (line for line in done.stdout.splitlines() if "taken away again" in line)
        assert told.startswith("FAIL  everything is taken away again: the removal of /api/reports/")
        assert re.search(r"; \d+ transactions and 1 reports are left in 199\d-\d\d$", told)
        assert client.get("/api/statements").json()["totalCount"] == 0


def test_processes_of_an_earlier_release_than_the_schema_are_named(stack: Stack) -> None:
    stack.api()
    with psycopg.connect(libpq_url(stack.env["EXPENSEFLOW_DATABASE_URL"])) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    later = "of a later release"
    eventually(lambda: later in httpx.get(f"{stack.base_url}/health/ready").text)
    done = _verified([stack.base_url], token="x")
    assert done.returncode == 1
    assert "the processes are of an earlier release than the schema" in done.stdout


def test_a_token_that_is_not_taken_and_a_schema_that_is_behind_are_named(stack: Stack) -> None:
    stack.api()
    done = _verified([stack.base_url], token="not.a.token")
    assert done.returncode == 1
    assert "FAIL  the token is taken: the token was refused: 401" in done.stdout
    assert "not.a.token" not in done.stdout + done.stderr
    with psycopg.connect(libpq_url(stack.env["EXPENSEFLOW_DATABASE_URL"])) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0014'")
    eventually(lambda: httpx.get(f"{stack.base_url}/health/ready").status_code == 503)
    done = _verified([stack.base_url], token="x")
    assert done.returncode == 1
    assert "FAIL  migration applied: not ready:" in done.stdout
    assert "migrations out of date" in done.stdout


def test_an_address_that_nobody_is_at_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    done = _verified([f"http://127.0.0.1:{port}"], token="x")
    assert done.returncode == 1
    assert "FAIL  migration applied: [Errno 111] Connection refused" in done.stdout


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "BASE_URL"),
        (["http://127.0.0.1:1"], "no token"),
        (["http://127.0.0.1:1", "-"], "no token"),
        (["http://127.0.0.1:1", "two words"], "not a bearer token"),
        (["127.0.0.1:5000", "x"], "not the address of a server"),
        (["ftp://127.0.0.1", "x"], "not the address of a server"),
        (["http://127.0.0.1:1", "x", "y"], "unrecognized"),
        (["http://127.0.0.1:1", "x", "--lines", "501"], "1 to 500"),
        (["http://127.0.0.1:1", "x", "--lines", "ten"], "--lines"),
        (["http://127.0.0.1:1", "x", "--cancel-within", "0"], "more than 0"),
        (["http://127.0.0.1:1", "x", "--nonsense"], "--nonsense"),
    ],
)
def test_wrong_use_is_one_line_and_2(words: list[str], why: str) -> None:
    done = _verified(words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("deploy/verify.sh: ")
    assert why in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("way", "number"), [("environment", signal.SIGINT), ("standard input", signal.SIGTERM)]
)
def test_it_tidies_up_when_it_is_stopped_and_its_token_is_no_argument(
    stack: Stack, way: str, number: signal.Signals
) -> None:
    stack.provider()
    stack.script({"do": "hang"})
    stack.api()
    stack.worker().printed("worker.started")
    with stack.client() as client:
        token = _token(client)
        by_input = way == "standard input"
        running = subprocess.Popen(
            [str(SCRIPT), stack.base_url, *(["-"] if by_input else []), "--cancel-within", "60"],
            env=_environment("" if by_input else token),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert running.stdin
        running.stdin.write(f"{token}\n")
        running.stdin.flush()

        def second_job() -> bool:
            jobs = client.get("/api/report-jobs").json()["items"]
            return len(jobs) == 2 and jobs[0]["status"] == "Processing"

        eventually(second_job)
        family = [psutil.Process(running.pid), *psutil.Process(running.pid).children()]
        assert not any(token in word for process in family for word in process.cmdline())
        assert running.stdout
        running.send_signal(number)
        while running.stdout.readline() != "interrupted\n":
            pass
        for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # of somebody impatient
            running.send_signal(again)
        out, _ = running.communicate(timeout=30)
        assert running.returncode == 130, out
        assert out.splitlines()[-1].startswith(TIDIED)
        _nothing_is_left(client)
