"""The planner by example: figures of the design, slow start, what is kept for bad lines."""

import math

from hypothesis import given
from hypothesis import strategies as st

from expenseflow.pacing import planner
from expenseflow.pacing.planner import Cost, Room, Situation


def fresh(*, requests: int, window: float) -> Situation:
    """A window nothing has been used of."""
    return Situation(Room(0.0, requests, None), (), Room(window, requests, None))


@given(lines=st.integers(0, 5000), batch=st.integers(1, 25))
def test_a_spread_is_even_and_loses_nothing(lines: int, batch: int) -> None:
    sizes = planner.spread(lines, batch)
    assert sum(sizes) == lines
    assert not sizes or (max(sizes) <= batch and max(sizes) - min(sizes) <= 1)
    assert len(sizes) == math.ceil(lines / batch)


def test_sixty_requests_a_minute_in_ten_seconds_are_ten_calls_of_twelve() -> None:
    cost = Cost(0.48, 0.32)
    situation = fresh(requests=10, window=10)
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
    sure = fresh(requests=20, window=10)
    assert planner.plan(120, cost, sure).batch == 6
    unsure = Situation(sure.now, (), sure.window, failing=0.02)
    assert planner.plan(120, cost, unsure).batch >= 10
