"""What ended calls teach: limits, latency, cost, and whether the provider is there. Pure."""

from collections.abc import Sequence
from typing import Final

from expenseflow.pacing import limits
from expenseflow.pacing.limits import Kind
from expenseflow.pacing.log import HORIZON_S
from expenseflow.pacing.messages import Ended
from expenseflow.pacing.state import Breaker, State

FIRST_BURST: Final = 10
"""Calls at the same time once the first one was answered (as TCP's initial window, RFC 6928)."""
MOST_AT_ONCE: Final = 512
FAILURES_OF_AN_OUTAGE: Final = 3
SILENT_S: Final = 2.0
PROBE_FIRST_S: Final = 1.0
PROBE_LONGEST_S: Final = 3.0
_PROBE_GROWTH: Final = 1.5
LONGEST_BLOCK_S: Final = 120.0
_LONGEST_BACKOFF_S: Final = 30.0
_SHORTEST_BACKOFF_S: Final = 0.1
_FOREIGN_REQUESTS: Final = 2
_FOREIGN_SHARE: Final = 0.05
_NEARLY_FULL: Final = 0.8


def hear(state: State, ended: Sequence[Ended], now: float) -> None:
    """Take note of calls that have ended, the earliest first."""
    in_order = sorted(ended, key=lambda call: -call.ago)
    for call in in_order:
        _book(state, call)
    for call in in_order:
        _count(state, call)
        _headers(state, call, now - call.ago)
        _ending(state, call, now - call.ago)
    _rejected([call for call in in_order if call.ending == "limited"], state, now)


def _book(state: State, call: Ended) -> None:
    """What the call did not use is given back, what it used beyond that is added."""
    granted = call.granted
    if call.ending in ("limited", "down"):
        # It was not served, so no window of the provider holds it.
        state.log.correct(granted.sent_at, -1, -granted.tokens)
    elif call.prompt_tokens:
        used = call.prompt_tokens + call.completion_tokens
        state.log.correct(granted.sent_at, 0, used - granted.tokens)


def _count(state: State, call: Ended) -> None:
    totals, measured = state.totals, state.measured
    totals.calls += 1
    totals.rejected += call.ending == "limited"
    totals.failed += call.ending in ("down", "suspect", "refused", "useless")
    totals.prompt_tokens += call.prompt_tokens
    totals.completion_tokens += call.completion_tokens
    measured.prompt(call.characters, call.prompt_tokens)
    if call.ending in ("answered", "useless", "suspect"):
        measured.calls = measured.calls * 0.98 + 1
        measured.failed = measured.failed * 0.98 + (call.ending != "answered")
    if call.ending == "answered":
        totals.lines += call.lines
        totals.seconds += call.took
        measured.seconds.add(call.lines, call.took)
        if call.completion_tokens:
            measured.answered.add(call.lines, call.completion_tokens)


def _headers(state: State, call: Ended, answered_at: float) -> None:
    said = ((state.requests, call.limits.requests), (state.tokens, call.limits.tokens))
    lately = state.log.used(answered_at, HORIZON_S).requests
    refilling = limits.is_refilling(call.limits, lately)
    for kind, allowance in said:
        if allowance is None:
            continue
        limits.hear(kind, allowance, state.log, answered_at=answered_at, refilling=refilling)
        if allowance.remaining is not None:
            _foreign(state, kind, allowance.remaining, answered_at)
        if kind is state.requests and not state.slowed:
            state.allowed = None


def _foreign(state: State, kind: Kind, remaining: int, at: float) -> None:
    """Somebody else uses the same key: what is missing from the window was theirs."""
    window = kind.windows["headers"]
    used = state.log.used(at, window.seconds + limits.margin(window.seconds, 0))
    is_requests = kind is state.requests
    ours = used.requests if is_requests else used.tokens
    missing = window.amount - ours - remaining
    if missing <= max(_FOREIGN_REQUESTS if is_requests else 0, window.amount * _FOREIGN_SHARE):
        return
    requests, tokens = (missing, 0) if is_requests else (0, missing)
    state.log.add(at, requests, tokens, window=window.seconds)


def _ending(state: State, call: Ended, at: float) -> None:
    breaker = state.breaker
    if call.granted.probe:
        breaker.probing_until = 0.0
    if call.words and call.ending != "answered":
        state.error, state.error_at = call.words, at
    match call.ending:
        case "answered" | "useless":
            _alive(state, at)
            state.rejections_in_a_row = 0
            _widen(state)
        case "limited" | "refused":
            _alive(state, at)
        case "down":
            _silent(breaker, call, state.heard_at)
            if call.retry_after is not None:
                until = at + min(call.retry_after, LONGEST_BLOCK_S)
                state.blocked_until = max(state.blocked_until, until)
            _open(breaker, at, failed_probe=call.granted.probe)
        case "suspect":
            _suspected(state, call, at)


def _widen(state: State) -> None:
    """Each answer lets one more call out, so that a round of answers doubles them (slow start)."""
    if state.allowed is None:
        return
    if state.first_asked is not None:
        state.allowed = max(state.allowed, float(FIRST_BURST))
        state.first_asked = None
    elif state.slowed:
        state.allowed += 1 / state.allowed
    else:
        state.allowed += 1
    # What was never tried is not known: at most twice as many as ever were under way.
    tried = max(FIRST_BURST, 2 * state.widest)
    state.allowed = min(state.allowed, float(tried), float(MOST_AT_ONCE))


def _rejected(calls: Sequence[Ended], state: State, now: float) -> None:
    """429s: nobody calls before the provider said, and what they tell of its limit is kept."""
    if not calls:
        return
    asked = [call.retry_after for call in calls if call.retry_after is not None]
    at = now - min(call.ago for call in calls)
    if "headers" in state.requests.windows or "headers" in state.tokens.windows:
        explained = _is_full(state, at)
        state.margin_doublings = min(state.margin_doublings + explained, 4)
        state.margin_at = now
    elif _is_too_many_at_once(state, at, len(calls)):
        explained = False
    else:
        found = limits.learn(
            state.requests, state.log, now=at, retry_after=max(asked, default=None)
        )
        explained = found and bool(asked)
    if not explained:
        _slow_down(state)
    if now >= state.blocked_until:
        state.rejections_in_a_row += 1
    doubled = 2.0 ** min(state.rejections_in_a_row - 1, 10)
    wait = max(asked) if asked else min(doubled, _LONGEST_BACKOFF_S)
    # A provider that says "come at once" again and again is not believed.
    wait = max(wait, min(_SHORTEST_BACKOFF_S * doubled, _LONGEST_BACKOFF_S))
    # A quota of the day may be raised by a person meanwhile: one call asks again now and then.
    wait = min(wait, LONGEST_BLOCK_S)
    state.blocked_until = max(state.blocked_until, at + wait)


def _is_full(state: State, at: float) -> bool:
    """Whether a window was nearly used up, so that the rejection is one of its own."""
    windows = [
        *((window, "requests") for window in state.requests.windows.values()),
        *((window, "tokens") for window in state.tokens.windows.values()),
    ]
    return any(
        getattr(state.log.used(at, window.seconds * 1.1), kind) >= window.amount * _NEARLY_FULL
        for window, kind in windows
    )


def _is_too_many_at_once(state: State, at: float, rejected: int) -> bool:
    """Rejected though the window that was found out is empty, while others are under way."""
    known = state.requests.windows.get("learned")
    if known is None or state.requests.raised_at is not None:
        return False
    is_empty = state.log.used(at, known.seconds).requests == 0
    return is_empty and state.under_way > rejected


def _slow_down(state: State) -> None:
    """Half of the calls at the same time."""
    now = min(state.allowed or MOST_AT_ONCE, max(2, state.under_way))
    state.allowed, state.slowed = max(1.0, now / 2), True


# --- is it there ----------------------------------------------------------------------------


def _alive(state: State, at: float) -> None:
    breaker = state.breaker
    breaker.open = False
    breaker.failed_probes = breaker.failures = 0
    breaker.silent_since = None
    state.heard_at = max(state.heard_at, at)


def _silent(breaker: Breaker, call: Ended, heard_at: float) -> None:
    breaker.words = call.words or breaker.words
    if breaker.silent_since is None:
        breaker.silent_since = max(call.granted.sent_at, heard_at)


def _suspected(state: State, call: Ended, at: float) -> None:
    breaker = state.breaker
    if not call.known_bad:
        _silent(breaker, call, state.heard_at)
        _suspect(breaker, call, at, heard_at=state.heard_at)
    elif breaker.open:
        _open(breaker, at, failed_probe=call.granted.probe)


def _suspect(breaker: Breaker, call: Ended, at: float, *, heard_at: float) -> None:
    """Several in a row across calls are an outage, unless one line was in all of them.

    Nor are they while answers come: several bad lines are tried alone at the same time.
    """
    about = set(call.about)
    kept = about.intersection(breaker.suspects) if breaker.failures else about
    breaker.suspects = sorted(kept)
    breaker.failures += 1
    several = breaker.failures >= FAILURES_OF_AN_OUTAGE and not breaker.suspects
    if breaker.open or (several and at - heard_at > SILENT_S):
        _open(breaker, at, failed_probe=call.granted.probe)


def _open(breaker: Breaker, at: float, *, failed_probe: bool) -> None:
    if breaker.open and not failed_probe:
        return
    pause = min(PROBE_FIRST_S * _PROBE_GROWTH**breaker.failed_probes, PROBE_LONGEST_S)
    breaker.open = True
    breaker.failed_probes = min(breaker.failed_probes + 1, 10)
    breaker.next_probe = at + pause
