"""What is known of a provider, when the database's clock is put back, and over a long time."""

import pytest
from tests.support.pacing import Talk

from expenseflow.kit.completions import Allowance, Limits
from expenseflow.pacing.limits import Window
from expenseflow.pacing.log import CallLog
from expenseflow.pacing.messages import Policy

KNOWN = Policy(requests_per_minute=60, window=10.0)
HOUR = 3600.0


@pytest.mark.parametrize("back", [60.0, HOUR, 40_000.0])
def test_a_clock_that_is_put_back_holds_nobody_up_and_makes_no_room(back: float) -> None:
    talk = Talk(KNOWN)
    talk.end(*talk.ask_all(fresh=500))
    talk.end(*talk.ask("a", fresh=1).granted, ending="limited", retry_after=2.0)
    talk.state.set_clock(talk.now)
    talk.now -= back
    talk.state.set_clock(talk.now)
    assert not talk.ask("b", fresh=500).granted
    talk.now += 11.0
    talk.state.set_clock(talk.now)
    assert len(talk.ask_all("b", fresh=500)) == 10


def test_a_clock_that_goes_on_changes_nothing() -> None:
    talk = Talk(KNOWN)
    talk.ask_all(fresh=500)
    talk.state.set_clock(talk.now)
    before = talk.state.log.entries[-1].at
    talk.now += 1.0
    talk.state.set_clock(talk.now)
    assert talk.state.log.entries[-1].at == before


def test_a_wider_margin_is_given_up_again() -> None:
    talk = Talk(KNOWN)
    limits = Limits(Allowance(10, 0, 10.0))
    calls = talk.ask_all(fresh=500)
    talk.end(calls[0], ending="limited", retry_after=1.0, limits=limits)
    assert talk.state.margin_doublings == 1
    talk.now += 601.0
    talk.ask(fresh=1)
    assert talk.state.margin_doublings == 0


def test_a_limit_that_was_found_out_is_forgotten_after_an_hour_without_a_rejection() -> None:
    talk = Talk()
    talk.state.requests.put(Window(10, 10.0, "learned"))
    talk.state.requests.rejected_at = talk.now
    talk.now += HOUR - 60
    talk.ask(fresh=1)
    assert "learned" in talk.state.requests.windows
    talk.now += 120
    talk.ask(fresh=1)
    assert "learned" not in talk.state.requests.windows


def test_a_whim_is_not_taken_for_a_window() -> None:
    """One 429 that wants to be asked again in an hour tells of no window of an hour."""
    talk = Talk()
    calls = talk.ask_all(fresh=50)
    talk.end(*calls)
    (rejected, *_) = talk.ask_all(fresh=50)
    talk.end(rejected, ending="limited", retry_after=HOUR)
    learned = talk.state.requests.windows.get("learned")
    assert learned is None or learned.seconds <= 120.0
    assert talk.state.blocked_until - talk.now <= 121.0


def test_a_log_of_a_day_beside_a_window_of_seconds_stays_small() -> None:
    log = CallLog()
    for call in range(20_000):
        log.add(1000.0 + call * 4.0, 1, 10, window=1.0)
        log.forget(0.0)
    assert len(log.entries) <= 1000
    now = 1000.0 + 20_000 * 4.0
    assert log.used(now, 100_000.0).requests == 20_000
    assert log.used(now, 60.0).requests >= 14
