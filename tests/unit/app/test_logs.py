"""What the log looks like, and what must not get into it."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from expenseflow.infra import logs

Written = pytest.CaptureFixture[str]


@pytest.fixture
def written(capsys: Written) -> Iterator[Written]:
    yield capsys
    logs.configure("json", level=logging.WARNING)


def _lines(written: Written) -> list[str]:
    return written.readouterr().err.splitlines()


def test_an_event_is_one_line_of_json(written: Written) -> None:
    logs.configure("json")
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        structlog.get_logger().info("job.claimed", job_id="j1")
    [line] = _lines(written)
    event = json.loads(line)
    assert event.pop("timestamp").endswith("Z")
    assert event == {"event": "job.claimed", "job_id": "j1", "level": "info", "request_id": "r1"}


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_nobody_writes_lines_of_their_own(written: Written, log_format: logs.LogFormat) -> None:
    logs.configure(log_format)
    structlog.get_logger().info("request", path="/x\n2026 [error] forged\r\x1b[31m")
    [line] = _lines(written)
    assert "\x1b[31m" not in line


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_traceback_holds_no_local_variables(written: Written, log_format: logs.LogFormat) -> None:
    logs.configure(log_format)
    merchant = "SECRET MERCHANT"
    try:
        _ = int(merchant[:0] or "x")
    except ValueError as error:
        structlog.get_logger().error("failed", exc_info=error)
    text = written.readouterr().err
    assert "ValueError" in text
    assert merchant not in text


@pytest.mark.parametrize(
    "name", ["httpx", "httpcore", "openai", "expenseflow.infra.pool.WatchedPool"]
)
def test_chatty_libraries_are_silent_below_warning(written: Written, name: str) -> None:
    logs.configure("json", level=logging.DEBUG)
    logging.getLogger(name).info("HTTP Request: POST https://provider/?key=1")
    logging.getLogger(name).warning("slow")
    assert [json.loads(line)["event"] for line in _lines(written)] == ["slow"]


def test_the_standard_library_logs_the_same_way(written: Written) -> None:
    logs.configure("json")
    logging.getLogger("uvicorn.error").info("Started on %s", "port 5000")
    logging.getLogger("uvicorn.access").info('"GET /sign-in?code=1 HTTP/1.1" 200')
    [line] = _lines(written)
    assert json.loads(line)["event"] == "Started on port 5000"
    assert json.loads(line)["level"] == "info"


def test_errors_among_the_words_of_a_library_are_told_without_their_texts(
    written: Written,
) -> None:
    logs.configure("json")
    logging.getLogger("psycopg").warning("error ignored: %s", ValueError("SECRET MERCHANT"))
    logging.getLogger("asyncio").error("never retrieved\nfuture: ValueError('SECRET MERCHANT')")
    events = [json.loads(line)["event"] for line in _lines(written)]
    assert events == ["error ignored: ValueError", "never retrieved"]
