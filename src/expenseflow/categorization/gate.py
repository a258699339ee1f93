"""When the next call to the provider may leave: its limit, its outages, and the end of patience.

One gate sees one job's calls. It never decides about lines; it is told how calls went.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Collection, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from expenseflow.kit.clock import Clock
from expenseflow.kit.completions import ProviderDown

AT_LIMIT: Final = "waiting for the AI service's limit"
OUTAGE: Final = "the AI service is not available, trying again"

_FAILURES_OF_AN_OUTAGE: Final = 3
_USELESS_IN_A_ROW: Final = 50
_LONGEST_BACKOFF: Final = 30.0
_SHORTEST_BACKOFF: Final = 0.1
_PROBES: Final = (1.0, 5.0)
_PROBE_GROWTH: Final = 1.5


class Gate:
    """Holds calls back while the provider is at its limit or down; ends when it is hopeless."""

    def __init__(self, clock: Clock, rng: random.Random, *, patience: float) -> None:
        self._clock = clock
        self._rng = rng
        self._patience = patience
        self.ended: str | None = None
        """Why no call will leave any more, in words."""
        self._ending = asyncio.Event()
        self._blocked_until = clock.monotonic()
        self._limited_rounds = 0
        self._down = False
        self._failed_probes = 0
        self._next_probe = 0.0
        self._probe = asyncio.Lock()
        self._silent_since: float | None = None
        self._heard_at = clock.monotonic()
        self._failures = 0
        self._useless = 0
        self._in_all_failures: frozenset[object] = frozenset()
        self._words = ProviderDown.words
        self._waiters = 0
        self._held_since = 0.0
        self._held = 0.0

    # --- for calls --------------------------------------------------------------------------

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[bool]:
        """Wait until a call may leave, then make it inside the block; False: do not, it is over."""
        with self._counted_as_held():
            probe = await self._admitted()
        try:
            yield self.ended is None
        finally:
            if probe:
                self._probe.release()

    async def _admitted(self) -> bool:
        """Whether the call that may now leave is the one probe of an outage."""
        while self.ended is None:
            await self._until(self._blocked_until)
            if not self._down:
                return False
            # The lock hands probing on in the order of arrival, so that one call that cannot
            # succeed does not hide that the provider is back for the others.
            await self._probe.acquire()
            if await self._may_probe():
                return True
            self._probe.release()
        return False

    async def _may_probe(self) -> bool:
        try:
            if self._down:
                await self._until(max(self._next_probe, self._blocked_until))
        except BaseException:
            self._probe.release()
            raise
        return self._down and self.ended is None

    async def pause(self, seconds: float) -> None:
        """Wait that long, or until it is over."""
        await self._until(self._clock.monotonic() + seconds)

    async def _until(self, moment: float) -> None:
        while self.ended is None and (left := self._impatient(moment)) > 0:
            ending = asyncio.ensure_future(self._ending.wait())
            sleeping = asyncio.ensure_future(self._clock.sleep(left))
            try:
                await asyncio.wait({ending, sleeping}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                ending.cancel()
                sleeping.cancel()
            self._lose_patience()

    def _impatient(self, moment: float) -> float:
        """Seconds to that moment, or to the end of patience during an outage."""
        if self._down and self._silent_since is not None:
            moment = min(moment, self._silent_since + self._patience)
        return moment - self._clock.monotonic()

    # --- how calls went ---------------------------------------------------------------------

    def answered(self, *, useful: bool, words: str) -> None:
        """The provider answered; too many answers in a row without a usable line are the end."""
        self._alive()
        self._limited_rounds = 0
        self._useless = 0 if useful else self._useless + 1
        if self._useless >= _USELESS_IN_A_ROW:
            self.end(words)

    def limited(self, retry_after: float | None) -> None:
        """429: hold all calls back, at least as long as it asked for."""
        self._alive()
        if self._clock.monotonic() >= self._blocked_until:
            self._limited_rounds += 1
        doubled = float(2 ** min(self._limited_rounds - 1, 10)) if self._limited_rounds else 1.0
        floor = min(_SHORTEST_BACKOFF * doubled, _LONGEST_BACKOFF)
        asked = min(doubled, _LONGEST_BACKOFF) if retry_after is None else retry_after
        self._block(max(asked, floor))

    def down(self, started: float, words: str, retry_after: float | None) -> None:
        """The provider refused, broke off or said that it is not there."""
        self._silent(started, words)
        if retry_after is not None:
            self._block(retry_after)
        self._open()

    def suspect(self, started: float, words: str, lines: Collection[object]) -> bool:
        """A call without an answer; whether that is an outage rather than these lines' fault.

        It is one after several such calls in a row, unless one line was in all of them.
        """
        self._silent(started, words)
        mine = frozenset(lines)
        self._in_all_failures = self._in_all_failures & mine if self._failures else mine
        self._failures += 1
        if self._down or (self._failures >= _FAILURES_OF_AN_OUTAGE and not self._in_all_failures):
            self._open()
        return self._down

    def end(self, words: str) -> None:
        """No further call has a chance."""
        if self.ended is None:
            self.ended = words
            self._ending.set()

    def _alive(self) -> None:
        self._down = False
        self._failed_probes = 0
        self._silent_since = None
        self._heard_at = self._clock.monotonic()
        self._failures = 0

    def _silent(self, started: float, words: str) -> None:
        self._words = words
        if self._silent_since is None:
            self._silent_since = max(started, self._heard_at)
        self._lose_patience()

    def _lose_patience(self) -> None:
        since = self._silent_since
        if since is not None and self._clock.monotonic() - since >= self._patience:
            self.end(self._words)

    def _open(self) -> None:
        first, longest = _PROBES
        self._down = True
        interval = min(first * _PROBE_GROWTH**self._failed_probes, longest)
        self._failed_probes = min(self._failed_probes + 1, 10)
        self._next_probe = self._clock.monotonic() + min(
            interval * self._rng.uniform(1.0, 1.2), longest
        )

    def _block(self, seconds: float) -> None:
        """Jitter only ever makes it later: nobody comes before the provider said."""
        wait = max(seconds, 0.0) + self._rng.uniform(0.0, 0.1)
        self._blocked_until = max(self._blocked_until, self._clock.monotonic() + wait)

    # --- what others see --------------------------------------------------------------------

    @property
    def waiting_for(self) -> str | None:
        """What holds calls back right now, in words."""
        if self.ended is not None:
            return None
        if self._down:
            return OUTAGE
        return AT_LIMIT if self._clock.monotonic() < self._blocked_until else None

    def take_held(self) -> float:
        """Seconds calls were held back since the last time this was asked."""
        if self._waiters:
            now = self._clock.monotonic()
            self._held += now - self._held_since
            self._held_since = now
        held, self._held = self._held, 0.0
        return held

    @contextmanager
    def _counted_as_held(self) -> Generator[None]:
        """Time that several calls wait at once counts once."""
        if not self._waiters:
            self._held_since = self._clock.monotonic()
        self._waiters += 1
        try:
            yield
        finally:
            if self._waiters == 1:
                self._held += self._clock.monotonic() - self._held_since
            self._waiters -= 1
