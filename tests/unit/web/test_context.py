"""What is measured and logged of an exchange."""

import json
import logging
from collections.abc import Iterator

import pytest
from starlette.types import Message, Receive, Scope, Send
from tests.support.fakes import FakeClock

from expenseflow.infra import logs
from expenseflow.kit.ids import new_id
from expenseflow.web.context import RequestContext

HOUR = 3600.0


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    logs.configure("json")
    yield capsys
    logs.configure("json", level=logging.WARNING)


async def _exchange(content_type: bytes, path: str = "/api/x") -> list[float]:
    """The seconds that are measured of an answer that takes an hour to end."""
    clock = FakeClock()
    measured: list[float] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-type", content_type)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        clock.advance(HOUR)
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(_message: Message) -> None:
        pass

    def measure(_method: str, _route: str, _status: int, seconds: float) -> None:
        measured.append(seconds)

    context = RequestContext(app, clock=clock, measure=measure, words={"", "api", "rules"})
    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    await context(scope, receive, send)
    return measured


async def test_an_answer_is_measured_to_its_end() -> None:
    assert await _exchange(b"application/json") == [HOUR]


async def test_an_event_stream_is_measured_once_and_to_its_start() -> None:
    assert await _exchange(b"text/event-stream; charset=utf-8") == [0]


async def test_of_a_path_only_words_and_ids_are_logged(
    written: pytest.CaptureFixture[str],
) -> None:
    known = new_id()
    await _exchange(b"text/plain", f"/api/rules/{known}/BLUE BOTTLE/4929123456781234")
    [line] = written.readouterr().err.splitlines()
    assert json.loads(line)["path"] == f"/api/rules/{known}/…/…"
