"""Which calls may leave now: the provider's windows, whose turn it is, how large a batch. Pure."""

import math
from dataclasses import dataclass, replace
from typing import Final

from expenseflow.pacing import limits, planner, situations
from expenseflow.pacing.hearing import FIRST_BURST
from expenseflow.pacing.limits import Kind
from expenseflow.pacing.log import HORIZON_S
from expenseflow.pacing.messages import Ask, Granted, Hold, Policy, Reply
from expenseflow.pacing.planner import Cost, Plan, Situation
from expenseflow.pacing.state import Job, State

STALE_S: Final = 4.0
"""A job that has not asked for so long is gone; it asks every second."""
ASK_AGAIN_S: Final = 1.0
TURN_S: Final = 0.1
_SMALLEST_BURST: Final = 4
_LARGEST_BURST: Final = 32
_BURST_PAUSE_S: Final = 0.015
"""Between the parts of a burst, so that a rejection is heard before all have left."""
_COLD_S: Final = 60.0
_COLD_PAUSE_S: Final = 0.25
"""The same while nothing was heard for a minute; connections must be made first, too."""
_BURST_ENDS_S: Final = 0.5
_AGEING_S: Final = 30.0
"""A job that has waited so long counts as half as long."""
_KEPT_S: Final = 3600.0
_MARGIN_KEPT_S: Final = 600.0


def admit(state: State, ask: Ask, policy: Policy, now: float) -> Reply:
    """Grant what may leave and book it; say when to ask again."""
    _attend(state, ask, policy, now)
    cost = state.measured.cost(
        fixed_characters=ask.fixed_characters, line_characters=ask.line_characters
    )
    reply = _admitted(state, ask, policy, now, cost)
    breaker = state.breaker
    silent = 0.0
    if breaker.silent_since is not None:
        silent = now - max(breaker.silent_since, state.jobs[ask.job].since)
    job = state.jobs[ask.job]
    taken = sum(call.lines for call in reply.granted)
    job.lines, job.under_way = ask.lines - taken, ask.under_way + len(reply.granted)
    state.widest = max(state.widest, state.under_way)
    return replace(
        reply,
        cost=cost,
        spare=situations.free_requests(state, now),
        timeout=policy.timeout,
        silent_for=max(0.0, silent),
        words=breaker.words,
    )


def leave(state: State, job: str) -> None:
    """The job asks for no more calls."""
    state.jobs.pop(job, None)
    if state.breaker.prober == job:
        state.breaker.probing_until = 0.0


def _attend(state: State, ask: Ask, policy: Policy, now: float) -> None:
    for name in [name for name, job in state.jobs.items() if now - job.seen > STALE_S]:
        leave(state, name)
    state.totals.waited += ask.held
    if state.margin_doublings and now - state.margin_at > _MARGIN_KEPT_S:
        state.margin_doublings, state.margin_at = state.margin_doublings - 1, now
    before = state.jobs.get(ask.job)
    since = before.since if before else now
    state.jobs[ask.job] = Job(ask.lines, ask.under_way, since, now)
    longest = max((w.seconds for w in situations.windows(state)), default=0.0)
    state.log.forget(now - max(HORIZON_S, longest * 1.2))
    for kind, rate in (
        (state.requests, policy.requests_per_minute),
        (state.tokens, policy.tokens_per_minute),
    ):
        _configure(kind, rate, policy)
        limits.raise_learned(kind, state.log, now)
    if state.requests.known and not state.slowed and "learned" not in state.requests.windows:
        state.allowed = None
    elif state.allowed is None or now - state.heard_at > _KEPT_S:
        # What was found out an hour ago may no longer hold: a burst begins small again.
        state.allowed, state.slowed = min(state.allowed or math.inf, float(FIRST_BURST)), False


def _configure(kind: Kind, rate: int | None, policy: Policy) -> None:
    said = limits.configured(rate, window=policy.window)
    for source in ("configured", "rate"):
        kind.windows.pop(source, None)
    if "assumed" not in said or "headers" in kind.windows or "learned" in kind.windows:
        kind.windows.pop("assumed", None)
        said.pop("assumed", None)
    kind.windows.update(said)


def _admitted(state: State, ask: Ask, policy: Policy, now: float, cost: Cost) -> Reply:
    if state.breaker.open:
        return _probe(state, ask, policy, now, cost)
    turn = _turn(state, ask, policy, now, cost)
    finish = _finish(turn, state.waiting, cost)
    if not ask.lines:
        return Reply(wait=ASK_AGAIN_S, finish=finish)
    if now < state.blocked_until:
        wait = min(ASK_AGAIN_S, state.blocked_until - now)
        return Reply(wait=wait, hold="limit", finish=finish)
    burst = min(turn.calls, _burst(state, now))
    if turn.calls and not burst:
        wait = max(0.01, state.burst_at + _COLD_PAUSE_S - now)
        return Reply(wait=wait, hold="answers", finish=finish)
    parts, fresh = _grant(ask, turn, burst, cost, now)
    for call in (*parts, *fresh):
        state.log.add(now, 1, call.tokens, window=_shortest(state))
        state.busy_until = max(state.busy_until, now + cost.latency(call.lines))
    if parts or fresh:
        _note_burst(state, len(parts) + len(fresh), now)
        left = ask.lines - sum(call.lines for call in (*parts, *fresh))
        wait = _BURST_PAUSE_S if left else ASK_AGAIN_S
        return Reply(parts, fresh, wait, None, finish)
    return Reply(wait=_wait(turn), hold=turn.hold, finish=finish)


# --- an outage ------------------------------------------------------------------------------


def _probe(state: State, ask: Ask, policy: Policy, now: float, cost: Cost) -> Reply:
    """One call at a time, of one line; another job's if the last one was ours."""
    breaker = state.breaker
    due = max(breaker.next_probe, breaker.probing_until, state.blocked_until)
    others = any(job.lines and name != ask.job for name, job in state.jobs.items())
    if breaker.prober == ask.job and others:
        due += situations.SILENCE_A_TRY_S
    full = situations.free_requests(state, now) == 0
    if not ask.lines or now < due or full:
        wait = ASK_AGAIN_S if full else min(ASK_AGAIN_S, due - now)
        return Reply(wait=max(0.01, wait), hold="outage")
    breaker.probing_until = now + policy.timeout + 1.0
    breaker.prober = ask.job
    call = Granted(now, 1, math.ceil(cost.tokens(1)), probe=True)
    state.log.add(now, 1, call.tokens, window=_shortest(state))
    # A line nobody suspects shows best whether the provider is back.
    if ask.fresh:
        return Reply(fresh=(call,), hold="outage")
    return Reply(parts=(call,), hold="outage")


# --- whose turn it is, and how much of it ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one job may have of what is free now."""

    calls: int
    tokens: float
    plan: Plan
    situation: Situation
    ahead: int
    """Lines of jobs that go first."""
    lines: int
    hold: Hold


def _turn(state: State, ask: Ask, policy: Policy, now: float, cost: Cost) -> _Turn:
    situation = situations.situation(state, policy, now, smallest=cost.tokens(1) + 1)
    plan = planner.plan(max(1, state.waiting), cost, situation)
    if situation.growing:
        plan = replace(plan, batch=_round(state, plan.batch, cost, now))
    if ask.frugal and state.totals.calls:
        most = planner.largest(max(1, ask.lines), cost, situation.window.tokens)
        plan = replace(plan, batch=most)
    first = [job for job in _before(state, ask.job, plan.batch, now) if job.lines]
    ahead = sum(job.lines for job in first)
    calls_ahead = sum(math.ceil(job.lines / plan.batch) for job in first)
    tokens = math.inf if situation.now.tokens is None else situation.now.tokens
    free = _MANY if situation.now.requests is None else situation.now.requests
    if situation.concurrency is not None:
        free = min(free, max(0, situation.concurrency - situation.under_way))
    calls = max(0, free - calls_ahead)
    left = tokens - calls_ahead * cost.fixed_tokens - ahead * cost.line_tokens
    hold: Hold = "limit"
    if free and ahead:
        hold = "turn"
    elif situation.concurrency is not None and free == 0 and situation.now.requests != 0:
        hold = "answers"
    return _Turn(calls, left, plan, situation, ahead, ask.lines, hold)


_MANY: Final = 1_000_000


def _round(state: State, batch: int, cost: Cost, now: float) -> int:
    """The batch of this round of calls: the one it was begun with; one line for the first ever."""
    if not state.heard_at:
        return 1
    if now >= state.batch_until:
        state.batch, state.batch_until = batch, now + cost.latency(1) / 2
    return state.batch


def _before(state: State, mine: str, batch: int, now: float) -> list[Job]:
    """The jobs that go first: the one with the fewest calls left, the longer it waits the more."""

    def rank(name: str) -> tuple[float, float, str]:
        job = state.jobs[name]
        calls = math.ceil(job.lines / batch) + job.under_way
        return (calls * 0.5 ** (max(0.0, now - job.since) / _AGEING_S), job.since, name)

    own = rank(mine)
    return [job for name, job in state.jobs.items() if name != mine and rank(name) < own]


def _finish(turn: _Turn, waiting: int, cost: Cost) -> float:
    """Seconds until this job's lines are answered, after those of the jobs before it."""
    if not turn.lines:
        return 0.0  # only calls under way are awaited, and the run knows those
    lines = turn.ahead + turn.lines
    situation = replace(turn.situation, crowded=waiting > lines)
    if situation.growing:
        return planner.plan(lines, cost, situation).finish
    return planner.finish(lines, min(turn.plan.batch, lines), cost, situation)


def _grant(
    ask: Ask, turn: _Turn, burst: int, cost: Cost, now: float
) -> tuple[tuple[Granted, ...], tuple[Granted, ...]]:
    parts: list[Granted] = []
    fresh: list[Granted] = []
    tokens = turn.tokens

    def fits(lines: int) -> bool:
        nonlocal tokens
        needed = cost.tokens(lines)
        if len(parts) + len(fresh) >= burst or needed > tokens:
            return False
        tokens -= needed
        return True

    for size in ask.parts:
        if not fits(size):
            return tuple(parts), ()
        parts.append(Granted(now, size, math.ceil(cost.tokens(size))))
    for size in _sizes(ask.fresh, turn, tokens, cost):
        if not fits(size):
            break
        fresh.append(Granted(now, size, math.ceil(cost.tokens(size))))
    return tuple(parts), tuple(fresh)


def _sizes(lines: int, turn: _Turn, tokens: float, cost: Cost) -> list[int]:
    """Even batches; where tokens do not last for all of them, the last one is what they allow."""
    sizes = planner.spread(lines, turn.plan.batch, calls_left=turn.calls)
    if math.isinf(tokens):
        return sizes
    for at, size in enumerate(sizes):
        if cost.tokens(size) > tokens:
            if turn.plan.sparing and planner.should_wait(size, tokens, cost, turn.situation):
                return sizes[:at]
            rest = int((tokens - cost.fixed_tokens) // max(cost.line_tokens, 1e-9))
            return [*sizes[:at], rest] if rest > 0 else sizes[:at]
        tokens -= cost.tokens(size)
    return sizes


# --- when to ask again ------------------------------------------------------------------------


def _wait(turn: _Turn) -> float:
    if turn.hold == "turn":
        return TURN_S
    if turn.hold == "answers" or not turn.situation.later:
        return ASK_AGAIN_S
    return max(0.01, min(ASK_AGAIN_S, turn.situation.later[0].after))


def _shortest(state: State) -> float:
    return min((window.seconds for window in situations.windows(state)), default=10.0)


def _burst(state: State, now: float) -> int:
    """A burst begins with a few calls and doubles, so that a rejection stops it early."""
    began_cold = state.burst <= _SMALLEST_BURST and _is_cold(state, now)
    if began_cold and 0 <= now - state.burst_at < _COLD_PAUSE_S:
        return 0
    if now - state.burst_at > _BURST_ENDS_S:
        return 1 if state.rejections_in_a_row else _SMALLEST_BURST
    return min(state.burst * 2, _LARGEST_BURST)


def _is_cold(state: State, now: float) -> bool:
    """Nothing was heard lately: a key may have been withdrawn, a limit may have fallen."""
    return now - state.heard_at > _COLD_S


def _note_burst(state: State, calls: int, now: float) -> None:
    state.burst_at, state.burst = now, calls
