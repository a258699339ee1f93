"""A Kubernetes Service in small: each new connection goes to one of the servers that are ready."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

LOOK_EVERY_SECONDS = 0.2
_CHUNK = 65_536


class Balancer:
    """Runs in a thread of its own; connections that stand stay where they are."""

    def __init__(self) -> None:
        self.url = ""
        self._servers: list[str] = []
        self._ready: frozenset[str] = frozenset()
        self._turn = 0
        self._loop = asyncio.new_event_loop()
        self._is_up = threading.Event()
        self._over: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._is_up.wait(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._over is not None
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    def add(self, url: str) -> None:
        """A server that may be sent people once it says that it is ready."""
        self._servers.append(url)

    def remove(self, url: str) -> None:
        """Nobody is sent there any more, as when a Pod is about to be deleted."""
        self._servers.remove(url)

    def is_ready(self, url: str) -> bool:
        """Whether it is sent people now."""
        return url in self._ready

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._start(self._keep_looking())
        self._is_up.set()
        await self._over.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_looking(self) -> None:
        async with httpx.AsyncClient(timeout=2, headers={"Connection": "close"}) as client:
            while True:
                servers = list(self._servers)
                answers = await asyncio.gather(*(_says_ready(client, url) for url in servers))
                self._ready = frozenset(
                    url for url, ready in zip(servers, answers, strict=True) if ready
                )
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What goes wrong here is seen by the client, as it would be in front of a Service."""
        ready = sorted(self._ready)
        if not ready:
            writer.close()
            return
        self._turn += 1
        where = urlsplit(ready[self._turn % len(ready)])
        try:
            there, back = await asyncio.open_connection(where.hostname, where.port)
        except OSError:
            writer.close()
            return
        self._start(_pipe(reader, back))
        self._start(_pipe(there, writer))


async def _says_ready(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(f"{url}/health/ready")).is_success
    except httpx.HTTPError:
        return False


async def _pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Until one side ends; the other side is told."""
    with contextlib.suppress(ConnectionError), contextlib.closing(sink):
        while chunk := await source.read(_CHUNK):
            sink.write(chunk)
            await sink.drain()
