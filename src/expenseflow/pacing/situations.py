"""What may leave now, and what windows give back when: the situation plans are made for. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from expenseflow.pacing import limits
from expenseflow.pacing.hearing import MOST_AT_ONCE
from expenseflow.pacing.messages import Policy
from expenseflow.pacing.planner import Room, Situation
from expenseflow.pacing.state import State

SILENCE_A_TRY_S: Final = 2.0
"""While a new provider has not said a word, one more call a time."""
_SILENT_TRIES: Final = 3
_ROOMS: Final = 12
_MERGE_S: Final = 0.05


def windows(state: State) -> Iterable[limits.Window]:
    yield from state.requests.windows.values()
    yield from state.tokens.windows.values()


def situation(state: State, policy: Policy, now: float, *, smallest: float) -> Situation:
    requests, tokens = state.requests.tightest, state.tokens.tightest
    length = max((w.seconds for w in (requests, tokens) if w is not None), default=60.0)
    grace = limits.margin(length, state.margin_doublings)
    concurrency, growing = _concurrency(state, policy, now)
    free = Room(0.0, free_requests(state, now), _free_tokens(state, now, smallest))
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
        under_way=state.under_way,
        soon=state.under_way * 3 // 4,
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
        more = int((now - state.first_asked) / SILENCE_A_TRY_S)
        allowed = max(allowed, 1 + min(more, _SILENT_TRIES))
    caps = [cap for cap in (allowed, policy.max_concurrency, MOST_AT_ONCE) if cap is not None]
    return min(caps), allowed is not None and min(caps) == allowed


def free_requests(state: State, now: float) -> int | None:
    free = [
        window.amount - state.log.used(now, state.kept(window)).requests
        for window in state.requests.windows.values()
    ]
    return max(0, min(free)) if free else None


def _free_tokens(state: State, now: float, smallest: float) -> float | None:
    """An empty window always lets the smallest call out, or nothing would ever move."""
    free: list[float] = []
    for window in state.tokens.windows.values():
        used = state.log.used(now, state.kept(window)).tokens
        free.append(window.amount - used if used else max(window.amount, smallest))
    return float(max(0.0, min(free))) if free else None


def _events(state: State, now: float) -> list[tuple[float, int, int]]:
    """(seconds from now, requests, tokens) that windows let go of."""
    found: list[tuple[float, int, int]] = []
    if window := state.requests.tightest:
        found += [
            (each.after, each.requests, 0) for each in state.log.releases(now, state.kept(window))
        ]
    if window := state.tokens.tightest:
        found += [
            (each.after, 0, each.tokens) for each in state.log.releases(now, state.kept(window))
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
