"""Every merchant is answered or given up exactly once, whatever the provider does."""

import asyncio
import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.categorization import (
    CHART,
    Call,
    Ledger,
    Script,
    ScriptedCompleter,
    VirtualClock,
    answer_line,
    answers,
    charges,
    good,
    run_virtually,
)
from tests.support.pacing import MemoryPacing

from expenseflow.categorization.asking import AT_LIMIT, OUTAGE
from expenseflow.categorization.model_tier import ModelTier
from expenseflow.categorization.outcomes import Charge, Outcome
from expenseflow.kit.completions import (
    BadAnswer,
    Faulted,
    ProviderDown,
    ProviderRefused,
    RateLimited,
    TimedOut,
    Unacceptable,
)
from expenseflow.pacing.messages import Policy

OPEN = Policy(requests_per_minute=60_000, window=60.0)
"""A provider whose limit is known and far away."""
ONE_BY_ONE = Policy(requests_per_minute=60_000, window=60.0, max_concurrency=1)
"""Few lines stand in one call then: two calls would take longer."""


def settle(
    script: Script,
    wanted: Sequence[Charge],
    *,
    patience: float = 120.0,
    seed: int = 1,
    policy: Policy = OPEN,
) -> tuple[ScriptedCompleter, Ledger, float]:
    """Settle under virtual time; the provider, what was told, and the seconds it took."""
    completer, ledger = ScriptedCompleter(script), Ledger()

    async def main() -> float:
        clock = VirtualClock()
        pacing = MemoryPacing(clock, policy)
        tier = ModelTier(
            completer, pacing, clock, outage_patience=patience, rng=random.Random(seed)
        )
        await tier.settle(wanted, job="a job", chart=CHART, past={}, on_outcome=ledger)
        return clock.monotonic()

    seconds = run_virtually(main())
    assert ledger.settled == {charge.merchant for charge in wanted}
    assert ledger.usage.calls == len(completer.calls)
    assert completer.in_flight == 0
    return completer, ledger, seconds


async def instantly(call: Call) -> str:
    return good(call)


def test_nothing_to_settle_makes_no_call() -> None:
    completer, ledger, _ = settle(instantly, [])
    assert not completer.calls
    assert not ledger.news


def test_a_provider_nobody_knows_is_asked_for_one_line_first_and_for_ten_calls_then() -> None:
    async def script(call: Call) -> str:
        await asyncio.sleep(1)
        return good(call)

    completer, ledger, _ = settle(script, charges(95), policy=Policy())
    assert [len(call.lines) for call in completer.calls if call.at < 1] == [1]
    assert len([call for call in completer.calls if 1 <= call.at < 2]) == 10
    assert completer.most_in_flight > 10
    assert ledger.usage.prompt_tokens == 100 * len(completer.calls)
    assert ledger.usage.retries == 0


def test_no_more_calls_at_the_same_time_than_the_settings_allow() -> None:
    async def script(call: Call) -> str:
        await asyncio.sleep(1)
        return good(call)

    policy = Policy(requests_per_minute=60_000, window=60.0, max_concurrency=4)
    completer, _, _ = settle(script, charges(95), policy=policy)
    assert completer.most_in_flight == 4


def test_a_merchant_given_twice_is_asked_once() -> None:
    one = charges(1)
    completer, _, _ = settle(instantly, [*one, *one])
    assert len(completer.calls) == 1


def test_only_the_lines_a_bad_answer_touches_are_asked_again() -> None:
    async def script(call: Call) -> str:
        lines = [answer_line(line["id"]) for line in call.lines]
        if call.number == 1:
            lines[3]["glCode"] = "12345"
        return answers(lines)

    completer, ledger, _ = settle(script, charges(10), policy=ONE_BY_ONE)
    assert [len(call.lines) for call in completer.calls] == [10, 1]
    assert ledger.usage.retries == 1
    assert not ledger.given_up


def test_a_failed_batch_is_split_into_at_most_five_without_a_charge() -> None:
    async def script(call: Call) -> str:
        if len(call.lines) > 2:
            raise BadAnswer("cut off", prompt_tokens=7, completion_tokens=3)
        return good(call)

    completer, ledger, seconds = settle(script, charges(10), policy=ONE_BY_ONE)
    assert [len(call.lines) for call in completer.calls] == [10, 2, 2, 2, 2, 2]
    assert seconds < 0.5
    assert ledger.usage.prompt_tokens == 7 + 5 * 100


def test_a_failed_batch_is_split_into_fewer_where_requests_are_short() -> None:
    async def script(call: Call) -> str:
        if len(call.lines) > 2:
            raise BadAnswer
        return good(call)

    policy = Policy(requests_per_minute=6, window=10.0)
    completer, _, _ = settle(script, charges(6), policy=policy)
    assert [len(call.lines) for call in completer.calls] == [6, 2, 2, 2]


def test_one_poisoned_merchant_is_given_up_after_a_few_calls_that_held_it() -> None:
    wanted = charges(30)

    async def script(call: Call) -> str:
        if wanted[17].description in call.descriptions:
            return "no"
        return good(call)

    completer, ledger, seconds = settle(script, wanted)
    assert ledger.given_up == {wanted[17].merchant: BadAnswer.words}
    held = [call for call in completer.calls if wanted[17].description in call.descriptions]
    assert 4 <= len(held) <= 6
    assert [len(call.lines) for call in held[-2:]] == [1, 1]
    assert seconds <= 5


def test_a_charge_the_provider_does_not_accept_is_not_asked_again_on_its_own() -> None:
    wanted = charges(30)

    async def script(call: Call) -> str:
        if wanted[17].description in call.descriptions:
            raise Unacceptable
        return good(call)

    completer, ledger, seconds = settle(script, wanted)
    assert ledger.given_up == {wanted[17].merchant: Unacceptable.words}
    assert completer.asked[wanted[17].description] <= 3
    assert seconds < 0.5


@pytest.mark.parametrize("failure", [TimedOut, Faulted])
def test_a_merchant_that_breaks_the_provider_is_not_an_outage(
    failure: type[TimedOut | Faulted],
) -> None:
    wanted = charges(30)

    async def script(call: Call) -> str:
        if wanted[3].description in call.descriptions:
            raise failure
        return good(call)

    _, ledger, seconds = settle(script, wanted)
    assert ledger.given_up == {wanted[3].merchant: failure.words}
    assert seconds <= 5


@pytest.mark.parametrize("failure", [RuntimeError("bug"), KeyError("x"), TimeoutError()])
def test_an_exception_nobody_expected_is_a_bad_answer(failure: Exception) -> None:
    async def script(_: Call) -> str:
        raise failure

    _, ledger, _ = settle(script, charges(3))
    assert set(ledger.given_up.values()) == {BadAnswer.words}


def test_a_call_that_is_cancelled_from_inside_loses_no_line() -> None:
    async def script(call: Call) -> str:
        if call.number == 1:
            raise asyncio.CancelledError
        return good(call)

    _, ledger, _ = settle(script, charges(20))
    assert not ledger.given_up


def test_a_limit_holds_all_calls_back_as_long_as_it_says_and_costs_the_lines_nothing() -> None:
    async def script(call: Call) -> str:
        await asyncio.sleep(0.01)
        if call.at < 30:
            raise RateLimited(retry_after=30 - call.at)
        return good(call)

    completer, ledger, seconds = settle(script, charges(100))
    assert 30 <= seconds < 31
    assert not ledger.given_up
    assert 1 <= ledger.usage.rejected_calls <= 4
    assert ledger.usage.retries == ledger.usage.rejected_calls
    assert ledger.usage.waited_seconds == pytest.approx(30, abs=1)
    assert AT_LIMIT in {news.waiting_for for news in ledger.news}
    assert ledger.news[-1].waiting_for is None
    assert not [call for call in completer.calls if 0.1 < call.at < 30]


def test_a_limit_that_does_not_say_how_long_is_not_hammered() -> None:
    async def script(call: Call) -> str:
        if call.at < 60:
            raise RateLimited
        return good(call)

    completer, ledger, _ = settle(script, charges(10))
    assert len([call for call in completer.calls if call.at < 60]) <= 10
    assert not ledger.given_up


def test_a_limit_that_says_come_at_once_for_ever_is_not_hammered_either() -> None:
    async def script(call: Call) -> str:
        if call.at < 60:
            raise RateLimited(retry_after=0)
        return good(call)

    completer, _, _ = settle(script, charges(10))
    assert len([call for call in completer.calls if call.at < 60]) <= 20


@pytest.mark.parametrize("failure", [ProviderDown, Faulted, TimedOut])
def test_an_outage_is_probed_one_call_at_a_time_and_costs_nothing(
    failure: type[ProviderDown | TimedOut],
) -> None:
    async def script(call: Call) -> str:
        if call.at < 30:
            raise failure
        return good(call)

    completer, ledger, seconds = settle(script, charges(100))
    assert not ledger.given_up
    assert 30 <= seconds < 36
    probes = [call.at for call in completer.calls if 0.5 < call.at < 30]
    assert 5 <= len(probes) <= 30
    assert all(later - earlier >= 0.9 for earlier, later in itertools.pairwise(probes))
    assert OUTAGE in {news.waiting_for for news in ledger.news}


def test_after_large_batches_failed_too_an_outage_is_probed_with_one_line() -> None:
    async def script(call: Call) -> str:
        await asyncio.sleep(0.1)
        if 1 < call.at < 30:
            raise ProviderDown
        return good(call)

    policy = Policy(requests_per_minute=60, window=10.0)
    completer, ledger, _ = settle(script, charges(400), policy=policy)
    assert not ledger.given_up
    assert max(len(call.lines) for call in completer.calls if call.at < 12) > 10
    probes = [call for call in completer.calls if 15 < call.at < 30]
    assert probes
    assert {len(call.lines) for call in probes} == {1}


def test_after_an_outage_no_more_calls_are_needed_than_without_one() -> None:
    async def script(call: Call) -> str:
        await asyncio.sleep(0.3)
        if call.at < 30:
            raise ProviderDown
        return good(call)

    policy = Policy(requests_per_minute=60, window=10.0)
    completer, ledger, seconds = settle(script, charges(120), policy=policy)
    assert not ledger.given_up
    assert len([call for call in completer.calls if call.at >= 30]) <= 12
    assert seconds < 38


@pytest.mark.parametrize("bad", [3, 6])
def test_several_lines_that_break_the_provider_are_no_outage(bad: int) -> None:
    wanted = charges(300)
    broken = {one.description for one in wanted[:: 300 // bad][:bad]}

    async def script(call: Call) -> str:
        await asyncio.sleep(0.5)
        if broken & set(call.descriptions):
            raise Faulted
        return good(call)

    policy = Policy(requests_per_minute=60, window=10.0)
    _, ledger, seconds = settle(script, wanted, policy=policy)
    assert {merchant.key for merchant in ledger.given_up} == {
        one.merchant.key for one in wanted if one.description in broken
    }
    assert seconds < 100


def test_one_call_leaves_though_it_is_larger_than_a_window_of_tokens() -> None:
    async def script(call: Call) -> str:
        await asyncio.sleep(0.5)
        return good(call)

    policy = Policy(tokens_per_minute=1200)
    _, ledger, _ = settle(script, charges(5), policy=policy)
    assert len(ledger.answered) == 5


def test_down_for_good_is_given_up_when_patience_is_over() -> None:
    async def script(_: Call) -> str:
        raise ProviderDown

    completer, ledger, seconds = settle(script, charges(200), patience=120)
    assert seconds == pytest.approx(120, abs=1)
    assert set(ledger.given_up.values()) == {ProviderDown.words}
    assert len(completer.calls) <= 60
    assert len(ledger.news) <= len(completer.calls) + 5


def test_a_provider_that_asks_for_an_hour_does_not_outlast_patience() -> None:
    async def script(_: Call) -> str:
        raise ProviderDown(retry_after=3600)

    _, _, seconds = settle(script, charges(5), patience=20)
    assert seconds == pytest.approx(20, abs=1)


def test_a_quota_of_the_day_that_is_used_up_is_not_waited_for() -> None:
    async def script(_: Call) -> str:
        await asyncio.sleep(0.1)
        raise RateLimited(retry_after=20_000)

    completer, ledger, seconds = settle(script, charges(200))
    assert seconds < 2
    assert len(completer.calls) <= 12
    assert set(ledger.given_up.values()) == {RateLimited.words}


def test_hanging_for_good_is_given_up_when_patience_is_over() -> None:
    async def script(_: Call) -> str:
        await asyncio.sleep(60)
        raise TimedOut

    completer, ledger, seconds = settle(script, charges(100), patience=120, policy=Policy())
    assert seconds <= 182
    assert set(ledger.given_up.values()) == {TimedOut.words}
    assert len(completer.calls) <= 8


def test_a_provider_that_never_says_anything_usable_is_not_paid_line_by_line() -> None:
    async def script(_: Call) -> str:
        return "I am afraid I cannot do that"

    completer, ledger, _ = settle(script, charges(300))
    assert len(completer.calls) <= 50 + 32
    assert set(ledger.given_up.values()) == {BadAnswer.words}


def test_probing_goes_round_so_that_a_poisoned_line_does_not_hide_that_it_is_back() -> None:
    wanted = charges(40)
    poisoned = {wanted[n].description for n in (0, 10, 20)}

    async def script(call: Call) -> str:
        await asyncio.sleep(0.1)
        if call.at < 5 or poisoned & set(call.descriptions):
            raise Faulted
        return good(call)

    _, ledger, _ = settle(script, wanted)
    assert len(ledger.answered) == 37


def test_a_refusal_ends_the_tier_at_once() -> None:
    async def script(_: Call) -> str:
        raise ProviderRefused

    completer, ledger, seconds = settle(script, charges(300))
    assert len(completer.calls) <= 4
    assert seconds < 0.1
    assert set(ledger.given_up.values()) == {ProviderRefused.words}


def test_a_refusal_also_ends_the_wait_of_others() -> None:
    async def script(call: Call) -> str:
        await asyncio.sleep(0.01 if call.number == 1 else 2)
        if call.number == 1:
            raise RateLimited(retry_after=3600)
        raise ProviderRefused

    _, _, seconds = settle(script, charges(40))
    assert seconds == pytest.approx(2)


def test_what_the_listener_raises_comes_out_and_stops_the_calls() -> None:
    class LostFence(Exception):
        pass

    async def script(call: Call) -> str:
        await asyncio.sleep(call.number)
        return good(call)

    completer = ScriptedCompleter(script)

    async def listener(_: Outcome) -> None:
        raise LostFence

    async def main() -> None:
        clock = VirtualClock()
        tier = ModelTier(completer, MemoryPacing(clock, OPEN), clock)
        with pytest.raises(LostFence):
            await tier.settle(charges(100), job="a", chart=CHART, past={}, on_outcome=listener)
        assert completer.in_flight == 0

    run_virtually(main())


def test_cancelling_stops_the_calls_in_flight() -> None:
    async def script(call: Call) -> str:
        await asyncio.sleep(1e6)
        return good(call)

    completer = ScriptedCompleter(script)

    async def main() -> None:
        clock = VirtualClock()
        tier = ModelTier(completer, MemoryPacing(clock, OPEN), clock)
        ledger = Ledger()
        settling = asyncio.create_task(
            tier.settle(charges(100), job="a", chart=CHART, past={}, on_outcome=ledger)
        )
        await asyncio.sleep(1)
        settling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await settling
        assert completer.in_flight == 0
        assert not ledger.settled

    run_virtually(main())


def test_whoever_leaves_waits_for_the_calls_in_flight_and_leaves_the_rest_open() -> None:
    async def script(call: Call) -> str:
        await asyncio.sleep(2)
        if call.number == 1:
            raise Faulted
        return good(call)

    completer, ledger, wanted = ScriptedCompleter(script), Ledger(), charges(1000)

    async def main() -> float:
        clock, leaving = VirtualClock(), asyncio.Event()
        pacing = MemoryPacing(clock, ONE_BY_ONE)
        tier = ModelTier(completer, pacing, clock)
        asyncio.get_running_loop().call_later(5, leaving.set)
        await tier.settle(wanted, job="a", chart=CHART, past={}, on_outcome=ledger, leaving=leaving)
        return clock.monotonic()

    assert run_virtually(main()) == pytest.approx(6, abs=0.5)
    asked = {name for call in completer.calls[1:] for name in call.descriptions}
    assert {charge.description for charge in wanted if charge.merchant in ledger.answered} == asked
    assert 0 < len(asked) < len(wanted)
    assert not ledger.given_up


def test_when_pacing_is_away_the_calls_in_flight_are_still_taken() -> None:
    """They are paid for; the next run would ask for the same again."""

    async def script(call: Call) -> str:
        await asyncio.sleep(2)
        return good(call)

    completer, ledger, wanted = ScriptedCompleter(script), Ledger(), charges(1000)

    async def main() -> None:
        clock = VirtualClock()
        pacing = MemoryPacing(clock, OPEN)
        tier = ModelTier(completer, pacing, clock)
        asyncio.get_running_loop().call_later(1, setattr, pacing, "exchange", _away)
        with pytest.raises(ConnectionError):
            await tier.settle(wanted, job="a", chart=CHART, past={}, on_outcome=ledger)

    run_virtually(main())
    asked = {name for call in completer.calls for name in call.descriptions}
    assert asked
    assert {charge.description for charge in wanted if charge.merchant in ledger.answered} == asked
    assert not ledger.given_up


async def _away(*_: object) -> None:
    raise ConnectionError


FAILURES = [
    lambda: RateLimited(retry_after=None),
    lambda: RateLimited(retry_after=2),
    ProviderDown,
    lambda: ProviderDown(retry_after=3),
    Faulted,
    TimedOut,
    BadAnswer,
    lambda: RuntimeError("bug"),
    asyncio.CancelledError,
]
CONTENTS = ["", "[]", "{}", '{"lines":[]}', '{"lines":[{"id":"1"},{"id":1},7]}', "[" * 5000]


@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 2**32),
    count=st.integers(0, 60),
    trouble=st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]),
    refusal=st.sampled_from([0.0, 0.0, 0.01]),
)
def test_no_line_is_lost_and_none_is_settled_twice(
    seed: int, count: int, trouble: float, refusal: float
) -> None:
    """`settle` asserts it, `Ledger` refuses the second time, and a deadlock raises."""
    rng = random.Random(seed)

    async def script(call: Call) -> str:
        await asyncio.sleep(rng.choice([0, 0.1, 1, 20]))
        if rng.random() < refusal:
            raise ProviderRefused
        # Limits are not forever: an endless one is the job's deadline to end.
        if call.at < 600 and rng.random() < trouble:
            if rng.random() < 0.6:
                failure = rng.choice(FAILURES)()
                raise failure
            return rng.choice([*CONTENTS, _partly(call, rng)])
        return good(call)

    completer, ledger, _ = settle(script, charges(count), seed=seed)
    if not trouble and not refusal:
        assert not ledger.given_up
        assert set(completer.asked.values()) <= {1}


def _partly(call: Call, rng: random.Random) -> str:
    lines = [answer_line(line["id"]) for line in call.lines if rng.random() < 0.7]
    return answers(lines + rng.choices(lines, k=1) if lines else lines)
