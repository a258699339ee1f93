"""When upkeep is due, and when jobs fail too often; pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol

FAILING_SHARE = 0.1
"""More than this share of the jobs that finished in the last hour, and somebody is to look."""
FAILING_OF_AT_LEAST = 5
FIRST_WAIT = timedelta(seconds=20)
LONGEST_WAIT = timedelta(hours=1)


class Schedule(Protocol):
    """How often something is to be done."""

    def last_due(self, now: datetime) -> datetime:
        """The latest moment at which it should have been begun."""
        ...


@dataclass(frozen=True, slots=True)
class Every:
    """Again so long after it was last begun."""

    interval: timedelta

    def last_due(self, now: datetime) -> datetime:
        return now - self.interval


@dataclass(frozen=True, slots=True)
class Nightly:
    """Once after this time of day (UTC), also when nobody was there at that time."""

    at: time

    def last_due(self, now: datetime) -> datetime:
        today = now.replace(
            hour=self.at.hour, minute=self.at.minute, second=self.at.second, microsecond=0
        )
        return today if today <= now else today - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LastHour:
    """How the jobs that ended by themselves in the last hour ended."""

    finished: int
    failed: int

    @property
    def share(self) -> float:
        """Of failed ones among them, 0 to 1."""
        return self.failed / self.finished if self.finished else 0.0

    def is_failing(self, *, already: bool) -> bool:
        """Whether to warn; once warned of, it lasts until few fail, however many finish.

        Else each job that leaves the hour, or comes into it, would end or begin a warning.
        """
        enough = self.finished > 0 if already else self.finished >= FAILING_OF_AT_LEAST
        return enough and self.share > FAILING_SHARE


def wait_after(tries: int) -> timedelta:
    """How long to leave a receiver alone that has refused so often."""
    return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries, 20))
