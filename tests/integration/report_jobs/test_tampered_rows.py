"""A job row that somebody changed leads the worker to nobody else's charges."""

from collections.abc import AsyncGenerator
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.support import factories, workers
from tests.support.simulator import completer

from expenseflow.infra.db import Database
from expenseflow.report_jobs.models import ReportJob, ReportJobLine
from expenseflow.report_jobs.rules import Status
from expenseflow.simulator import Simulator

THEIRS = "QZCANARY HOLDINGS"


@pytest.fixture
async def provider() -> AsyncGenerator[Simulator]:
    with Simulator() as running:
        yield running


async def _a_strangers_charge(db: Database) -> tuple[UUID, UUID]:
    async with db.transaction() as session:
        stranger = await factories.a_user(session)
        [charge] = await factories.some_transactions(session, stranger, descriptions=[THEIRS])
    return stranger, charge


async def _lines_of(db: Database, job: ReportJob) -> list[str]:
    found = text(
        "SELECT t.description FROM report_lines l JOIN transactions t ON t.id = l.transaction_id"
        " WHERE l.report_id = :id"
    )
    async with db.transaction() as session:
        return list(await session.scalars(found, {"id": job.generated_report_id}))


@pytest.mark.parametrize("key", [None, "CANARY"])
async def test_a_job_that_was_given_a_strangers_charge_neither_sends_nor_reports_it(
    db: Database, provider: Simulator, key: str | None
) -> None:
    user = await workers.a_month(db, "QZOWN HOLDINGS")
    _, charge = await _a_strangers_charge(db)
    async with completer(provider) as client, workers.bench(db, completer=client) as bench:
        job_id = await bench.start_job(user)
        async with db.transaction() as session:
            row = ReportJobLine(job_id=job_id, transaction_id=charge, merchant_key=key, sign=1)
            session.add(row)
        job = await bench.finished(user, job_id)
    assert job.status == Status.Completed
    assert "QZCANARY" not in str(provider.asked)
    assert await _lines_of(db, job) == ["QZOWN HOLDINGS"]


async def test_a_job_that_was_given_to_a_stranger_takes_no_charge_along(
    db: Database, provider: Simulator
) -> None:
    user = await workers.a_month(db, "QZOWN HOLDINGS")
    stranger, _ = await _a_strangers_charge(db)
    async with completer(provider) as client, workers.bench(db, completer=client) as bench:
        job_id = await bench.start_job(user)
        async with db.transaction() as session:
            await session.execute(
                text("UPDATE report_generation_jobs SET user_id = :who WHERE id = :id"),
                {"who": stranger, "id": job_id},
            )
        job = await bench.finished(stranger, job_id)
    assert job.status == Status.Completed
    assert provider.calls == []
    assert await _lines_of(db, job) == []
