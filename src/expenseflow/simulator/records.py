"""What the test provider remembers: every call, and what became of each description."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class CallRecord:
    """One call: what was asked, what was done with it, how it ended. Times: seconds since start."""

    number: int
    """From 1."""
    at: float
    """When it arrived."""
    descriptions: tuple[str, ...]
    body: str
    lines: int = 0
    request_id: str | None = None
    """What the caller names it, in `X-Request-ID`."""
    deed: str = "answer"
    status: int | None = None
    """None while it is under way, hangs, or was given up by the client."""
    admitted_at: float | None = None
    """None if the limits kept it out, or it was refused before they were asked."""
    rejected: bool = False
    """429, for whatever reason."""
    abandoned: bool = False
    """The client went away before the answer was out."""
    finished_at: float | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    """Both 0 unless it was admitted."""
    answered: tuple[str, ...] = ()
    """The descriptions that got a usable line."""


@dataclass(slots=True)
class Ledger:
    """All calls, and counts that are kept up as they come, so that totals cost nothing."""

    calls: list[CallRecord] = field(default_factory=list[CallRecord])
    asked: Counter[str] = field(default_factory=Counter[str])
    """How often each description was asked, by rejected calls too."""
    answered: Counter[str] = field(default_factory=Counter[str])
    """How often each was answered well."""
    asked_again: Counter[str] = field(default_factory=Counter[str])
    """How often each was asked by an admitted call though it had been answered well."""

    def arrive(self, at: float, descriptions: tuple[str, ...], body: str) -> CallRecord:
        """A new call."""
        record = CallRecord(len(self.calls) + 1, at, descriptions, body, lines=len(descriptions))
        self.calls.append(record)
        self.asked.update(descriptions)
        return record

    def admit(self, record: CallRecord, at: float) -> None:
        """The limits let it in."""
        record.admitted_at = at
        self.asked_again.update(d for d in record.descriptions if self.answered[d])

    def finish(self, record: CallRecord, at: float, *, answered: Iterable[str] = ()) -> None:
        """Its answer leaves."""
        record.finished_at = at
        record.answered = tuple(answered)
        self.answered.update(record.answered)

    def lose(self, record: CallRecord, at: float, *, by_client: bool) -> None:
        """It ended without its whole answer: the client went, or an outage cut it."""
        record.finished_at = at
        record.status = None
        record.abandoned = by_client
        for description in record.answered:
            self.answered[description] -= 1
            if not self.answered[description]:
                del self.answered[description]
        record.answered = ()

    def clear(self) -> None:
        """Forget everything."""
        self.calls.clear()
        for counter in (self.asked, self.answered, self.asked_again):
            counter.clear()

    def summary(self) -> dict[str, Any]:
        """Totals only; may be asked from another thread while calls come in."""
        calls = list(self.calls)
        ends = [call.finished_at for call in calls if call.finished_at is not None]
        return {
            "calls": len(calls),
            "rejected": sum(call.rejected for call in calls),
            "abandoned": sum(call.abandoned for call in calls),
            "answered_calls": sum(bool(call.answered) for call in calls),
            "prompt_tokens": sum(call.prompt_tokens for call in calls),
            "completion_tokens": sum(call.completion_tokens for call in calls),
            "tokens": sum(call.prompt_tokens + call.completion_tokens for call in calls),
            "lines": sum(call.lines for call in calls),
            "deeds": dict(Counter(call.deed for call in calls)),
            "descriptions": len(self.asked),
            "answered": len(self.answered),
            "asked_more_than_once": _more_than(1, list(self.asked.values())),
            "answered_more_than_once": _more_than(1, list(self.answered.values())),
            "asked_again": _more_than(0, list(self.asked_again.values())),
            "first_at": calls[0].at if calls else None,
            "last_at": max([*ends, calls[-1].at]) if calls else None,
        }


def _more_than(least: int, counts: Iterable[int]) -> int:
    return sum(count > least for count in counts)


def usable(
    wanted: Sequence[dict[str, Any]], given: Sequence[dict[str, Any]], descriptions: Sequence[str]
) -> tuple[str, ...]:
    """The descriptions whose line is in the answer exactly once and as it should be."""
    times = Counter(str(line.get("id")) for line in given)
    by_id = {str(line.get("id")): line for line in given}
    return tuple(
        description
        for line, description in zip(wanted, descriptions, strict=True)
        if times[str(line["id"])] == 1 and by_id[str(line["id"])] == line
    )
