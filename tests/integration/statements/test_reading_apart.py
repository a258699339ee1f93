"""A file is taken apart before the request asks for a database connection."""

import asyncio
import threading
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy.pool import QueuePool
from tests.support.identity import Visitors, visitors
from tests.support.statements import COFFEE, csv

from expenseflow.statements import desk, reading
from expenseflow.statements.reading import Given, ReadStatement

__all__ = ["visitors"]


class SlowReading:
    """Takes files apart, but not before it may go on."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.begun = threading.Semaphore(0)
        self.now = self.most = 0
        self._read = reading.read
        self._lock = threading.Lock()

    def __call__(self, content: bytes, given: Given) -> ReadStatement:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.begun.release()
        self.may_go_on.wait(30)
        with self._lock:
            self.now -= 1
        return self._read(content, given)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowReading]:
    one = SlowReading()
    monkeypatch.setattr(reading, "read", one)
    yield one
    one.may_go_on.set()


async def upload(client: httpx.AsyncClient, number: int) -> httpx.Response:
    files = {"file": ("january.csv", csv(COFFEE, f"2026-01-06,TEA {number},3.50"), "text/csv")}
    return await client.post("/api/statements", files=files)


async def test_no_connection_is_held_while_a_file_is_taken_apart(
    visitors: Visitors, slow: SlowReading
) -> None:
    ann = await visitors.signed_in()
    pool = visitors.parts.database.engine.pool
    assert isinstance(pool, QueuePool)

    uploads_under_way = [asyncio.create_task(upload(ann, number)) for number in range(5)]
    for _ in range(desk.READ_AT_ONCE):
        assert await asyncio.to_thread(slow.begun.acquire, timeout=30)

    assert pool.checkedout() == 0
    assert (await ann.get("/api/transactions")).status_code == 200
    slow.may_go_on.set()
    answers = await asyncio.gather(*uploads_under_way)
    assert [answer.status_code for answer in answers] == [201] * 5
    assert sum(answer.json()["imported"] for answer in answers) == 6
    assert slow.most == desk.READ_AT_ONCE


async def test_nothing_is_taken_apart_for_somebody_who_is_not_signed_in(
    visitors: Visitors, slow: SlowReading
) -> None:
    answer = await upload(visitors.anonymous(), 1)

    assert answer.status_code == 401
    assert slow.most == 0
