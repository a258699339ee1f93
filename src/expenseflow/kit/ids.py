"""Ids are made in Python, so that a row has its id before it is written.

They are UUIDs of version 7 (RFC 9562): the time in milliseconds, a counter, and chance. Of two ids
made by one process the later one is the greater, so rows ordered by id stand in the order they
were made in. An id tells when it was made, and nothing else; it is no secret.
"""

import secrets
import threading
import time
import uuid

_COUNTER_BITS = 42
_CHANCE_BITS = 32


class _Sequence:
    """Numbers that rise with every call: milliseconds, and a counter that starts anywhere."""

    def __init__(self) -> None:
        self._last = 0
        self._one_at_a_time = threading.Lock()

    def rise(self, milliseconds: int) -> int:
        """Above the number before, even if the clock stood still or was set back."""
        fresh = milliseconds << _COUNTER_BITS | secrets.randbits(_COUNTER_BITS - 1)
        with self._one_at_a_time:
            self._last = max(fresh, self._last + 1)
            return self._last


_sequence = _Sequence()


def new_id() -> uuid.UUID:
    """A fresh id, greater than those this process made before."""
    number = _sequence.rise(time.time_ns() // 1_000_000)
    moment, counter = divmod(number, 1 << _COUNTER_BITS)
    high, low = divmod(counter, 1 << 30)
    version, variant = 7, 2
    return uuid.UUID(
        int=moment << 80
        | version << 76
        | high << 64
        | variant << 62
        | low << _CHANCE_BITS
        | secrets.randbits(_CHANCE_BITS)
    )
