"""DELETE /api/statements/{id}: an import taken back."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.support import reports as make
from tests.support.identity import Visitors, visitors
from tests.support.statements import COFFEE, TEA, csv

from expenseflow.infra.db import Database
from expenseflow.kit.ids import new_id

__all__ = ["visitors"]

FEBRUARY = "2026-02-03,BOOK,12.00"


@pytest.fixture
async def ann(visitors: Visitors) -> httpx.AsyncClient:
    return await visitors.signed_in("ann@example.com")


async def upload(client: httpx.AsyncClient, content: bytes, **fields: str) -> str:
    files = {"file": ("january.csv", content, "text/csv")}
    answer = await client.post("/api/statements", files=files, data=fields)
    return str(answer.raise_for_status().json()["id"])


async def undo(client: httpx.AsyncClient, statement_id: str) -> int:
    return (await client.delete(f"/api/statements/{statement_id}")).status_code


async def charges(client: httpx.AsyncClient) -> list[str]:
    page = (await client.get("/api/transactions")).json()
    return sorted(item["description"] for item in page["items"])


async def draft_with_everything(visitors: Visitors, email: str, period: str = "2026-01") -> UUID:
    """What a job would write."""
    database = visitors.parts.database
    user_id = await visitors.user_id(email)
    async with database.transaction() as session:
        ids = await session.scalars(
            text("SELECT id FROM transactions WHERE user_id = :user AND period = :period"),
            {"user": user_id, "period": period},
        )
        lines = [make.settled(id_) for id_ in ids]
        return await make.make_draft(session, user_id, lines, period=period)


async def test_an_undone_import_is_gone(ann: httpx.AsyncClient) -> None:
    statement_id = await upload(ann, csv(COFFEE, TEA))

    assert await undo(ann, statement_id) == 204

    assert await charges(ann) == []
    assert (await ann.get("/api/statements")).json()["totalCount"] == 0
    assert await undo(ann, statement_id) == 404


async def test_what_another_file_also_holds_stays(ann: httpx.AsyncClient) -> None:
    first = await upload(ann, csv(COFFEE, TEA))
    second = await upload(ann, csv(TEA, FEBRUARY))

    assert await undo(ann, first) == 204
    assert await charges(ann) == ["BOOK", "TEA"]
    assert await undo(ann, second) == 204
    assert await charges(ann) == []


async def test_an_undone_file_can_be_imported_again(ann: httpx.AsyncClient) -> None:
    await undo(ann, await upload(ann, csv(COFFEE, TEA)))

    await upload(ann, csv(COFFEE, TEA))

    assert await charges(ann) == ["COFFEE", "TEA"]


async def test_the_lines_leave_the_drafts_at_once(visitors: Visitors, db: Database) -> None:
    ann = await visitors.signed_in("ann@example.com")
    async with db.transaction() as session:
        await make.add_chart(session)
    await upload(ann, csv(COFFEE, TEA))
    second = await upload(ann, csv(TEA, "2026-01-09,BOOK,12.00", FEBRUARY))
    reports = [
        await draft_with_everything(visitors, "ann@example.com", period)
        for period in ("2026-01", "2026-02")
    ]
    before = [(await ann.get(f"/api/reports/{id_}")).json() for id_ in reports]

    assert await undo(ann, second) == 204

    after = [(await ann.get(f"/api/reports/{id_}")).json() for id_ in reports]
    assert [report["lineCount"] for report in before] == [3, 1]
    assert [report["lineCount"] for report in after] == [2, 0]
    assert all(now["version"] > was["version"] for was, now in zip(before, after, strict=True))


async def test_what_stands_on_a_submitted_report_is_not_undone(
    visitors: Visitors, db: Database
) -> None:
    ann = await visitors.signed_in("ann@example.com")
    async with db.transaction() as session:
        await make.add_chart(session)
    statement_id = await upload(ann, csv(COFFEE, FEBRUARY))
    report = await draft_with_everything(visitors, "ann@example.com")
    (await ann.post(f"/api/reports/{report}/submit")).raise_for_status()

    answer = await ann.delete(f"/api/statements/{statement_id}")

    body = answer.json()
    assert (answer.status_code, body["reportIds"]) == (409, [str(report)])
    assert body["type"].endswith("/statement-is-submitted")
    assert await charges(ann) == ["BOOK", "COFFEE"]
    (await ann.post(f"/api/reports/{report}/reopen")).raise_for_status()
    assert await undo(ann, statement_id) == 204


async def test_a_submitted_charge_that_another_file_holds_does_not_stop_an_undo(
    visitors: Visitors, db: Database
) -> None:
    ann = await visitors.signed_in("ann@example.com")
    async with db.transaction() as session:
        await make.add_chart(session)
    await upload(ann, csv(COFFEE))
    second = await upload(ann, csv(COFFEE, FEBRUARY))
    report = await draft_with_everything(visitors, "ann@example.com")
    (await ann.post(f"/api/reports/{report}/submit")).raise_for_status()

    assert await undo(ann, second) == 204
    assert await charges(ann) == ["COFFEE"]


async def test_nobody_undoes_what_is_not_theirs(visitors: Visitors, ann: httpx.AsyncClient) -> None:
    bob = await visitors.signed_in("bob@example.com")
    theirs = await upload(bob, csv(COFFEE))

    assert await undo(ann, theirs) == 404
    assert await undo(ann, str(new_id())) == 404
    assert await charges(bob) == ["COFFEE"]


async def test_undos_and_imports_at_once_leave_what_one_after_the_other_would(
    ann: httpx.AsyncClient,
) -> None:
    ids = [
        await upload(ann, csv(*rows))
        for rows in ((COFFEE, TEA, FEBRUARY), (TEA, FEBRUARY), (FEBRUARY, COFFEE))
    ]

    async def again() -> Any:
        return await upload(ann, csv(COFFEE, TEA, "2026-03-01,LATE,1.00"))

    done = await asyncio.gather(*(undo(ann, id_) for id_ in [*ids, *ids]), again())

    assert sorted(done[:-1]) == [204] * 3 + [404] * 3
    assert await charges(ann) == ["COFFEE", "LATE", "TEA"]
