"""Where uploads wait: so many come in, so many of one person, and two are taken apart at a time.

While a file comes in it lies on disk. Only where it is taken apart is it in memory, several times
its size, until it is stored.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from uuid import UUID

from expenseflow.statements.errors import TooManyUploads, UploadsAreBusy

READ_AT_ONCE = 2
"""Files a process takes apart at a time; each takes a processor."""
UPLOADS_AT_ONCE = 40
"""All that come in, wait, or are taken apart."""
PER_PERSON = 6
PATIENCE_SECONDS = 30.0
"""How long a file waits to be taken apart; the largest takes some seconds."""
_BACK_IN_SECONDS = 10


class Desk:
    """The uploads of one process."""

    def __init__(self) -> None:
        self._people = Counter[UUID]()
        self._free = asyncio.Semaphore(READ_AT_ONCE)

    @contextmanager
    def place(self, user_id: UUID) -> Generator[None]:
        """Taken before the body is read; raises TooManyUploads or UploadsAreBusy."""
        if self._people[user_id] >= PER_PERSON:
            raise TooManyUploads(retry_after=_BACK_IN_SECONDS)
        if self._people.total() >= UPLOADS_AT_ONCE:
            raise UploadsAreBusy(retry_after=_BACK_IN_SECONDS)
        self._people[user_id] += 1
        try:
            yield
        finally:
            self._people[user_id] -= 1
            if not self._people[user_id]:
                del self._people[user_id]

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """Held from before the file is in memory until it is stored; raises UploadsAreBusy."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._free.acquire()
        except TimeoutError as error:
            raise UploadsAreBusy(retry_after=_BACK_IN_SECONDS) from error
        try:
            yield
        finally:
            self._free.release()
