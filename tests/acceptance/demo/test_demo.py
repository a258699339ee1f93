"""The demo from nothing, twice, and interrupted."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.support import database as databases
from tests.support.embedded_postgres import place_for
from tests.support.processes import Stack, eventually

from expenseflow.categorization.rules import is_simulated

ROOT = Path(__file__).parents[3]


@pytest.fixture
def stack(postgres_server: str, tmp_path: Path) -> Iterator[Stack]:
    with databases.fresh_database(postgres_server) as url, Stack(url, tmp_path) as stack:
        yield stack


def test_the_demo_once_and_again_on_its_own_database(tmp_path: Path) -> None:
    """No database, no key, no network; the second run finds everything done."""
    who = "root" if os.geteuid() == 0 else "normal"
    with place_for(who) as place, Stack("", tmp_path) as stack:
        stack.env["EXPENSEFLOW_DATA_DIR"] = str(place.data_dir)

        first = stack.run("demo", "--once", seconds=120)

        assert first.returncode == 0, first.stderr
        assert "2026-03: 144 lines" in first.stdout
        assert re.search(r"2026-04: 182 lines in [0-9.]+ s, 1\d need a look", first.stdout)
        assert "No AI service is configured" in first.stdout
        assert "66300     Meals" in first.stdout
        assert "/sign-in?code=" not in first.stdout  # who would answer it?
        assert "expenseflow serve\n" in first.stdout
        assert "expenseflow sign-in-link --user demo@example.com\n" in first.stdout
        assert re.search(r"^ All +182 ", first.stdout, re.MULTILINE)
        assert place.is_stopped()

        second = stack.run("demo", "--once", seconds=120)

        assert second.returncode == 0, second.stderr
        assert second.stdout.count("nothing new") == 4
        assert second.stdout.count("submitted before") == 3
        assert "2026-04: 182 lines" in second.stdout


def test_an_interrupted_demo_goes_on_where_it_stopped(stack: Stack) -> None:
    process = stack.expenseflow("demo")
    process.printed(r"2026-01: 140 lines")
    process.popen.send_signal(signal.SIGINT)

    assert process.popen.wait(timeout=30) == 130
    assert "Traceback" not in process.log.read_text()

    again = stack.run("demo", "--once", seconds=120)

    assert again.returncode == 0, again.stderr
    assert "2026-01: submitted before" in again.stdout
    assert "2026-04: 182 lines" in again.stdout


def test_the_demo_goes_on_serving_until_ctrl_c(stack: Stack) -> None:
    process = stack.expenseflow("demo")
    link = process.printed(r"http://\S+/sign-in\?code=\S+", seconds=120)
    process.printed(r"Serving until Ctrl-C")
    base, _, code = link.partition("/sign-in?code=")

    with httpx.Client(base_url=base) as browser:
        assert browser.get(link).status_code == 200
        assert browser.post("/api/sign-in", json={"code": code}).status_code == 200
        export = re.search(r"/api/reports/\S+format=csv", process.log.read_text())
        assert export
        lines = browser.get(export.group()).text.splitlines()
        assert len(lines) == 183
        assert eventually(lambda: browser.get("/docs").status_code) == 200

    process.popen.send_signal(signal.SIGINT)
    assert process.popen.wait(timeout=30) == 130


def test_a_submitted_last_month_is_shown_as_it_is(stack: Stack) -> None:
    assert stack.run("demo", "--once", seconds=120).returncode == 0
    stack.api(worker=True)
    with stack.client("demo@example.com") as client:
        report = client.get("/api/reports", params={"period": "2026-04"}).json()["items"][0]
        submitted = client.post(
            f"/api/reports/{report['id']}/submit", json={"acceptUnreviewed": True}
        )
        assert submitted.status_code == 200

    again = stack.run("demo", "--once", seconds=120)

    assert again.returncode == 0, again.stderr
    assert re.search(r"2026-04: 182 lines, \d+ need a look", again.stdout)


def test_the_demo_with_a_simulated_provider_is_paced_and_marked_for_good(stack: Stack) -> None:
    first = stack.run("demo", "--once", "--simulate-provider", seconds=240)

    assert first.returncode == 0, first.stderr
    assert "with a simulated AI service (not a real one)" in first.stdout
    assert re.search(r"2026-05: 301 lines in [0-9.]+ s, \d+ need a look", first.stdout)
    assert re.search(r"model \(simulated AI service, not a real one\) +264", first.stdout)
    assert "waiting for the AI service's limit" in first.stderr
    assert "simulated AI 264" in first.stderr

    doctor = stack.run("doctor")
    assert "report lines come from the demo's simulated AI service" in doctor.stdout
    _look_at_what_is_marked(stack)

    again = stack.run("demo", "--once", "--simulate-provider", seconds=120)

    assert again.returncode == 0, again.stderr
    assert again.stdout.count("submitted before") == 4
    assert re.search(r"model \(simulated AI service, not a real one\) +264", again.stdout)
    assert "waiting" not in again.stderr  # every answer was kept


def _look_at_what_is_marked(stack: Stack) -> None:
    """A server that knows of no provider shows the marks."""
    stack.api()
    with stack.client("demo@example.com") as client:
        report = client.get("/api/reports", params={"period": "2026-05"}).json()["items"][0]
        path = f"/api/reports/{report['id']}"
        lines = client.get(f"{path}/lines", params={"pageSize": 500}).json()["items"]
        export = client.get(f"{path}/export", params={"format": "csv"}).text

    told = [line["explanation"] for line in lines if line["tier"] == "model"]
    assert len(told) == 264
    assert all(is_simulated(explanation) for explanation in told)
    assert export.count(",model (simulated)\r\n") == 264


@pytest.mark.parametrize(("code", "told"), [(0, 0), (130, 0), (1, 2), (2, 2)])
def test_make_demo_ended_by_ctrl_c_is_no_error(tmp_path: Path, code: int, told: int) -> None:
    """Ctrl-C is how the demo is meant to end; only other ends are errors of make's."""
    script = tmp_path / "bin" / "expenseflow"
    script.parent.mkdir()
    script.write_text(f"#!/bin/sh\nexit {code}\n")
    script.chmod(0o755)
    words = ["make", "-s", "demo", f"VENV={tmp_path}"]
    for there in (f"{tmp_path}/.setup", "src/expenseflow/app/static/ui/index.html"):
        words += ["-o", there]  # nothing is to be installed or built

    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == told
    assert bool(done.stderr) is bool(told)
