"""The planner against brute force, over the formula of the design and over a sliding window."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from expenseflow.pacing import planner
from expenseflow.pacing.planner import Cost, Room, Situation

COSTS = st.builds(
    Cost,
    base=st.floats(0.05, 2.0),
    per_line=st.floats(0.01, 0.6),
    fixed_tokens=st.floats(100, 2000),
    line_tokens=st.floats(10, 200),
)


def fresh(
    cost: Cost,
    *,
    requests: int | None,
    tokens: float | None,
    window: float,
    concurrency: int | None = None,
) -> Situation:
    """A window nothing has been used of."""
    _ = cost
    return Situation(
        now=Room(0.0, requests, tokens),
        later=(),
        window=Room(window, requests, tokens),
        concurrency=concurrency,
    )


def by_the_formula(
    lines: int,
    batch: int,
    cost: Cost,
    *,
    requests: int | None,
    tokens: float | None,
    window: float,
    concurrency: int | None,
) -> float:
    """T(k) of the design, section 5; infinite when a call does not fit the window."""
    calls = math.ceil(lines / batch)
    each = cost.tokens(batch)
    fits = [math.inf if requests is None else requests]
    if tokens is not None:
        fits.append(tokens // each)
    per_window = min(fits)
    if per_window < 1:
        return math.inf
    windows = 1 if math.isinf(per_window) else math.ceil(calls / per_window)
    latency = cost.latency(batch)
    rounds = 1 if concurrency is None else math.ceil(calls / concurrency)
    return max((windows - 1) * window + latency, rounds * latency)


LIMITS = st.fixed_dictionaries(
    {
        "requests": st.none() | st.integers(1, 60),
        "tokens": st.none() | st.floats(3000, 60_000),
        "window": st.sampled_from([1.0, 10.0, 60.0]),
    }
)


@settings(max_examples=400, deadline=None)
@given(
    lines=st.integers(1, 600),
    cost=COSTS,
    limits=LIMITS,
    concurrency=st.none() | st.integers(1, 80),
)
def test_no_size_of_a_call_ends_earlier_by_the_formula(
    lines: int, cost: Cost, limits: dict[str, float | None], concurrency: int | None
) -> None:
    situation = fresh(cost, **limits, concurrency=concurrency)  # pyright: ignore[reportArgumentType]
    plan = planner.plan(lines, cost, situation)
    best = min(
        by_the_formula(lines, batch, cost, **limits, concurrency=concurrency)  # pyright: ignore[reportArgumentType]
        for batch in range(1, planner.LARGEST_BATCH + 1)
    )
    own = planner.OWN_SECONDS_A_CALL * lines
    assert plan.finish <= best * 1.05 + own + 1e-6


@settings(max_examples=300, deadline=None)
@given(lines=st.integers(1, 400), cost=COSTS, limits=LIMITS)
def test_what_it_plans_can_leave(lines: int, cost: Cost, limits: dict[str, float | None]) -> None:
    situation = fresh(cost, **limits)  # pyright: ignore[reportArgumentType]
    plan = planner.plan(lines, cost, situation)
    assert 1 <= plan.batch <= min(planner.LARGEST_BATCH, lines)
    leaves = situation.now.lines(plan.batch, cost)
    if situation.now.tokens is None or cost.tokens(1) <= situation.now.tokens:
        assert leaves >= 1


def simulated(lines: int, cost: Cost, *, requests: int, window: float) -> float:
    """Send as the plans say, whenever a sliding window lets go; when the last answer comes."""
    sent: list[float] = []
    now = end = 0.0
    while lines:
        live = [at for at in sent if at > now - window]
        free = requests - len(live)
        if free:
            later = _cumulated([at + window - now for at in live])
            situation = Situation(Room(0, free, None), later, Room(window, requests, None))
            plan = planner.plan(lines, cost, situation)
            for size in planner.spread(lines, plan.batch, calls_left=free):
                sent.append(now)
                lines -= size
                end = max(end, now + cost.latency(size))
        now = min(at for at in sent if at > now - window) + window
    return end


def _cumulated(afters: list[float]) -> list[Room]:
    return [Room(after, number, None) for number, after in enumerate(sorted(afters), start=1)]


@settings(max_examples=150, deadline=None)
@given(
    lines=st.integers(1, 500),
    cost=st.builds(Cost, base=st.floats(0.1, 1.0), per_line=st.floats(0.05, 0.35)),
    requests=st.integers(2, 30),
    window=st.sampled_from([10.0, 60.0]),
)
def test_what_it_foresees_comes_true_in_a_sliding_window(
    lines: int, cost: Cost, requests: int, window: float
) -> None:
    situation = fresh(cost, requests=requests, tokens=None, window=window)
    foreseen = planner.plan(lines, cost, situation).finish
    own = planner.OWN_SECONDS_A_CALL * lines
    true = simulated(lines, cost, requests=requests, window=window)
    assert abs(foreseen - true) <= max(1.0, 0.15 * true) + own


@given(lines=st.integers(0, 5000), batch=st.integers(1, 25))
def test_a_spread_is_even_and_loses_nothing(lines: int, batch: int) -> None:
    sizes = planner.spread(lines, batch)
    assert sum(sizes) == lines
    assert not sizes or (max(sizes) <= batch and max(sizes) - min(sizes) <= 1)
    assert len(sizes) == math.ceil(lines / batch)


def test_sixty_requests_a_minute_in_ten_seconds_are_ten_calls_of_twelve() -> None:
    cost = Cost(0.48, 0.32)
    situation = fresh(cost, requests=10, tokens=None, window=10)
    assert planner.plan(120, cost, situation).batch == 12


def test_small_calls_begin_while_the_limit_is_not_known() -> None:
    cost = Cost(0.48, 0.32)
    situation = Situation(
        Room(0, None, None), (), Room(60, None, None), concurrency=10, growing=True
    )
    assert planner.plan(119, cost, situation).batch == 1
    wide = Situation(Room(0, None, None), (), Room(60, None, None), concurrency=80, growing=True)
    assert planner.plan(120, cost, wide).batch == 2


def test_requests_are_kept_for_what_may_fail_where_that_costs_little() -> None:
    cost = Cost(0.48, 0.32)
    sure = fresh(cost, requests=20, tokens=None, window=10)
    assert planner.plan(120, cost, sure).batch == 6
    unsure = Situation(sure.now, (), sure.window, failing=0.02)
    assert planner.plan(120, cost, unsure).batch >= 10
