"""What is wrong is said in one line on stderr; wrong use exits with 2, before anything starts."""

import pytest

from expenseflow.app.cli.program import main
from expenseflow.app.startup import is_loopback

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
        "export 6f9619ff-8b86-d011-b42d-00cf4fc964ff --format pdf",
        "export 6f9619ff-8b86-d011-b42d-00cf4fc964ff --user nobody",
        "accounts load",
        "accounts nonsense",
        "departments",
        "demo --simulate-provider",
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
        "EXPENSEFLOW_DEFAULT_CURRENCY=dollars",
        "EXPENSEFLOW_DATABASE_URL=mysql://u@h/d",
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
