"""A database that goes away: 503 within two seconds, and back by itself."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.engine import make_url
from tests.support.identity import Visitors

from expenseflow.infra import db as databases
from expenseflow.infra.db import Database


class Line:
    """The line to the database, which the test can cut and mend."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    @property
    def dsn(self) -> str:
        url = self._url.set(host="127.0.0.1", port=self.port, query={"sslmode": "disable"})
        return url.render_as_string(hide_password=False)

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, out = await self._dial()
        self._open |= {writer, out}
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(_pump(reader, out), _pump(there, writer))
        self._open -= {writer, out}

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host = self._url.host or self._url.query.get("host") or "127.0.0.1"
        port = self._url.port or 5432
        if str(host).startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(str(host), port)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65536):
        writer.write(chunk)
        await writer.drain()
    writer.close()


@pytest.fixture
async def line(db: Database) -> AsyncIterator[Line]:
    line = Line(db.dsn)
    await line.mend()
    yield line
    await line.cut()


async def test_a_database_that_is_down_is_503_in_two_seconds_and_recovers(line: Line) -> None:
    database = Database(line.dsn, pool_size=2)
    visitors = Visitors(database)
    try:
        ann = await visitors.signed_in()
        assert (await ann.get("/api/me")).status_code == 200
        await line.cut()
        for path in ("/api/me", "/api/accounts", "/api/report-jobs", "/health/ready", "/"):
            started = time.monotonic()
            answer = await ann.get(path)
            assert time.monotonic() - started < 2
            assert answer.status_code == 503, answer.text
            assert answer.headers["retry-after"] == "2"
            assert answer.headers["content-type"] == "application/problem+json"
        assert (await ann.get("/health/live")).status_code == 200
        assert (await ann.get("/metrics")).status_code == 200
        await line.mend()
        assert (await ann.get("/api/me")).status_code == 200
        assert (await ann.get("/health/ready")).status_code == 200
    finally:
        await visitors.close()
        await database.close()


async def test_a_pool_that_stays_used_up_is_503(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "POOL_PATIENCE_SECONDS", 0.1)
    database = Database(db.dsn, pool_size=1)
    visitors = Visitors(database)
    try:
        ann = await visitors.signed_in()
        async with database.transaction() as session:
            await session.connection()
            assert (await ann.get("/api/me")).status_code == 503
        assert (await ann.get("/api/me")).status_code == 200
    finally:
        await visitors.close()
        await database.close()
