"""Which calls may leave now: the provider's windows, whose turn it is, how large a batch. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from expenseflow.pacing import limits, planner
from expenseflow.pacing.hearing import FIRST_BURST, MOST_AT_ONCE
from expenseflow.pacing.limits import Kind
from expenseflow.pacing.log import HORIZON_S
from expenseflow.pacing.messages import Ask, Granted, Hold, Policy, Reply
from expenseflow.pacing.planner import Cost, Plan, Room, Situation
from expenseflow.pacing.state import Job, State

STALE_S: Final = 4.0
"""A job that has not asked for so long is gone; it asks every second."""
ASK_AGAIN_S: Final = 1.0
TURN_S: Final = 0.1
_SMALLEST_BURST: Final = 4
_LARGEST_BURST: Final = 32
_BURST_PAUSE_S: Final = 0.015
"""Between the parts of a burst, so that a rejection is heard before all have left."""
_BURST_ENDS_S: Final = 0.25
_AGEING_S: Final = 30.0
"""A job that has waited so long counts as half as long."""
_SILENCE_A_TRY_S: Final = 2.0
"""While a new provider has not said a word, one more call a time."""
_KEPT_S: Final = 3600.0
_SILENT_TRIES: Final = 3
_ROOMS: Final = 12
_MERGE_S: Final = 0.05


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
    state.widest = max(state.widest, _under_way(state))
    return replace(
        reply,
        cost=cost,
        spare=_free_requests(state, now),
        timeout=policy.timeout,
        silent_for=max(0.0, silent),
        words=breaker.words,
    )


def leave(state: State, job: str) -> None:
    """The job asks for no more calls."""
    state.jobs.pop(job, None)


def _attend(state: State, ask: Ask, policy: Policy, now: float) -> None:
    for name in [name for name, job in state.jobs.items() if now - job.seen > STALE_S]:
        del state.jobs[name]
    state.totals.waited += ask.held
    before = state.jobs.get(ask.job)
    since = before.since if before else now
    state.jobs[ask.job] = Job(ask.lines, ask.under_way, since, now)
    longest = max((w.seconds for w in _windows(state)), default=0.0)
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


def _windows(state: State) -> Iterable[limits.Window]:
    yield from state.requests.windows.values()
    yield from state.tokens.windows.values()


def _admitted(state: State, ask: Ask, policy: Policy, now: float, cost: Cost) -> Reply:
    if state.breaker.open:
        return _probe(state, ask, policy, now, cost)
    turn = _turn(state, ask, policy, now, cost)
    waiting = sum(job.lines for job in state.jobs.values())
    finish = _finish(turn, waiting, cost)
    if not ask.lines:
        return Reply(wait=ASK_AGAIN_S, finish=finish)
    if now < state.blocked_until:
        wait = min(ASK_AGAIN_S, state.blocked_until - now)
        return Reply(wait=wait, hold="limit", finish=finish)
    burst = min(turn.calls, _burst(state, now))
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
        due += _SILENCE_A_TRY_S
    if not ask.lines or now < due:
        return Reply(wait=max(0.01, min(ASK_AGAIN_S, due - now)), hold="outage")
    breaker.probing_until = now + policy.timeout + 1.0
    breaker.prober = ask.job
    size = ask.parts[0] if ask.parts else 1
    call = Granted(now, size, math.ceil(cost.tokens(size)), probe=True)
    state.log.add(now, 1, call.tokens, window=_shortest(state))
    if ask.parts:
        return Reply(parts=(call,), hold="outage")
    return Reply(fresh=(call,), hold="outage")


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
    situation = _situation(state, policy, now)
    waiting = sum(job.lines for job in state.jobs.values())
    plan = planner.plan(max(1, waiting), cost, situation)
    if situation.growing:
        plan = replace(plan, batch=_round(state, plan.batch, cost, now))
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
        return (calls * 0.5 ** ((now - job.since) / _AGEING_S), job.since, name)

    own = rank(mine)
    return [job for name, job in state.jobs.items() if name != mine and rank(name) < own]


def _finish(turn: _Turn, waiting: int, cost: Cost) -> float:
    """Seconds until this job's lines are answered, after those of the jobs before it."""
    lines = turn.ahead + turn.lines
    if not lines:
        return 0.0
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
    for size in _sizes(ask.fresh, turn.plan.batch, tokens, cost):
        if not fits(size):
            break
        fresh.append(Granted(now, size, math.ceil(cost.tokens(size))))
    return tuple(parts), tuple(fresh)


def _sizes(lines: int, batch: int, tokens: float, cost: Cost) -> list[int]:
    """Even batches; where tokens do not last for all of them, the last one is what they allow."""
    sizes = planner.spread(lines, batch)
    if math.isinf(tokens):
        return sizes
    for at, size in enumerate(sizes):
        if cost.tokens(size) > tokens:
            rest = int((tokens - cost.fixed_tokens) // max(cost.line_tokens, 1e-9))
            return [*sizes[:at], rest] if rest > 0 else sizes[:at]
        tokens -= cost.tokens(size)
    return sizes


# --- what is free, and when ------------------------------------------------------------------


def _situation(state: State, policy: Policy, now: float) -> Situation:
    requests, tokens = state.requests.tightest, state.tokens.tightest
    length = max((w.seconds for w in (requests, tokens) if w is not None), default=60.0)
    grace = limits.margin(length, state.margin_doublings)
    concurrency, growing = _concurrency(state, policy, now)
    free = Room(0.0, _free_requests(state, now), _free_tokens(state, now))
    later = _rooms(_events(state, now), free)
    if now < state.blocked_until:
        later = _blocked(free, later, state.blocked_until - now)
        free = Room(0.0, 0, free.tokens)
    return Situation(
        now=free,
        later=later,
        window=Room(
            length + grace,
            requests.amount if requests else None,
            float(tokens.amount) if tokens else None,
        ),
        concurrency=concurrency,
        under_way=_under_way(state),
        soon=_under_way(state) * 3 // 4,
        growing=growing and requests is None and tokens is None,
        busy=max(0.0, state.busy_until - now),
        failing=state.measured.failing,
    )


def _concurrency(state: State, policy: Policy, now: float) -> tuple[int | None, bool]:
    allowed = None if state.allowed is None else int(state.allowed)
    if allowed is not None and not state.heard_at:
        # Nothing was ever heard: one call is to find out, and another if it keeps silent.
        if state.first_asked is None:
            state.first_asked = now
        more = int((now - state.first_asked) / _SILENCE_A_TRY_S)
        allowed = max(allowed, 1 + min(more, _SILENT_TRIES))
    caps = [cap for cap in (allowed, policy.max_concurrency, MOST_AT_ONCE) if cap is not None]
    return min(caps), allowed is not None and min(caps) == allowed


def _under_way(state: State) -> int:
    return sum(job.under_way for job in state.jobs.values())


def _kept(state: State, seconds: float) -> float:
    return seconds + limits.margin(seconds, state.margin_doublings)


def _free_requests(state: State, now: float) -> int | None:
    free = [
        window.amount - state.log.used(now, _kept(state, window.seconds)).requests
        for window in state.requests.windows.values()
    ]
    return max(0, min(free)) if free else None


def _free_tokens(state: State, now: float) -> float | None:
    free = [
        window.amount - state.log.used(now, _kept(state, window.seconds)).tokens
        for window in state.tokens.windows.values()
    ]
    return float(max(0, min(free))) if free else None


def _events(state: State, now: float) -> list[tuple[float, int, int]]:
    """(seconds from now, requests, tokens) that windows let go of."""
    found: list[tuple[float, int, int]] = []
    if window := state.requests.tightest:
        found += [
            (each.after, each.requests, 0)
            for each in state.log.releases(now, _kept(state, window.seconds))
        ]
    if window := state.tokens.tightest:
        found += [
            (each.after, 0, each.tokens)
            for each in state.log.releases(now, _kept(state, window.seconds))
        ]
    return sorted(found)


def _rooms(events: Sequence[tuple[float, int, int]], like: Room) -> list[Room]:
    """What is let go of until then, cumulated, in a few steps."""
    rooms: list[Room] = []
    calls = used = 0
    step = max(_MERGE_S, (events[-1][0] - events[0][0]) / _ROOMS) if events else 0.0
    for after, more, more_tokens in events:
        calls, used = calls + more, used + more_tokens
        room = Room(
            after,
            None if like.requests is None else calls,
            None if like.tokens is None else float(used),
        )
        if rooms and after - rooms[-1].after < step:
            rooms[-1] = room
        else:
            rooms.append(room)
    return rooms


def _blocked(free: Room, later: Sequence[Room], until: float) -> list[Room]:
    """Nothing leaves before `until`; what is free now is free then."""

    def with_free(room: Room) -> Room:
        requests = None if room.requests is None else room.requests + (free.requests or 0)
        return Room(max(room.after, until), requests, room.tokens)

    at_once = Room(until, free.requests, 0.0 if free.tokens is not None else None)
    return [at_once, *(with_free(room) for room in later)]


def _wait(turn: _Turn) -> float:
    if turn.hold == "turn":
        return TURN_S
    if turn.hold == "answers" or not turn.situation.later:
        return ASK_AGAIN_S
    return max(0.01, min(ASK_AGAIN_S, turn.situation.later[0].after))


def _shortest(state: State) -> float:
    return min((window.seconds for window in _windows(state)), default=10.0)


def _burst(state: State, now: float) -> int:
    """A burst begins with a few calls and doubles, so that a rejection stops it early."""
    if now - state.burst_at > _BURST_ENDS_S:
        return 1 if state.rejections_in_a_row else _SMALLEST_BURST
    return min(state.burst * 2, _LARGEST_BURST)


def _note_burst(state: State, calls: int, now: float) -> None:
    state.burst_at, state.burst = now, calls
