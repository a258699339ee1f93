"""A small HTTP/1.1 server that can also misbehave: break off, drip, stop listening."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

_LONGEST_BODY: Final = 64_000_000
_BACKLOG: Final = 2048
"""Clients that come all at once are not kept waiting for the kernel's second try."""
_CHUNKS_OF_A_DRIP: Final = 20
_REASONS: Final = {int(status): status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Response:
    """What goes back; `over` seconds makes it drip."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict[str, str])
    over: float = 0.0
    ended: Callable[[bool], None] | None = None
    """Called once: whether all of it was sent."""


Handler = Callable[[Request], Awaitable[Response | None]]
"""None breaks the connection off without a word. Cancelled when the client goes away."""


class Server:
    """Listens on one port; connections are kept alive."""

    def __init__(self, handler: Handler, *, host: str, port: int) -> None:
        self._handler = handler
        self._host = host
        self.port = port
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def is_listening(self) -> bool:
        """Whether clients can connect."""
        return self._server is not None

    async def listen(self) -> None:
        """Start, or start again on the same port."""
        if self._server is None:
            self._server = await asyncio.start_server(
                self._connected,
                self._host,
                self.port,
                limit=1_000_000,
                backlog=_BACKLOG,
                reuse_address=True,
            )
            self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Stop listening and cut all connections but the one that asks for it."""
        if self._server is not None:
            self._server.close()
            self._server = None
        others = self._connections - {asyncio.current_task()}
        for connection in others:
            connection.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(_Connection(self._handler, reader, writer).serve())
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)


class _Connection:
    def __init__(
        self, handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._handler = handler
        self._reader = reader
        self._writer = writer
        self._ahead = b""
        self._broken = False

    async def serve(self) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while (request := await self._read()) and await self._answer(request):
                    pass
        finally:
            if self._broken:
                self._writer.transport.abort()
            self._writer.close()

    async def _read(self) -> Request | None:
        head = self._ahead + await self._reader.readuntil(b"\r\n\r\n")
        self._ahead = b""
        first, *lines = head.decode("latin-1").rstrip().split("\r\n")
        method, path, _ = first.split(" ", 2)
        pairs = (line.split(":", 1) for line in lines)
        headers = {name.strip().lower(): value.strip() for name, value in pairs}
        length = int(headers.get("content-length", "0"))
        if length > _LONGEST_BODY:
            return None
        return Request(method, path, headers, await self._reader.readexactly(length))

    async def _answer(self, request: Request) -> bool:
        """Whether the connection stays open."""
        answering = asyncio.ensure_future(self._handler(request))
        sent = False
        try:
            if await self._is_gone_before(answering):
                return False
            response = await answering
            if response is None:
                self._broken = True
                return False
            await self._write(response)
            sent = True
        finally:
            await _stop(answering)
            _tell(answering, sent=sent)
        return True

    async def _is_gone_before(self, answering: asyncio.Future[Any]) -> bool:
        """Whether the client went away while it waited."""
        going = asyncio.ensure_future(self._reader.read(1))
        try:
            await asyncio.wait({answering, going}, return_when=asyncio.FIRST_COMPLETED)
            return not answering.done() and not going.result()
        finally:
            if not going.done() or going.cancelled():
                await _stop(going)
            else:
                self._ahead = going.result()

    async def _write(self, response: Response) -> None:
        headers = {
            "content-type": "application/json",
            "content-length": str(len(response.body)),
        } | response.headers
        lines = [
            f"HTTP/1.1 {response.status} {_REASONS.get(response.status, 'Odd')}",
            *(f"{k}: {v}" for k, v in headers.items()),
        ]
        self._writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        size = len(response.body)
        step = max(1, size // _CHUNKS_OF_A_DRIP) if response.over else max(1, size)
        for start in range(0, size, step):
            if response.over:
                await asyncio.sleep(response.over * step / size)
                if self._reader.at_eof():
                    raise ConnectionResetError
            self._writer.write(response.body[start : start + step])
            await self._writer.drain()


async def _stop(task: asyncio.Future[Any]) -> None:
    task.cancel()
    await asyncio.wait({task})


def _tell(answering: asyncio.Future[Response | None], *, sent: bool) -> None:
    if answering.cancelled() or answering.exception() is not None:
        return
    response = answering.result()
    if response is not None and response.ended is not None:
        response.ended(sent)
