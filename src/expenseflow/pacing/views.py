"""What is known of the provider, for a person: pure, and never a key."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from expenseflow.pacing import limits
from expenseflow.pacing.limits import Kind
from expenseflow.pacing.state import State, Totals

RECENT_S: Final = 60.0
"""What workers heard so lately needs no further question."""
_WAITING_S: Final = 0.5
_SOURCES: Final = {
    "configured": "as configured", "rate": "as configured", "assumed": "as configured",
    "headers": "as it says itself", "learned": "as found out",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LimitView:
    """One limit: so many in any so many seconds, and what is left of it now."""

    amount: int
    window_seconds: float
    source: str
    remaining: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the workers know; empty before the first call."""

    requests: LimitView | None = None
    tokens: LimitView | None = None
    concurrency: int | None = None
    under_way: int = 0
    jobs: int = 0
    waiting_for: str | None = None
    """`limit` or `outage`, while calls are held back."""
    waiting_until: datetime | None = None
    base_seconds: float | None = None
    seconds_a_line: float | None = None
    error: str | None = None
    error_at: datetime | None = None
    heard_at: datetime | None = None
    silent: bool = False
    totals: Totals = field(default_factory=Totals)
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def answered_lately(self) -> bool | None:
        """What the last minute tells of whether it is there; None: nothing."""
        if self.silent:
            return False
        if self.heard_at is None:
            return None
        return True if (self.now - self.heard_at).total_seconds() < RECENT_S else None


def known(state: State, now: float) -> Known:
    """What stands in the state, as of `now` (epoch seconds of the database)."""
    measured = state.totals.lines > 0
    cost = state.measured.cost(fixed_characters=0, line_characters=0)
    reason, until = _held(state, now)
    return Known(
        requests=_limit(state, state.requests, now, tokens=False),
        tokens=_limit(state, state.tokens, now, tokens=True),
        concurrency=None if state.allowed is None else int(state.allowed),
        under_way=sum(job.under_way for job in state.jobs.values()),
        jobs=sum(1 for job in state.jobs.values() if job.lines),
        waiting_for=reason,
        waiting_until=until,
        base_seconds=round(cost.base, 3) if measured else None,
        seconds_a_line=round(cost.per_line, 4) if measured else None,
        error=state.error or None,
        error_at=_time(state.error_at),
        heard_at=_time(state.heard_at),
        silent=state.breaker.open,
        totals=state.totals,
        now=datetime.fromtimestamp(now, UTC),
    )


def _limit(state: State, kind: Kind, now: float, *, tokens: bool) -> LimitView | None:
    window = kind.tightest
    if window is None:
        return None
    kept = window.seconds + limits.margin(window.seconds, state.margin_doublings)
    used = state.log.used(now, kept)
    left = window.amount - (used.tokens if tokens else used.requests)
    return LimitView(window.amount, window.seconds, window.source, max(0, left))


def _held(state: State, now: float) -> tuple[str | None, datetime | None]:
    if state.breaker.open:
        return "outage", None
    if state.blocked_until > now + _WAITING_S:
        return "limit", _time(state.blocked_until)
    return None, None


def _time(moment: float) -> datetime | None:
    return datetime.fromtimestamp(moment, UTC) if moment > 0 else None


def address(base_url: str) -> str:
    """Scheme, host and port alone: a path or a user part may hold a secret."""
    parts = urlsplit(base_url)
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = ""
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def in_words(view: LimitView, what: str) -> str:
    """`10 requests in 10 s (as it says itself)`."""
    source = _SOURCES.get(view.source, "as found out")
    return f"{view.amount:,} {what} in {view.window_seconds:g} s ({source})"


def limits_in_words(view: Known) -> str:
    """What is known of the limits, in one clause."""
    found = [
        in_words(limit, what)
        for limit, what in ((view.requests, "requests"), (view.tokens, "tokens"))
        if limit is not None
    ]
    return " and ".join(found) or "no limit is known"
