"""What is wrong is said in one line on stderr; wrong use exits with 2, before anything starts."""

import os
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from expenseflow.app.cli import common
from expenseflow.app.cli.program import COMMANDS, main
from expenseflow.app.cli.report import review_words, usage_words
from expenseflow.app.configuration import is_loopback

REPORT = "2026-01 --user ann@example.com"


def _one_line(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("expenseflow: ")
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err
    return captured.err


@pytest.mark.parametrize(
    "words",
    [
        "nonsense",
        "serve --nonsense",
        "serve extra",
        "report",
        "report 2026-01",
        "report 2026-13 --user ann@example.com",
        "report 2026-1 --user ann@example.com",
        "report ٢٠٢٦-٠١ --user ann@example.com",
        "report 2026-01 --user nobody",
        "token",
        "token --user a@b@c",
        "sign-in-link --user @",
        "import --user ann@example.com",
        "export nonsense",
        "export 6f9619ff-8b86-d011-b42d-00cf4fc964ff --format docx",
        "export 6f9619ff-8b86-d011-b42d-00cf4fc964ff --user nobody",
        "accounts load",
        "accounts load chart.csv --starter",
        "accounts nonsense",
        "departments",
        "demo --simulate",
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words.split()) == 2

    _one_line(capsys)


def test_a_period_with_a_line_end_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "2026-01\n", "--user", "ann@example.com"]) == 2

    _one_line(capsys)


@pytest.mark.parametrize("command", ["serve", "worker", "demo --once", f"report {REPORT}"])
@pytest.mark.parametrize(
    "setting",
    [
        "EXPENSEFLOW_AUTH_MODE=oidc",
        "EXPENSEFLOW_AUTH_MODE=nonsense",
        "EXPENSEFLOW_HOST=0.0.0.0",
        "EXPENSEFLOW_HOST=::",
        "EXPENSEFLOW_HOST=expenses.example.com",
        "EXPENSEFLOW_PORT=65536",
        "EXPENSEFLOW_PORT=abc",
        "EXPENSEFLOW_DEFAULT_CURRENCY=dollars",
        "EXPENSEFLOW_DATABASE_URL=mysql://u@h/d",
        "EXPENSEFLOW_WARMING=provider",
        "EXPENSEFLOW_LLM_BASE_URL=not-an-address",
        "EXPENSEFLOW_LLM_BASE_URL=http://",
        "EXPENSEFLOW_LLM_BASE_URL=http://127.0.0.1:99999/v1",
    ],
)
def test_settings_that_cannot_work_are_named(
    command: str,
    setting: str,
    *,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name, _, value = setting.partition("=")
    monkeypatch.setenv(name, value)

    assert main(command.split()) == 2

    assert name in _one_line(capsys)


OIDC = {
    "AUTH_MODE": "oidc",
    "HOST": "0.0.0.0",
    "OIDC_ISSUER": "https://idp.example.com",
    "OIDC_AUDIENCE": "expenseflow-api",
    "OIDC_CLIENT_ID": "expenseflow-web",
    "PUBLIC_URL": "https://expenses.example.com",
    "SIGNING_KEY": "hunter2, which is long enough for it",
    "DATABASE_URL": "postgresql://ann:hunter2@127.0.0.1:1/none",
}


def _configure(monkeypatch: pytest.MonkeyPatch, **changes: str) -> None:
    for name, value in {**OIDC, **changes}.items():
        monkeypatch.setenv(f"EXPENSEFLOW_{name}", value)


@pytest.mark.parametrize("missing", ["OIDC_ISSUER", "OIDC_AUDIENCE", "OIDC_CLIENT_ID",
                                     "PUBLIC_URL", "SIGNING_KEY"])  # fmt: skip
def test_a_provider_needs_these_settings(
    missing: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _configure(monkeypatch, **{missing: ""})
    assert main(["worker"]) == 2
    assert _one_line(capsys).endswith(f"also needs EXPENSEFLOW_{missing}\n")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OIDC_ISSUER", "http://idp.example.com"),
        ("OIDC_ISSUER", "https://hunter2@idp.example.com"),
        ("OIDC_ISSUER", "https://idp.example.com?hunter2"),
        ("PUBLIC_URL", "http://expenses.example.com"),
        ("PUBLIC_URL", "https://example.com/hunter2"),
        ("PUBLIC_URL", "hunter2"),
        ("OIDC_AUDIENCE", "expenseflow-web"),
        ("OIDC_SCOPES", "email hunter2"),
        ("SIGNING_KEY", "hunter2"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, hunter2"),
    ],
)
def test_settings_of_a_provider_that_cannot_work(
    name: str, value: str, *, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _configure(monkeypatch, **{name: value})
    assert main(["serve"]) == 2
    line = _one_line(capsys)
    assert f"EXPENSEFLOW_{name}" in line
    assert "hunter2" not in line


@pytest.mark.parametrize(
    "issuer",
    ["http://localhost:8080", "http://idp.localhost/x", "http://[::1]:1", "https://x.eu/y"],
)
def test_settings_of_a_provider_that_can_work(
    issuer: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _configure(monkeypatch, OIDC_ISSUER=issuer, PUBLIC_URL="http://localhost:5000/")
    assert main(["worker"]) == 1
    assert "database" in _one_line(capsys).lower()  # which is not there: they were taken


@pytest.mark.parametrize(
    "command", ["token --user a@b.example", "sign-in-link --user a@b.example", "demo --once"]
)
def test_where_people_sign_in_at_a_provider_no_command_makes_sign_ins(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _configure(monkeypatch)
    assert main(command.split()) == 2
    assert "EXPENSEFLOW_AUTH_MODE=oidc" in _one_line(capsys)


HOOK = "https://example.com/hunter2"


@pytest.mark.parametrize(
    ("url", "secret", "words"),
    [
        (HOOK, "", "EXPENSEFLOW_ALERT_WEBHOOK_SECRET is missing"),
        ("", "hunter2", "EXPENSEFLOW_ALERT_WEBHOOK_URL is missing"),
        ("hunter2", "hunter2", "EXPENSEFLOW_ALERT_WEBHOOK_URL is not an address"),
        (HOOK, "whsec_hunter2!", "EXPENSEFLOW_ALERT_WEBHOOK_SECRET begins with whsec_"),
    ],
)
def test_a_webhook_needs_an_address_and_a_secret(
    url: str,
    secret: str,
    words: str,
    *,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EXPENSEFLOW_ALERT_WEBHOOK_URL", url)
    monkeypatch.setenv("EXPENSEFLOW_ALERT_WEBHOOK_SECRET", secret)

    assert main(["worker"]) == 2

    line = _one_line(capsys)
    assert words in line
    assert "hunter2" not in line


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("PORT=abc", "must be a whole number from 0 to 65535"),
        ("PORT=65536", "must be a whole number from 0 to 65535"),
        ("WORKER_CONCURRENCY=0", "must be a whole number from 1 to 100"),
        ("LLM_RPM=many", "must be a whole number above 0"),
        ("LLM_TIMEOUT_S=soon", "must be a number above 0"),
        ("AUTH_MODE=none", "must be local or oidc"),
        ("DEFAULT_CURRENCY=usd", "must be three capital letters such as USD"),
        ("RELOAD=perhaps", "must be true or false"),
        ("LLM_LIMIT_WINDOW_S=inf", "must be a number above 0"),
        (
            "JOURNAL_CREDIT_ACCOUNT=",
            "must be the code of an account, at most 64 characters",
        ),
    ],
)
def test_a_wrong_setting_is_told_in_words(
    setting: str,
    words: str,
    *,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name, _, value = setting.partition("=")
    monkeypatch.setenv(f"EXPENSEFLOW_{name}", value)

    assert main(["worker"]) == 2

    assert _one_line(capsys) == f"expenseflow: EXPENSEFLOW_{name} {words}\n"


def test_a_report_id_that_is_none_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "nonsense"]) == 2

    assert _one_line(capsys).endswith("'nonsense' is not a report id\n")


def test_a_secret_in_a_wrong_setting_is_not_repeated(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPENSEFLOW_DATABASE_URL", "postgresql:ann:hunter2@/x y")

    assert main(["worker"]) == 2

    assert "hunter2" not in _one_line(capsys)


def test_without_a_command_the_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2

    assert "report" in capsys.readouterr().out


@pytest.mark.parametrize("words", ["--help", "report --help", "import -h", "--version"])
def test_help_and_version_are_no_errors(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words.split()) == 0

    assert capsys.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_listed_with_the_first_line_of_its_own_help(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The list is told without loading the commands, so it could say something else."""
    assert main([name, "--help"]) == 0

    assert COMMANDS[name][1] in capsys.readouterr().out.splitlines()[2]


@pytest.mark.parametrize(
    ("words", "unwanted"),
    [
        ("--version", ["pydantic", "sqlalchemy", "rich.console", "structlog"]),
        ("--help", ["pydantic", "sqlalchemy", "structlog"]),
        ("nonsense", []),
        ("serve", ["sqlalchemy", "alembic", "procrastinate", "uvicorn", "psycopg"]),
        ("demo --once", ["sqlalchemy", "alembic", "procrastinate", "uvicorn", "psycopg"]),
    ],
)
def test_what_is_said_at_once_loads_nothing_slow(words: str, unwanted: list[str]) -> None:
    """Help, version and a port in use must not cost the seconds that a database takes to load."""
    look = "import sys; from expenseflow.app.cli.program import main; main(sys.argv[1:]); "
    look += "print(*sorted(sys.modules), sep='\\n')"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run(
            [sys.executable, "-c", look, *words.split()],
            env={**os.environ, "EXPENSEFLOW_PORT": str(taken.getsockname()[1])},
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )

    assert not set(unwanted) & set(done.stdout.splitlines())


def test_every_process_knows_the_tables_that_its_own_refer_to() -> None:
    """A worker that had never heard of people could not write a report of theirs."""
    look = "import expenseflow.app.server; from expenseflow.infra.db import Model; "
    look += "[key.column for table in Model.metadata.tables.values() for key in table.foreign_keys]"
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        (".venv/bin/expenseflow", ".venv/bin/expenseflow token --user a@b.c"),
        ("/no where/expenseflow", "'/no where/expenseflow' token --user a@b.c"),
        ("/x/expenseflow/__main__.py", f"{sys.executable} -m expenseflow token --user a@b.c"),
        ("/x/pytest", "expenseflow token --user a@b.c"),
    ],
)
def test_a_command_to_copy_is_called_as_this_one_was(
    called: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [called])

    assert common.command("token", "--user", "a@b.c") == expected


def test_on_the_path_a_command_to_copy_needs_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "expenseflow"
    script.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "argv", [str(script)])

    assert common.command("serve") == "expenseflow serve"


def test_why_lines_need_a_look_is_told_by_reason() -> None:
    assert review_words(Counter({"No account.": 1})) == "1 line needs a look: No account (1)"
    assert (
        review_words(Counter({"No department": 3, "No account": 8}))
        == "11 lines need a look: No account (8); No department (3)"
    )


def test_of_many_reasons_the_commonest_are_told() -> None:
    words = review_words(Counter({f"Reason {at}": 10 - at for at in range(7)}))

    assert words.startswith("49 lines need a look: Reason 0 (10); ")
    assert words.endswith("; Reason 4 (6); other reasons (9)")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("localhost.example.com", False),
        ("", False),
    ],
)
def test_only_loopback_addresses_are_this_machine(host: str, *, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_the_report_ends_with_what_the_ai_service_was_asked() -> None:
    usage = {
        "calls": 10,
        "rejectedCalls": 0,
        "promptTokens": 12345,
        "completionTokens": 4567,
        "waitedSeconds": 3.2,
    }
    assert usage_words(usage) == (
        "AI service: 10 calls, 0 rejected, 12,345 + 4,567 tokens, 3 s held back"
    )
    assert usage_words(usage | {"calls": 1, "waitedSeconds": 0.2}).endswith("4,567 tokens")
