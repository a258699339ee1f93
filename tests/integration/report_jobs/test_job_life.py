"""Any interleaving of workers, people and sweeps leaves every job consistent and finishable.

A model of what may happen runs beside real PostgreSQL: two workers claim, beat, pause past their
lease, wake up, crash, settle lines, finish; a person starts, cancels and retries; sweeps run.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from tests.support import database as databases
from tests.support import factories
from tests.support.fakes import CountingDoorbell, NoLimit

from expenseflow.categorization.outcomes import Settlement
from expenseflow.infra.db import Database, libpq_url
from expenseflow.kit.ids import new_id
from expenseflow.report_jobs import rules, service, tasks
from expenseflow.report_jobs.errors import (
    ActiveJobExists,
    Fenced,
    JobFinished,
    NothingLeftToRetry,
    NotRetryable,
)
from expenseflow.report_jobs.leases import LeaseKeeper, Stop
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.repository import claims, jobs, lines
from expenseflow.report_jobs.rules import Status
from expenseflow.reports.models import ExpenseReport

T = TypeVar("T")
PERIOD = "2026-01"
WORKERS = (0, 1, 2)
MERCHANTS = ("ONE", "TWO", "THREE")


@dataclass
class Holding:
    """What a worker believes it holds; it may be wrong."""

    job_id: UUID
    attempt: int


class JobLife(RuleBasedStateMachine):
    """The machine; `url` is set by the test."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.database = Database(self.url, pool_size=4)
        self.beats = psycopg.connect(libpq_url(self.url), autocommit=True)
        self.bell = CountingDoorbell()
        self.held: dict[int, Holding] = {}
        self.jobs: list[UUID] = []
        self.finished: dict[UUID, tuple[Any, ...]] = {}
        self.user = new_id()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def a_month(self) -> None:
        async def make() -> UUID:
            await databases.empty(self.database)
            async with self.database.transaction() as session:
                user = await factories.a_user(session)
                await factories.some_transactions(
                    session, user, PERIOD, descriptions=[*MERCHANTS, "ONE"]
                )
            return user

        self.user = self.run(make())
        self.start()
        self.claim(0)

    # -- the person ---------------------------------------------------------------------------

    @rule()
    def start(self) -> None:
        async def post() -> UUID | None:
            try:
                async with self.database.transaction() as session:
                    view = await service.request_report(
                        session, self.user, PERIOD, doorbell=self.bell, limit=NoLimit()
                    )
                    return view.job.id
            except ActiveJobExists as other:
                existing = other.fields["existing_job_id"]
            assert existing in self.jobs
            return None

        job_id = self.run(post())
        if job_id is not None:
            self.jobs.append(job_id)

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(self.jobs))

        async def delete() -> None:
            try:
                async with self.database.transaction() as session:
                    view = await service.cancel(session, self.user, job_id)
                    status = Status(view.job.status)
                    assert status in (Status.Cancelled, Status.CancellationRequested)
            except JobFinished:
                assert job_id in self.finished or self._status(job_id) in rules.FINISHED

        self.run(delete())

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(self.jobs))

        async def post() -> UUID | None:
            try:
                async with self.database.transaction() as session:
                    view = await service.retry(
                        session, self.user, job_id, doorbell=self.bell, limit=NoLimit()
                    )
                    assert view.job.total_lines == len(MERCHANTS) + 1
                    return view.job.id
            except (NotRetryable, NothingLeftToRetry):
                return None

        new = self.run(post())
        if new is not None:
            assert job_id == self.jobs[-1]
            self.jobs.append(new)

    # -- the workers --------------------------------------------------------------------------

    @precondition(lambda self: self.jobs)
    @rule(worker=st.sampled_from(WORKERS))
    def claim(self, worker: int) -> None:
        job_id = self.jobs[-1]

        async def take() -> ReportJob | None:
            async with self.database.transaction() as session:
                return await claims.claim(session, job_id)

        before = self._row(job_id)
        job = self.run(take())
        if job is None:
            return
        assert job.attempt == before["attempt"] + 1
        assert before["status"] == Status.Pending or before["lease_is_over"]
        self.held[worker] = Holding(job_id, job.attempt)
        for line_keys in [self.run(self._unnamed(job_id))]:
            self.run(self._name(job_id, job.attempt, line_keys))

    @precondition(lambda self: self.held)
    @rule(worker=st.sampled_from(WORKERS))
    def take_over(self, worker: int) -> None:
        """Somebody was paused past the lease and still believes in its claim."""
        self.time_passes()
        self.claim(worker)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), merchant=st.sampled_from(MERCHANTS), known=st.booleans())
    def settle(self, data: st.DataObject, merchant: str, known: bool) -> None:
        holding = self.held[data.draw(st.sampled_from(sorted(self.held)))]
        tier = "model" if known else "manual"
        settlement = Settlement(tier=tier, needs_review=not known)

        async def write() -> None:
            async with self.database.transaction() as session:
                await jobs.progress(session, holding.job_id, holding.attempt)
                settled = {
                    charge.transaction_id: settlement
                    for charge in await lines.open_charges(session, holding.job_id)
                    if charge.merchant.key == merchant
                }
                by_tier = await lines.settle(
                    session,
                    holding.job_id,
                    holding.attempt,
                    settled,
                    known_at=await lines.knowing_from(session),
                )
                increments = {
                    column: getattr(ReportJob, column) + more
                    for column, more in service.settled_counters(by_tier).items()
                }
                await jobs.progress(session, holding.job_id, holding.attempt, increments)

        self._fenced(holding, write())

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        holding = self.held[data.draw(st.sampled_from(sorted(self.held)))]

        async def write() -> None:
            async with self.database.transaction() as session:
                await jobs.progress(session, holding.job_id, holding.attempt)
                report = ExpenseReport(
                    id=new_id(),
                    user_id=self.user,
                    period=PERIOD,
                    status=1,
                    job_id=holding.job_id,
                    created_at=factories.NOW,
                )
                session.add(report)
                await session.flush()
                done = await claims.complete(session, holding.job_id, holding.attempt, report.id)
                if done is None:
                    raise Fenced

        self._fenced(holding, write())

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        holding = self.held[data.draw(st.sampled_from(sorted(self.held)))]

        async def write() -> None:
            async with self.database.transaction() as session:
                failed = await claims.fail(
                    session, holding.job_id, attempt=holding.attempt, message="m", details="d"
                )
                if failed is None:
                    raise Fenced

        self._fenced(holding, write())

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def beat(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from(sorted(self.held)))
        holding, told = self.held[worker], list[Stop]()
        keeper = LeaseKeeper(self.url)
        keeper.hold(holding.job_id, holding.attempt, told.append)
        keeper.beat(self.beats)
        row = self._row(holding.job_id)
        ours = row["attempt"] == holding.attempt
        if ours and row["status"] == Status.Completed:
            assert told == []  # by this run itself, which is only hearing of it
            del self.held[worker]
        elif not ours or row["status"] in rules.FINISHED:
            assert told == [Stop.LOST]
            del self.held[worker]
        elif row["status"] == Status.CancellationRequested:
            assert told == [Stop.CANCEL]
            self.run(self._write_cancelled(holding))
            del self.held[worker]
        else:
            assert told == []
            assert not row["lease_is_over"]

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from(sorted(self.held)))
        holding = self.held.pop(worker)

        async def write() -> None:
            async with self.database.transaction() as session:
                await claims.give_back(session, holding.job_id, holding.attempt)

        self.run(write())

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        del self.held[data.draw(st.sampled_from(sorted(self.held)))]

    @rule()
    def time_passes(self) -> None:
        """Every lease runs out: the workers are paused, or gone."""
        self.beats.execute(
            "UPDATE report_generation_jobs SET rung_at = rung_at - interval '10 s', "
            "lease_expires_at = lease_expires_at - interval '10 s'"
        )

    @rule()
    def sweep(self) -> None:
        self.run(tasks.sweep(self.database, self.bell))

    # -- what always holds --------------------------------------------------------------------

    @invariant()
    def at_most_one_active_job(self) -> None:
        rows = self._rows("SELECT count(*) FROM report_generation_jobs WHERE status IN (0, 1, 5)")
        assert rows[0][0] <= 1

    @invariant()
    def a_finished_job_never_changes(self) -> None:
        rows = self._rows(
            "SELECT id, status, attempt, total_lines, processed_lines, failed_lines, version,"
            " completed_at, generated_report_id FROM report_generation_jobs"
            " WHERE status IN (2, 3, 4)"
        )
        for row in rows:
            assert self.finished.setdefault(row[0], tuple(row)) == tuple(row)

    @invariant()
    def the_counters_say_what_the_lines_say(self) -> None:
        rows = self._rows(
            "SELECT j.processed_lines, j.failed_lines, j.total_lines,"
            " count(l.*) FILTER (WHERE l.state = 1),"
            " count(l.*) FILTER (WHERE l.tier = 'manual'), count(l.*)"
            " FROM report_generation_jobs j LEFT JOIN report_job_lines l ON l.job_id = j.id"
            " GROUP BY j.id"
        )
        for processed, failed, total, settled, manual, all_lines in rows:
            assert (processed, failed, total) == (settled, manual, all_lines)

    def teardown(self) -> None:
        """Whatever happened, sweeping and working ends every job."""
        for _ in range(rules.MAX_CRASHES + 3):
            self.time_passes()
            self.sweep()
            if self.jobs and self._status(self.jobs[-1]) not in rules.FINISHED:
                self.held.clear()
                self.claim(0)
                if self.held:
                    self._finish_now(self.held[0])
        active = self._rows("SELECT id FROM report_generation_jobs WHERE status IN (0, 1, 5)")
        self.beats.close()
        self.run(self.database.close())
        self.runner.close()
        assert active == []

    # -- pieces -------------------------------------------------------------------------------

    def _finish_now(self, holding: Holding) -> None:
        async def write() -> None:
            async with self.database.transaction() as session:
                await claims.fail(
                    session, holding.job_id, attempt=holding.attempt, message="m", details="d"
                )

        self.run(write())

    def _fenced(self, holding: Holding, write: Coroutine[Any, Any, None]) -> None:
        """The write goes through exactly when this claim is the current one and may go on."""
        row = self._row(holding.job_id)
        allowed = row["attempt"] == holding.attempt and row["status"] == Status.Processing
        try:
            self.run(write)
        except Fenced:
            assert not allowed
        else:
            assert allowed

    async def _write_cancelled(self, holding: Holding) -> None:
        async with self.database.transaction() as session:
            job = await claims.cancelled(session, holding.job_id, holding.attempt)
            assert job is not None

    async def _unnamed(self, job_id: UUID) -> list[tuple[UUID, str]]:
        async with self.database.transaction() as session:
            return await lines.without_key(session, job_id)

    async def _name(self, job_id: UUID, attempt: int, unnamed: list[tuple[UUID, str]]) -> None:
        async with self.database.transaction() as session:
            await jobs.progress(session, job_id, attempt)
            await lines.set_keys(session, job_id, dict(unnamed))

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.beats.execute(query.encode()).fetchall()

    def _row(self, job_id: UUID) -> dict[str, Any]:
        row = self.beats.execute(
            "SELECT status, attempt, lease_expires_at IS NULL OR lease_expires_at <"
            " clock_timestamp() FROM report_generation_jobs WHERE id = %s",
            (job_id,),
        ).fetchone()
        assert row is not None
        return {"status": row[0], "attempt": row[1], "lease_is_over": row[2]}

    def _status(self, job_id: UUID) -> Status:
        return Status(self._row(job_id)["status"])


def test_every_interleaving_keeps_the_promises(database_url: str) -> None:
    JobLife.url = database_url
    run_state_machine_as_test(
        JobLife,
        settings=settings(
            max_examples=30,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


async def test_a_transition_the_table_does_not_name_is_refused(db: Database) -> None:
    async with db.transaction() as session:
        with pytest.raises(ValueError, match="no such transition"):
            await jobs.update(session, new_id(), {}, expected={Status.Completed}, to=Status.Failed)
        await session.execute(text("SELECT 1"))
