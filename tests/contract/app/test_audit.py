"""Events of security are in the log: who, what and when; nothing of what was in it."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.support import reports
from tests.support.identity import ADDRESS, Visitors
from tests.support.walk import CANARY, Call, World, calls_of, world

from expenseflow.app.audit import DONE, FAILED
from expenseflow.app.openapi import operations
from expenseflow.identity.attempts import Attempts
from expenseflow.infra import logs
from expenseflow.kit.clock import SystemClock
from expenseflow.kit.ids import new_id

__all__ = ["world"]

Log = pytest.CaptureFixture[str]
EVERYDAY = {
    "createReportJob", "retryReportJob", "editLine", "editLines", "exclude", "importStatement",
    "previewStatement", "createRule", "changeRule", "orderRules", "testRule", "applyRule",
    "alwaysLikeThis",
}  # fmt: skip
"""What changes one's own things and takes nothing away; the access line tells of it."""


@pytest.fixture(autouse=True)
async def told() -> AsyncIterator[None]:
    logs.configure("json")
    yield
    logs.configure("json", level=30)


def events(log: Log) -> list[dict[str, Any]]:
    """Those of the audit, since it was last asked."""
    lines = [json.loads(line) for line in log.readouterr().err.splitlines()]
    return [line for line in lines if line["event"].startswith("audit.")]


def event(log: Log) -> dict[str, Any]:
    [one] = events(log)
    return one


async def test_who_came_in_and_who_was_refused_is_told(visitors: Visitors, capsys: Log) -> None:
    browser = visitors.anonymous(Origin=ADDRESS)
    code, ann = await visitors.code(), str(await visitors.user_id())
    events(capsys)

    await browser.post("/api/sign-in", json={"code": "guess"})
    failed = event(capsys)
    assert (failed["event"], failed["actor"], failed["why"]) == (
        "audit.sign_in_failed", None, "wrong-sign-in-code",
    )  # fmt: skip

    await browser.post("/api/sign-in", json={"code": code})
    came = event(capsys)
    assert (came["event"], came["actor"]) == ("audit.signed_in", ann)
    at = datetime.fromisoformat(came["timestamp"])
    assert at.utcoffset() == timedelta(0)
    assert abs(SystemClock().now() - at.astimezone(UTC)) < timedelta(minutes=1)
    assert came["request_id"]

    await visitors.anonymous(Authorization="Bearer broken").get("/api/me")
    assert event(capsys)["why"] == "not-authenticated"
    await browser.post("/api/sign-out", headers={"Origin": "https://evil.example"})
    assert event(capsys)["why"] == "cross-site"
    await browser.get("/api/me", headers={"Host": "evil.example"})
    assert event(capsys)["why"] == "misdirected"
    bobs = {"Authorization": f"Bearer {await visitors.token('bob@example.com')}"}
    await browser.get("/api/me", headers=bobs)
    assert event(capsys)["why"] == "two-credentials"

    visitors.app.state.sign_in_attempts = Attempts(per_minute=1)
    for _ in range(2):
        await browser.post("/api/sign-in", json={"code": "guess"})
    assert [one["event"] for one in events(capsys)] == ["audit.sign_in_failed", "audit.limited"]

    await browser.post("/api/sign-out")
    assert (event(capsys)["event"], came["actor"]) == ("audit.signed_out", ann)


async def test_what_left_and_what_was_deleted_is_told(visitors: Visitors, capsys: Log) -> None:
    desk = await reports.open_desk(visitors)
    rule = await desk.client.post("/api/rules", json={"merchantContains": "x", "glCode": "66300"})
    events(capsys)
    for method, path, name in (
        ("GET", f"{desk.path}/export", "report_exported"),
        ("DELETE", desk.path, "report_deleted"),
        ("DELETE", f"/api/rules/{rule.json()['id']}", "rule_deleted"),
    ):
        answer = await desk.client.request(method, path, params={"format": "csv"})
        assert answer.is_success, answer.text
        one = event(capsys)
        assert (one["event"], one["actor"]) == (f"audit.{name}", str(desk.user_id))
        assert str(one.get("report_id") or one["rule_id"]) in path


async def test_who_asks_for_what_is_anothers_is_told(world: World, capsys: Log) -> None:
    ann = str(world.ann_id)
    events(capsys)
    for call in await calls_of(world.visitors):
        for ids in (world.ids, dict.fromkeys(world.ids, new_id())):
            if "{" in call.path:
                await call.send(world.ann, ids)
                one = event(capsys)
                assert (one["event"], one["actor"]) == ("audit.denied", ann), call.id
                assert one["operation"] == call.id


def _when(call: Call) -> int:
    """First what leaves everything there is, last what leaves nothing."""
    return {"get": 0, "delete": 2}.get(call.method, 3 if call.id == "signOut" else 1)


async def test_an_event_of_the_audit_holds_no_payload(world: World, capsys: Log) -> None:
    bob = await world.visitors.signed_in("bob@example.com")
    for call in sorted(await calls_of(world.visitors), key=_when):
        await call.send(bob, world.ids)
        await call.send(bob, dict.fromkeys(world.ids, CANARY))
    told = events(capsys)
    assert {one["event"] for one in told} >= {"audit.report_exported", "audit.report_deleted"}
    usual = {"event", "actor", "why", "operation", "timestamp", "level", "request_id"}
    assert {name for one in told for name in one} <= usual | world.ids.keys()
    for secret in (CANARY, "example.com", bob.headers["Authorization"].removeprefix("Bearer ")):
        assert secret not in json.dumps(told)


async def test_every_change_is_audited_or_everyday(visitors: Visitors) -> None:
    """A new operation that changes something says which it is."""
    document = (await visitors.anonymous().get("/openapi.json")).json()
    every = {told["operationId"]: method for _, method, told in operations(document)}
    changes = {name for name, method in every.items() if method != "get"}
    assert changes - DONE.keys() == EVERYDAY
    browsers_only = {"beginSignIn", "finishSignIn"}  # stand in no document
    assert (DONE.keys() | FAILED.keys()) - every.keys() == browsers_only
