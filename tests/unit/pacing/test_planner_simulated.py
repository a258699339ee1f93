"""What the planner predicts against what happens, event by event, to whoever follows it."""

import math
from dataclasses import dataclass, field

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from expenseflow.pacing import planner
from expenseflow.pacing.planner import Cost, Plan, Room, Situation


@dataclass
class SlidingWindow:
    """A provider's limit, naively: every call that left, and how much it was."""

    seconds: float
    requests: int | None
    tokens: float | None
    calls: list[tuple[float, float]] = field(default_factory=list)

    def held(self, now: float) -> list[tuple[float, float]]:
        return [call for call in self.calls if call[0] + self.seconds > now + 1e-9]

    def room(self, now: float) -> Room:
        held = self.held(now)
        return Room(
            0.0,
            None if self.requests is None else self.requests - len(held),
            None if self.tokens is None else self.tokens - sum(tokens for _, tokens in held),
        )

    def later(self, now: float) -> list[Room]:
        rooms, calls, tokens = [], 0, 0.0
        for at, size in sorted(self.held(now)):
            calls, tokens = calls + 1, tokens + size
            rooms.append(
                Room(
                    at + self.seconds - now,
                    None if self.requests is None else calls,
                    None if self.tokens is None else tokens,
                )
            )
        return rooms

    def situation(self, now: float) -> Situation:
        whole = Room(self.seconds, self.requests, self.tokens)
        return Situation(self.room(now), self.later(now), whole)

    def take(self, lines: int, plan: Plan, cost: Cost, now: float) -> list[int]:
        """Send what fits now as the plan says; the sizes of the calls."""
        sent: list[int] = []
        room = self.room(now)
        left = math.inf if room.requests is None else room.requests
        for size in planner.spread(lines, plan.batch, calls_left=left):
            room, fits = self.room(now), size
            if room.tokens is not None and cost.tokens(size) > room.tokens:
                situation = self.situation(now)
                if plan.sparing and planner.should_wait(size, room.tokens, cost, situation):
                    break
                fits = int((room.tokens - cost.fixed_tokens) // cost.line_tokens)
            if fits < 1 or (room.requests is not None and room.requests < 1):
                break
            self.calls.append((now, cost.tokens(fits)))
            sent.append(fits)
            if fits < size:
                break
        return sent


def simulate(lines: int, cost: Cost, window: SlidingWindow) -> tuple[float, float]:
    """Seconds predicted at the start, and until the last answer."""
    predicted = planner.plan(lines, cost, window.situation(0.0)).finish
    now = end = 0.0
    calls = 0
    while lines:
        plan = planner.plan(lines, cost, window.situation(now))
        for size in window.take(lines, plan, cost, now):
            lines -= size
            calls += 1
            end = max(end, now + cost.latency(size))
        if lines:
            now += window.later(now)[0].after
    return predicted, end


WINDOWS = st.builds(
    SlidingWindow,
    seconds=st.sampled_from([1.0, 5.0, 10.0, 30.0, 60.0]),
    requests=st.none() | st.integers(1, 200),
    tokens=st.none() | st.floats(2_000.0, 100_000.0),
)
COSTS = st.builds(
    Cost,
    base=st.floats(0.1, 3.0),
    per_line=st.floats(0.01, 0.6),
    fixed_tokens=st.floats(100.0, 1500.0),
    line_tokens=st.floats(40.0, 150.0),
)


@settings(deadline=None)
@given(st.integers(1, 1500), COSTS, WINDOWS)
def test_what_is_predicted_for_a_fresh_window_comes_true(
    lines: int, cost: Cost, window: SlidingWindow
) -> None:
    # Where a window holds no four full calls, what does not fit into it decides.
    assume(window.tokens is None or 4 * cost.tokens(25) <= window.tokens)
    assume(cost.latency(25) <= 2 * window.seconds)
    compare(lines, *simulate(lines, cost, window))


@settings(deadline=None)
@given(
    st.integers(1, 1500),
    COSTS,
    st.sampled_from([5.0, 10.0, 60.0]),
    st.integers(1, 100),
    st.lists(st.floats(0.0, 1.0), max_size=60),
)
def test_what_is_predicted_for_a_window_that_others_used_comes_true(
    lines: int, cost: Cost, seconds: float, requests: int, used: list[float]
) -> None:
    assume(cost.latency(25) <= 2 * seconds)
    calls = [(-share * seconds * 0.999, 900.0) for share in sorted(used, reverse=True)]
    window = SlidingWindow(seconds, requests, None, calls[:requests])
    compare(lines, *simulate(lines, cost, window), seconds=1.5)


def compare(lines: int, predicted: float, took: float, *, seconds: float = 1.0) -> None:
    own = planner.OWN_SECONDS_A_CALL * lines
    assert took * 0.85 - seconds <= predicted <= took * 1.15 + seconds + own


@pytest.mark.parametrize("requests", [None, 72])
def test_small_calls_of_others_do_not_make_ours_small_for_ever(requests: int | None) -> None:
    """Where tokens are short: a window full of small calls gives back little at a time."""
    cost = Cost(0.4, 0.2, fixed_tokens=1194.0, line_tokens=102.0)
    calls = [(-60.0 * (31 - number) / 31 * 0.999, cost.tokens(10)) for number in range(31)]
    window = SlidingWindow(60.0, requests, 70_000.0, calls)
    predicted, took = simulate(1369, cost, window)
    assert took <= predicted * 1.15


@settings(deadline=None)
@given(st.integers(1, 1500), COSTS, WINDOWS)
def test_following_the_plan_is_as_fast_as_the_best_fixed_batch(
    lines: int, cost: Cost, window: SlidingWindow
) -> None:
    """Replanned at each release, nothing is lost against the design's formula."""
    whole = window.situation(0.0).window

    def formula(batch: int) -> float:
        per_window = min(
            math.inf if whole.requests is None else whole.requests,
            math.inf if whole.tokens is None else whole.tokens // cost.tokens(batch),
        )
        if per_window < 1:
            return math.inf
        windows = max(1, math.ceil(math.ceil(lines / batch) / per_window))
        own = planner.OWN_SECONDS_A_CALL * math.ceil(lines / batch)
        return (windows - 1) * whole.after + cost.latency(batch) + own

    best = min(map(formula, range(1, 26)))
    assume(best < math.inf)
    assume(cost.latency(25) <= 2 * whole.after)
    _, took = simulate(lines, cost, window)
    assert took <= best * 1.1 + 0.2
