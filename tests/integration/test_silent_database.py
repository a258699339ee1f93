"""A server that accepts and then says nothing: every wait of ours ends by itself."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from psycopg import conninfo
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from tests.support import workers

from expenseflow.infra import db as databases
from expenseflow.infra.db import Database, libpq_url
from expenseflow.report_jobs import leases
from expenseflow.report_jobs.leases import LeaseKeeper, Stop


class Proxy:
    """Passes bytes between us and the server until it is told to keep silent."""

    def __init__(self) -> None:
        self.silent = False
        self.connections = 0
        self._running: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def before(self, dsn: str) -> AsyncGenerator[str]:
        """The address of the proxy, as a database address."""
        self._info = conninfo.conninfo_to_dict(libpq_url(dsn))
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        url = make_url(dsn).set(host="127.0.0.1", port=port)
        yield url.difference_update_query(["host", "port"]).render_as_string(hide_password=False)
        server.close()
        for connection in self._running:
            connection.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._running.add(asyncio.create_task(self._connected(reader, writer)))

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        host, port = str(self._info["host"]), int(self._info.get("port") or 5432)
        if host.startswith("/"):
            behind = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            behind = await asyncio.open_connection(host, port)
        try:
            await asyncio.gather(
                self._pass(reader, behind[1]), self._pass(behind[0], writer), return_exceptions=True
            )
        finally:
            writer.close()
            behind[1].close()

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            if not self.silent:
                sink.write(data)
                await sink.drain()
        sink.close()


async def test_a_statement_without_an_answer_ends(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases.ImpatientConnection, "patience", 0.2)
    proxy = Proxy()
    async with proxy.before(db.dsn) as url:
        behind = Database(url, pool_size=1)
        async with behind.transaction() as session:
            await session.execute(text("SELECT 1"))
        proxy.silent = True
        with pytest.raises(DBAPIError):
            async with asyncio.timeout(10), behind.transaction() as session:
                await session.execute(text("SELECT 1"))
        proxy.silent = False
        async with behind.transaction() as session:
            assert await session.scalar(text("SELECT 1")) == 1
        await behind.close()


async def test_a_beat_without_an_answer_does_not_end_the_beats(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "BEAT_PATIENCE_SECONDS", 0.2)
    proxy = Proxy()
    async with proxy.before(db.dsn) as url:
        keeper, lost = LeaseKeeper(url, beat=0.02), threading.Event()
        keeper.hold(uuid4(), 1, lambda reason: lost.set() if reason is Stop.LOST else None)
        proxy.silent = True
        keeper.start()
        await workers.until(lambda: _several(proxy))
        proxy.silent = False
        await workers.until(lambda: _set(lost))
        await asyncio.to_thread(keeper.close)


async def _several(proxy: Proxy) -> bool:
    return proxy.connections >= 2


async def _set(event: threading.Event) -> bool:
    return event.is_set()
