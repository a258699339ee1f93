"""What is known of the provider, for a person: pure, and never a key."""

import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from expenseflow.pacing import admission
from expenseflow.pacing.limits import Kind, Source
from expenseflow.pacing.messages import Ask, Policy
from expenseflow.pacing.state import State, Totals

RECENT_S: Final = 60.0
"""What workers heard so lately needs no further question."""
_WAITING_S: Final = 0.5
_LOOKER: Final = "whoever looks"
_SOURCES: Final[dict[Source, str]] = {
    "configured": "as configured",
    "rate": "as configured",
    "assumed": "ten seconds' share of the configured rate",
    "headers": "as it says itself",
    "learned": "learned from rejected calls",
}

Waiting = Literal["limit", "outage"]


@dataclass(frozen=True, slots=True)
class LimitView:
    """One limit: so many in any so many seconds, and what is left of it now."""

    amount: int
    window_seconds: float
    source: Source
    remaining: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the workers know; empty before the first call."""

    requests: LimitView | None = None
    tokens: LimitView | None = None
    concurrency: int | None = None
    under_way: int = 0
    waiting_jobs: int = 0
    """Jobs with merchants still to be asked."""
    waiting_for: Waiting | None = None
    """While calls are held back."""
    waiting_until: datetime | None = None
    blocked_until: datetime | None = None
    """When the provider wants to be asked again; None: at any time."""
    breaker_open: bool = False
    """Whether workers take it to be down; one that nobody asked since may be back."""
    base_seconds: float | None = None
    seconds_a_line: float | None = None
    error: str | None = None
    error_at: datetime | None = None
    heard_at: datetime | None = None
    totals: Totals = field(default_factory=Totals)
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def ended_in_error(self) -> bool:
        """Whether the last that was heard of it is an error."""
        if self.error_at is None:
            return False
        return self.heard_at is None or self.error_at >= self.heard_at

    @property
    def lately(self) -> tuple[bool, datetime] | None:
        """Whether workers found it there in the last minute, and when; None: that tells nothing.

        An error without an outage tells nothing: a key may be refused, an answer garbled.
        """
        at = self.error_at if self.breaker_open else self.heard_at
        if at is None or (self.now - at).total_seconds() >= RECENT_S:
            return None
        if self.breaker_open:
            return False, at
        return None if self.ended_in_error else (True, at)


def known(state: State, now: float, policy: Policy) -> Known:
    """What stands in the state at `now` (epoch seconds), as the next job to ask finds it."""
    state = copy.deepcopy(state)
    # The settings may be newer than the state, and jobs whose worker died still stand in it.
    admission.admit(state, Ask(_LOOKER, fresh=0), policy, now)
    admission.leave(state, _LOOKER)
    cost = state.measured.cost(fixed_characters=0, line_characters=0)
    measured = state.totals.lines > 0
    caps = [cap for cap in (state.allowed, policy.max_concurrency) if cap is not None]
    waiting_for, waiting_until = _held(state, now)
    return Known(
        requests=_limit(state, state.requests, now),
        tokens=_limit(state, state.tokens, now),
        concurrency=int(min(caps)) if caps else None,
        under_way=state.under_way,
        waiting_jobs=_waiting(state),
        waiting_for=waiting_for,
        waiting_until=waiting_until,
        blocked_until=_time(state.blocked_until) if state.blocked_until > now else None,
        breaker_open=state.breaker.open,
        base_seconds=round(cost.base, 3) if measured else None,
        seconds_a_line=round(cost.per_line, 4) if measured else None,
        error=state.error or None,
        error_at=_time(state.error_at),
        heard_at=_time(state.heard_at),
        totals=state.totals,
        now=datetime.fromtimestamp(now, UTC),
    )


def _waiting(state: State) -> int:
    return sum(1 for job in state.jobs.values() if job.lines)


def _limit(state: State, kind: Kind, now: float) -> LimitView | None:
    window = kind.tightest
    if window is None:
        return None
    used = state.log.used(now, state.kept(window))
    left = window.amount - (used.tokens if kind is state.tokens else used.requests)
    return LimitView(window.amount, window.seconds, window.source, max(0, left))


def _held(state: State, now: float) -> tuple[Waiting | None, datetime | None]:
    waiting = state.waiting > 0
    if state.breaker.open and (waiting or now - state.error_at < RECENT_S):
        return "outage", None
    if state.blocked_until > now + _WAITING_S:
        return "limit", _time(state.blocked_until)
    # A job with lines to ask and no call under way was granted none.
    full = [
        kind
        for kind in (state.requests, state.tokens)
        if (view := _limit(state, kind, now)) and not (view.remaining and state.under_way)
    ]
    if not waiting or not full:
        return None, None
    return "limit", _time(min((_frees(state, kind, now) for kind in full), default=0.0))


def _frees(state: State, kind: Kind, now: float) -> float:
    """When its window lets go of the first call in it; now when there is none."""
    window = kind.tightest
    released = state.log.releases(now, state.kept(window)) if window else []
    return now + min((each.after for each in released), default=0.0)


def _time(moment: float) -> datetime | None:
    return datetime.fromtimestamp(moment, UTC) if moment > 0 else None


def in_words(view: LimitView, what: str) -> str:
    """`10 requests in 10 s (as it says itself)`."""
    return f"{view.amount:,} {what} in {view.window_seconds:g} s ({_SOURCES[view.source]})"


def limits_in_words(view: Known) -> str:
    """What is known of the limits, in one clause."""
    found = [
        in_words(limit, what)
        for limit, what in ((view.requests, "requests"), (view.tokens, "tokens"))
        if limit is not None
    ]
    return " and ".join(found) or "no limit is known"
