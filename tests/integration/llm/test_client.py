"""The client against the simulator over a real socket: every failure has its own name."""

import asyncio
import json
import logging
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest
from tests.support.categorization import CHART, charge
from tests.support.simulator import KEY, completer, request

from expenseflow.categorization import prompts
from expenseflow.infra.llm.client import OpenAICompleter
from expenseflow.kit.clock import SystemClock
from expenseflow.kit.completions import (
    BadAnswer,
    Faulted,
    ProviderDown,
    ProviderFailure,
    ProviderRefused,
    RateLimited,
    TimedOut,
    Unacceptable,
)
from expenseflow.simulator import Simulator
from expenseflow.simulator import behaviour as does
from expenseflow.simulator.behaviour import Rule


@pytest.fixture
def provider() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


async def test_a_good_answer_brings_its_text_and_cost(provider: Simulator) -> None:
    wanted = [charge("SHELL OIL 5744421"), charge("SQ *BLUE BOTTLE 0423")]
    async with completer(provider) as client:
        answer = await client.complete(prompts.request(wanted, chart=CHART, past={}))
    reading = prompts.read(answer.content, wanted, chart=CHART)
    assert reading.answers[wanted[0].merchant].gl_code == "64100"
    assert not reading.failures
    assert answer.prompt_tokens > 100
    assert answer.completion_tokens > 10


async def test_what_stands_on_the_wire(provider: Simulator) -> None:
    async with completer(provider) as client:
        await client.complete(request("BLUE BOTTLE"))
    body = json.loads(provider.calls[0].body)
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert list(json.loads(body["messages"][1]["content"])) == ["accounts", "departments", "lines"]
    assert body["response_format"]["json_schema"]["strict"] is True
    assert not body.get("stream")


FAILURES: list[tuple[Rule, type[ProviderFailure]]] = [
    (does.status(401), ProviderRefused),
    (does.status(402), ProviderRefused),
    (does.status(403), ProviderRefused),
    (does.status(404), ProviderRefused),
    (does.status(307), ProviderRefused),
    (does.no_credit(), ProviderRefused),
    (does.limited(), RateLimited),
    (does.status(500), Faulted),
    (does.status(502), Faulted),
    (does.status(503), ProviderDown),
    (does.status(529), ProviderDown),
    (does.status(400), Unacceptable),
    (does.status(413), Unacceptable),
    (does.reset(), ProviderDown),
    (does.truncated(), BadAnswer),
    (does.filtered(), BadAnswer),
    (does.no_choices(), BadAnswer),
    (does.not_json(), BadAnswer),
    (does.huge(), BadAnswer),
    (does.hang(), TimedOut),
    (does.drip(30), TimedOut),
]


@pytest.mark.parametrize(
    ("rule", "failure"), FAILURES, ids=[rule.deed.name for rule, _ in FAILURES]
)
async def test_every_failure_has_its_own_name(
    provider: Simulator, rule: Rule, failure: type[ProviderFailure]
) -> None:
    provider.script(rule)
    async with completer(provider, timeout_s=0.5) as client:
        with pytest.raises(ProviderFailure) as caught:
            await client.complete(request())
    assert type(caught.value) is failure
    assert len(provider.calls) == 1, "the client must not retry by itself"


async def test_a_truncated_answer_still_says_what_it_cost(provider: Simulator) -> None:
    provider.script(does.truncated())
    async with completer(provider) as client:
        with pytest.raises(BadAnswer) as caught:
            await client.complete(request())
    assert caught.value.prompt_tokens > 100
    assert caught.value.completion_tokens > 0


@pytest.mark.parametrize(
    ("rule", "seconds"),
    [
        (does.limited(retry_after="7"), 7),
        (does.limited(retry_after="0.5"), 0.5),
        (does.limited(retry_after="9", ms="1500"), 1.5),
        (does.limited(retry_after="-3"), 0),
        (does.limited(retry_after="soon"), None),
        (does.limited(retry_after="nan"), None),
        (does.limited(retry_after=None), None),
        (does.limited(retry_after="999999999"), 86_400),
    ],
)
async def test_when_to_come_back(provider: Simulator, rule: Rule, seconds: float | None) -> None:
    provider.script(rule)
    async with completer(provider) as client:
        with pytest.raises(RateLimited) as caught:
            await client.complete(request())
    assert caught.value.retry_after == seconds


async def test_when_to_come_back_as_a_date(provider: Simulator) -> None:
    soon = SystemClock().now() + timedelta(seconds=60)
    provider.script(does.limited(retry_after=format_datetime(soon, usegmt=True)))
    async with completer(provider) as client:
        with pytest.raises(RateLimited) as caught:
            await client.complete(request())
    assert caught.value.retry_after == pytest.approx(60, abs=20)


async def test_a_503_says_when_to_come_back_too(provider: Simulator) -> None:
    provider.script(does.status(503, retry_after="4"))
    async with completer(provider) as client:
        with pytest.raises(ProviderDown) as caught:
            await client.complete(request())
    assert caught.value.retry_after == 4


async def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with completer(f"http://127.0.0.1:{port}/v1") as client:
        with pytest.raises(ProviderDown):
            await client.complete(request())
        assert not (await client.probe()).reachable


ADDRESSES = [
    "nonsense",
    "ftp://localhost/v1",
    "http://localhost:99999/v1",
    "http://[::1",
    "http:///v1",
]


@pytest.mark.parametrize("address", ADDRESSES)
async def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(ProviderRefused):
        async with completer(address) as client:
            await client.complete(request())


async def test_a_key_that_no_header_takes_is_a_refusal_not_a_crash(provider: Simulator) -> None:
    async with completer(provider, api_key="schlüssel") as client:
        with pytest.raises(ProviderRefused):
            await client.complete(request())
        found = await client.probe()
    assert not found.reachable
    assert "key" in found.detail
    assert "schlüssel" not in found.detail


async def test_a_provider_that_comes_back_is_reached_again(provider: Simulator) -> None:
    async with completer(provider) as client:
        await client.complete(request())
        provider.refuse()
        with pytest.raises(ProviderDown):
            await client.complete(request())
        provider.listen()
        await client.complete(request())
    assert len(provider.calls) == 2


async def test_a_drip_is_ended_by_the_deadline_of_the_whole_call(provider: Simulator) -> None:
    provider.script(does.drip(20))
    started = time.monotonic()
    async with completer(provider, timeout_s=0.4) as client:
        with pytest.raises(TimedOut):
            await client.complete(request())
    assert time.monotonic() - started < 2


async def test_cancelling_a_hanging_call_stops_it_at_once(provider: Simulator) -> None:
    provider.script(does.hang())
    async with completer(provider) as client:
        asking = asyncio.create_task(client.complete(request()))
        while not provider.calls:
            await asyncio.sleep(0.005)
        started = time.monotonic()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        while not provider.calls[0].abandoned:
            await asyncio.sleep(0.005)
        assert time.monotonic() - started < 1


async def test_the_key_is_never_shown(
    provider: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.script(does.status(401))
    async with completer(provider) as client:
        with pytest.raises(ProviderRefused) as caught:
            await client.complete(request("VERY PRIVATE SHOP"))
        shown = f"{client!r} {vars(client)} {caught.value!r} {await client.probe()}"
    assert KEY not in shown
    assert KEY not in caplog.text
    ours = [record for record in caplog.records if record.name.startswith("expenseflow")]
    assert "VERY PRIVATE SHOP" not in " ".join(record.getMessage() for record in ours)


async def test_the_key_is_sent(provider: Simulator) -> None:
    provider.provider.api_key = KEY
    async with completer(provider) as client:
        await client.complete(request())
        assert (await client.probe()).reachable
    async with completer(provider, api_key="wrong") as client:
        reachability = await client.probe()
    assert not reachability.reachable
    assert reachability.detail == "refuses the key (HTTP 401)"


async def test_no_key_is_needed_for_a_local_server(provider: Simulator) -> None:
    async with completer(provider, api_key=None) as client:
        await client.complete(request())


async def test_without_an_address_it_is_openai() -> None:
    client = OpenAICompleter(None, KEY, model="m")
    assert client._client.base_url.host == "api.openai.com"
    await client.aclose()
