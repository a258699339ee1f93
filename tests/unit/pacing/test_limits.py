"""Limits are found in settings, in headers, and in rejections; each form a provider may use."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenseflow.kit.completions import Allowance, Limits
from expenseflow.pacing import limits
from expenseflow.pacing.limits import Kind, Window
from expenseflow.pacing.log import CallLog

T0 = 5000.0
USUAL = [1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0]


def logged(*moments: float, tokens: int = 700) -> CallLog:
    log = CallLog()
    for moment in sorted(moments):
        log.add(T0 + moment, 1, tokens, window=1.0)
    return log


def heard(
    kind: Kind, said: Allowance, log: CallLog, *, at: float, calls: int | None = None
) -> None:
    """As `hearing` does it: the answer arrived `at` seconds after T0."""
    lately = log.used(T0 + at, 120.0).requests if calls is None else calls
    refilling = limits.is_refilling(Limits(requests=said), lately)
    limits.hear(kind, said, log, answered_at=T0 + at, refilling=refilling)


# --- from the settings ------------------------------------------------------------------------


def test_nothing_given_is_nothing_known() -> None:
    assert limits.configured(None, window=None) == {}
    assert limits.configured(None, window=10.0) == {}


def test_a_rate_alone_holds_over_a_minute_and_no_more_of_it_at_once() -> None:
    known = limits.configured(60, window=None)
    assert known == {"rate": Window(60, 60.0, "rate"), "assumed": Window(10, 10.0, "assumed")}


def test_a_rate_and_its_window_are_believed() -> None:
    known = limits.configured(60, window=10.0)
    assert known == {"configured": Window(10, 10.0, "configured")}


@given(st.integers(1, 5000), st.sampled_from([None, 1.0, 2.0, 10.0, 60.0, 90.0]))
def test_no_setting_ever_allows_more_than_its_rate_nor_nothing_at_all(
    rate: int, window: float | None
) -> None:
    for known in limits.configured(rate, window=window).values():
        assert known.amount >= 1
        assert known.per_second <= rate / 60 * (1 + 1e-9)


def test_less_than_one_in_a_window_is_one_in_a_longer_window() -> None:
    known = limits.configured(3, window=10.0)["configured"]
    assert (known.amount, known.seconds) == (1, 20.0)


# --- from headers -----------------------------------------------------------------------------


@pytest.mark.parametrize("window", USUAL)
def test_a_sliding_window_is_found_from_its_first_answer(window: float) -> None:
    kind, took = Kind(), 0.7
    heard(kind, Allowance(10, 9, window - took), logged(0.0), at=took)
    assert kind.windows["headers"] == Window(10, window, "headers")


def test_a_fixed_window_is_as_long_as_the_longest_that_was_left_of_it() -> None:
    kind = Kind()
    heard(kind, Allowance(10, 9, 7.3), logged(0.0), at=0.5)
    heard(kind, Allowance(10, 9, 59.5), logged(0.0, 8.0), at=8.5)
    heard(kind, Allowance(10, 8, 20.0), logged(0.0, 8.0, 47.5), at=48.0)
    assert kind.windows["headers"] == Window(10, 60.0, "headers")


def test_a_bucket_that_refills_is_a_minute() -> None:
    """1 of 500 requests is used, and 120 ms until it is full again."""
    said = Limits(Allowance(500, 499, 0.12), Allowance(30_000, 29_300, 1.4))
    assert limits.is_refilling(said, 1)
    kind = Kind()
    limits.hear(kind, Allowance(500, 499, 0.12), logged(0.0), answered_at=T0 + 0.7, refilling=True)
    assert kind.windows["headers"] == Window(500, 60.0, "headers")
    # The hundredth answer does not make anything else of it.
    heard(kind, Allowance(500, 400, 12.0), logged(*(n / 50 for n in range(100))), at=2.5)
    assert kind.windows["headers"] == Window(500, 60.0, "headers")


@pytest.mark.parametrize(("limit", "window"), [(6, 10.0), (3, 20.0), (12, 5.0), (60, 1.0)])
def test_a_window_that_looks_like_a_bucket_at_first_is_found_out(limit: int, window: float) -> None:
    """1 of 6 requests is used and 10 s to go: a window of 10 s, or a minute that refills?"""
    kind = Kind()
    calls: list[float] = []
    for used in range(1, limit + 1):
        calls.append(used * 0.01)
        heard(kind, Allowance(limit, limit - used, window - 0.05), logged(*calls), at=calls[-1])
    assert kind.windows["headers"].seconds == pytest.approx(window, rel=0.1)
    # It is not taken for a bucket again after a long silence.
    heard(kind, Allowance(limit, limit - 1, window - 0.05), logged(300.0), at=300.05)
    assert kind.windows["headers"].seconds == pytest.approx(window, rel=0.1)


def test_a_bucket_that_is_nearly_empty_stays_a_bucket() -> None:
    kind = Kind()
    for used in range(1, 60):
        calls = [n / 100 for n in range(used)]
        heard(kind, Allowance(60, 60 - used, used - 0.99), logged(*calls), at=used / 100)
        heard(kind, Allowance(60, 60 - used, float(used)), logged(*calls), at=used / 100)
    assert kind.windows["headers"] == Window(60, 60.0, "headers")


def test_headers_that_do_not_tell_the_window_mean_a_minute() -> None:
    for said in (Allowance(60), Allowance(60, 59), Allowance(60, 59, 0.0)):
        kind = Kind()
        heard(kind, said, logged(0.0), at=0.5)
        assert kind.windows["headers"] == Window(60, 60.0, "headers")


def test_a_limit_that_falls_holds_at_once_and_one_that_rises_too() -> None:
    kind = Kind()
    heard(kind, Allowance(20, 19, 9.5), logged(0.0), at=0.5)
    heard(kind, Allowance(3, 0, 6.0), logged(0.0, 1.0), at=5.0)
    assert kind.windows["headers"] == Window(3, 10.0, "headers")
    heard(kind, Allowance(40, 38, 9.5), logged(0.0, 1.0, 30.0), at=30.5)
    assert kind.windows["headers"] == Window(40, 10.0, "headers")


def test_a_limit_with_a_longer_window_is_noticed() -> None:
    kind = Kind()
    heard(kind, Allowance(20, 19, 9.5), logged(0.0), at=0.5)
    heard(kind, Allowance(30, 29, 59.5), logged(0.0, 20.0), at=20.5)
    assert kind.windows["headers"] == Window(30, 60.0, "headers")


def test_a_limit_of_nothing_still_lets_one_call_ask_again() -> None:
    kind = Kind()
    heard(kind, Allowance(0, 0, 30.0), logged(0.0), at=0.5)
    assert kind.windows["headers"].amount == 1


def test_what_the_provider_says_replaces_what_was_found_out_or_assumed() -> None:
    kind = Kind()
    kind.put(Window(10, 10.0, "assumed"))
    kind.put(Window(7, 10.0, "learned"))
    kind.put(Window(60, 60.0, "rate"))
    heard(kind, Allowance(50, 49, 59.5), logged(0.0), at=0.5)
    assert set(kind.windows) == {"headers", "rate"}


def test_the_tightest_window_is_the_one_that_lasts() -> None:
    kind = Kind()
    assert kind.tightest is None
    kind.put(Window(60, 60.0, "headers"))
    kind.put(Window(10, 10.0, "configured"))
    assert kind.tightest == Window(10, 10.0, "configured")
    kind.put(Window(30, 60.0, "rate"))
    assert kind.tightest == Window(30, 60.0, "rate")


# --- from rejections --------------------------------------------------------------------------


def learned(log: CallLog, *, at: float, retry_after: float | None) -> Kind:
    kind = Kind()
    limits.learn(kind, log, now=T0 + at, retry_after=retry_after)
    return kind


@pytest.mark.parametrize("whole_seconds", [True, False], ids=["whole seconds", "milliseconds"])
@pytest.mark.parametrize("burst", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("window", USUAL)
def test_a_burst_that_is_rejected_tells_limit_and_window(
    window: float, burst: float, *, whole_seconds: bool
) -> None:
    log = logged(*(burst * n / 8 for n in range(8)))
    exact = window - burst  # until the first call leaves the window
    said = math.ceil(exact) if whole_seconds else exact
    kind = learned(log, at=burst, retry_after=said)
    assert kind.windows["learned"] == Window(8, window, "learned")


@given(
    st.sampled_from(USUAL),
    st.integers(2, 40),
    st.lists(st.floats(0.001, 3.0), min_size=60, max_size=60),
    st.booleans(),
)
def test_what_is_learned_is_never_a_higher_rate_than_the_truth_by_much(
    window: float, limit: int, pauses: list[float], whole_seconds: bool
) -> None:
    """A client of any pace against a true sliding window, until it is rejected."""
    admitted: list[float] = []
    now = 0.0
    for pause in pauses:
        now += pause
        held = [at for at in admitted if at > now - window]
        if len(held) >= limit:
            wait = held[-limit] + window - now
            said = float(math.ceil(wait)) if whole_seconds else wait
            known = learned(logged(*admitted), at=now, retry_after=said).windows["learned"]
            assert known.amount <= limit or known.seconds > window
            return
        admitted.append(now)


def test_without_a_word_ten_seconds_are_assumed() -> None:
    log = logged(*(n / 10 for n in range(7)))
    kind = learned(log, at=1.0, retry_after=None)
    assert kind.windows["learned"] == Window(7, limits.ASSUMED_WINDOW_S, "learned")


def test_a_rejection_before_any_call_was_let_in_tells_nothing() -> None:
    for said in (None, 7.0):
        kind = Kind()
        assert not limits.learn(kind, CallLog(), now=T0, retry_after=said)
        assert not kind.windows


def test_nothing_is_learned_where_the_provider_says_it_itself() -> None:
    kind = Kind()
    kind.put(Window(60, 60.0, "headers"))
    assert not limits.learn(kind, logged(0.0), now=T0 + 1, retry_after=5.0)
    assert set(kind.windows) == {"headers"}


def test_a_second_rejection_at_the_same_limit_does_not_raise_it() -> None:
    kind = Kind()
    kind.put(Window(10, 10.0, "learned"))
    log = logged(*(n / 20 for n in range(12)))
    limits.learn(kind, log, now=T0 + 0.7, retry_after=10.0)
    assert kind.windows["learned"] == Window(10, 10.0, "learned")


def test_a_limit_that_has_fallen_is_learned_anew() -> None:
    kind = Kind()
    kind.put(Window(20, 10.0, "learned"))
    limits.learn(kind, logged(0.0, 0.1, 0.2), now=T0 + 0.3, retry_after=10.0)
    assert kind.windows["learned"] == Window(3, 10.0, "learned")


def test_what_was_assumed_gives_way_to_a_tighter_truth() -> None:
    kind = Kind()
    kind.windows.update(limits.configured(60, window=None))
    limits.learn(kind, logged(0.0, 0.1, 0.2), now=T0 + 0.3, retry_after=60.0)
    assert set(kind.windows) == {"rate", "learned"}


# --- trying a learned limit higher ------------------------------------------------------------


def full(kind: Kind, at: float) -> CallLog:
    """A log whose window is used up at that moment."""
    amount = kind.windows["learned"].amount
    return logged(*(at - 0.5 + 0.4 * n / amount for n in range(amount)))


def tried(kind: Kind, at: float) -> int:
    limits.raise_learned(kind, full(kind, at), T0 + at)
    return kind.windows["learned"].amount


def test_a_learned_limit_is_tried_higher_after_clean_windows_step_by_step() -> None:
    kind = Kind(rejected_at=T0)
    kind.put(Window(10, 10.0, "learned"))
    assert tried(kind, 59.0) == 10
    assert tried(kind, 60.5) == 11
    assert tried(kind, 65.0) == 11
    assert tried(kind, 71.0) == 12


def test_a_window_that_is_not_used_up_proves_nothing() -> None:
    kind = Kind(rejected_at=T0)
    kind.put(Window(10, 10.0, "learned"))
    limits.raise_learned(kind, logged(899.0), T0 + 900.0)
    assert kind.windows["learned"].amount == 10


def test_it_falls_back_with_doubled_patience_when_that_was_too_high() -> None:
    kind = Kind(rejected_at=T0)
    kind.put(Window(10, 10.0, "learned"))
    assert tried(kind, 61.0) == 11
    log = logged(*(62.0 + n / 100 for n in range(10)))
    limits.learn(kind, log, now=T0 + 62.2, retry_after=10.0)
    assert kind.windows["learned"].amount == 10
    assert tried(kind, 62.2 + 60.0) == 10
    assert tried(kind, 62.2 + 119.0) == 10
    assert tried(kind, 62.2 + 121.0) == 11


def test_patience_is_not_doubled_for_ever() -> None:
    kind = Kind(rejected_at=T0)
    kind.put(Window(10, 10.0, "learned"))
    for _ in range(30):
        kind.raised_at, kind.raised_from = T0, 10
        limits.learn(kind, logged(0.0), now=T0 + 0.1, retry_after=10.0)
    assert kind.patience * 10.0 <= 2 * 3600.0


@given(st.floats(0.1, 3600.0), st.integers(0, 50))
def test_the_margin_is_small_and_bounded(window: float, doublings: int) -> None:
    grace = limits.margin(window, doublings)
    assert limits.margin(window, 0) <= grace <= 16 * limits.margin(window, 0)
    assert 0.15 <= limits.margin(window, 0) <= 0.15 + window * 0.011
