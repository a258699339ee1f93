"""What a client is sent: server-sent events, of one job or of all jobs of a person.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import random
from collections.abc import Iterable

import structlog
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from expenseflow.report_jobs.live.hub import Hub, State, Watcher

_log = structlog.get_logger(__name__)

MEDIA_TYPE = "text/event-stream"
_HEARTBEAT = b": still here\n\n"
_MOVED = b": this server stops, come back\n\n"
_DISMISSED = b"retry: 200\n" + _MOVED
"""The others go at other moments."""
_BACK_MS = (1000, 5000)


def event(name: str, data: bytes, *, version: int | None = None) -> bytes:
    """One event; JSON has no line ends, so its data is one line."""
    id_ = b"" if version is None else b"id: %d\n" % version
    return b"event: %s\n%sdata: %s\n\n" % (name.encode(), id_, data)


class EventStream(Response):
    """Sends the first events at once, then news until the client or the job is done."""

    media_type = MEDIA_TYPE

    def __init__(self, hub: Hub, watcher: Watcher, first: bytes, *, is_all: bool = False) -> None:
        """`is_all`: nothing will come after the first events."""
        # The next stream is to go where requests go then, not where this one went.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Connection": "close"}
        super().__init__(headers=headers)
        del self.headers["content-length"]
        self._hub = hub
        self._watcher = watcher
        self._first = first
        self._is_all = is_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with self._hub.watching(self._watcher):
                await self._send_all(scope, receive, _Out(send, self._watcher))
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not self._watcher.is_cut or task is None:
                raise
            task.uncancel()  # it takes nothing; the connection is closed with us
            _log.info("report_job.stream_cut")

    async def _send_all(self, scope: Scope, receive: Receive, out: "_Out") -> None:
        await out.start(self.status_code, self.raw_headers)
        if scope.get("is_head"):
            await out.end()
            return
        gone = asyncio.create_task(_until_gone(receive, self._watcher))
        try:
            await out.write(_come_back_in() + self._first)
            if not self._is_all:
                await self._go_on(self._watcher, out)
            if not gone.done():
                await out.end()
        finally:
            gone.cancel()

    async def _go_on(self, watcher: Watcher, out: "_Out") -> None:
        """Until there is nothing more to tell."""
        while True:
            news = await watcher.news()
            if watcher.has_ended:
                await out.write(_DISMISSED if watcher.is_dismissed else _MOVED)
                return
            await out.write(_written(news, watcher) if news else _HEARTBEAT)
            if news and watcher.job_id is not None and news[-1].is_final:
                return


def _come_back_in() -> bytes:
    """Clients that were cut together do not come back together."""
    return b"retry: %d\n\n" % random.randint(*_BACK_MS)  # noqa: S311  # nothing to be kept secret


def _written(news: Iterable[State], watcher: Watcher) -> bytes:
    if watcher.job_id is None:
        return b"".join(state.event_of_many for state in news)
    return b"".join(state.event for state in news)


class _Out:
    """The sending half of a connection; the watcher shows whether the client takes anything."""

    def __init__(self, send: Send, watcher: Watcher) -> None:
        self._send = send
        self._watcher = watcher

    async def start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def write(self, body: bytes) -> None:
        self._watcher.is_sending = True
        await self._send({"type": "http.response.body", "body": body, "more_body": True})
        self._watcher.is_sending = False
        self._watcher.sent += 1

    async def end(self) -> None:
        self._watcher.is_sending = True
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Receive, watcher: Watcher) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    watcher.end()
