"""The JSON of `GET /api/provider` (contract, section 2): in words and numbers, never a key."""

from expenseflow.pacing.limits import Source
from expenseflow.pacing.state import Totals
from expenseflow.pacing.views import Known, LimitView, Waiting
from expenseflow.web.wire import UtcTime, WireOut


class LimitOut(WireOut):
    """So many in any `windowSeconds`; where that is known from, and what is left now.

    Sources: `configured` (rate and window), `rate` (a rate alone), `assumed` (ten seconds' share of
    it), `headers` (the provider says so), `learned` (from rejected calls).
    """

    amount: int
    window_seconds: float
    source: Source
    remaining: int


class LimitsOut(WireOut):
    """What the provider lets through, as far as it is known."""

    requests: LimitOut | None
    tokens: LimitOut | None


class ConcurrencyOut(WireOut):
    """Calls at the same time: allowed (null: as many as the limits let through) and under way."""

    allowed: int | None
    under_way: int


class WaitingOut(WireOut):
    """What holds calls back right now."""

    reason: Waiting
    until: UtcTime | None


class LatencyOut(WireOut):
    """Seconds a call typically takes: a base and so much for each of its lines."""

    base_seconds: float
    seconds_per_line: float


class LastErrorOut(WireOut):
    """What went wrong last."""

    words: str
    at: UtcTime


class TotalsOut(WireOut):
    """Since the installation began."""

    calls: int
    rejected_calls: int
    failed_calls: int
    prompt_tokens: int
    completion_tokens: int
    lines: int


class ProviderOut(WireOut):
    """What categorizes here besides memory and rules."""

    configured: bool
    summary: str
    model: str | None
    address: str | None
    simulated: bool
    reachable: bool | None
    """Null: nobody knows, since nothing is configured."""
    checked_at: UtcTime | None
    limits: LimitsOut
    concurrency: ConcurrencyOut
    waiting: WaitingOut | None
    typical_latency: LatencyOut | None
    last_error: LastErrorOut | None
    last_answered_at: UtcTime | None
    totals: TotalsOut


def limits_out(known: Known) -> LimitsOut:
    """Both limits."""
    return LimitsOut(requests=_limit(known.requests), tokens=_limit(known.tokens))


def _limit(view: LimitView | None) -> LimitOut | None:
    if view is None:
        return None
    return LimitOut(
        amount=view.amount,
        window_seconds=view.window_seconds,
        source=view.source,
        remaining=view.remaining,
    )


def waiting_out(known: Known) -> WaitingOut | None:
    """None when nothing is held back."""
    if known.waiting_for is None:
        return None
    return WaitingOut(reason=known.waiting_for, until=known.waiting_until)


def latency_out(known: Known) -> LatencyOut | None:
    """None before the first answer."""
    if known.base_seconds is None or known.seconds_a_line is None:
        return None
    return LatencyOut(base_seconds=known.base_seconds, seconds_per_line=known.seconds_a_line)


def error_out(known: Known) -> LastErrorOut | None:
    """None when nothing went wrong yet."""
    if known.error is None or known.error_at is None:
        return None
    return LastErrorOut(words=known.error, at=known.error_at)


def totals_out(totals: Totals) -> TotalsOut:
    """The counters."""
    return TotalsOut(
        calls=totals.calls,
        rejected_calls=totals.rejected,
        failed_calls=totals.failed,
        prompt_tokens=totals.prompt_tokens,
        completion_tokens=totals.completion_tokens,
        lines=totals.lines,
    )
