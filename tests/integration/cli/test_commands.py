"""The commands that do one thing and end, over a real database."""

import asyncio
import json
import re
import socket
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from tests.support import database as databases
from tests.support import reports
from tests.support.categorization import CHART
from tests.support.categorization import charge as a_charge

from expenseflow.app.cli import common
from expenseflow.app.cli.program import main
from expenseflow.categorization import ladder
from expenseflow.categorization.ladder import Knowledge
from expenseflow.categorization.outcomes import Answer
from expenseflow.identity import service as identity
from expenseflow.infra.db import Database, libpq_url
from expenseflow.infra.queue import JobQueue
from expenseflow.kit.clock import SystemClock
from expenseflow.report_jobs import service as report_jobs
from expenseflow.report_jobs.post_limit import PerMinute

MONTH = """Date,Description,Amount
2026-05-01,SQ *BLUE BOTTLE COFFEE,-5.00
2026-05-02,SQ *BLUE BOTTLE COFFEE,NaN
2026-05-03,STARBUCKS STORE 01234,-6.00
"""


@pytest.fixture(scope="module")
def own_database(postgres_server: str) -> Iterator[str]:
    with databases.fresh_database(postgres_server) as url:
        yield url


@pytest.fixture(autouse=True)
def settings(own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPENSEFLOW_DATABASE_URL", own_database)
    monkeypatch.setenv("EXPENSEFLOW_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EXPENSEFLOW_PORT", "0")


@pytest.fixture
def month(tmp_path: Path) -> Path:
    path = tmp_path / "month.csv"
    path.write_text(MONTH)
    return path


def test_token_prints_one_token_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "--user", "ann@example.com"]) == 0

    captured = capsys.readouterr()
    assert len(captured.out.split()) == 1
    assert captured.out.count(".") == 2
    assert captured.err == ""


def test_credentials_of_a_new_installation_come_with_a_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXPENSEFLOW_DATABASE_URL")
    monkeypatch.setenv("EXPENSEFLOW_DATA_DIR", str(tmp_path / "elsewhere"))
    settings = common.begin()

    common.say_if_new(settings)
    assert f"There was no {tmp_path}/elsewhere" in capsys.readouterr().err
    settings.data_dir.mkdir()
    common.say_if_new(settings)
    assert capsys.readouterr().err == ""


def test_sign_in_link_prints_one_link(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPENSEFLOW_PORT", "5123")

    assert main(["sign-in-link", "--user", "ann@example.com"]) == 0

    captured = capsys.readouterr()
    assert captured.out.startswith("http://127.0.0.1:5123/sign-in?code=")
    assert captured.out.count("\n") == 1


def test_a_link_that_nobody_serves_comes_with_a_note(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("EXPENSEFLOW_PORT", str(server.getsockname()[1]))
        assert main(["sign-in-link", "--user", "ann@example.com"]) == 0
        assert capsys.readouterr().err == ""

    assert main(["sign-in-link", "--user", "ann@example.com"]) == 0

    assert capsys.readouterr().err.endswith("the link needs expenseflow serve\n")


def test_import_tells_what_it_took_and_what_not(
    month: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(month), "--user", "bea@example.com"]) == 0

    out = capsys.readouterr().out
    row = ["month.csv", "csv", "USD", "2026-05", "2", "0", "0", "1"]
    assert out.splitlines()[1].split() == row
    assert "month.csv row 3:" in out


def test_import_says_when_the_currency_is_only_the_default(
    month: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(month), "--user", "una@example.com"])
    note = "month.csv: currency: USD (default; give --currency if that is wrong)\n"
    assert note in capsys.readouterr().out

    main(["import", str(month), "--user", "vic@example.com", "--currency", "EUR"])
    out = capsys.readouterr().out
    assert out.splitlines()[1].split()[2] == "EUR"
    assert "default" not in out


def test_a_preview_shows_and_stores_nothing(
    month: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main(["import", str(month), "--user", "pia@example.com", "--preview"]) == 0

        out = capsys.readouterr().out
        assert "month.csv: 2 new (11.00 USD), 0 known, 0 payments, 1 refused" in out
        assert "charges have a minus sign" in out
        assert "row 3 would be refused: The amount “NaN” is not an amount." in out
        assert "STARBUCKS STORE 01234" in out


def test_a_sign_that_was_flipped_is_remembered(
    month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    user = ["--user", "quin@example.com"]
    main(["import", str(month), *user, "--flip-sign", "--preview"])
    assert "2 new (-11.00 USD)" in capsys.readouterr().out
    assert main(["import", str(month), *user, "--flip-sign"]) == 0
    june = tmp_path / "june.csv"
    june.write_text(MONTH.replace("2026-05", "2026-06"))

    main(["import", str(june), *user, "--preview"])

    assert "2 new (-11.00 USD)" in capsys.readouterr().out


def test_importing_again_adds_nothing(month: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", str(month), "--user", "cleo@example.com"])
    capsys.readouterr()

    assert main(["import", str(month), "--user", "cleo@example.com"]) == 0

    assert capsys.readouterr().out.splitlines()[1].split()[4:] == ["0", "2", "0", "1"]


def test_a_file_that_fails_leaves_the_others_imported(
    month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(tmp_path / "missing.csv"), str(tmp_path), str(month)]

    assert main(["import", *files, "--user", "dan@example.com"]) == 1

    captured = capsys.readouterr()
    assert "month.csv" in captured.out
    assert captured.err.count("\n") == 2
    assert "missing.csv: No such file" in captured.err


def test_a_file_over_the_limit_is_refused(
    month: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPENSEFLOW_MAX_UPLOAD_MB", "1")
    month.write_text(MONTH + " " * 1_000_000)

    assert main(["import", str(month), "--user", "dan@example.com"]) == 1

    assert "larger than 1 MB" in capsys.readouterr().err


def test_report_makes_a_report_that_export_writes(
    month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(month), "--user", "eve@example.com"])
    capsys.readouterr()

    assert main(["report", "2026-05", "--user", "eve@example.com", "--json"]) == 0

    captured = capsys.readouterr()
    job = json.loads(captured.out)
    assert (job["status"], job["totalLines"], job["progressPercent"]) == ("Completed", 2, 100)
    assert "2026-05: Report generated successfully" in captured.err

    report_id, target = job["generatedReportId"], tmp_path / "out.csv"
    assert main(["export", report_id, "--format", "csv", "--output", str(target)]) == 0
    assert len(target.read_text(encoding="utf-8-sig").splitlines()) == 3
    assert main(["export", report_id, "--format", "pdf", "--output", str(target)]) == 0
    assert target.read_bytes().startswith(b"%PDF-")


def test_report_says_what_it_did_and_what_is_left_to_do(
    month: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(month), "--user", "fay@example.com"])
    capsys.readouterr()

    assert main(["report", "2026-05", "--user", "fay@example.com"]) == 0

    out = capsys.readouterr().out
    report_id = out.split("Report ")[1].split()[0]
    assert "2026-05: 2 lines in" in out
    assert re.search(r"^2 lines need a look: .+ \(\d\)", out, re.MULTILINE)
    assert "expenseflow sign-in-link --user fay@example.com" in out
    assert f"expenseflow export {report_id} --format xlsx" in out


def test_report_joins_the_job_that_is_under_way(
    month: Path, own_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(month), "--user", "joe@example.com"])
    waiting = asyncio.run(_request(own_database, "joe@example.com", "2026-05"))
    capsys.readouterr()

    assert main(["report", "2026-05", "--user", "joe@example.com", "--json"]) == 0

    captured = capsys.readouterr()
    said = "A report for 2026-05 is already being generated; watching it.\n"
    assert captured.err.startswith(said)
    assert (json.loads(captured.out)["id"], json.loads(captured.out)["status"]) == (
        str(waiting),
        "Completed",
    )


async def _request(dsn: str, email: str, period: str) -> UUID:
    """A job that nobody works on."""
    clock, database = SystemClock(), Database(dsn, pool_size=1)
    try:
        async with database.transaction() as session:
            person = await identity.ensure_user(session, email, now=clock.now())
            view = await report_jobs.request_report(
                session, person.id, period, doorbell=JobQueue(dsn), limit=PerMinute(clock)
            )
            return view.job.id
    finally:
        await database.close()


def test_a_month_without_transactions_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "2031-01", "--user", "gus@example.com"]) == 1

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "nothing to report" in captured.err


def test_export_of_somebody_elses_report_is_not_found(
    month: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(month), "--user", "hal@example.com"])
    main(["report", "2026-05", "--user", "hal@example.com"])
    report_id = capsys.readouterr().out.split("Report ")[1].split()[0]

    assert main(["export", report_id, "--user", "ann@example.com", "-o", "x.csv"]) == 1

    assert "no such report" in capsys.readouterr().err


def test_export_that_cannot_be_written_is_one_line(
    month: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(month), "--user", "ida@example.com"])
    main(["report", "2026-05", "--user", "ida@example.com"])
    report_id = capsys.readouterr().out.split("Report ")[1].split()[0]

    assert main(["export", report_id, "--output", str(month / "x.csv")]) == 1

    assert capsys.readouterr().err.count("\n") == 1


def test_a_chart_that_drops_most_codes_needs_a_yes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file with one account is more often a mistake than a company with one account."""
    chart = tmp_path / "chart.csv"
    chart.write_text("code,name\n66300,Lunch\n")
    words = ["accounts", "load", str(chart)]
    assert main(["accounts", "load", "--starter"]) == 0

    assert main(words) == 1

    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "42 of the 43 accounts" in err
    assert main(words) == 1  # still 43: nothing was changed
    assert "42 of the 43 accounts" in capsys.readouterr().err
    assert main([*words, "--yes"]) == 0
    assert main(["accounts", "load", "--starter"]) == 0
    assert capsys.readouterr().out == "1 account loaded, 42 deactivated\n43 accounts loaded\n"


def test_departments_are_loaded_and_put_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chart = tmp_path / "chart.csv"
    chart.write_text("code,name\n07,Ops\n")
    words = ["departments", "load", str(chart)]

    assert main(words) == 1
    assert main([*words, "--yes"]) == 0
    assert main(["departments", "load", "--starter"]) == 0

    assert capsys.readouterr().out == "1 department loaded, 9 deactivated\n10 departments loaded\n"


def test_a_chart_that_is_none_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chart = tmp_path / "chart.csv"
    chart.write_text("what,is\nthis,?\n")

    assert main(["accounts", "load", str(chart)]) == 1
    assert main(["accounts", "load", str(tmp_path / "missing.csv")]) == 1

    assert capsys.readouterr().err.count("\n") == 2


def test_migrate_brings_a_database_up_to_date(
    postgres_server: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with databases.fresh_database(postgres_server, migrated=False) as url:
        monkeypatch.setenv("EXPENSEFLOW_DATABASE_URL", url)

        assert main(["worker"]) == 1
        assert "run expenseflow migrate" in capsys.readouterr().err
        assert main(["migrate"]) == 0
        assert main(["migrate"]) == 0

        assert "is up to date" in capsys.readouterr().out
        assert main(["token", "--user", "ann@example.com"]) == 0


def test_a_schema_of_the_next_release_will_do_but_is_not_migrated(
    postgres_server: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a rolling upgrade a process may start anew after the schema went ahead of it."""
    with databases.fresh_database(postgres_server) as url:
        monkeypatch.setenv("EXPENSEFLOW_DATABASE_URL", url)
        with psycopg.connect(libpq_url(url)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")

        assert main(["token", "--user", "ann@example.com"]) == 0
        assert "database.of_a_later_release" in capsys.readouterr().err
        assert main(["migrate"]) == 1
        assert "made by another version" in capsys.readouterr().err


def test_migrate_prints_the_sql_without_a_database(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPENSEFLOW_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    assert main(["migrate", "--sql"]) == 0

    assert "CREATE TABLE report_generation_jobs" in capsys.readouterr().out


def test_doctor_finds_everything_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0

    out = capsys.readouterr().out
    assert "✓ Database" in out
    assert "none is configured" in out


def test_doctor_names_a_setting_that_is_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPENSEFLOW_PROT", "1")
    main(["doctor"])
    assert "EXPENSEFLOW_PROT is set, and no setting of ours" in capsys.readouterr().out


def test_doctor_says_which_lines_a_simulated_service_filed(
    own_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(_file_one_line_simulated(own_database))

    assert main(["doctor"]) == 0

    out = capsys.readouterr().out
    assert "1 report line comes from the demo's simulated AI service" in out


def test_doctor_says_that_nobody_makes_the_reports_that_wait(
    own_database: str, month: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", str(month), "--user", "kim@example.com"])
    assert main(["doctor"]) == 0
    assert "none is at work, 0 reports are to be made" in capsys.readouterr().out
    asyncio.run(_request(own_database, "kim@example.com", "2026-05"))

    assert main(["doctor"]) == 1

    assert "none is at work, 1 report is to be made" in capsys.readouterr().out
    assert main(["report", "2026-05", "--user", "kim@example.com"]) == 0


async def _file_one_line_simulated(dsn: str) -> None:
    answer = Answer("66300", "08", "Blue Bottle", "Coffee", Decimal("0.9"))
    mark = ladder.answered(a_charge(), answer, Knowledge(CHART, simulated=True)).explanation
    database = Database(dsn, pool_size=1)
    async with database.transaction() as session:
        user_id = await reports.add_user(session)
        [charge] = await reports.add_transactions(session, user_id)
        await reports.make_draft(session, user_id, [reports.settled(charge, explanation=mark)])
    await database.close()


def test_doctor_shows_no_secret(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPENSEFLOW_LLM_API_KEY", "sk-hunter2")
    monkeypatch.setenv("EXPENSEFLOW_LLM_BASE_URL", "http://ann:hunter2@127.0.0.1:1/v1")
    monkeypatch.setenv("EXPENSEFLOW_ALERT_WEBHOOK_URL", "https://example.com/hunter2")
    monkeypatch.setenv("EXPENSEFLOW_ALERT_WEBHOOK_SECRET", "hunter2")

    assert main(["doctor"]) == 0

    captured = capsys.readouterr()
    assert "hunter2" not in captured.out + captured.err
    assert "does not answer" in captured.out


def test_doctor_says_the_limits_of_the_ai_service_and_what_they_are_known_from(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPENSEFLOW_LLM_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("EXPENSEFLOW_LLM_RPM", "60")
    monkeypatch.setenv("EXPENSEFLOW_LLM_LIMIT_WINDOW_S", "10")

    assert main(["doctor"]) == 0

    assert "; 10 requests in 10 s (as configured)" in capsys.readouterr().out


def test_doctor_says_what_does_not_work(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPENSEFLOW_DATABASE_URL", "postgresql://ann:hunter2@127.0.0.1:1/none")
    monkeypatch.setenv("EXPENSEFLOW_AUTH_MODE", "oidc")

    assert main(["doctor"]) == 1

    out = capsys.readouterr().out
    assert "✗ Database" in out
    assert "✗ Settings" in out
    assert "hunter2" not in out


def test_a_database_that_is_down_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPENSEFLOW_DATABASE_URL", "postgresql://ann:hunter2@127.0.0.1:1/none")

    assert main(["token", "--user", "ann@example.com"]) == 1

    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "hunter2" not in err


def test_a_data_folder_that_cannot_be_used_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("EXPENSEFLOW_DATA_DIR", str(tmp_path / "file"))

    assert main(["token", "--user", "ann@example.com"]) == 1

    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "is a file, not a folder" in err
    assert "EXPENSEFLOW_DATA_DIR" in err
