"""The demo as a client: what it makes of a server that is busy."""

import httpx
import pytest

from expenseflow.app.demo.api import Api, Refused

BUSY = {"type": "/problems/unavailable", "title": "Unavailable", "status": 503, "detail": "Busy."}


def _answering(*statuses: int) -> tuple[Api, list[httpx.Request]]:
    left = iter(statuses)
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        status = next(left)
        body = {"id": "1"} if status == 200 else {**BUSY, "status": status}
        return httpx.Response(status, json=body, headers={"Retry-After": "0"})

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://here")
    return Api(client), asked


async def test_a_busy_server_is_asked_again() -> None:
    api, asked = _answering(503, 503, 200)
    assert await api.job("1") == {"id": "1"}
    assert len(asked) == 3


async def test_one_that_stays_busy_is_believed() -> None:
    api, asked = _answering(*[503] * 9)
    with pytest.raises(Refused, match="Busy"):
        await api.job("1")
    assert len(asked) == 5


async def test_any_other_refusal_is_final() -> None:
    api, asked = _answering(409, 200)
    with pytest.raises(Refused):
        await api.job("1")
    assert len(asked) == 1
