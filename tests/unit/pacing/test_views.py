"""What a person is told of the provider, as of the moment they ask."""

from datetime import UTC, datetime
from typing import Any

import pytest

from expenseflow.pacing import views
from expenseflow.pacing.limits import Window
from expenseflow.pacing.messages import Policy
from expenseflow.pacing.state import Job, State
from expenseflow.pacing.views import Known

NOW = 1_700_000_000.0
TEN = Window(10, 10.0, "headers")


def state(**given: Any) -> State:
    """A provider that answered a second ago, and a job that asked then."""
    known = State(heard_at=NOW - 1, allowed=None)
    known.requests.put(TEN)
    known.jobs["job"] = Job(lines=5, under_way=2, since=NOW - 9, seen=NOW - 1)
    for name, value in given.items():
        setattr(known, name, value)
    return known


def looked(known: State, policy: Policy | None = None) -> Known:
    return views.known(known, NOW, policy or Policy())


def at(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


# --- limits -----------------------------------------------------------------------------------


def test_what_is_left_of_a_limit_is_told() -> None:
    known = state()
    known.log.add(NOW - 4, 3, 900, window=10.0)
    found = looked(known).requests
    assert found is not None
    assert (found.amount, found.window_seconds, found.remaining) == (10, 10.0, 7)


def test_settings_that_are_newer_than_the_state_are_told() -> None:
    found = looked(State(), Policy(tokens_per_minute=6000, window=10.0))
    assert views.limits_in_words(found) == "1,000 tokens in 10 s (as configured)"


def test_looking_changes_nothing() -> None:
    known = state(first_asked=None)
    before = repr(known)
    looked(known, Policy(requests_per_minute=6))
    assert repr(known) == before


def test_no_more_calls_at_once_than_the_settings_allow() -> None:
    assert looked(state()).concurrency is None
    assert looked(state(), Policy(max_concurrency=3)).concurrency == 3
    assert looked(State(), Policy(max_concurrency=3)).concurrency == 1


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("configured", "as configured"),
        ("headers", "as it says itself"),
        ("learned", "learned from rejected calls"),
        ("assumed", "ten seconds' share of the configured rate"),
    ],
)
def test_what_a_limit_is_known_from_is_told_in_words(source: Any, words: str) -> None:
    limit = views.LimitView(1200, 10.0, source, 3)
    assert views.in_words(limit, "requests") == f"1,200 requests in 10 s ({words})"


def test_that_nothing_is_known_is_told() -> None:
    assert views.limits_in_words(Known()) == "no limit is known"


# --- what waits -------------------------------------------------------------------------------


def test_calls_of_a_worker_that_died_are_not_under_way() -> None:
    known = state()
    known.jobs["dead"] = Job(lines=7, under_way=4, since=NOW - 90, seen=NOW - 60)
    found = looked(known)
    assert (found.under_way, found.waiting_jobs) == (2, 1)


def test_while_calls_leave_nothing_is_held_back() -> None:
    assert looked(state()).waiting_for is None


def test_a_full_window_holds_calls_back_until_it_lets_go() -> None:
    known = state()
    known.log.add(NOW - 4, 10, 900, window=10.0)
    found = looked(known)
    assert found.waiting_for == "limit"
    assert found.waiting_until is not None
    # Its ten seconds, and the margin that calls are kept longer.
    assert 6 <= (found.waiting_until - at(NOW)).total_seconds() <= 6.5


def test_a_full_window_holds_nothing_back_when_nobody_waits() -> None:
    known = state(jobs={})
    known.log.add(NOW - 4, 10, 900, window=10.0)
    assert looked(known).waiting_for is None


def test_the_provider_says_when_it_wants_to_be_asked_again() -> None:
    found = looked(state(blocked_until=NOW + 7))
    assert (found.waiting_for, found.waiting_until) == ("limit", at(NOW + 7))
    assert found.blocked_until == at(NOW + 7)
    assert looked(state(blocked_until=NOW - 7)).blocked_until is None


def test_an_outage_has_no_end_that_is_known() -> None:
    known = state(error_at=NOW - 1)
    known.breaker.open = True
    found = looked(known)
    assert (found.waiting_for, found.waiting_until) == ("outage", None)


def test_an_outage_of_last_week_holds_nothing_back() -> None:
    known = state(jobs={}, error_at=NOW - 600_000, heard_at=NOW - 600_100)
    known.breaker.open = True
    found = looked(known)
    assert found.waiting_for is None
    assert found.breaker_open


# --- is it there ------------------------------------------------------------------------------


def test_it_answered_a_second_ago() -> None:
    assert looked(state()).lately == (True, at(NOW - 1))


def test_an_answer_of_an_hour_ago_tells_nothing() -> None:
    assert looked(state(heard_at=NOW - 3600)).lately is None


def test_nothing_was_ever_heard() -> None:
    assert looked(State()).lately is None
    assert Known().lately is None


def test_an_outage_that_workers_see_is_told_without_asking() -> None:
    known = state(error="down", error_at=NOW - 2)
    known.breaker.open = True
    assert looked(known).lately == (False, at(NOW - 2))


def test_an_outage_of_last_week_may_be_over() -> None:
    known = state(error="down", error_at=NOW - 600_000, heard_at=NOW - 600_100)
    known.breaker.open = True
    assert looked(known).lately is None


def test_a_refusal_is_a_sign_of_life_but_no_good_news() -> None:
    found = looked(state(error="refused", error_at=NOW - 1))
    assert found.lately is None
    assert found.ended_in_error


def test_an_answer_after_an_error_is_good_news() -> None:
    found = looked(state(error="garbled", error_at=NOW - 5))
    assert found.lately == (True, at(NOW - 1))
    assert (found.error, found.error_at, found.ended_in_error) == ("garbled", at(NOW - 5), False)
