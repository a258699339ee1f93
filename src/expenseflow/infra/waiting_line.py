"""The line of those who wait for a database connection."""

import asyncio
import math
from collections import deque

from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import await_only, queue


class WaitingLine(queue.QueueCommon[ConnectionPoolEntry]):
    """The free connections, and those who wait for one, in the order they came.

    A connection that comes back is handed to the first of them. (In `asyncio.Queue` whoever comes
    at the right moment takes it, and the one who was woken for it goes to the end of the line.)
    """

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:  # noqa: FBT001, FBT002  # as SQLAlchemy calls it
        if use_lifo:
            raise ValueError("the line is first in, first out")
        self.maxsize, self.use_lifo = maxsize, use_lifo
        self.longest = math.inf
        """Seconds to wait at most, even while connections come back."""
        self.moved_at = -math.inf
        """When a connection last came back well, by the clock of the event loop."""
        self._free: deque[ConnectionPoolEntry] = deque()
        self._places: deque[asyncio.Future[ConnectionPoolEntry]] = deque()

    def empty(self) -> bool:
        return not self._free

    def full(self) -> bool:
        return len(self._free) >= self.maxsize

    def qsize(self) -> int:
        return len(self._free)

    def put_nowait(self, item: ConnectionPoolEntry) -> None:
        while self._places:
            place = self._places.popleft()
            if not place.done():
                place.set_result(item)
                return
        if self.full():
            raise queue.Full
        self._free.append(item)

    def put(
        self,
        item: ConnectionPoolEntry,
        block: bool = True,  # noqa: ARG002, FBT001, FBT002  # as SQLAlchemy calls it
        timeout: float | None = None,  # noqa: ARG002  # there is a place for each connection
    ) -> None:
        self.put_nowait(item)

    def get_nowait(self) -> ConnectionPoolEntry:
        if not self._free:
            raise queue.Empty
        return self._free.popleft()

    def get(
        self,
        block: bool = True,  # noqa: FBT001, FBT002  # as SQLAlchemy calls it
        timeout: float | None = None,
    ) -> ConnectionPoolEntry:
        """The next one; `timeout` is in seconds since one last came back well."""
        if self._free or not block:
            return self.get_nowait()
        return await_only(self._wait(math.inf if timeout is None else timeout))

    async def _wait(self, seconds: float) -> ConnectionPoolEntry:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        place: asyncio.Future[ConnectionPoolEntry] = loop.create_future()
        self._places.append(place)
        left = min(seconds, self.longest)
        try:
            while left > 0 and not place.done():
                await asyncio.wait({place}, timeout=left if left < math.inf else None)
                end = min(max(self.moved_at, begun) + seconds, begun + self.longest)
                left = end - loop.time()
        except asyncio.CancelledError:
            if place.done():  # what was handed to us is for the next one
                self.put_nowait(place.result())
            raise
        finally:
            if not place.done():
                self._places.remove(place)
                place.cancel()
        if place.cancelled():
            raise queue.Empty
        return place.result()
