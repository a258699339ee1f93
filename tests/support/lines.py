"""The line to the database, which a test can cut, hush and mend."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from psycopg import conninfo
from sqlalchemy.engine import make_url

from expenseflow.infra.db import libpq_url


class Line:
    """Passes bytes between us and the server.

    Cut, it refuses. Silent, it takes everything and gives nothing, as a server that hangs.
    """

    def __init__(self, dsn: str) -> None:
        self._behind = conninfo.conninfo_to_dict(libpq_url(dsn))
        self._url = make_url(dsn)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()
        self._speaking = asyncio.Event()
        self._speaking.set()
        self.hushed_by = b""
        """Falls silent towards us once this was sent to the server, and carried there."""
        self.connections = 0
        self.port = 0

    @property
    def dsn(self) -> str:
        url = self._url.set(host="127.0.0.1", port=self.port, query={"sslmode": "disable"})
        return url.render_as_string(hide_password=False)

    async def mend(self) -> None:
        self._speaking.set()
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    def hush(self) -> None:
        """What was being said before is lost: nobody waits for it when we speak again."""
        self._speaking.clear()

    def speak(self) -> None:
        self.hushed_by = b""
        for writer in list(self._open):
            writer.transport.abort()
        self._speaking.set()

    async def end(self) -> None:
        """Cut, and wait until nothing is carried any more: no socket is left to the collector."""
        await self.cut()
        carrying = list(self._carrying)
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._carry(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        ends = {writer}
        self._open |= ends
        try:
            there, out = await self._dial()
            ends.add(out)
            self._open.add(out)
            await _both(self._forth(reader, out), self._back(there, writer))
        finally:
            self._open -= ends
            for end in ends:
                end.close()

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = str(self._behind["host"]), int(self._behind.get("port") or 5432)
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    async def _forth(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            if self.hushed_by and self.hushed_by in data:
                self.hush()  # before the answer can come
            elif not self._speaking.is_set():
                continue
            sink.write(data)
            await sink.drain()
        sink.close()

    async def _back(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            await self._speaking.wait()
            sink.write(data)
            await sink.drain()
        sink.close()


async def _both(*ways: Coroutine[Any, Any, None]) -> None:
    """Until both are through; one that breaks ends the other."""
    try:
        async with asyncio.TaskGroup() as group:
            for way in ways:
                group.create_task(way)
    except* ConnectionError:
        pass  # the line was cut


@asynccontextmanager
async def to_database(dsn: str) -> AsyncGenerator[Line]:
    """A line that works, until the test does something to it."""
    line = Line(dsn)
    await line.mend()
    try:
        yield line
    finally:
        line.speak()
        await line.end()
