"""A real server on a real socket, and clients that read its event streams."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from expenseflow.app import listening, server
from tests.support.identity import Visitors


@dataclass(frozen=True)
class Event:
    """One event as the client got it."""

    name: str
    data: Any
    id: str | None


@dataclass
class Stream:
    """An open stream; `next()` waits for the next event."""

    answer: httpx.Response
    lines: AsyncIterator[str]
    comments: list[str] = field(default_factory=list)

    async def next(self, *, seconds: float = 10) -> Event:
        """Fails when none comes in time, or the stream ends."""
        event = await self.next_or_end(seconds=seconds)
        assert event is not None, "the stream has ended"
        return event

    async def next_or_end(self, *, seconds: float = 10) -> Event | None:
        """None: the server has ended it."""
        async with asyncio.timeout(seconds):
            return await self._next()

    async def _next(self) -> Event | None:
        found: dict[str, str] = {}
        async for line in self.lines:
            if line.startswith(":"):
                self.comments.append(line[1:].strip())
            elif line:
                name, _, value = line.partition(": ")
                found[name] = value
            elif "event" in found:
                return Event(found["event"], json.loads(found["data"]), found.get("id"))
        return None

    async def until(self, status: str) -> list[Event]:
        """The events up to the one with this status."""
        events = [await self.next()]
        while events[-1].data["status"] != status:
            events.append(await self.next())
        return events


@dataclass(frozen=True)
class Server:
    """Where it answers, and whose tokens it knows."""

    url: str
    visitors: Visitors
    client: httpx.AsyncClient

    async def token(self, email: str = "ann@example.com") -> str:
        return await self.visitors.token(email)

    @asynccontextmanager
    async def stream(
        self, path: str, *, token: str | None = None, **headers: str
    ) -> AsyncGenerator[Stream]:
        """An open stream of whom the token names, Ann if none."""
        credentials = {"Authorization": f"Bearer {token or await self.token()}"}
        async with self.client.stream("GET", path, headers=credentials | headers) as answer:
            yield Stream(answer, answer.aiter_lines())

    def of_job(self, job_id: UUID) -> str:
        return f"/api/report-jobs/{job_id}/events"


@asynccontextmanager
async def serving(visitors: Visitors, *, with_worker: bool = False) -> AsyncGenerator[Server]:
    """The application of the visitors over HTTP, and somebody who does the jobs if wanted."""
    settings = visitors.parts.settings.model_copy(update={"port": 0})
    listener = listening.listen(settings)
    url, any_number = listening.address(listener), httpx.Limits(max_connections=None)
    async with (
        httpx.AsyncClient(base_url=url, timeout=None, limits=any_number) as client,  # noqa: S113  # tests wait with their own
        server.serving(visitors.parts, listener, with_worker=with_worker),
    ):
        yield Server(url, visitors, client)
