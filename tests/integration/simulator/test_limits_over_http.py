"""The limits of the simulator as a client meets them, over a real socket."""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from tests.support import workers

from expenseflow.simulator import Simulator
from expenseflow.simulator import behaviour as does
from expenseflow.simulator.latency import Latency
from expenseflow.simulator.limits import Limits


def body(*descriptions: str, padding: int = 0) -> dict[str, Any]:
    lines = [{"id": str(at), "description": text} for at, text in enumerate(descriptions, 1)]
    messages = [
        {"role": "system", "content": "x" * padding},
        {"role": "user", "content": json.dumps({"lines": lines})},
    ]
    return {"model": "simulated", "messages": messages}


class Client:
    """Asks as any client would, without a second try."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def ask(self, *descriptions: str, padding: int = 0) -> httpx.Response:
        content = body(*descriptions or ("A SHOP",), padding=padding)
        return await self._http.post("/v1/chat/completions", json=content)

    async def steer(self, path: str, **given: Any) -> None:
        (await self._http.post(path, json=given)).raise_for_status()

    async def tell(self, path: str) -> dict[str, Any]:
        return (await self._http.get(path)).json()


@asynccontextmanager
async def client(base_url: str) -> AsyncGenerator[Client]:
    root = base_url.removesuffix("/v1")
    async with httpx.AsyncClient(base_url=root, trust_env=False, timeout=20) as http:
        yield Client(http)


def ratelimit(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix("x-ratelimit-"): value
        for name, value in headers.items()
        if name.startswith("x-ratelimit-")
    }


async def test_every_answer_tells_what_is_left_and_the_first_too_many_is_rejected() -> None:
    rules = (does.status(500, calls=(2,)),)
    async with Simulator(*rules, limits=Limits(requests=3)) as provider:
        async with client(provider.base_url) as http:
            answers = [await http.ask() for _ in range(4)]
        calls = provider.calls
    assert [answer.status_code for answer in answers] == [200, 500, 200, 429]
    left = [ratelimit(answer.headers)["remaining-requests"] for answer in answers]
    assert left == ["2", "1", "0", "0"]
    assert answers[3].json()["error"]["code"] == "rate_limit_exceeded"
    assert 50 <= int(answers[3].headers["retry-after"]) <= 60
    assert [call.rejected for call in calls] == [False, False, False, True]
    assert [call.admitted_at is not None for call in calls] == [True, True, True, False]
    assert [call.deed for call in calls] == ["answer", "status 500", "answer", "limits"]


async def test_the_headers_hold_when_the_answer_leaves_not_when_it_was_asked() -> None:
    slow = does.slow(0.3, contains="SLOW")
    limits = Limits(requests=10)
    async with Simulator(slow, limits=limits) as provider, client(provider.base_url) as http:
        asking = asyncio.create_task(http.ask("SLOW"))
        while not provider.calls:
            await asyncio.sleep(0.005)
        for _ in range(4):
            await http.ask("FAST")
        provider.limit(Limits(requests=7))
        headers = ratelimit((await asking).headers)
    assert (headers["limit-requests"], headers["remaining-requests"]) == ("7", "2")


async def test_tokens_are_those_of_the_prompt_and_of_the_answer() -> None:
    async with Simulator(limits=Limits(tokens=1000)) as provider:
        async with client(provider.base_url) as http:
            first = await http.ask(padding=2000)
            second = await http.ask(padding=2000)
            hopeless = await http.ask(padding=4000)
        calls = provider.calls
    used = first.json()["usage"]["total_tokens"]
    assert ratelimit(first.headers)["remaining-tokens"] == str(1000 - used)
    assert "limit-requests" not in ratelimit(first.headers)
    assert second.status_code == 429
    assert hopeless.status_code == 400
    assert [call.prompt_tokens > 0 for call in calls] == [True, False, False]
    assert provider.summary()["tokens"] == used


@pytest.mark.parametrize("style", ["seconds", "date", "ms", "none"])
async def test_waiting_as_told_is_enough(style: Any) -> None:
    limits = Limits(requests=1, window=0.4, retry_after=style)
    async with Simulator(limits=limits) as provider, client(provider.base_url) as http:
        await http.ask()
        rejected = await http.ask()
        assert rejected.status_code == 429
        await asyncio.sleep(seconds_told(rejected, otherwise=limits.window))
        assert (await http.ask()).status_code == 200


def seconds_told(rejected: httpx.Response, *, otherwise: float) -> float:
    headers = rejected.headers
    if "retry-after-ms" in headers:
        return int(headers["retry-after-ms"]) / 1000
    if "retry-after" not in headers:
        return otherwise
    if headers["retry-after"].isdigit():
        return int(headers["retry-after"])
    moment = parsedate_to_datetime(headers["retry-after"])
    return (moment - datetime.now(UTC)).total_seconds()  # noqa: TID251  # as a client does


async def test_no_more_under_way_than_allowed_and_each_end_makes_room() -> None:
    limits = Limits(concurrency=2)
    latency = Latency(base=0.05)
    async with Simulator(limits=limits, latency=latency) as provider:
        async with client(provider.base_url) as http:
            answers = await asyncio.gather(*(http.ask() for _ in range(5)))
            assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429, 429]
            for _ in range(5):
                assert (await http.ask()).status_code == 200
            assert await workers.until(lambda: _is_idle(provider))  # it hears of the end after us
        assert provider.summary()["most_under_way"] == 2


async def _is_idle(provider: Simulator) -> bool:
    return provider.summary()["under_way"] == 0


async def test_limits_fall_once_so_many_merchants_are_answered() -> None:
    async with Simulator() as provider, client(provider.base_url) as http:
        change = {"after_merchants": 3, "limits": {"requests": 2}}
        provider.load({"limits": {"requests": 10}, "changes": [change]})
        seen = [ratelimit((await http.ask(*names)).headers) for names in ("AB", "AB", "C", "D")]
    limits = [headers["limit-requests"] for headers in seen]
    assert limits == ["10", "10", "2", "2"]


async def test_limits_change_and_outages_begin_by_the_clock_of_the_script() -> None:
    async with Simulator() as provider, client(provider.base_url) as http:
        change = {"at": 0.2, "limits": {"requests": 2}}
        provider.load({"changes": [change], "outage": {"seconds": 0.3}})
        with pytest.raises(httpx.ConnectError):
            await http.ask()
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(httpx.ConnectError):
                    answer = await http.ask()
                    break
                await asyncio.sleep(0.01)
    assert ratelimit(answer.headers)["limit-requests"] == "2"
    assert provider.calls[0].at >= 0.3


async def test_a_client_that_goes_away_is_told_from_one_that_is_cut() -> None:
    async with Simulator(does.hang()) as provider:
        async with client(provider.base_url) as http:
            for _ in range(2):
                asking = asyncio.create_task(http.ask())
                await until(lambda: provider.summary()["under_way"] == 1)
                if len(provider.calls) == 1:
                    asking.cancel()
                else:
                    provider.refuse()
                await asyncio.wait({asking})
                await until(lambda: provider.summary()["under_way"] == 0)
                provider.listen()
        first, second = provider.calls
    assert (first.abandoned, second.abandoned) == (True, False)
    assert first.finished_at is not None
    assert first.status is None


async def test_a_client_that_goes_away_during_a_drip_has_not_been_answered() -> None:
    async with Simulator(does.drip(20)) as provider:
        async with client(provider.base_url) as http:
            asking = asyncio.create_task(http.ask())
            await until(lambda: provider.calls[0].status == 200 if provider.calls else False)
            asking.cancel()
            await asyncio.wait({asking})
        await until(lambda: provider.calls[0].abandoned)
        assert not provider.answered
        assert provider.summary()["under_way"] == 0


async def until(met: Any) -> None:
    async with asyncio.timeout(10):
        while not met():
            await asyncio.sleep(0.01)


async def test_the_summary_tells_what_was_asked_for_nothing() -> None:
    rules = (does.malformed(calls=(1,)),)
    async with Simulator(*rules) as provider, client(provider.base_url) as http:
        for names in (("A", "B"), ("A",), ("B",), ("A", "C")):
            await http.ask(*names)
        told = await http.tell("/_summary")
        record = await http.tell("/_calls")
    assert told["descriptions"] == 3
    assert told["asked_more_than_once"] == 2
    assert (told["asked_again"], told["answered_more_than_once"]) == (1, 1)
    assert (told["calls"], told["rejected"], told["abandoned"], told["lines"]) == (4, 0, 0, 6)
    assert told["last_at"] >= told["first_at"] >= 0
    assert record["answered"] == {"A": 2, "B": 1, "C": 1}
    assert [call["lines"] for call in record["calls"]] == [2, 1, 1, 2]


async def test_hundreds_of_calls_at_once_are_all_answered() -> None:
    limits = Limits(requests=400, tokens=10**6)
    async with Simulator(limits=limits, latency=Latency(base=0.2)) as provider:
        port = int(provider.base_url.split(":")[2].removesuffix("/v1"))
        statuses = await asyncio.gather(*(status_on_its_own_socket(port) for _ in range(500)))
    assert (statuses.count(200), statuses.count(429)) == (400, 100)
    assert provider.summary()["most_under_way"] > 100


async def status_on_its_own_socket(port: int) -> int:
    """No pool of a client: each call has its own connection, at once."""
    content = json.dumps(body("A SHOP")).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: {len(content)}\r\n\r\n"
    writer.write(head.encode() + content)
    answer = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return int(answer.split()[1])


@contextmanager
def process(*words: str) -> Generator[str]:
    """A simulator in a process of its own; its base URL."""
    command = [sys.executable, "-m", "expenseflow.simulator", *words]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        yield running.stdout.readline().strip()
    finally:
        running.terminate()
        running.wait(10)
        running.stdout.close()


async def test_the_flags_of_the_command_set_limits() -> None:
    words = "--requests 2 --tokens 5000 --window 30 --retry-after ms --slope 1,3 --concurrency 5"
    with process(*words.split(), "--api-key", "k") as base:
        async with client(base) as http:
            assert (await http.ask()).status_code == 401
        root = base.removesuffix("/v1")
        key = {"authorization": "Bearer k"}
        async with httpx.AsyncClient(base_url=root, headers=key, trust_env=False) as http:
            first, second = [
                await http.post("/v1/chat/completions", json=body("A")) for _ in range(2)
            ]
    assert ratelimit(first.headers)["limit-tokens"] == "5000"
    assert second.status_code == 429
    assert 0 < int(second.headers["retry-after-ms"]) <= 1000  # the slope: in the next second


async def test_a_script_on_the_command_line_can_begin_with_an_outage() -> None:
    script = {"limits": {"requests": 5, "headers": False}, "outage": {"seconds": 0.6}}
    with process("--script", json.dumps(script)) as base:
        async with client(base) as http:
            with pytest.raises(httpx.ConnectError):
                await http.ask()
            async with asyncio.timeout(10):
                while True:
                    try:
                        answer = await http.ask()
                        break
                    except httpx.ConnectError:
                        await asyncio.sleep(0.02)
            assert answer.status_code == 200
            assert not ratelimit(answer.headers)
            await http.steer("/_limits", requests=3)
            assert ratelimit((await http.ask()).headers)["remaining-requests"] == "1"
            await http.steer("/_reset")
            await http.steer("/_script", rules=[{"do": "once_hang", "after": 1}])
            assert ratelimit((await http.ask()).headers)["remaining-requests"] == "2"
