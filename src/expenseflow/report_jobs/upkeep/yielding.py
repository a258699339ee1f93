"""Whoever asks the AI service at night gives way to everybody who waits for a report."""

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from expenseflow.categorization.asking import Pacing
from expenseflow.kit.clock import Clock
from expenseflow.pacing.messages import Ask, Ended, Reply

LOOK_SECONDS = 1.0
"""Between two looks whether still somebody waits."""
OLD_AFTER_SECONDS = 20.0
"""What was read so long ago is read again before a further call leaves."""


class Yielding:
    """A pacing that lets no call leave while anybody waits for a report, or with old questions.

    While somebody waits the run pauses, and goes on afterwards: what it knows of an outage and of
    the tries of each merchant stays with it. Before a further call leaves, what it asks about is
    looked at again, since meanwhile its owner may have marked a charge as personal.
    """

    def __init__(
        self,
        pacing: Pacing,
        clock: Clock,
        is_busy: Callable[[], Awaitable[bool]],
        *,
        old_after: float = OLD_AFTER_SECONDS,
    ) -> None:
        self._pacing = pacing
        self._clock = clock
        self._is_busy = is_busy
        self._old_after = old_after
        self._read_at = -math.inf
        self._is_still_so: Callable[[], Awaitable[bool]]
        self.is_outdated = False
        """Whether the run ends since what it asks about has changed."""
        self.outage = 0.0
        """Seconds of an outage that the run has seen, if one goes on."""

    def begin(self, is_still_so: Callable[[], Awaitable[bool]]) -> None:
        """A run begins; `is_still_so` reads again whether all it asks about may be told."""
        self._read_at = -math.inf
        self._is_still_so = is_still_so
        self.is_outdated = False
        self.outage = 0.0

    async def exchange(self, ended: Sequence[Ended], ask: Ask) -> Reply:
        """Hear how calls ended; grant some only when nobody else may want them."""
        may_leave = await self._may_leave()
        wanted = replace(ask, frugal=True) if may_leave else replace(ask, fresh=0, parts=())
        # Also when nothing is wanted: the calls under way of a run that keeps silent are not
        # counted any more, and others would have theirs beyond what the provider may be sent.
        reply = await self._pacing.exchange(ended, wanted)
        self.outage = reply.silent_for if reply.hold == "outage" else 0.0
        if may_leave:
            return reply
        if self.is_outdated and not ask.under_way:
            return replace(reply, silent_for=math.inf)  # a run that hears this gives up the rest
        return replace(reply, wait=LOOK_SECONDS)

    async def leave(self, ended: Sequence[Ended], job: str) -> None:
        """Nothing more is wanted."""
        await self._pacing.leave(ended, job)

    async def _may_leave(self) -> bool:
        if self.is_outdated:
            return False
        if await self._is_busy():
            self._read_at = -math.inf
            return False
        now = self._clock.monotonic()
        if now - self._read_at > self._old_after:
            self._read_at = now
            self.is_outdated = not await self._is_still_so()
        return not self.is_outdated
