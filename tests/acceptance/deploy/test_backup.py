"""The drill: a backup is taken while a job runs, the machine is lost, and it goes on elsewhere."""

import io
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.support import database as databases
from tests.support import database_scripts as scripts
from tests.support import factories
from tests.support.processes import Stack, eventually, import_month

from expenseflow.infra.db import libpq_url
from expenseflow.infra.embedded_postgres import EmbeddedPostgres

LINES = 120
FORMATS = ["csv", "xlsx", "pdf", "journal-csv"]
RULE = {"glCode": "64100", "merchantContains": "adobe"}


@pytest.fixture
def source(postgres_server: str) -> Iterator[str]:
    with databases.fresh_database(postgres_server) as url:
        yield url


def _job(client: httpx.Client, location: str) -> dict[str, Any]:
    return client.get(location).json()


def _asked_for(client: httpx.Client, period: str) -> str:
    answer = client.post("/api/report-jobs", json={"period": period})
    assert answer.status_code == 202, answer.text
    return answer.headers["location"]


def _completed(client: httpx.Client, location: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        job = _job(client, location)
        return job if job["completedAt"] else None

    job = eventually(look, seconds=60)
    assert (job["status"], job["processedLines"]) == ("Completed", job["totalLines"])
    return job


def _exports(client: httpx.Client, report: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for form in FORMATS:
        answer = client.get(f"/api/reports/{report}/export", params={"format": form})
        assert answer.status_code == 200, answer.text
        found |= _parts(answer.content) if form == "xlsx" else {form: answer.content}
    return found


def _parts(workbook: bytes) -> dict[str, bytes]:
    """A workbook without the part that says when it was written."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        return {name: parts.read(name) for name in parts.namelist() if "core.xml" not in name}


def _submitted(client: httpx.Client) -> str:
    """A report that was handed in, and a rule that its person made."""
    made = client.post("/api/rules", json=RULE)
    assert made.status_code == 201, made.text
    import_month(client, factories.merchants(20), period="2026-01")
    report = _completed(client, _asked_for(client, "2026-01"))["generatedReportId"]
    sent = client.post(f"/api/reports/{report}/submit", json={"acceptUnreviewed": True})
    assert sent.status_code == 200, sent.text
    return report


def _rules(client: httpx.Client) -> Any:
    return client.get("/api/rules").json()


@dataclass(frozen=True)
class Before:
    """What people had when the backup was taken."""

    saved: Path
    headers: dict[str, str]
    report: str
    """The one that was handed in."""
    exports: dict[str, bytes]
    rules: Any
    running: str
    """Where the job is that ran."""


def _worked_until_the_backup(source: str, folder: Path) -> Before:
    with Stack(source, folder) as stack:
        stack.provider()
        stack.api()
        stack.worker()
        with stack.client() as client:
            report = _submitted(client)
            exports, rules = _exports(client, report), _rules(client)
            stack.pace(base=0.5)
            import_month(client, factories.merchants(20 + LINES)[20:], period="2026-02")
            location = _asked_for(client, "2026-02")
            eventually(lambda: 0 < _job(client, location)["processedLines"] < LINES)
            saved = scripts.backup(source, folder)
            return Before(saved, dict(client.headers), report, exports, rules, location)


def _goes_on(url: str, folder: Path, before: Before) -> None:
    left = _open_lines(url)
    assert 0 < left < LINES
    with Stack(url, folder) as stack:
        stack.provider()
        stack.api()
        with httpx.Client(base_url=stack.base_url, headers=before.headers, timeout=30) as client:
            assert client.get("/api/me").status_code == 200  # the same key, the same sign-in
            assert _exports(client, before.report) == before.exports
            assert _rules(client) == before.rules
            stack.worker()
            _every_line_once(client, _completed(client, before.running))
        asked = {name for call in stack.calls() for name in call["descriptions"]}
        assert 0 < len(asked) <= left  # what was settled is not asked for again


def test_a_backup_in_the_middle_of_a_job_goes_on_on_another_server(
    source: str, tmp_path: Path
) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    before = _worked_until_the_backup(source, here)
    shutil.copytree(here / "data", elsewhere / "data")  # the signing key
    postgres = EmbeddedPostgres(tmp_path / "other")
    try:
        url = postgres.start()
        done = scripts.run("restore.sh", url, str(before.saved))
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith("2 report jobs, 1 reports\n")
        _goes_on(url, elsewhere, before)
    finally:
        postgres.discard()


def _open_lines(url: str) -> int:
    with psycopg.connect(libpq_url(url)) as connection:
        row = connection.execute("SELECT count(*) FROM report_job_lines WHERE state = 0").fetchone()
    assert row is not None
    return row[0]


def _every_line_once(client: httpx.Client, job: dict[str, Any]) -> None:
    path = f"/api/reports/{job['generatedReportId']}/lines"
    lines = client.get(path, params={"pageSize": 500}).json()["items"]
    assert len(lines) == job["totalLines"] == LINES
    assert set(Counter(line["transactionId"] for line in lines).values()) == {1}
