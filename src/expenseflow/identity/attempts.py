"""How often one address may try to sign in."""

import ipaddress
import math
import time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from expenseflow.identity.errors import TooManySignIns

PER_MINUTE = 30
OIDC_PER_MINUTE = 300
"""Two for each sign-in; all of an office may have one address, and come at nine o'clock."""


class Attempts:
    """Counts tries per address over the last minute, in this process.

    A code has 256 random bits, so this guards the machine's time, not the code. Two numbers are
    kept of an address, and none a minute or two later.
    """

    def __init__(self, per_minute: int = PER_MINUTE) -> None:
        self._limit = parse(f"{per_minute}/minute")
        self.storage = MemoryStorage()
        self._limiter = SlidingWindowCounterRateLimiter(self.storage)

    def admit(self, address: str) -> None:
        """Count one try; raises `TooManySignIns` when there were too many."""
        whose = _whose(address)
        if not self._limiter.hit(self._limit, whose):
            window = self._limiter.get_window_stats(self._limit, whose)
            # The window is the library's, so its end is read off the library's clock.
            wait = window.reset_time - time.time()  # noqa: TID251
            raise TooManySignIns(retry_after=max(1, math.ceil(wait)))


def _whose(address: str) -> str:
    """One line has 2^64 addresses of IPv6 to itself: they count as one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return address
