"""`GET /api/provider` (contract, section 2): in words and numbers, never a key."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from tests.support import factories, workers
from tests.support.identity import Visitors
from tests.support.simulator import completer

from expenseflow.app import wiring
from expenseflow.infra.db import Database
from expenseflow.pacing.service import SharedPacing
from expenseflow.simulator import Simulator
from expenseflow.simulator.limits import Limits

KEY = "sk-canary-0123456789"


@asynccontextmanager
async def asking(db: Database, **settings: Any) -> AsyncGenerator[Visitors]:
    """Visitors of an application with a provider."""
    those = Visitors(db, llm_api_key=KEY, llm_model="simulated", **settings)
    try:
        yield those
    finally:
        await those.close()


async def test_without_a_provider_it_says_so(visitors: Visitors) -> None:
    answer = await (await visitors.signed_in()).get("/api/provider")
    body = answer.json()
    assert answer.status_code == 200
    assert (body["configured"], body["reachable"], body["model"], body["address"]) == (
        False, None, None, None,
    )  # fmt: skip
    assert body["summary"].startswith("No AI service is configured")
    assert body["limits"] == {"requests": None, "tokens": None}


async def test_one_that_was_never_asked_is_probed_once(db: Database) -> None:
    async with Simulator() as provider, asking(db, llm_base_url=provider.base_url) as visitors:
        ann = await visitors.signed_in()
        body = (await ann.get("/api/provider")).json()
        provider.refuse()
        again = (await ann.get("/api/provider")).json()
    assert (body["configured"], body["reachable"], body["lastAnsweredAt"]) == (True, True, None)
    assert (again["reachable"], again["checkedAt"]) == (True, body["checkedAt"])
    assert not provider.calls


async def test_one_that_is_down_is_no_error_of_ours(db: Database) -> None:
    async with asking(db, llm_base_url="http://127.0.0.1:1/v1") as visitors:
        answer = await (await visitors.signed_in()).get("/api/provider")
    assert answer.status_code == 200
    assert answer.json()["reachable"] is False
    assert "does not answer" in answer.json()["summary"]


async def test_after_calls_it_tells_limits_speed_and_cost(db: Database) -> None:
    limits = Limits(requests=10, tokens=100_000, window=10)
    async with (
        Simulator(limits=limits) as provider,
        asking(db, llm_base_url=provider.base_url) as visitors,
        completer(provider) as client,
    ):
        settings = visitors.parts.settings
        pacing = SharedPacing(db, wiring.provider_of(settings), wiring.policy_of(settings))
        user = await workers.a_month(db, *factories.merchants(12))
        async with workers.bench(db, completer=client, pacing=pacing) as bench:
            await bench.finished(user, await bench.start_job(user))
        body = (await (await visitors.signed_in()).get("/api/provider")).json()
        metrics = (await visitors.anonymous().get("/metrics")).text.splitlines()
        calls = provider.calls
    requests = body["limits"]["requests"]
    assert (requests["amount"], requests["windowSeconds"]) == (10, 10.0)
    assert requests["source"] == "headers"
    assert requests["remaining"] == 10 - len(calls)
    assert body["limits"]["tokens"]["amount"] == 100_000
    assert body["reachable"] is True
    assert body["typicalLatency"]["baseSeconds"] > 0
    assert body["totals"] == {
        "calls": len(calls),
        "rejectedCalls": 0,
        "failedCalls": 0,
        "promptTokens": sum(call.prompt_tokens for call in calls),
        "completionTokens": sum(call.completion_tokens for call in calls),
        "lines": 12,
    }
    assert f"expenseflow_provider_calls_total {len(calls)}.0" in metrics
    assert 'expenseflow_provider_limit{kind="requests"} 10.0' in metrics
    assert "expenseflow_provider_down 0.0" in metrics


async def test_neither_key_nor_path_nor_user_part_is_told(db: Database) -> None:
    address = "http://someone:hidden@127.0.0.1:1/secret-path/v1?token=hush"
    async with asking(db, llm_base_url=address) as visitors:
        answer = await (await visitors.signed_in()).get("/api/provider")
        metrics = (await visitors.anonymous().get("/metrics")).text
    assert answer.json()["address"] == "http://127.0.0.1:1"
    for secret in (KEY, "someone", "hidden", "secret-path", "hush"):
        assert secret not in answer.text + metrics


async def test_it_wants_a_credential(visitors: Visitors) -> None:
    answer = await visitors.anonymous().get("/api/provider")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
