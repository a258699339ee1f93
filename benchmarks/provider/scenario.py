"""What a row of the table is: a provider, a month, the settings, and what is aimed at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from benchmarks.provider.bound import Provider, lower_bound


class Who(Enum):
    """Whose month a part of a scenario is."""

    FIRST = "first"
    """Somebody's, in a database that knows nothing."""
    LATER = "later"
    """Somebody else's, with other merchants, in the same database straight afterwards."""
    AGAIN = "again"
    """The first person's next month, with the same merchants."""


class Flagged(Enum):
    """Which lines are to be flagged for want of an answer."""

    NONE = "none"
    ALL = "all"
    POISONED = "those of the poisoned merchant"


@dataclass(frozen=True, slots=True)
class Within:
    """A time: so many bounds and so many seconds."""

    bounds: float = 0.0
    seconds: float = 0.0
    not_before: float = 0.0
    """Seconds; what ends earlier has given up too soon."""

    def limit(self, bound: float) -> float:
        return self.bounds * bound + self.seconds


@dataclass(frozen=True, slots=True)
class Rejected:
    """How many calls may be rejected: a share of all calls, but so many in any case."""

    share: float
    anyway: int = 3

    def most(self, calls: int) -> float:
        return max(self.anyway, self.share * calls)


@dataclass(frozen=True, slots=True)
class Part:
    """One measured report (or several at once)."""

    who: Who = Who.FIRST
    within: Within | None = None
    """None: measured, but nothing is aimed at."""
    most_calls: int | None = None
    shown: bool = True
    """False: only prepares the next part."""


ONLY_FIRST = (Part(),)
ANY_NUMBER = Rejected(0, anyway=10**9)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A row, or a row for each of its parts."""

    name: str
    what: str
    provider: Provider = field(default_factory=Provider)
    parts: Sequence[Part] = ONLY_FIRST
    rejected: Rejected = ANY_NUMBER
    flagged: Flagged = Flagged.NONE
    rules: Sequence[Mapping[str, Any]] = ()
    """What the test provider does beside answering well, as its scripts have it."""
    limits: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """How it tells its limits, where not by headers and `Retry-After` in seconds."""
    falls_to: Provider | None = None
    """What it allows once half of the merchants are answered. Calls that are under way then were
    admitted before, so a report can end before the bound of both halves."""
    falls_by_clock: bool = False
    """It falls at the moment of the first half's bound instead: nobody can get ahead of that."""
    outage: float = 0.0
    """Seconds for which it refuses connections, from the start."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    has_provider: bool = True
    lines: int = 300
    merchants: int = 120
    jobs: int = 1
    workers: int = 1
    late_job: float | None = None
    """Seconds in which a job of ten lines is to be done that starts after all the others."""
    most_memory: float | None = None
    """MB of a worker."""
    can_cancel: bool = True
    """False where it is over before anybody could."""
    yardsticks: bool = True
    hides_calls: bool = False
    """Whether calls go out that the provider cannot count, since it is not there."""
    note: str = ""
    """What a reader of the figures must know."""

    @property
    def bound(self) -> float:
        """Seconds; see `bound.lower_bound`."""
        if self.falls_to is None:
            return lower_bound(self.merchants * self.jobs, self.provider)
        return self._first_half + lower_bound(self.merchants * self.jobs // 2, self.falls_to)

    @property
    def _first_half(self) -> float:
        return lower_bound(self.merchants * self.jobs // 2, self.provider)

    @property
    def script(self) -> dict[str, Any]:
        """What the test provider is told at the start."""
        told: dict[str, Any] = {"rules": [dict(rule) for rule in self.rules]}
        if self.provider.requests is not None or self.provider.tokens is not None:
            told["limits"] = self._limits(self.provider)
        if self.falls_to is not None:
            told["changes"] = [{**self._half_way, "limits": self._limits(self.falls_to)}]
        if self.outage:
            told["outage"] = {"seconds": self.outage}
        return told

    @property
    def _half_way(self) -> dict[str, float]:
        if self.falls_by_clock:
            return {"at": self._first_half}
        return {"after_merchants": self.merchants * self.jobs // 2}

    def _limits(self, provider: Provider) -> dict[str, Any]:
        return {
            "requests": provider.requests,
            "tokens": provider.tokens,
            "window": provider.window,
            **self.limits,
        }

    def month(self, names: Sequence[str]) -> list[str]:
        """The description of each line, for the distinct merchants of one report."""
        return [names[at % len(names)] for at in range(self.lines)]
