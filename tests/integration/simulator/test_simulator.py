"""The simulator does what it is told and remembers what it was asked."""

import asyncio
import contextlib
import json
import subprocess
import sys
from typing import Any

import httpx
import pytest
from tests.support.simulator import completer, request

from expenseflow.kit.completions import ProviderDown, RateLimited
from expenseflow.simulator import Simulator
from expenseflow.simulator import behaviour as does
from expenseflow.simulator.provider import Latency


async def test_it_remembers_every_call_and_how_often_each_merchant_was_asked() -> None:
    async with Simulator(does.limited(first=1)) as provider, completer(provider) as client:
        with pytest.raises(RateLimited):
            await client.complete(request("A SHOP", "B SHOP"))
        await client.complete(request("B SHOP"))
        assert [(call.number, call.status) for call in provider.calls] == [(1, 429), (2, 200)]
        assert provider.asked == {"A SHOP": 1, "B SHOP": 2}
        provider.reset()
        assert not provider.calls
        assert not provider.asked


async def test_the_same_question_has_the_same_answer() -> None:
    async with Simulator() as one, Simulator(seed=9) as two:
        answers = set[str]()
        for provider in (one, two, one):
            async with completer(provider) as client:
                answers.add((await client.complete(request("SHELL", "ODD SHOP"))).content)
    assert len(answers) == 1


async def test_rules_meet_only_their_calls() -> None:
    rules = (
        does.status(500, contains="POISON"),
        does.status(503, calls=(2,)),
        does.slow(0, after=3),
        does.prose(until=3600),
    )
    async with Simulator(*rules) as provider, completer(provider) as client:
        for text in ("FINE", "FINE", "POISON", "FINE"):
            with contextlib.suppress(ProviderDown):
                await client.complete(request(text))
        deeds = [call.deed for call in provider.calls]
    assert deeds == ["prose", "status 503", "status 500", "slow"]


async def test_chance_is_repeatable() -> None:
    async def deeds(seed: int) -> list[str]:
        rule = does.prose(chance=0.5)
        async with Simulator(rule, seed=seed) as provider, completer(provider) as client:
            for _ in range(20):
                await client.complete(request())
            return [call.deed for call in provider.calls]

    first = await deeds(7)
    assert first == await deeds(7)
    assert set(first) == {"answer", "prose"}


async def test_latency_grows_with_the_answer() -> None:
    latency = Latency(base=0.05, per_token=0.001)
    async with Simulator(latency=latency) as provider, completer(provider) as client:
        await client.complete(request())
        call = provider.calls[0]
    assert call.finished_at is not None
    expected = 0.05 + 0.001 * call.completion_tokens
    assert call.finished_at - call.at == pytest.approx(expected, abs=0.15)


async def test_calls_are_answered_at_the_same_time() -> None:
    async with Simulator(does.hang(calls=(1,))) as provider, completer(provider) as client:
        hanging = asyncio.create_task(client.complete(request()))
        while not provider.calls:
            await asyncio.sleep(0.005)
        await asyncio.gather(*(client.complete(request()) for _ in range(8)))
        hanging.cancel()
        await asyncio.wait({hanging})


async def test_a_process_of_its_own_can_be_steered_over_http() -> None:
    command = [sys.executable, "-m", "expenseflow.simulator", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        base = process.stdout.readline().strip()
        await _steer(base.removesuffix("/v1"))
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


async def _steer(root: str) -> None:
    async with httpx.AsyncClient(base_url=root) as http, completer(f"{root}/v1") as client:
        await client.complete(request("A SHOP"))
        rules: list[dict[str, Any]] = [{"do": "limit", "retry_after": "2", "contains": "B"}]
        assert (await http.post("/_script", json={"rules": rules})).status_code == 200
        with pytest.raises(RateLimited):
            await client.complete(request("B SHOP"))
        assert (await http.post("/_script", json={"rules": [{"do": "fly"}]})).status_code == 400
        record = (await http.get("/_calls")).json()
        assert [call["status"] for call in record["calls"]] == [200, 429]
        assert record["asked"] == {"A SHOP": 1, "B SHOP": 1}

        await http.post("/_refuse", json={"seconds": 0.5})
        async with asyncio.timeout(5):
            while True:
                try:
                    await client.complete(request("C SHOP"))
                except ProviderDown:
                    break
            while True:
                try:
                    await client.complete(request("C SHOP"))
                    break
                except ProviderDown:
                    await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"messages":[]}', '{"messages":[{"role":"user"}]}']
)
async def test_what_is_no_request_is_a_400(body: str) -> None:
    async with Simulator() as provider, httpx.AsyncClient() as http:
        answer = await http.post(f"{provider.base_url}/chat/completions", content=body)
    assert answer.status_code == 400
    assert json.loads(answer.content)["error"]["message"]
