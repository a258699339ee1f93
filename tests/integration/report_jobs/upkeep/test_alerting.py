"""Somebody is told once when jobs fail, and once when they no longer do."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from tests.support import workers
from tests.support.receiver import Receiver, receiving

from expenseflow.infra import logs
from expenseflow.infra.db import Database
from expenseflow.infra.webhooks import Webhook
from expenseflow.kit.clock import SystemClock
from expenseflow.report_jobs.upkeep import alerting

SECRET = "between you and me"
COMPLETED, FAILED, CANCELLED = 2, 3, 4


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


async def _ended(db: Database, status: int, count: int, *, minutes_ago: int = 5) -> None:
    user = await workers.a_month(db)
    async with db.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO report_generation_jobs (id, user_id, period, status, completed_at,"
                " created_at) SELECT gen_random_uuid(), :user, '2026-01', :status, moment, moment "
                "FROM (SELECT clock_timestamp() - make_interval(mins => :ago)) AS t(moment), "
                "generate_series(1, :count)"
            ),
            {"user": user, "status": status, "count": count, "ago": minutes_ago},
        )


async def _look(db: Database, receiver: Receiver) -> None:
    await alerting.watch_failures(db, SystemClock(), Webhook(receiver.url, SECRET))


async def _sql(db: Database, statement: str) -> None:
    async with db.transaction() as session:
        await session.execute(text(statement))


async def test_nobody_is_told_while_all_is_well(db: Database, receiver: Receiver) -> None:
    await _ended(db, COMPLETED, 9)
    await _ended(db, FAILED, 1)
    await _ended(db, FAILED, 50, minutes_ago=61)

    await _look(db, receiver)

    assert receiver.messages == []


async def test_failing_jobs_are_told_once_with_a_signature(
    db: Database, receiver: Receiver
) -> None:
    await _ended(db, COMPLETED, 4)
    await _ended(db, FAILED, 1)
    await _ended(db, CANCELLED, 50)

    await _look(db, receiver)
    await _look(db, receiver)

    [message] = receiver.messages
    told = json.loads(message.body)
    assert told["type"] == "report_jobs.failure_rate.firing"
    assert told["timestamp"].endswith("Z")
    assert told["data"] == {
        "finished": 5, "failed": 1, "share": 0.2, "threshold": 0.1, "windowSeconds": 3600,
    }  # fmt: skip
    signed = (
        f"{message.headers['webhook-id']}.{message.headers['webhook-timestamp']}.{message.body}"
    )
    digest = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()
    assert message.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


async def test_it_is_told_when_they_fail_no_longer(db: Database, receiver: Receiver) -> None:
    await _ended(db, FAILED, 5)
    await _look(db, receiver)
    await _sql(db, "UPDATE report_generation_jobs SET completed_at = completed_at - interval '1 h'")
    await _look(db, receiver)
    await _look(db, receiver)

    kinds = [json.loads(message.body)["type"] for message in receiver.messages]
    assert kinds == ["report_jobs.failure_rate.firing", "report_jobs.failure_rate.resolved"]
    ids = {message.headers["webhook-id"] for message in receiver.messages}
    assert len(ids) == 2


@pytest.mark.parametrize("refusal", [500, 302, 404])
async def test_a_message_that_was_not_taken_is_sent_again_later(
    db: Database, receiver: Receiver, refusal: int
) -> None:
    receiver.statuses = [refusal, 200]
    await _ended(db, FAILED, 5)

    await _look(db, receiver)
    await _look(db, receiver)
    assert len(receiver.messages) == 1  # it is left alone for a while
    await _sql(db, "UPDATE alerts SET try_again_at = clock_timestamp()")
    await _look(db, receiver)
    await _look(db, receiver)

    first, second = receiver.messages
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


async def test_a_receiver_that_never_ends_its_answer_is_not_waited_for(
    db: Database, receiver: Receiver
) -> None:
    receiver.drips = threading.Event()
    await _ended(db, FAILED, 5)
    webhook = Webhook(receiver.url, SECRET, patience=0.3)
    try:
        async with asyncio.timeout(5):
            await alerting.watch_failures(db, SystemClock(), webhook)
    finally:
        receiver.drips.set()

    async with db.transaction() as session:
        assert await session.scalar(text("SELECT tries FROM alerts WHERE told_at IS NULL")) == 1


async def test_two_workers_that_look_at_once_tell_it_once(db: Database, receiver: Receiver) -> None:
    await _ended(db, FAILED, 5)
    await asyncio.gather(*(_look(db, receiver) for _ in range(4)))

    assert len(receiver.messages) == 1


async def test_a_receiver_that_is_away_is_told_when_it_is_back(
    db: Database, receiver: Receiver
) -> None:
    await _ended(db, FAILED, 5)
    await alerting.watch_failures(
        db, SystemClock(), Webhook("http://127.0.0.1:1/nobody-listens", SECRET)
    )
    await _sql(db, "UPDATE alerts SET try_again_at = clock_timestamp()")

    await _look(db, receiver)

    assert len(receiver.messages) == 1


async def test_without_a_webhook_the_alert_stands_in_the_table_and_is_not_told_later(
    db: Database, receiver: Receiver
) -> None:
    await _ended(db, FAILED, 5)
    await alerting.watch_failures(db, SystemClock(), None)
    async with db.transaction() as session:
        assert await session.scalar(text("SELECT firing FROM alerts WHERE name = 'failure_rate'"))

    await _look(db, receiver)

    assert receiver.messages == []


async def test_failing_jobs_are_an_error_in_the_log(
    db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await _ended(db, FAILED, 5)
    logs.configure("json", level=logging.WARNING)
    await alerting.watch_failures(db, SystemClock(), None)

    [line] = [line for line in capsys.readouterr().err.splitlines() if "failing" in line]
    assert json.loads(line)["level"] == "error"
