"""What an older or newer version stored is read as far as it can be; totals outlive the rest."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from expenseflow.infra.db import Database
from expenseflow.pacing import service
from expenseflow.pacing.messages import Ask, Policy
from expenseflow.pacing.views import Known

PROVIDER = "a-provider"
TOTALS = {"calls": 7, "rejected": 1, "prompt_tokens": 700}


async def store(db: Database, state: str) -> None:
    async with db.transaction() as session:
        await session.execute(
            text("INSERT INTO provider_states VALUES (:id, :state, now())"),
            {"id": PROVIDER, "state": state},
        )


async def look(db: Database) -> Known:
    async with db.transaction() as session:
        return await service.known(session, PROVIDER, Policy())


async def test_members_that_are_unknown_or_missing_do_no_harm(db: Database) -> None:
    stored = {
        "totals": TOTALS | {"of_a_later_version": 3},
        "requests": {"windows": {"learned": {"amount": 9, "seconds": 10, "source": "learned"}}},
        "of_a_later_version": {"anything": [1]},
    }
    await store(db, json.dumps(stored))
    known = await look(db)
    assert (known.totals.calls, known.totals.rejected, known.totals.lines) == (7, 1, 0)
    assert known.requests is not None
    assert known.requests.amount == 9


@pytest.mark.parametrize(
    "broken",
    [
        {"jobs": {"one": {"lines": 3}}},
        {"log": {"entries": [[1, 2, 3]]}},
        {"requests": {"windows": {"headers": {"amount": "many"}}}, "tokens": 3},
        {"breaker": None, "measured": "much", "allowed": []},
    ],
)
async def test_a_member_that_cannot_be_read_is_begun_anew_and_totals_stay(
    db: Database, broken: dict[str, Any]
) -> None:
    await store(db, json.dumps({"totals": TOTALS} | broken))
    known = await look(db)
    assert known.totals.calls == 7
    assert (known.requests, known.tokens, known.under_way) == (None, None, 0)


@pytest.mark.parametrize("stored", ["", "nonsense", "[]", "null", '{"totals": 3}'])
async def test_workers_go_on_whatever_is_stored(db: Database, stored: str) -> None:
    await store(db, stored)
    pacing = service.SharedPacing(db, PROVIDER, Policy())
    reply = await pacing.exchange([], Ask("job", fresh=3))
    assert len(reply.granted) == 1
    assert (await look(db)).under_way == 1


async def test_before_anything_is_stored_the_settings_are_known(db: Database) -> None:
    async with db.transaction() as session:
        known = await service.known(session, "another", Policy(requests_per_minute=60))
    assert known.requests is not None
    assert known.requests.amount == 10
    assert known.lately is None
