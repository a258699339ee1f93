"""What the simulator lets through, by a time that is passed in."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from expenseflow.simulator.limits import (
    Change,
    Limits,
    Meter,
    RetryAfter,
    Slope,
    duration,
    retry_headers,
)


def waits(meter: Meter, *times: float, tokens: int = 1) -> list[float]:
    """How long each call, arriving then, would have to wait; 0 is let in."""
    return [round(meter.admit(at, tokens=tokens).wait, 6) for at in times]


def test_without_limits_everything_is_let_in() -> None:
    meter = Meter()
    assert waits(meter, *[0.0] * 1000, tokens=10**6) == [0.0] * 1000
    assert meter.headers(0.0) == {}


def test_a_window_of_requests_slides() -> None:
    meter = Meter(Limits(requests=2, window=10))
    assert waits(meter, 0.0, 4.0, 9.0) == [0, 0, 1]
    # The call of 0.0 leaves at 10.0 sharp, that of 4.0 at 14.0.
    assert waits(meter, 9.999999, 10.0, 10.0, 14.0) == [0.000001, 0, 4, 0]


def test_a_window_of_tokens_waits_until_enough_have_left() -> None:
    meter = Meter(Limits(tokens=100, window=60))
    assert meter.admit(0.0, tokens=30).admitted
    assert meter.admit(10.0, tokens=30).admitted
    assert meter.admit(20.0, tokens=30).admitted
    assert meter.admit(30.0, tokens=10).admitted
    assert meter.admit(30.0, tokens=30).wait == 30
    assert meter.admit(30.0, tokens=31).wait == 40
    assert meter.admit(30.0, tokens=100).wait == 60


def test_the_wait_is_exactly_when_that_very_call_fits() -> None:
    chance = random.Random(4)
    meter = Meter(Limits(requests=5, tokens=300, window=7, slope=Slope(2, 1.5)))
    at = 0.0
    for _ in range(2000):
        at += chance.random()
        tokens = chance.randint(1, 300)
        wait = meter.admit(at, tokens=tokens).wait
        if wait > 0:
            assert not meter.admit(at + wait * 0.999, tokens=tokens).admitted
            at += wait + 1e-9
            assert meter.admit(at, tokens=tokens).admitted


def test_never_more_than_the_limit_in_any_window() -> None:
    chance = random.Random(5)
    meter = Meter(Limits(requests=20, tokens=1000, window=10))
    at = 0.0
    admitted: list[tuple[float, int]] = []
    for _ in range(3000):
        at += chance.random() * 0.3
        tokens = chance.randint(1, 120)
        if meter.admit(at, tokens=tokens).admitted:
            admitted.append((at, tokens))
            inside = [each for time, each in admitted if at - 10 < time]
            assert len(inside) <= 20
            assert sum(inside) <= 1000
    assert len(admitted) > 500


def test_a_call_larger_than_the_window_is_hopeless() -> None:
    verdict = Meter(Limits(tokens=100)).admit(0.0, tokens=101)
    assert verdict.too_large
    assert not verdict.admitted


def test_no_more_than_so_many_under_way() -> None:
    meter = Meter(Limits(concurrency=2))
    assert waits(meter, 0.0, 0.0, 0.0) == [0, 0, 1]
    meter.end()
    assert waits(meter, 0.5) == [0]
    assert (meter.under_way, meter.most_under_way) == (2, 2)


def test_a_slope_lets_each_second_have_so_many_times_the_one_before() -> None:
    meter = Meter(Limits(slope=Slope(start=5, growth=2.0)))
    let_in = [sum(wait == 0 for wait in waits(meter, *[second + 0.25] * 30)) for second in range(4)]
    assert let_in == [5, 10, 20, 30]
    assert waits(meter, 6.25, *[6.25] * 5) == [0, 0, 0, 0, 0, 0.75]  # idle: from the start again


def test_rejected_calls_may_count_too() -> None:
    patient, harsh = (Meter(Limits(requests=1, window=10, count_rejected=c)) for c in (False, True))
    assert waits(patient, 0.0, 5.0, 10.0) == [0, 5, 0]
    assert waits(harsh, 0.0, 5.0, 10.0) == [0, 10, 10]


def test_a_change_keeps_what_was_let_in() -> None:
    meter = Meter(Limits(requests=10, window=10))
    waits(meter, *(float(second) for second in range(10)))
    meter.limits = Limits(requests=3, window=60)
    assert meter.headers(10.0)["x-ratelimit-remaining-requests"] == "0"
    assert waits(meter, 10.0) == [57]  # the call of 7.0 is the third last
    meter.limits = Limits(requests=3, window=1)
    assert waits(meter, 10.0) == [0]


def test_a_cleared_meter_starts_anew() -> None:
    meter = Meter(Limits(requests=1))
    waits(meter, 0.0)
    meter.clear()
    assert waits(meter, 1.0) == [0]
    assert meter.under_way == 2


def test_headers_tell_what_is_left_of_the_kinds_that_are_limited() -> None:
    meter = Meter(Limits(requests=10, window=60))
    meter.admit(0.0, tokens=40)
    meter.admit(2.5, tokens=40)
    requests = {
        "x-ratelimit-limit-requests": "10",
        "x-ratelimit-remaining-requests": "8",
        "x-ratelimit-reset-requests": "59.5s",
    }
    assert meter.headers(3.0) == requests
    meter.limits = replace(meter.limits, tokens=100)
    assert meter.headers(3.0) == requests | {
        "x-ratelimit-limit-tokens": "100",
        "x-ratelimit-remaining-tokens": "20",
        "x-ratelimit-reset-tokens": "59.5s",
    }
    assert meter.headers(62.5)["x-ratelimit-remaining-tokens"] == "100"
    assert meter.headers(62.5)["x-ratelimit-reset-tokens"] == "0s"
    meter.limits = replace(meter.limits, headers=False)
    assert meter.headers(3.0) == {}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0s"),
        (-1.0, "0s"),
        (0.0001, "1ms"),
        (0.12, "120ms"),
        (0.9999, "1s"),
        (1.0, "1s"),
        (8.64, "8.64s"),
        (59.9995, "1m0s"),
        (360.0, "6m0s"),
        (90.5, "1m30.5s"),
        (3600.0, "1h0m0s"),
    ],
)
def test_durations_are_written_as_openai_does(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("style", "wait", "headers"),
    [
        ("seconds", 0.2, {"retry-after": "1"}),
        ("seconds", 7.0, {"retry-after": "7"}),
        ("seconds", 7.01, {"retry-after": "8"}),
        ("ms", 0.1201, {"retry-after-ms": "121"}),
        ("date", 0.5, {"retry-after": "Mon, 05 Jan 2026 10:00:01 GMT"}),
        ("date", 0.6, {"retry-after": "Mon, 05 Jan 2026 10:00:02 GMT"}),
        ("none", 7.0, {}),
    ],
)
def test_the_wait_is_told_rounded_up(
    style: RetryAfter, wait: float, headers: dict[str, str]
) -> None:
    now = datetime(2026, 1, 5, 10, 0, 0, 500_000, tzinfo=UTC)
    assert retry_headers(wait, style, now=now) == headers


@pytest.mark.parametrize(
    "given",
    [
        {"requests": 0},
        {"tokens": -1},
        {"window": 0.0},
        {"concurrency": 0},
        {"slope": Slope(start=0)},
        {"retry_after": "soon"},
    ],
)
def test_limits_that_cannot_be_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"limit|slope|retry_after"):
        Limits(**given)


def test_a_change_is_due_by_merchants_or_by_time() -> None:
    by_merchants, by_time = Change(Limits(), after_merchants=3), Change(Limits(), at=12.5)
    assert [by_merchants.is_due(merchants=n, at=99) for n in (2, 3, 4)] == [False, True, True]
    assert [by_time.is_due(merchants=99, at=at) for at in (12.4, 12.5)] == [False, True]
