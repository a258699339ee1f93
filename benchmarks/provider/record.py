"""What the test provider saw, from its own record; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, cast

OK, TOO_MANY = 200, 429
ANSWERED = "answer"


@dataclass(frozen=True, slots=True)
class Call:
    """One call, as the provider recorded it; times in seconds since its script started."""

    at: float
    descriptions: Sequence[str]
    status: int | None
    """None while it is under way, and for one that the client gave up."""
    is_good: bool
    is_abandoned: bool
    finished_at: float | None
    tokens: int

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Self:
        """From the JSON of the record."""
        status = cast("int | None", entry["status"])
        return cls(
            at=float(entry["at"]),
            descriptions=tuple(entry["descriptions"]),
            status=status,
            is_good=status == OK and entry["deed"] == ANSWERED,
            is_abandoned=bool(entry["abandoned"]),
            finished_at=entry["finished_at"],
            tokens=int(entry["prompt_tokens"]) + int(entry["completion_tokens"]),
        )

    @property
    def is_under_way(self) -> bool:
        """Whether the client still waits for it."""
        return self.finished_at is None and not self.is_abandoned


@dataclass(frozen=True, slots=True)
class Counts:
    """The sums of a table row."""

    calls: int
    rejected: int
    asked_twice: int
    """Merchants that were asked again though they had been answered well before."""
    tokens: int


def count(calls: Sequence[Call]) -> Counts:
    """The sums over these calls."""
    return Counts(
        calls=len(calls),
        rejected=sum(call.status == TOO_MANY for call in calls),
        asked_twice=len(asked_twice(calls)),
        tokens=sum(call.tokens for call in calls if call.status == OK),
    )


def asked_twice(calls: Iterable[Call]) -> set[str]:
    """Descriptions in a call that arrived after a good answer for them had left."""
    known: dict[str, float] = {}
    twice: set[str] = set()
    for call in sorted(calls, key=lambda one: one.at):
        twice |= {name for name in call.descriptions if known.get(name, call.at) < call.at}
        if call.is_good and call.finished_at is not None:
            for name in call.descriptions:
                known[name] = min(call.finished_at, known.get(name, call.finished_at))
    return twice
