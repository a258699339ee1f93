"""The earliest moment at which anybody could have a month's merchants answered; pure.

The reference prompt is fixed and not ours, so that a fat prompt cannot look good. Latencies are
those of the test provider: a base and so much for each output token.
"""

import math
from dataclasses import dataclass
from typing import Final

MOST_IN_A_CALL: Final = 25
JITTER: Final = 1.08
"""The provider's answers take up to 10 % longer, and the slowest of a window's calls counts."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What a provider allows and how fast it is; None is no limit."""

    rpm: float | None = None
    """Requests a minute."""
    tpm: float | None = None
    """Tokens a minute, in and out together."""
    window: float = 60.0
    """Seconds over which both are counted."""
    concurrency: int | None = None
    base: float = 0.4
    """Seconds before the first token."""
    per_token: float = 0.01
    """Seconds for each output token."""

    @property
    def requests(self) -> int | None:
        """Requests in one window."""
        return None if self.rpm is None else math.floor(self.rpm * self.window / 60)

    @property
    def tokens(self) -> int | None:
        """Tokens in one window."""
        return None if self.tpm is None else math.floor(self.tpm * self.window / 60)


def lower_bound(merchants: int, provider: Provider) -> float:
    """Seconds for so many distinct merchants, with the best number of them in a call.

    Raises:
        ValueError: not even a call of one merchant fits into a window.
    """
    times = [_seconds(merchants, size, provider) for size in range(1, MOST_IN_A_CALL + 1)]
    if (best := min(times)) == math.inf:
        raise ValueError("no call fits into a window")
    return JITTER * best


def _seconds(merchants: int, size: int, provider: Provider) -> float:
    """With `size` merchants in a call; infinite when such a call never fits."""
    calls = math.ceil(merchants / size)
    latency = provider.base + provider.per_token * _out(size)
    per_window = min(_by_requests(provider), _by_tokens(provider, size))
    if per_window < 1:
        return math.inf
    windows = math.ceil(calls / per_window)
    rounds = math.ceil(calls / (provider.concurrency or math.inf))
    return max((windows - 1) * provider.window + latency, max(rounds, 1) * latency)


def _by_requests(provider: Provider) -> float:
    return math.inf if provider.requests is None else provider.requests


def _by_tokens(provider: Provider, size: int) -> float:
    return math.inf if provider.tokens is None else provider.tokens // (_in(size) + _out(size))


def _in(size: int) -> int:
    return 600 + 40 * size


def _out(size: int) -> int:
    return 8 + 32 * size
