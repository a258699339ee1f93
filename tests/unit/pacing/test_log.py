"""The log of calls never says that a window has room before it has, and never grows without end."""

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from expenseflow.pacing.log import ENTRIES_PER_WINDOW, CallLog, Used

WIDTH = 0.02
"""Seconds; calls nearer to each other may share an entry whatever the window."""

STEPS = st.lists(
    st.tuples(
        st.floats(0, 0.2) | st.floats(0, 30) | st.just(0.0),
        st.integers(0, 3),
        st.integers(0, 5000),
    ),
    max_size=80,
)
"""Seconds since the call before, requests, tokens."""


def naive_use(calls: list[tuple[float, int, int]], now: float, window: float) -> Used:
    """What stands in the window that ends now, by looking at every call."""
    held = [call for call in calls if now - window < call[0] <= now]
    return Used(sum(call[1] for call in held), sum(call[2] for call in held))


def sent(log: CallLog, steps: list[tuple[float, int, int]], window: float) -> list[tuple]:
    calls, now = [], 1000.0
    for pause, requests, tokens in steps:
        now += pause
        log.add(now, requests, tokens, window=window)
        calls.append((now, requests, tokens))
    return calls


@given(STEPS, st.sampled_from([1.0, 2.0, 10.0, 60.0, 300.0]), st.floats(0, 400), st.floats(0, 30))
@example([(0.0, 1, 10), (0.019, 1, 10), (0.019, 1, 10)], 1.0, 1.0, 0.02)
def test_used_is_never_less_than_a_sliding_window_holds_and_little_more(
    steps: list[tuple[float, int, int]], shortest: float, window: float, later: float
) -> None:
    log = CallLog()
    calls = sent(log, steps, shortest)
    now = (calls[-1][0] if calls else 1000.0) + later
    used, least = log.used(now, window), naive_use(calls, now, window)
    assert used.requests >= least.requests
    assert used.tokens >= least.tokens
    # Not a call is held longer than the width of an entry.
    most = naive_use(calls, now, window + max(WIDTH, shortest / ENTRIES_PER_WINDOW) + 1e-6)
    assert used.requests <= most.requests
    assert used.tokens <= most.tokens


@given(STEPS, st.floats(0, 100), st.floats(0, 100))
def test_what_is_released_is_what_is_used_and_each_in_its_time(
    steps: list[tuple[float, int, int]], window: float, ahead: float
) -> None:
    log = CallLog()
    calls = sent(log, steps, 10.0)
    now = calls[-1][0] if calls else 1000.0
    releases = log.releases(now, window)
    used = log.used(now, window)
    assert sum(each.requests for each in releases) == used.requests
    assert sum(each.tokens for each in releases) == used.tokens
    assert [each.after for each in releases] == sorted(each.after for each in releases)
    gone = sum(each.requests for each in releases if each.after <= ahead - 1e-6)
    assert used.requests - gone >= log.used(now + ahead, window).requests


@given(st.integers(1, 4), st.floats(0.001, 0.05), st.sampled_from([1.0, 10.0, 60.0]))
def test_its_size_is_bounded_however_many_calls_leave(
    burst: int, pause: float, window: float
) -> None:
    log = CallLog()
    for number in range(3000):
        now = number * pause
        for _ in range(burst):
            log.add(now, 1, 700, window=window)
        log.forget(now - window)
        assert len(log.entries) <= ENTRIES_PER_WINDOW + 2
    assert log.used(3000 * pause, 3000.0) == Used(
        sum(entry.requests for entry in log.entries), sum(entry.tokens for entry in log.entries)
    )


@given(STEPS, st.floats(0, 400))
def test_forgetting_what_no_window_holds_changes_nothing(
    steps: list[tuple[float, int, int]], window: float
) -> None:
    log = CallLog()
    calls = sent(log, steps, 10.0)
    now = calls[-1][0] if calls else 1000.0
    before = [log.used(now + later, window) for later in (0.0, 0.5, 20.0)]
    log.forget(now - window)
    assert [log.used(now + later, window) for later in (0.0, 0.5, 20.0)] == before


@given(STEPS, st.data())
def test_a_correction_finds_its_call_and_only_that(
    steps: list[tuple[float, int, int]], data: st.DataObject
) -> None:
    log = CallLog()
    calls = [call for call in sent(log, steps, 10.0) if call[1]]
    booked = log.used(1e9, 1e9)
    if not calls:
        return
    at, requests, tokens = data.draw(st.sampled_from(calls))
    log.correct(at, -requests, -tokens)
    left = log.used(1e9, 1e9)
    assert (booked.requests - left.requests, booked.tokens - left.tokens) == (requests, tokens)
    ends = [entry.at for entry in log.entries]
    assert ends == sorted(ends)
    assert all(one.at < other.since for one, other in itertools.pairwise(log.entries))


def test_more_tokens_than_were_booked_are_added() -> None:
    log = CallLog()
    log.add(10.0, 1, 500, window=10.0)
    log.correct(10.0, 0, 250)
    assert log.used(11.0, 5.0) == Used(1, 750)


def test_a_correction_of_a_forgotten_call_changes_nothing() -> None:
    log = CallLog()
    log.add(10.0, 1, 500, window=10.0)
    log.add(30.0, 1, 500, window=10.0)
    log.forget(20.0)
    log.correct(10.0, -1, -500)
    assert log.used(31.0, 60.0) == Used(1, 500)


def test_nothing_is_ever_less_than_nothing() -> None:
    log = CallLog()
    log.add(10.0, 1, 500, window=10.0)
    log.correct(10.0, -3, -9000)
    assert log.used(10.0, 60.0) == Used(0, 0)
    assert log.oldest_since(0.0) is None
    assert log.latest() is None


@pytest.mark.parametrize("back", [0.5, 300.0])
def test_a_clock_that_is_set_back_does_not_make_room(back: float) -> None:
    log = CallLog()
    log.add(1000.0, 5, 500, window=10.0)
    log.add(1000.0 - back, 1, 100, window=10.0)
    assert log.used(1000.0 - back, 10.0) == Used(6, 600)
    assert log.used(1009.0, 10.0) == Used(6, 600)
