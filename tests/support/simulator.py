"""Calls to make to the simulator, as the model tier makes them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from expenseflow.categorization import prompts
from expenseflow.infra.llm.client import OpenAICompleter
from expenseflow.kit.completions import CompletionRequest
from expenseflow.simulator import Simulator
from tests.support.categorization import CHART, charge

KEY = "sk-very-secret-0123456789"


def request(*descriptions: str) -> CompletionRequest:
    """A request for these descriptions, one merchant if none is given."""
    wanted = [charge(text) for text in descriptions or ("SQ *BLUE BOTTLE 0423",)]
    return prompts.request(wanted, chart=CHART, past={})


@asynccontextmanager
async def completer(where: Simulator | str, **given: Any) -> AsyncGenerator[OpenAICompleter]:
    """A client of that provider, closed at the end."""
    address = where if isinstance(where, str) else where.base_url
    client = OpenAICompleter(address, given.pop("api_key", KEY), model="simulated", **given)
    try:
        yield client
    finally:
        await client.aclose()
