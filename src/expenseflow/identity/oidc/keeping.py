"""Keeping what was fetched: fetched again when it is old, by one at a time, for everybody."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog

from expenseflow.identity.errors import ProviderSilent
from expenseflow.identity.oidc.fetching import NoAnswer, Refused
from expenseflow.kit.clock import Clock

T = TypeVar("T")
_log = structlog.get_logger(__name__)


class Kept(Generic[T]):
    """The last value, good for a while also when it cannot be fetched anew.

    Nobody waits who need not: a value that is no longer fresh, but still good, is used while it is
    fetched behind the scenes.
    """

    def __init__(
        self,
        name: str,
        fetch: Callable[[], Awaitable[T]],
        clock: Clock,
        *,
        fresh: float,
        good: float,
        pause: float,
    ) -> None:
        """In seconds: how long it is fresh, how long good, and at least between two fetches."""
        self._name = name
        self._fetch = fetch
        self._clock = clock
        self._fresh, self._good, self._pause = fresh, good, pause
        self._value: tuple[T, float] | None = None
        self._tried_at: float | None = None
        self._task: asyncio.Task[None] | None = None
        self._failed = False

    async def get(self) -> T:
        """The value, at most `good` seconds old; else `ProviderSilent`."""
        age = self._age()
        if age > self._good:
            await self._fetched_anew()
        elif age > self._fresh:
            self._begin()
        return self._still_good()

    async def newer(self) -> T:
        """Fetched anew, unless that was tried within the pause.

        Raises:
            ProviderSilent: it is not known whether what is kept is the newest.
        """
        await self._fetched_anew()
        if self._failed:
            raise self._silent()
        return self._still_good()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _fetched_anew(self) -> None:
        task = self._begin()
        if task is not None:
            await asyncio.shield(task)  # who gives up must not give up for the others

    def _begin(self) -> asyncio.Task[None] | None:
        if self._task is not None and not self._task.done():
            return self._task
        now = self._clock.monotonic()
        if self._tried_at is not None and now - self._tried_at < self._pause:
            return None
        self._tried_at = now
        self._task = asyncio.create_task(self._try())
        return self._task

    async def _try(self) -> None:
        asked_at = self._clock.monotonic()
        try:
            value = await self._fetch()
        except (NoAnswer, Refused, ProviderSilent) as error:
            self._failed = True
            _log.warning("openid.not_fetched", what=self._name, reason=str(error))
        except Exception as error:  # noqa: BLE001  # a strange answer is none, whatever it does to us
            self._failed = True
            _log.warning("openid.not_fetched", what=self._name, reason=type(error).__name__)
        else:
            self._failed = False
            self._value = (value, asked_at)

    def _age(self) -> float:
        return float("inf") if self._value is None else self._clock.monotonic() - self._value[1]

    def _still_good(self) -> T:
        if self._value is None or self._age() > self._good:
            raise self._silent()
        return self._value[0]

    def _silent(self) -> ProviderSilent:
        return ProviderSilent(retry_after=max(1, int(self._pause)))
