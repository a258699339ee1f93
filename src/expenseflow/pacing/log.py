"""Which calls left in the last minutes: a sliding-window log of bounded size.

Neighbouring calls share an entry, dated like the last of them, so that the log stays small however
many calls there are and never says that a window has room before it has.
"""

from dataclasses import dataclass, field
from typing import Final

ENTRIES_PER_WINDOW: Final = 200
_MOST_ENTRIES: Final = 800
_FINEST_S: Final = 0.02
HORIZON_S: Final = 120.0
"""Longest that calls are remembered when no longer window is known."""


@dataclass(frozen=True, slots=True)
class Used:
    """Calls and tokens."""

    requests: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Release:
    """What a window gets back, so many seconds from now."""

    after: float
    requests: int
    tokens: int


@dataclass(slots=True)
class Entry:
    """Calls that left until `at` (seconds, the database's clock), the first of them at `since`."""

    since: float
    at: float
    requests: int
    tokens: int


@dataclass(slots=True)
class CallLog:
    """Entries, the oldest first."""

    entries: list[Entry] = field(default_factory=list[Entry])

    def add(self, now: float, requests: int, tokens: int, *, window: float) -> None:
        """So many calls leave now; `window` (seconds) is the shortest one that matters."""
        width = max(_FINEST_S, window / ENTRIES_PER_WINDOW)
        last = self.entries[-1] if self.entries else None
        if last is not None and now - last.since < width:
            last.at, last.requests = max(last.at, now), last.requests + requests
            last.tokens += tokens
        else:
            self.entries.append(Entry(now, now, requests, tokens))

    def correct(self, sent_at: float, requests: int, tokens: int) -> None:
        """A call that left then turned out to count that much more, or less, than was booked."""
        for entry in self.entries:
            if entry.since <= sent_at <= entry.at:
                entry.requests = max(0, entry.requests + requests)
                entry.tokens = max(0, entry.tokens + tokens)
                return

    def used(self, now: float, window: float) -> Used:
        """What stands in the window that ends now."""
        requests = tokens = 0
        for entry in self._since(now - window):
            requests += entry.requests
            tokens += entry.tokens
        return Used(requests, tokens)

    def releases(self, now: float, window: float) -> list[Release]:
        """When the window that ends now will have let go of what stands in it, soonest first."""
        return [
            Release(entry.at + window - now, entry.requests, entry.tokens)
            for entry in self._since(now - window)
            if entry.requests or entry.tokens
        ]

    def oldest_since(self, moment: float) -> float | None:
        """When the first call after that moment left."""
        return next((entry.since for entry in self._since(moment) if entry.requests), None)

    def latest(self) -> float | None:
        """When the last call left."""
        return next((entry.at for entry in reversed(self.entries) if entry.requests), None)

    def forget(self, before: float) -> None:
        """Drop what no window holds any more."""
        if len(self.entries) > _MOST_ENTRIES:
            self._merge_old()
        keep = next((n for n, entry in enumerate(self.entries) if entry.at >= before), None)
        self.entries = [] if keep is None else self.entries[keep:]

    def _merge_old(self) -> None:
        """Neighbours of long ago as one, dated like the later: they leave a window a bit late."""
        old, new = self.entries[:-ENTRIES_PER_WINDOW], self.entries[-ENTRIES_PER_WINDOW:]
        pairs = zip(old[::2], old[1::2], strict=False)
        merged = [
            Entry(a.since, b.at, a.requests + b.requests, a.tokens + b.tokens) for a, b in pairs
        ]
        self.entries = [*merged, *old[len(merged) * 2 :], *new]

    def _since(self, moment: float) -> list[Entry]:
        start = len(self.entries)
        while start and self.entries[start - 1].at > moment:
            start -= 1
        return self.entries[start:]
