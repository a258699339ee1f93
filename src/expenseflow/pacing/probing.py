"""Is the provider there? Asked at most once in half a minute, whoever wants to know."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from expenseflow.kit.clock import Clock
from expenseflow.pacing.messages import Policy

FRESH_S: Final = 30.0
PATIENCE_S: Final = 3.0


class Found(Protocol):
    """What a probe brought."""

    @property
    def reachable(self) -> bool: ...


class Probe(Protocol):
    """Asks a provider something that costs nothing; never raises for what it answers."""

    async def probe(self) -> Found: ...


class Reachability:
    """The last answer to that question, in this process."""

    def __init__(self, clock: Clock, *, patience: float = PATIENCE_S) -> None:
        self._clock = clock
        self._patience = patience
        self._lock = asyncio.Lock()
        self._found: tuple[float, bool, datetime] | None = None

    async def ask(self, probe: Probe) -> tuple[bool, datetime]:
        """Whether it is there, and as of when."""
        async with self._lock:
            if self._found is None or self._clock.monotonic() - self._found[0] >= FRESH_S:
                reachable = await self._probed(probe)
                self._found = (self._clock.monotonic(), reachable, self._clock.now())
            return self._found[1], self._found[2]

    async def _probed(self, probe: Probe) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                return (await probe.probe()).reachable
        except TimeoutError:
            return False


@dataclass(frozen=True, slots=True)
class Provider:
    """What a process has of the provider; put together by wiring."""

    name: str
    """Of its budget: `service.provider_id`."""
    policy: Policy
    probe: Probe | None
    """None: no provider is configured."""
    reachability: Reachability
