"""Whoever asks a server that stops hears that it stops, whatever it was doing for them."""

import asyncio
import json

import pytest
from starlette.types import Message, Receive, Scope, Send

from expenseflow.app.draining import Drain, LastAnswers

SCOPE: Scope = {"type": "http", "path": "/api/reports", "method": "GET", "headers": []}


async def _receive() -> Message:
    return {"type": "http.disconnect"}


async def _forever(_scope: Scope, _receive: Receive, _send: Send) -> None:
    await asyncio.Event().wait()


async def _half(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await asyncio.Event().wait()


async def _cut(app: LastAnswers) -> tuple[list[Message], bool]:
    """What was sent to somebody whose request is cut off, and whether it went on up."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    asking = asyncio.create_task(app(SCOPE, _receive, send))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait([asking])
    return sent, asking.cancelled()


@pytest.mark.parametrize("is_on", [True, False])
async def test_a_request_that_is_cut_off_by_the_end_is_told_to_come_again(is_on: bool) -> None:
    drain = Drain()
    drain.is_on = is_on
    sent, was_raised = await _cut(LastAnswers(_forever, drain=drain))
    assert was_raised is not is_on
    if is_on:
        start, body = sent
        assert start["status"] == 503
        assert {(b"retry-after", b"2"), (b"connection", b"close")} <= set(start["headers"])
        assert json.loads(body["body"])["type"] == "/problems/not-ready"


async def test_half_an_answer_is_broken_off() -> None:
    drain = Drain()
    drain.is_on = True
    sent, was_raised = await _cut(LastAnswers(_half, drain=drain))
    assert was_raised
    assert [message["type"] for message in sent] == ["http.response.start"]
