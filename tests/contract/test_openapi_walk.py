"""Walks every route of the OpenAPI document as somebody who may not.

The list of routes is the document's own, so a new route is walked from its first day; one with
ids this test does not know fails until it is taught how to make one of another person's.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from tests.support import reports
from tests.support.identity import ADDRESS, Visitors, visitors

from expenseflow.app.openapi import operations
from expenseflow.categorization.own_rules import service as own_rules
from expenseflow.categorization.own_rules.rules import Content
from expenseflow.identity.gate import OPEN_ROUTES
from expenseflow.infra.db import Database
from expenseflow.kit.ids import new_id
from expenseflow.report_jobs.models import ReportJob, ReportJobLine
from expenseflow.statements.models import Statement

__all__ = ["visitors"]

CANARY = "K4NAR1E BIRDS"
TABLES = (
    "transactions", "expense_reports", "report_lines", "report_generation_jobs", "statements",
    "own_rules", "users", "accounts", "departments",
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """Bob has one of everything; Ann, who is signed in and no administrator, has nothing."""

    visitors: Visitors
    ann: httpx.AsyncClient
    ids: dict[str, UUID]

    async def everything_stored(self) -> dict[str, list[str]]:
        async with self.visitors.parts.database.transaction() as session:
            return {
                table: sorted(await session.scalars(text(f"SELECT t::text FROM {table} t")))  # noqa: S608  # our own names
                for table in TABLES
            }


@pytest.fixture
async def world(visitors: Visitors, db: Database) -> World:
    bob = await visitors.user_id("bob@example.com")
    async with db.transaction() as session:
        await reports.add_chart(session)
        [charge] = await reports.add_transactions(session, bob, description=CANARY)
        job = ReportJob(id=new_id(), user_id=bob, period=reports.PERIOD, created_at=reports.NOW)
        job.total_lines = 1
        session.add(job)
        await session.flush()
        session.add(
            ReportJobLine(job_id=job.id, transaction_id=charge, merchant_key=CANARY, sign=1)
        )
        line = reports.settled(charge, vendor=CANARY)
        report = await reports.make_draft(session, bob, [line], job_id=job.id)
        statement = _statement(bob)
        session.add(statement)
        line_id = await session.scalar(text("SELECT id FROM report_lines"))
        content = Content("66300", merchant_contains=CANARY)
        rule = await own_rules.add_rule(session, bob, content, now=reports.NOW)
    ids = {
        "job_id": job.id,
        "report_id": report,
        "line_id": line_id,
        "transaction_id": charge,
        "statement_id": statement.id,
        "rule_id": rule.rule.id,
        "user_id": bob,
    }
    return World(visitors, await visitors.from_provider("ann@example.com"), ids)


def _statement(user_id: UUID) -> Statement:
    return Statement(
        id=new_id(), user_id=user_id, file_name=f"{CANARY}.csv", format="csv", account=CANARY,
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
    def is_for_admins(self) -> bool:
        return (
            "`not-an-admin`"
            in self.operation["responses"].get("403", {"description": ""})["description"]
        )

    def filled(self, ids: dict[str, UUID]) -> str:
        names = [p["name"] for p in self.operation.get("parameters", []) if p["in"] == "path"]
        unknown = set(names) - ids.keys()
        assert not unknown, f"teach this test how to make {unknown} of another person"
        return self.path.format(**{name: ids[name] for name in names})

    async def send(
        self, client: httpx.AsyncClient, ids: dict[str, UUID], **headers: str
    ) -> httpx.Response:
        headers["If-Match"] = '"1"'
        content = self.operation.get("requestBody", {}).get("content", {})
        params = {"period": "2026-01"} if self.path.endswith("/active") else {}
        if "multipart/form-data" in content:
            files = {"file": ("a.csv", b"Date,Description,Amount\n2026-01-02,A,1.00\n")}
            return await client.request(
                self.method, self.filled(ids), files=files, headers=headers, params=params
            )
        body = self._body(content["application/json"]["schema"]) if content else None
        return await client.request(
            self.method, self.filled(ids), json=body, headers=headers, params=params
        )

    def _body(self, schema: dict[str, Any]) -> Any:
        schema = self._resolved(schema)
        if "examples" in schema:
            return schema["examples"][0]
        properties = schema.get("properties", {})
        return {name: self._value(properties[name]) for name in schema.get("required", [])}

    def _value(self, schema: dict[str, Any]) -> Any:
        schema = self._resolved(schema)
        examples = schema.get("examples")
        if examples:
            return examples[0]
        by_type = {"boolean": True, "string": "x", "integer": 1, "array": [], "object": {}}
        return by_type[schema.get("type", "string")]

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        for option in schema.get("anyOf", []):
            if "$ref" in option:
                schema = option
        name = schema.get("$ref", "").rpartition("/")[2]
        return self.document["components"]["schemas"][name] if name else schema


async def _calls(world: World) -> list[Call]:
    document = (await world.visitors.anonymous().get("/openapi.json")).json()
    calls = [
        Call(method, path, operation, document)
        for path, method, operation in operations(document)
        if path.startswith("/api/") and path not in OPEN_ROUTES
    ]
    assert len(calls) > 15
    return calls


def _is_401(answer: httpx.Response, call: Call) -> None:
    assert answer.status_code == 401, (call.method, call.path, answer.text)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer broken"},
        {"Authorization": "Bearer e30.e30.e30"},
        {"Cookie": "expenseflow_session=broken", "Origin": ADDRESS},
    ],
    ids=["none", "broken", "unsigned", "broken cookie"],
)
async def test_nothing_answers_without_credentials(world: World, headers: dict[str, str]) -> None:
    before = await world.everything_stored()
    nobody = world.visitors.anonymous()
    for call in await _calls(world):
        _is_401(await call.send(nobody, world.ids, **headers), call)
    assert await world.everything_stored() == before


async def test_nothing_answers_to_a_token_that_was_taken_back(world: World) -> None:
    token = world.ann.headers["Authorization"]
    assert (await world.ann.post("/api/sign-out")).status_code == 204
    before = await world.everything_stored()
    for call in await _calls(world):
        _is_401(await call.send(world.visitors.anonymous(), world.ids, Authorization=token), call)
    assert await world.everything_stored() == before


async def test_nothing_of_another_person_is_found_and_it_looks_like_nothing(world: World) -> None:
    before = await world.everything_stored()
    nowhere = {name: new_id() for name in world.ids}
    with_ids = [call for call in await _calls(world) if "{" in call.path]
    assert len(with_ids) > 8
    for call in with_ids:
        theirs = await call.send(world.ann, world.ids)
        nobodys = await call.send(world.ann, nowhere)
        wanted = 403 if call.is_for_admins else 404
        assert theirs.status_code == nobodys.status_code == wanted, (
            call.method,
            call.path,
            theirs.text,
        )
        assert {**theirs.json(), "instance": ""} == {**nobodys.json(), "instance": ""}
        assert CANARY not in theirs.text
    assert await world.everything_stored() == before


async def test_no_list_and_no_file_holds_anything_of_another_person(world: World) -> None:
    for call in await _calls(world):
        if call.method != "get" or "{" in call.path:
            continue
        answer = await call.send(world.ann, world.ids)
        wanted = (403,) if call.is_for_admins else (200, 404)
        assert answer.status_code in wanted, (call.path, answer.text)
        assert CANARY not in answer.text
        assert not [str(id_) for id_ in world.ids.values() if str(id_) in answer.text]


async def test_what_is_for_administrators_is_403_for_everybody_else(world: World) -> None:
    before = await world.everything_stored()
    theirs = [call for call in await _calls(world) if call.is_for_admins]
    assert {call.path for call in theirs} > {"/api/admin/users", "/api/admin/report-jobs"}
    assert {c.path for c in await _calls(world) if "/admin/" in c.path} <= {c.path for c in theirs}
    for call in theirs:
        answer = await call.send(world.ann, world.ids)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-an-admin")
        assert CANARY not in answer.text
    assert await world.everything_stored() == before


async def test_an_id_that_is_no_uuid_is_404_everywhere(world: World) -> None:
    bob = await world.visitors.signed_in("bob@example.com")
    for call in await _calls(world):
        if "{" not in call.path:
            continue
        broken: dict[str, Any] = dict.fromkeys(world.ids, "not-a-uuid")
        answer = await call.send(bob, broken)
        assert answer.status_code == 404, (call.method, call.path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_what_ann_may_do_with_nothing_of_her_own_is_no_5xx(world: World) -> None:
    for call in await _calls(world):
        answer = await call.send(world.ann, world.ids)
        assert answer.status_code < 500, (call.method, call.path, answer.text)


async def test_what_is_answered_is_what_the_document_names(world: World) -> None:
    """With things of one's own, of another, of nobody, and without the headers one needs."""
    bob = await world.visitors.signed_in("bob@example.com")
    calls = sorted(await _calls(world), key=lambda call: call.method == "delete")
    for call in (call for call in calls if call.path != "/api/sign-out"):
        answers = [await call.send(world.ann, world.ids), await call.send(bob, world.ids)]
        if "{" in call.path:
            answers.append(await bob.request(call.method, call.filled(world.ids), json={}))
        if call.method == "get":
            answers.append(await bob.get(call.filled(world.ids), params={"page": 0}))
        for answer in answers:
            named = str(answer.status_code) in call.operation["responses"]
            assert named, (call.method, call.path, answer.text)
