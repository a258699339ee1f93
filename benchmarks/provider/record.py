"""What the test provider saw, from its own record; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Call:
    """One call, as the provider recorded it; times in seconds since its script started."""

    at: float
    descriptions: Sequence[str]
    answered: Sequence[str]
    """Those of them that got a usable line."""
    is_rejected: bool
    finished_at: float | None
    """None while it is under way."""
    tokens: int

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Self:
        """From the JSON of the record."""
        return cls(
            at=float(entry["at"]),
            descriptions=tuple(entry["descriptions"]),
            answered=tuple(entry["answered"]),
            is_rejected=bool(entry["rejected"]),
            finished_at=entry["finished_at"],
            tokens=int(entry["prompt_tokens"]) + int(entry["completion_tokens"]),
        )


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
        rejected=sum(call.is_rejected for call in calls),
        asked_twice=len(asked_twice(calls)),
        tokens=sum(call.tokens for call in calls),
    )


def asked_twice(calls: Iterable[Call]) -> set[str]:
    """Descriptions in a call that arrived after a good answer for them had left."""
    known: dict[str, float] = {}
    twice: set[str] = set()
    for call in sorted(calls, key=lambda one: one.at):
        twice |= {name for name in call.descriptions if known.get(name, call.at) < call.at}
        if call.finished_at is not None:
            for name in call.answered:
                known[name] = min(call.finished_at, known.get(name, call.finished_at))
    return twice
