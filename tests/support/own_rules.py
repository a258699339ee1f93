"""Rules of a person: in memory, and over the API."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx

from expenseflow.categorization.own_rules.rules import Content, Rule

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)


def rule(position: int = 1, **content: Any) -> Rule:
    """A rule; amounts may be texts."""
    for name in ("amount_min", "amount_max"):
        if isinstance(content.get(name), str):
            content[name] = Decimal(content[name])
    given: dict[str, Any] = {"gl_code": "66300"} | content
    said = Content(**given)
    return Rule(uuid.uuid4(), position, said, version=1, updated_at=NOW)


async def save(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    """The rule as it is answered."""
    answer = await client.post("/api/rules", json={"glCode": "64100"} | body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def ids(client: httpx.AsyncClient) -> list[str]:
    """The rules in their order."""
    answer = await client.get("/api/rules")
    return [rule["id"] for rule in answer.raise_for_status().json()["items"]]
