"""What a provider lets through: sliding windows of requests and tokens, and their headers; pure.

The time is passed in as seconds that never go back. What was admitted is kept for good, so limits
can change at any time, their window too.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Final, Literal

RetryAfter = Literal["seconds", "date", "ms", "none"]
_STYLES: Final = ("seconds", "date", "ms", "none")
_WAIT_FOR_OTHERS: Final = 1.0
"""Nobody knows when one of the calls under way will end; providers say some small number."""


@dataclass(frozen=True, slots=True)
class Slope:
    """A limit on the rise: in each second at most `growth` times the calls of the one before."""

    start: int = 5
    """So many are always let in."""
    growth: float = 2.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What is let through; None is no limit. `ValueError` if a number cannot be."""

    requests: int | None = None
    """For each window, whatever its length."""
    tokens: int | None = None
    """For each window; those of the prompt and of the answer."""
    window: float = 60.0
    """Seconds."""
    headers: bool = True
    """Whether each answer tells how much is left."""
    retry_after: RetryAfter = "seconds"
    concurrency: int | None = None
    """Calls under way at the same time."""
    slope: Slope | None = None
    count_rejected: bool = False
    """Whether a rejected call uses up a request too."""

    def __post_init__(self) -> None:
        numbers = (self.requests, self.tokens, self.concurrency, self.window)
        if any(number is not None and number <= 0 for number in numbers):
            raise ValueError("a limit is more than nothing")
        if self.slope is not None and self.slope.start <= 0:
            raise ValueError("a slope starts above nothing")
        if self.retry_after not in _STYLES:
            raise ValueError(f"retry_after must be one of {', '.join(_STYLES)}")


@dataclass(frozen=True, slots=True)
class Change:
    """Other limits from some moment on, once one of its conditions is met."""

    limits: Limits
    after_merchants: int | None = None
    """So many distinct descriptions have been answered well."""
    at: float | None = None
    """Seconds since the script started."""

    def is_due(self, *, merchants: int, at: float) -> bool:
        """Whether it holds by now."""
        answered = self.after_merchants is not None and merchants >= self.after_merchants
        return answered or (self.at is not None and at >= self.at)


@dataclass(frozen=True, slots=True)
class Verdict:
    """About one call: let in, rejected for so long, or (`too_large`) for good."""

    wait: float = 0.0
    """Seconds until this very call would be let in, if nobody else came."""
    too_large: bool = False

    @property
    def admitted(self) -> bool:
        """Whether it is let in."""
        return self.wait <= 0 and not self.too_large


@dataclass(slots=True)
class _Log:
    """Amounts by time, with their running sum, so that any question is a search by halves."""

    times: list[float] = field(default_factory=list[float])
    sums: list[int] = field(default_factory=list[int])

    def add(self, at: float, amount: int) -> None:
        self.times.append(at)
        self.sums.append(self._total() + amount)

    def used(self, at: float, window: float) -> int:
        """The sum of (at - window, at]."""
        left = bisect_right(self.times, at, key=lambda time: time + window)
        return self._total() - (self.sums[left - 1] if left else 0)

    def room_at(self, at: float, amount: int, *, limit: int, window: float) -> float:
        """The first time from now on at which the window has room for that amount."""
        must_have_left = self._total() + amount - limit
        if must_have_left <= 0:
            return at
        return max(at, self.times[bisect_left(self.sums, must_have_left)] + window)

    def empty_at(self, at: float, window: float) -> float:
        return max(at, self.times[-1] + window) if self.times else at

    def _total(self) -> int:
        return self.sums[-1] if self.sums else 0


@dataclass(slots=True)
class Meter:
    """Admits or rejects each call, and remembers the admitted ones."""

    limits: Limits = field(default_factory=Limits)
    under_way: int = 0
    most_under_way: int = 0
    _requests: _Log = field(default_factory=_Log)
    _tokens: _Log = field(default_factory=_Log)
    _admitted: list[float] = field(default_factory=list[float])

    def admit(self, at: float, *, tokens: int) -> Verdict:
        """The verdict on a call that arrives now; an admitted one is under way until `end`."""
        if self.limits.tokens is not None and tokens > self.limits.tokens:
            return Verdict(too_large=True)
        if self._wait(at, tokens) > 0:
            if self.limits.count_rejected:  # before the wait is told: this call prolongs it
                self._requests.add(at, 1)
            return Verdict(wait=self._wait(at, tokens))
        self._requests.add(at, 1)
        self._tokens.add(at, tokens)
        self._admitted.append(at)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        return Verdict()

    def end(self) -> None:
        """An admitted call is no longer under way."""
        self.under_way -= 1

    def clear(self) -> None:
        """Forget what was admitted; calls under way stay so."""
        self._requests, self._tokens = _Log(), _Log()
        self._admitted.clear()
        self.most_under_way = self.under_way

    def headers(self, at: float) -> dict[str, str]:
        """The `x-ratelimit-*` of this moment, for the kinds that are limited."""
        if not self.limits.headers:
            return {}
        kinds = (
            ("requests", self.limits.requests, self._requests),
            ("tokens", self.limits.tokens, self._tokens),
        )
        found: dict[str, str] = {}
        for kind, limit, log in kinds:
            if limit is not None:
                left = limit - log.used(at, self.limits.window)
                found[f"x-ratelimit-limit-{kind}"] = str(limit)
                found[f"x-ratelimit-remaining-{kind}"] = str(max(0, left))
                found[f"x-ratelimit-reset-{kind}"] = duration(
                    log.empty_at(at, self.limits.window) - at
                )
        return found

    def _wait(self, at: float, tokens: int) -> float:
        return max(self._waits(at, tokens), default=0.0)

    def _waits(self, at: float, tokens: int) -> Iterator[float]:
        limits = self.limits
        if limits.requests is not None:
            yield self._requests.room_at(at, 1, limit=limits.requests, window=limits.window) - at
        if limits.tokens is not None:
            yield self._tokens.room_at(at, tokens, limit=limits.tokens, window=limits.window) - at
        if limits.concurrency is not None and self.under_way >= limits.concurrency:
            yield _WAIT_FOR_OTHERS
        if limits.slope is not None and self._is_too_steep(at, limits.slope):
            yield math.floor(at) + 1 - at

    def _is_too_steep(self, at: float, slope: Slope) -> bool:
        second = math.floor(at)
        begun = bisect_left(self._admitted, second)
        now = len(self._admitted) - begun
        before = begun - bisect_left(self._admitted, second - 1)
        return now >= max(slope.start, int(slope.growth * before))


def retry_headers(wait: float, style: RetryAfter, *, now: datetime) -> dict[str, str]:
    """The header that tells how long to wait, rounded up to what it can say; perhaps none."""
    match style:
        case "seconds":
            return {"retry-after": str(math.ceil(wait))}
        case "ms":
            return {"retry-after-ms": str(math.ceil(wait * 1000))}
        case "date":
            moment = now + timedelta(seconds=wait)
            up = timedelta(seconds=1 if moment.microsecond else 0)
            return {"retry-after": format_datetime(moment.replace(microsecond=0) + up, usegmt=True)}
        case "none":
            return {}


def duration(seconds: float) -> str:
    """As OpenAI writes it, rounded up to the millisecond: `120ms`, `1.5s`, `6m0s`, `1h0m0s`."""
    ms = max(0, math.ceil(round(seconds * 1000, 6)))
    if 0 < ms < 1000:  # noqa: PLR2004  # a second
        return f"{ms}ms"
    minutes, ms = divmod(ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{ms / 1000:g}s"
    if hours:
        return f"{hours}h{minutes}m{text}"
    return f"{minutes}m{text}" if minutes else text
