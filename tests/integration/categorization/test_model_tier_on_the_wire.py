"""The tier, the real client and the simulator together, over a real socket and in real time."""

import json
import time

import pytest
from tests.support.categorization import CHART, Ledger, charge, charges
from tests.support.pacing import MemoryPacing
from tests.support.simulator import completer

from expenseflow.categorization.asking import OUTAGE
from expenseflow.categorization.model_tier import ModelTier
from expenseflow.categorization.outcomes import Charge
from expenseflow.kit.clock import SystemClock
from expenseflow.kit.completions import ProviderRefused, TimedOut
from expenseflow.pacing.messages import Policy
from expenseflow.simulator import Simulator
from expenseflow.simulator import behaviour as does

OPEN = Policy(requests_per_minute=60_000, window=60.0)
"""A provider whose limit is known and far away."""


async def settle(
    provider: Simulator, wanted: list[Charge], *, timeout_s: float = 5, patience: float = 60
) -> Ledger:
    ledger = Ledger()
    async with completer(provider, timeout_s=timeout_s) as client:
        clock = SystemClock()
        tier = ModelTier(client, MemoryPacing(clock, OPEN), clock, outage_patience=patience)
        await tier.settle(wanted, job="a", chart=CHART, past={}, on_outcome=ledger)
    assert ledger.settled == {one.merchant for one in wanted}
    assert ledger.usage.calls == len(provider.calls)
    return ledger


async def test_undisturbed_every_merchant_is_asked_once() -> None:
    async with Simulator() as provider:
        ledger = await settle(provider, charges(120))
        assert set(provider.asked.values()) == {1}
        assert ledger.usage.prompt_tokens == sum(call.prompt_tokens for call in provider.calls)
    assert len(ledger.answered) == 120


TROUBLE = [
    does.status(500, chance=0.1),
    does.malformed(chance=0.1),
    does.truncated(chance=0.1),
    does.prose(chance=0.1),
    does.missing_ids(chance=0.15),
    does.unknown_ids(chance=0.2),
    does.doubled_ids(chance=0.2),
    does.foreign_codes(chance=0.2),
    does.bad_confidence(chance=0.2),
    does.not_json(chance=0.1),
    does.no_choices(chance=0.1),
    does.reset(chance=0.03),
    does.limited(retry_after="0.1", chance=0.1),
]


async def test_all_kinds_of_trouble_at_once_lose_no_line() -> None:
    async with Simulator(*TROUBLE, seed=3) as provider:
        ledger = await settle(provider, charges(60))
    assert len(ledger.answered) >= 40


async def test_a_limit_is_kept() -> None:
    async with Simulator(does.limited(retry_after="1", until=3)) as provider:
        ledger = await settle(provider, charges(50))
        late = [call.at for call in provider.calls if call.status == 200]
    assert not ledger.given_up
    assert 1 <= ledger.usage.rejected_calls <= 8  # one or two at a time, once a second
    assert min(late) >= 3
    assert ledger.usage.waited_seconds >= 0.9


async def test_an_outage_in_the_middle_loses_nothing() -> None:
    async with Simulator(does.status(503, until=1.5)) as provider:
        ledger = await settle(provider, charges(50))
    assert not ledger.given_up
    assert OUTAGE in {news.waiting_for for news in ledger.news}


async def test_a_provider_nobody_reaches_is_given_up_when_patience_is_over() -> None:
    async with Simulator() as provider:
        provider.refuse()
        started = time.monotonic()
        ledger = Ledger()
        async with completer(provider) as client:
            clock = SystemClock()
            tier = ModelTier(client, MemoryPacing(clock, OPEN), clock, outage_patience=1)
            await tier.settle(charges(50), job="a", chart=CHART, past={}, on_outcome=ledger)
    assert len(ledger.given_up) == 50
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_refusal_ends_it_within_a_few_calls(status: int) -> None:
    async with Simulator(does.status(status)) as provider:
        ledger = await settle(provider, charges(300))
        assert len(provider.calls) <= 5
    assert set(ledger.given_up.values()) == {ProviderRefused.words}


async def test_one_poisoned_merchant_costs_only_its_own_line() -> None:
    wanted = [*charges(15), charge("POISON"), *charges(30)[15:]]
    async with Simulator(does.hang(contains="POISON")) as provider:
        # Long enough for every call to arrive there, however busy the machine is: they are counted.
        ledger = await settle(provider, wanted, timeout_s=1.5)
    assert ledger.given_up == {wanted[15].merchant: TimedOut.words}


async def test_no_card_number_and_no_address_stands_on_the_wire() -> None:
    private = ["4111 1111 1111 1111", "jane.doe@example.com"]
    wanted = [
        charge(f"{name} {text}", source_category=text)
        for name, text in zip("AB", private, strict=True)
    ]
    async with Simulator() as provider:
        await settle(provider, wanted)
        sent = "".join(call.body for call in provider.calls)
        documents = [json.loads(call.body)["messages"][1]["content"] for call in provider.calls]
    lines = [line for document in documents for line in json.loads(document)["lines"]]
    assert sorted(line["description"] for line in lines) == ["A #", "B @"]
    assert not [text for text in private if text in sent]
