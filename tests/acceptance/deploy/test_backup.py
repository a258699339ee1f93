"""The drill: a backup is taken while a job runs, the machine is lost, and it goes on elsewhere."""

import io
import os
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy.engine import make_url
from tests.support import database as databases
from tests.support import factories, roles
from tests.support.processes import Stack, eventually, import_month
from tests.support.releases import ROOT

from expenseflow.infra import migrations
from expenseflow.infra.db import libpq_url
from expenseflow.infra.embedded_postgres import EmbeddedPostgres, binaries

LINES = 120
FORMATS = ["csv", "xlsx", "pdf", "journal-csv"]
RULE = {"glCode": "64100", "merchantContains": "adobe"}
PASSWORD = r"hunter2 and\n more: 100%/@?é"


@pytest.fixture
def source(postgres_server: str) -> Iterator[str]:
    with databases.fresh_database(postgres_server) as url:
        yield url


def _script(
    name: str, url: str, *words: str, programs: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it as an operator does; the programs are those of our own server."""
    folder = programs or binaries.find(None).folder
    env = {
        **os.environ,
        "EXPENSEFLOW_DATABASE_URL": url,
        "EXPENSEFLOW_POSTGRES_BIN_DIR": str(folder),
    }
    return subprocess.run(
        [ROOT / "deploy" / name, *words], env=env, capture_output=True, text=True, check=False
    )


def _backup(url: str, folder: Path, **given: Any) -> Path:
    done = _script("backup.sh", url, str(folder), **given)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


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
            saved = _backup(source, folder)
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
        done = _script("restore.sh", url, str(before.saved))
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


def test_a_database_that_holds_anything_is_left_alone(source: str, tmp_path: Path) -> None:
    saved = _backup(source, tmp_path)
    done = _script("restore.sh", source, str(saved))
    assert done.returncode == 1
    assert "the database is not empty" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_file_that_is_not_what_was_written_is_refused(
    source: str, postgres_server: str, tmp_path: Path
) -> None:
    saved = _backup(source, tmp_path)
    with saved.open("r+b") as file:
        file.seek(-100, os.SEEK_END)
        file.write(b"x" * 10)
    with databases.fresh_database(postgres_server, migrated=False) as empty:
        done = _script("restore.sh", empty, str(saved))
        assert (done.returncode, "its checksum differs" in done.stderr) == (1, True)
        saved.with_name(saved.name + ".sha256").unlink()
        assert _script("restore.sh", empty, str(saved)).returncode == 2


def test_who_may_do_what_comes_from_the_new_database(postgres_server: str, tmp_path: Path) -> None:
    """Both have the two roles of `roles.sql`, each under names of its own."""
    with roles.prepared(postgres_server) as old, roles.prepared(postgres_server) as new:
        migrations.upgrade(old.owner)
        saved = _backup(old.owner, tmp_path)
        done = _script("restore.sh", new.owner, str(saved))
        assert done.returncode == 0, done.stderr
        assert migrations.current(new.app) == migrations.head()
        assert migrations.drift(new.owner) == []
        with psycopg.connect(libpq_url(new.app)) as application:
            application.execute("UPDATE users SET email = email")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute("DELETE FROM alembic_version")


def test_a_backup_is_for_its_owner_only_and_says_what_it_is_of(source: str, tmp_path: Path) -> None:
    saved = _backup(source, tmp_path)
    beside = sorted(path for path in tmp_path.iterdir() if path.name.startswith(saved.name))
    assert [path.suffix for path in beside] == [".dump", ".sha256", ".version"]
    assert {path.stat().st_mode & 0o777 for path in beside} == {0o600}
    assert "\npostgresql " in beside[2].read_text()


def test_no_password_stands_on_a_command_line(source: str, tmp_path: Path) -> None:
    """Anybody on the machine may read it there. The real programs run; each tells how first."""
    programs, told = tmp_path / "programs", tmp_path / "told"
    programs.mkdir()
    for name in ("pg_dump", "pg_restore", "psql"):
        real = binaries.find(None).program(name)
        shim = programs / name
        tell = f'printf "%s\\n" "{name} $* PASSWORD=$PGPASSWORD" >>{told}'
        shim.write_text(f'#!/bin/sh\n{tell}\nexec {real} "$@"\n')
        shim.chmod(0o755)
    url = make_url(source).set(password=PASSWORD).render_as_string(hide_password=False)
    _backup(url, tmp_path, programs=programs)
    lines = told.read_text().splitlines()
    assert {line.split()[0] for line in lines} == {"pg_dump", "pg_restore", "psql"}
    for line in lines:
        command, _, password = line.partition(" PASSWORD=")
        assert password == PASSWORD
        assert PASSWORD not in command


@pytest.mark.parametrize("name", ["backup.sh", "restore.sh"])
def test_the_scripts_tell_how_they_are_used(name: str, tmp_path: Path) -> None:
    helped = _script(name, "", "--help")
    assert (helped.returncode, helped.stderr) == (0, "")
    assert name in helped.stdout
    assert _script(name, "").returncode == 2
    assert _script(name, "", str(tmp_path / "nowhere")).returncode == 2
    wrong = _script(name, "mysql://nobody@nowhere/none", str(tmp_path))
    assert wrong.returncode == 2
    assert len(wrong.stderr.splitlines()) == 1


def test_a_database_that_is_not_there_leaves_no_file(source: str, tmp_path: Path) -> None:
    nowhere = make_url(source).set(database="not_there").render_as_string(hide_password=False)
    done = _script("backup.sh", nowhere, str(tmp_path))
    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []
