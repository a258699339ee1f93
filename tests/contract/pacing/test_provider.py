"""`GET /api/provider` (contract, section 2): in words and numbers, never a key."""

import logging
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.support import factories, workers
from tests.support.identity import Visitors
from tests.support.simulator import completer

from expenseflow.app import wiring
from expenseflow.infra import logs
from expenseflow.infra.db import Database
from expenseflow.infra.llm.client import OpenAICompleter
from expenseflow.kit.completions import ProviderRefused
from expenseflow.pacing.service import SharedPacing
from expenseflow.simulator import Simulator
from expenseflow.simulator.limits import Limits

KEY = "sk-canary-0123456789"
METRICS = (Path(__file__).parents[3] / "docs/reference/metrics.md").read_text()
NOWHERE = "http://127.0.0.1:1/v1"


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
    assert body["waiting"] is body["lastError"] is body["typicalLatency"] is None


async def test_before_the_first_call_limits_are_what_the_settings_say(db: Database) -> None:
    async with asking(db, llm_base_url=NOWHERE, llm_rpm=60, llm_max_concurrency=3) as visitors:
        body = (await (await visitors.signed_in()).get("/api/provider")).json()
        metrics = (await visitors.anonymous().get("/metrics")).text.splitlines()
    assert body["limits"]["requests"] == {
        "amount": 10, "windowSeconds": 10.0, "source": "assumed", "remaining": 10,
    }  # fmt: skip
    assert body["limits"]["tokens"] is None
    assert body["concurrency"]["underWay"] == 0
    assert 'expenseflow_provider_calls_total{outcome="answered"} 0.0' in metrics


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
    async with asking(db, llm_base_url=NOWHERE) as visitors:
        answer = await (await visitors.signed_in()).get("/api/provider")
    assert answer.status_code == 200
    assert answer.json()["reachable"] is False
    assert "cannot be used" in answer.json()["summary"]


async def test_one_that_refuses_the_key_is_not_said_to_be_in_order(db: Database) -> None:
    async with (
        Simulator(api_key="another") as provider,
        asking(db, llm_base_url=provider.base_url) as visitors,
        completer(provider, api_key=KEY) as client,
    ):
        await _a_report(db, visitors, client)
        body = (await (await visitors.signed_in()).get("/api/provider")).json()
        metrics = (await visitors.anonymous().get("/metrics")).text.splitlines()
    assert body["reachable"] is False
    assert body["lastError"]["words"] == ProviderRefused.words
    assert body["lastError"]["at"].endswith("Z")
    assert ProviderRefused.words in body["summary"]
    assert body["totals"]["failedCalls"] == body["totals"]["calls"] > 0
    failed = f'expenseflow_provider_calls_total{{outcome="failed"}} {body["totals"]["calls"]}.0'
    assert failed in metrics


async def test_after_calls_it_tells_limits_speed_and_cost(db: Database) -> None:
    limits = Limits(requests=10, tokens=100_000, window=10)
    async with (
        Simulator(limits=limits) as provider,
        asking(db, llm_base_url=provider.base_url) as visitors,
        completer(provider) as client,
    ):
        began = time.monotonic()
        await _a_report(db, visitors, client)
        # A window is heard with the time that a call was on its way: no longer than all of this.
        window = pytest.approx(10, abs=time.monotonic() - began)
        body = (await (await visitors.signed_in()).get("/api/provider")).json()
        metrics = (await visitors.anonymous().get("/metrics")).text.splitlines()
        calls = provider.calls
    requests = body["limits"]["requests"]
    assert (requests["amount"], requests["windowSeconds"]) == (10, window)
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
    told = {line.split()[2] for line in metrics if line.startswith("# HELP expenseflow_")}
    assert {name for name in told if f"`{name.removesuffix('_created')}" not in METRICS} == set()
    assert _values(metrics) == {
        'calls_total{outcome="answered"}': len(calls),
        'calls_total{outcome="rejected"}': 0,
        'calls_total{outcome="failed"}': 0,
        "prompt_tokens_total": body["totals"]["promptTokens"],
        "completion_tokens_total": body["totals"]["completionTokens"],
        "lines_total": 12,
        "waited_seconds_total": pytest.approx(0, abs=5),
        "call_seconds_count": len(calls),
        "call_seconds_sum": pytest.approx(0, abs=10),
        "calls_under_way": 0,
        "waiting_jobs": 0,
        "blocked_seconds": 0,
        "breaker_open": 0,
        'limit{kind="requests"}': 10,
        'limit{kind="tokens"}': 100_000,
        'limit_window_seconds{kind="requests"}': window,
        'limit_window_seconds{kind="tokens"}': window,
    }


async def _a_report(db: Database, visitors: Visitors, client: OpenAICompleter) -> None:
    """A worker of the same installation makes a report of twelve merchants."""
    settings = visitors.parts.settings
    pacing = SharedPacing(db, wiring.provider_of(settings), wiring.policy_of(settings))
    user = await workers.a_month(db, *factories.merchants(12))
    async with workers.bench(db, completer=client, pacing=pacing) as bench:
        await bench.finished(user, await bench.start_job(user))


def _values(metrics: list[str]) -> dict[str, float]:
    """Those of the provider that all workers share."""
    prefix = "expenseflow_provider_"
    ours = [
        line.removeprefix(prefix)
        for line in metrics
        if line.startswith(prefix) and not line.startswith(f"{prefix}request_")
    ]
    return {name: float(value) for name, value in (line.split(" ") for line in ours)}


@pytest.fixture
def _logging_at_info() -> Generator[None]:
    logs.configure("json")
    yield
    logs.configure("json", level=logging.WARNING)


@pytest.mark.usefixtures("_logging_at_info")
@pytest.mark.parametrize("down", [True, False])
async def test_neither_key_nor_path_nor_user_part_is_told(
    db: Database, capfd: pytest.CaptureFixture[str], *, down: bool
) -> None:
    async with Simulator() as provider:
        where = "127.0.0.1:1" if down else provider.base_url.split("/")[2]
        address = f"http://someone:hidden@{where}/secret-path/v1?token=hush"
        async with asking(db, llm_base_url=address) as visitors:
            answer = await (await visitors.signed_in()).get("/api/provider")
            metrics = (await visitors.anonymous().get("/metrics")).text
    told = answer.text + metrics + "".join(capfd.readouterr())
    assert answer.json()["address"] == f"http://{where}"
    for secret in (KEY, "someone", "hidden", "secret-path", "hush"):
        assert secret not in told


async def test_it_wants_a_credential(visitors: Visitors) -> None:
    answer = await visitors.anonymous().get("/api/provider")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
