"""What ended calls teach: what was booked is put right, and the provider's state is known."""

import pytest
from tests.support.pacing import EPOCH, Talk

from expenseflow.kit.completions import Allowance, Limits
from expenseflow.pacing import hearing
from expenseflow.pacing.limits import Window
from expenseflow.pacing.log import Used
from expenseflow.pacing.messages import Ended, Ending, Granted, Policy

KNOWN = Policy(requests_per_minute=60, tokens_per_minute=60_000, window=10.0)


def said(limit: int, remaining: int, reset: float = 9.5) -> Limits:
    return Limits(requests=Allowance(limit, remaining, reset))


# --- what is booked ---------------------------------------------------------------------------


def test_tokens_that_were_not_used_are_given_back() -> None:
    talk = Talk(KNOWN)
    (call,) = talk.ask(fresh=1).granted
    assert talk.used == Used(1, call.tokens)
    talk.end(call, prompt_tokens=100, completion_tokens=20)
    assert talk.used == Used(1, 120)


def test_tokens_that_were_used_beyond_that_are_added() -> None:
    talk = Talk(KNOWN)
    (call,) = talk.ask(fresh=1).granted
    talk.end(call, prompt_tokens=5000, completion_tokens=20)
    assert talk.used == Used(1, 5020)


@pytest.mark.parametrize("ending", ["limited", "down"])
def test_a_call_that_was_not_served_is_not_booked(ending: Ending) -> None:
    talk = Talk(KNOWN)
    first, *rest = talk.ask_all()
    before = talk.used
    talk.end(first, ending=ending)
    assert talk.used == Used(before.requests - 1, before.tokens - first.tokens)
    assert rest


@pytest.mark.parametrize("ending", ["suspect", "useless", "refused"])
def test_a_call_of_which_nobody_knows_whether_it_was_counted_stays_booked(ending: Ending) -> None:
    talk = Talk(KNOWN)
    (call,) = talk.ask(fresh=1).granted
    talk.end(call, ending=ending)
    assert talk.used == Used(1, call.tokens)


def test_what_another_program_uses_of_the_same_key_is_found_in_the_headers() -> None:
    talk = Talk()
    (call,) = talk.ask(fresh=100).granted
    talk.now += 0.5
    talk.end(call, limits=said(60, 20))
    assert talk.state.requests.windows["headers"] == Window(60, 10.0, "headers")
    assert talk.used.requests == 40
    talk.now += 0.1
    assert len(talk.ask_all(fresh=5000)) == 20


def test_calls_that_cross_on_the_wire_are_not_taken_for_those_of_others() -> None:
    talk = Talk()
    (call,) = talk.ask(fresh=100).granted
    talk.now += 0.5
    talk.end(call, limits=said(60, 59))
    calls = talk.ask_all(fresh=5000)
    for number, one in enumerate(calls):  # each answer counts those that had arrived by then
        talk.now += 0.01
        talk.end(one, limits=said(60, max(0, 58 - number), 9.9))
    assert talk.used.requests == 60


def test_the_first_answer_measures_what_calls_take() -> None:
    talk = Talk()
    (call,) = talk.ask(fresh=1).granted
    talk.now += 5.0
    talk.end(call, took=5.0, characters=1000, prompt_tokens=500, completion_tokens=90)
    cost = talk.state.measured.cost(fixed_characters=2000, line_characters=100)
    assert cost.latency(1) > 2.5
    assert cost.fixed_tokens > 900


# --- being rejected ---------------------------------------------------------------------------


def test_a_rejection_holds_every_job_until_the_provider_said() -> None:
    talk = Talk()
    (call,) = talk.ask("a", fresh=1).granted
    talk.end(call, ending="limited", retry_after=7.0)
    for job in ("a", "b", "c"):
        reply = talk.ask(job, fresh=5)
        assert not reply.granted
        assert reply.hold == "limit"
    talk.now += 6.9
    assert not talk.ask("b", fresh=5).granted
    talk.now += 0.2
    assert talk.ask("b", fresh=5).granted


def test_the_longest_wait_of_several_rejections_counts() -> None:
    talk = Talk(KNOWN)
    calls = talk.ask_all(fresh=100)
    for wait, call in zip((2.0, 9.0, 4.0), calls, strict=False):
        talk.end(call, ending="limited", retry_after=wait)
    assert talk.state.blocked_until == pytest.approx(talk.now + 9.0)


def test_without_a_word_the_wait_doubles_to_half_a_minute() -> None:
    talk = Talk()
    waits: list[float] = []
    for _ in range(12):
        (call,) = talk.ask(fresh=1).granted
        talk.end(call, ending="limited")
        waits.append(talk.state.blocked_until - talk.now)
        talk.now = talk.state.blocked_until + 0.001
    assert waits[:4] == pytest.approx([1.0, 2.0, 4.0, 8.0])
    assert max(waits) == pytest.approx(30.0)


def test_a_provider_that_says_at_once_again_and_again_is_not_believed() -> None:
    talk, wait = Talk(), 0.0
    for _ in range(10):
        (call,) = talk.ask(fresh=1).granted
        talk.end(call, ending="limited", retry_after=0.0)
        wait = talk.state.blocked_until - talk.now
        talk.now = talk.state.blocked_until + 0.001
    assert wait > 10.0


def test_an_answer_ends_the_doubling() -> None:
    talk = Talk()
    for _ in range(5):
        (call,) = talk.ask(fresh=1).granted
        talk.end(call, ending="limited")
        talk.now = talk.state.blocked_until + 0.001
    (call,) = talk.ask(fresh=1).granted
    talk.end(call)
    (call, *_) = talk.ask(fresh=1).granted
    talk.end(call, ending="limited")
    assert talk.state.blocked_until - talk.now == pytest.approx(1.0)


def test_a_storm_of_rejections_of_one_burst_is_one_rejection() -> None:
    talk = Talk()
    (call,) = talk.ask(fresh=50).granted
    talk.end(call)
    calls = talk.ask_all(fresh=50)
    assert len(calls) > 3
    talk.end(*calls, ending="limited")
    assert talk.state.rejections_in_a_row == 1
    assert talk.state.blocked_until - talk.now == pytest.approx(1.0)


def rejected_late(*, under_way: int) -> Talk:
    """A window of 1 s was found out; calls are rejected when nothing was let in for 3 s."""
    talk = Talk()
    talk.state.requests.put(Window(1, 1.0, "learned"))
    talk.state.heard_at = talk.now
    calls = list(talk.ask(fresh=50).granted)
    for _ in range(under_way):
        talk.now += 3.0
        calls += talk.ask(fresh=50).granted
    talk.end(calls[-1], ending="limited", retry_after=1.0)
    return talk


def test_a_rejection_that_no_window_explains_is_for_calls_at_the_same_time() -> None:
    talk = rejected_late(under_way=2)
    assert talk.state.slowed
    assert talk.state.requests.windows["learned"] == Window(1, 1.0, "learned")


# --- is it there ------------------------------------------------------------------------------


def ended(about: str, ending: Ending = "suspect") -> Ended:
    return Ended(Granted(EPOCH, 1, 100), ending, 0.0, 1.0, 1, about=tuple(about))


def heard(*calls: Ended) -> Talk:
    talk = Talk()
    for call in calls:
        hearing.hear(talk.state, [call], talk.now)
    return talk


def test_one_refused_connection_is_an_outage() -> None:
    assert heard(ended("a", "down")).state.breaker.open


def test_errors_in_a_row_across_lines_are_an_outage() -> None:
    assert not heard(ended("ab"), ended("cd")).state.breaker.open
    assert heard(ended("ab"), ended("cd"), ended("ef")).state.breaker.open


def test_an_error_that_follows_one_line_is_not_an_outage() -> None:
    assert not heard(*[ended(text) for text in ("abc", "ax", "a", "ay", "a")]).state.breaker.open


@pytest.mark.parametrize("ending", ["answered", "useless", "limited", "refused"])
def test_any_answer_between_errors_is_a_sign_of_life(ending: Ending) -> None:
    talk = heard(ended("a"), ended("b"), ended("c", ending), ended("d"), ended("e"))
    assert not talk.state.breaker.open
    talk = heard(ended("a", "down"), ended("b", ending))
    assert not talk.state.breaker.open
    assert talk.state.breaker.silent_since is None
