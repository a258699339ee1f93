"""Calls every operation of the OpenAPI document, over things that belong to one person.

The list of routes is the document's own, so a new route is walked from its first day; one with
ids that `one_of_everything` does not know fails until it is taught how to make one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.app.openapi import operations
from expenseflow.categorization.own_rules import service as own_rules
from expenseflow.categorization.own_rules.rules import Content
from expenseflow.identity.gate import OPEN_ROUTES
from expenseflow.infra.db import Database
from expenseflow.kit.ids import new_id
from expenseflow.report_jobs.models import ReportJob, ReportJobLine
from expenseflow.statements.models import Statement
from tests.support import reports
from tests.support.identity import Visitors

CANARY = "K4NAR1E BIRDS"
TABLES = (
    "transactions", "expense_reports", "report_lines", "report_generation_jobs", "statements",
    "own_rules", "users", "accounts", "departments",
)  # fmt: skip
Ids = dict[str, UUID]


@dataclass(frozen=True)
class World:
    """Bob has one of everything; Ann, who is signed in and no administrator, has nothing."""

    visitors: Visitors
    ann: httpx.AsyncClient
    ann_id: UUID
    ids: Ids

    async def everything_stored(self) -> dict[str, list[str]]:
        async with self.visitors.parts.database.transaction() as session:
            return {
                table: sorted(await session.scalars(text(f"SELECT t::text FROM {table} t")))  # noqa: S608  # our own names
                for table in TABLES
            }

    async def give_ann_one_of_everything(self) -> Ids:
        async with self.visitors.parts.database.transaction() as session:
            return await one_of_everything(session, self.ann_id, words="ANNS OWN")


@pytest.fixture
async def world(visitors: Visitors, db: Database) -> World:
    bob = await visitors.user_id("bob@example.com")
    async with db.transaction() as session:
        await reports.add_chart(session)
        ids = await one_of_everything(session, bob, words=CANARY)
    ann = await visitors.from_provider("ann@example.com")
    ann_id = UUID((await ann.get("/api/me")).json()["id"])
    return World(visitors, ann, ann_id, ids)


async def one_of_everything(session: AsyncSession, user_id: UUID, *, words: str) -> Ids:
    """By the name of the path parameter; the words stand in every text of it."""
    [charge] = await reports.add_transactions(session, user_id, description=words)
    job = ReportJob(id=new_id(), user_id=user_id, period=reports.PERIOD, created_at=reports.NOW)
    job.total_lines = 1
    session.add(job)
    await session.flush()
    session.add(ReportJobLine(job_id=job.id, transaction_id=charge, merchant_key=words, sign=1))
    line = reports.settled(charge, vendor=words)
    report = await reports.make_draft(session, user_id, [line], job_id=job.id)
    statement = _statement(user_id, words)
    session.add(statement)
    found = text("SELECT id FROM report_lines WHERE report_id = :report")
    line_id = (await session.execute(found, {"report": report})).scalar_one()
    content = Content("66300", merchant_contains=words)
    rule = await own_rules.add_rule(session, user_id, content, now=reports.NOW)
    return {
        "job_id": job.id,
        "report_id": report,
        "line_id": line_id,
        "transaction_id": charge,
        "statement_id": statement.id,
        "rule_id": rule.rule.id,
        "user_id": user_id,
    }


def _statement(user_id: UUID, words: str) -> Statement:
    return Statement(
        id=new_id(), user_id=user_id, file_name=f"{words}.csv", format="csv", account=words,
        currency="USD", currency_source="file", given_currency="USD", digest="0" * 64,
        imported_before=False,
        imported=1, duplicates=0, payments=0, rejected=[], periods=[reports.PERIOD],
        created_at=reports.NOW,
    )  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One operation of the document, with a body it would take."""

    method: str
    path: str
    operation: dict[str, Any]
    document: dict[str, Any]

    @property
    def id(self) -> str:
        return self.operation["operationId"]

    @property
    def is_for_admins(self) -> bool:
        refused = self.operation["responses"].get("403", {"description": ""})
        return "`not-an-admin`" in refused["description"]

    @property
    def body_schema(self) -> dict[str, Any] | None:
        """What its JSON body is made of; None when it takes none."""
        content = self.operation.get("requestBody", {}).get("content", {})
        told = content.get("application/json")
        return None if told is None else self.resolved(told["schema"])

    def filled(self, ids: Mapping[str, Any]) -> str:
        names = [p["name"] for p in self.operation.get("parameters", []) if p["in"] == "path"]
        unknown = set(names) - ids.keys()
        assert not unknown, f"teach this test how to make {unknown} of another person"
        return self.path.format(**{name: ids[name] for name in names})

    async def send(
        self, client: httpx.AsyncClient, ids: Mapping[str, Any], **headers: str
    ) -> httpx.Response:
        headers["If-Match"] = '"1"'
        content = self.operation.get("requestBody", {}).get("content", {})
        params = {"period": "2026-01"} if self.path.endswith("/active") else {}
        if "multipart/form-data" in content:
            files = {"file": ("a.csv", b"Date,Description,Amount\n2026-01-02,A,1.00\n")}
            return await client.request(
                self.method, self.filled(ids), files=files, headers=headers, params=params
            )
        return await client.request(
            self.method, self.filled(ids), json=self.body(), headers=headers, params=params
        )

    def body(self) -> Any:
        """The least it takes; None when it takes none."""
        schema = self.body_schema
        return None if schema is None else self._value(schema)

    def _value(self, schema: dict[str, Any]) -> Any:
        schema = self.resolved(schema)
        if examples := schema.get("examples"):
            return examples[0]
        if schema.get("type") == "object":
            properties = schema.get("properties", {})
            return {name: self._value(properties[name]) for name in schema.get("required", [])}
        by_type = {"boolean": True, "string": "x", "integer": 1, "array": []}
        return by_type[schema.get("type", "string")]

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        for option in schema.get("anyOf", []):
            if option.get("type") != "null":
                schema = option
                break
        name = schema.get("$ref", "").rpartition("/")[2]
        return self.document["components"]["schemas"][name] if name else schema


async def calls_of(visitors: Visitors) -> list[Call]:
    """All that want somebody who is signed in."""
    document = (await visitors.anonymous().get("/openapi.json")).json()
    calls = [
        Call(method, path, operation, document)
        for path, method, operation in operations(document)
        if path.startswith("/api/") and path not in OPEN_ROUTES
    ]
    assert len(calls) > 15
    return calls
