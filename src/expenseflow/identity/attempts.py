"""How often one address may try to sign in."""

import math
import time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from expenseflow.identity.errors import TooManySignIns

PER_MINUTE = 30
OIDC_PER_MINUTE = 300
"""Two for each sign-in; all of an office may have one address, and come at nine o'clock."""


class Attempts:
    """Counts tries per address over the last minute, in this process.

    A code has 256 random bits, so this guards the machine's time, not the code.
    """

    def __init__(self, per_minute: int = PER_MINUTE) -> None:
        self._limit = parse(f"{per_minute}/minute")
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def admit(self, address: str) -> None:
        """Count one try; raises `TooManySignIns` when there were too many."""
        if not self._limiter.hit(self._limit, address):
            window = self._limiter.get_window_stats(self._limit, address)
            # The window is the library's, so its end is read off the library's clock.
            wait = window.reset_time - time.time()  # noqa: TID251
            raise TooManySignIns(retry_after=max(1, math.ceil(wait)))
