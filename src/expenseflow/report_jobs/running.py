"""One run of a claimed job: from its open lines to the report.

Many short transactions, none open across a provider call; each begins with the fenced update of
the job row (`jobs.progress`), so a run that lost its claim writes nothing more.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization import ladder
from expenseflow.categorization import merchants as merchant_names
from expenseflow.categorization import service as categorization
from expenseflow.categorization.ladder import Knowledge
from expenseflow.categorization.model_tier import ModelTier
from expenseflow.categorization.outcomes import Charge, Merchant, Outcome, Settlement, Usage
from expenseflow.categorization.similar.shelf import Shelf
from expenseflow.chart import service as charts
from expenseflow.chart.service import Chart
from expenseflow.infra.db import Database, advisory_lock
from expenseflow.kit.clock import Clock
from expenseflow.report_jobs import measuring, rules
from expenseflow.report_jobs.errors import Fenced
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.repository import claims, jobs, lines
from expenseflow.report_jobs.service import settled_counters
from expenseflow.report_jobs.trouble import insisted
from expenseflow.reports import service as reports

_log = structlog.get_logger(__name__)

LINES_PER_COMMIT = 1000
"""Known lines are settled in steps, so that the counters move visibly."""

NO_PROVIDER = "No AI service is configured"
OUT_OF_TIME = "The time limit for generating the report was reached"


class CannotReport(Exception):
    """A person must act before this job can succeed; the text says what to do."""


class Leaving(Exception):
    """The worker is about to stop; what was paid for is stored, the rest is for another one."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every run needs; made once by wiring."""

    database: Database
    clock: Clock
    model_tier: ModelTier | None
    model_name: str
    deadline_seconds: float
    shelf: Shelf = field(default_factory=Shelf)
    """The learned model, read once for all runs."""
    simulated: bool = False
    """Whether the provider is the demo's; what it settles says so for good."""


class Run:
    """The work on one claim."""

    def __init__(self, workshop: Workshop, job: ReportJob, leaving: asyncio.Event) -> None:
        """Once `leaving` is set nothing new is asked."""
        self._shop = workshop
        self._leaving = leaving
        self._job_id: UUID = job.id
        self._user_id: UUID = job.user_id
        self._period: str = job.period
        self._attempt: int = job.attempt
        self._request_id: str | None = job.request_id
        self._known_at: datetime = job.created_at
        self._open: dict[Merchant, list[Charge]] = {}
        """The latest charge of a merchant comes first."""

    async def work(self) -> None:
        """Settle every open line, then write the report.

        Raises:
            Fenced: the claim is lost or the job is to stop.
            CannotReport: a person must act first.
            Leaving: there is more to ask, but not by us.
        """
        chart = await self._prepare()
        async with self._shop.database.transaction() as session:
            self._known_at = await lines.knowing_from(session)
            knowledge = await categorization.load_knowledge(
                session,
                self._user_id,
                chart=chart,
                shelf=self._shop.shelf,
                simulated=self._shop.simulated,
            )
        if self._shop.model_tier is None:
            context = None
        else:
            context = categorization.context_hash(
                chart, self._shop.model_name, simulated=self._shop.simulated
            )
        await self._settle_known(knowledge, context)
        if self._open:
            await self._settle_unknown(knowledge, context)
        await self._write_report()

    # -- before the first line ----------------------------------------------------------------

    async def _prepare(self) -> Chart:
        async with self._shop.database.transaction() as session:
            chart = await charts.load_chart(session)
            unnamed = await lines.without_key(session, self._job_id)
        if not chart.account_codes:
            raise CannotReport(rules.NO_ACCOUNTS)
        if unnamed:
            keys = await asyncio.to_thread(_keys_of, unnamed)
            async with self._shop.database.transaction() as session:
                await jobs.progress(session, self._job_id, self._attempt)
                await lines.set_keys(session, self._job_id, keys)
        async with self._shop.database.transaction() as session:
            for charge in await lines.open_charges(session, self._job_id):
                self._open.setdefault(charge.merchant, []).append(charge)
        return chart

    # -- what is known without asking anybody -------------------------------------------------

    async def _settle_known(self, knowledge: Knowledge, context: str | None) -> None:
        for step in self._steps():
            async with self._shop.database.transaction() as session:
                remembered = await categorization.remember(
                    session,
                    self._user_id,
                    {charge.merchant for charge in step},
                    chart=knowledge.chart,
                    context=context,
                    now=self._shop.clock.now(),
                )
            known = await asyncio.to_thread(ladder.settle_known, step, knowledge, remembered)
            async with self._shop.database.transaction() as session:
                await jobs.progress(session, self._job_id, self._attempt)
                if known:
                    await self._store(session, known)
            self._forget(known)

    def _steps(self) -> list[list[Charge]]:
        """The open charges, a step's worth at a time."""
        every = [charge for charges in self._open.values() for charge in charges]
        starts = range(0, len(every), LINES_PER_COMMIT)
        return [every[start : start + LINES_PER_COMMIT] for start in starts]

    # -- what the provider is asked -----------------------------------------------------------

    async def _settle_unknown(self, knowledge: Knowledge, context: str | None) -> None:
        reason = NO_PROVIDER
        if self._shop.model_tier is not None and context is not None:
            reason = OUT_OF_TIME
            await self._ask(self._shop.model_tier, knowledge, context)
            if self._open and self._leaving.is_set():
                raise Leaving
        await self._settle_left(knowledge, reason)

    async def _ask(self, tier: ModelTier, knowledge: Knowledge, context: str) -> None:
        async with self._shop.database.transaction() as session:
            spent = await jobs.seconds_running(session, self._job_id)
            charges, past = await categorization.to_ask(
                session, self._user_id, [charges[0] for charges in self._open.values()]
            )

        async def take(outcome: Outcome) -> None:
            # It is paid for, and so is what is under way: neither is thrown away at once.
            await insisted(
                lambda: self._take(outcome, knowledge, context), self._shop.clock, told=_not_stored
            )

        try:
            async with asyncio.timeout(max(0.0, self._shop.deadline_seconds - spent)):
                await tier.settle(
                    charges,
                    job=f"{self._job_id}:{self._attempt}",
                    request_id=self._request_id,
                    chart=knowledge.chart,
                    past=past,
                    on_outcome=take,
                    leaving=self._leaving,
                )
        except TimeoutError:
            _log.info("report_job.deadline", job_id=str(self._job_id), left=len(self._open))

    async def _take(self, outcome: Outcome, knowledge: Knowledge, context: str) -> None:
        for why, merchants in Counter(outcome.given_up.values()).items():
            _log.warning("report_job.not_answered", merchants=merchants, why=why)
        settled = await asyncio.to_thread(self._settled_by, outcome, knowledge)
        async with self._shop.database.transaction() as session:
            await jobs.progress(session, self._job_id, self._attempt, _news(outcome))
            if outcome.answers:
                await categorization.keep_answers(
                    session,
                    self._user_id,
                    outcome.answers,
                    context=context,
                    now=self._shop.clock.now(),
                )
            if settled:
                await self._store(session, settled)
        self._forget(settled)

    def _settled_by(self, outcome: Outcome, knowledge: Knowledge) -> dict[UUID, Settlement]:
        return {
            charge.transaction_id: ladder.answered(charge, answer, knowledge)
            for merchant, answer in outcome.answers.items()
            for charge in self._open[merchant]
        } | {
            charge.transaction_id: ladder.left(charge, knowledge, reason=why)
            for merchant, why in outcome.given_up.items()
            for charge in self._open[merchant]
        }

    # -- what nobody knew ---------------------------------------------------------------------

    async def _settle_left(self, knowledge: Knowledge, reason: str) -> None:
        for step in self._steps():
            settled = await asyncio.to_thread(ladder.settle_left, step, knowledge, reason=reason)
            async with self._shop.database.transaction() as session:
                await jobs.progress(session, self._job_id, self._attempt, {"waiting_for": None})
                await self._store(session, settled)
            self._forget(settled)

    # -- pieces -------------------------------------------------------------------------------

    async def _store(self, session: AsyncSession, settled: Mapping[UUID, Settlement]) -> None:
        """Lines and counters together, in the caller's fenced transaction."""
        by_tier = await lines.settle(
            session, self._job_id, self._attempt, settled, known_at=self._known_at
        )
        measuring.settled(session, by_tier)
        counters = {
            column: getattr(ReportJob, column) + more
            for column, more in settled_counters(by_tier).items()
        }
        if by_tier:
            # A job that gets on is not what kills its workers.
            counters["crashes"] = 0
        await jobs.progress(session, self._job_id, self._attempt, counters)

    def _forget(self, settled: Collection[UUID]) -> None:
        for merchant, charges in list(self._open.items()):
            still_open = [charge for charge in charges if charge.transaction_id not in settled]
            if still_open:
                self._open[merchant] = still_open
            else:
                del self._open[merchant]

    async def _write_report(self) -> None:
        async with self._shop.database.transaction() as session:
            await jobs.progress(session, self._job_id, self._attempt, {"waiting_for": None})
            await advisory_lock(session, "period", self._user_id, self._period)
            report_id = await reports.bring_up_to_date_from_job(
                session,
                self._user_id,
                self._period,
                job_id=self._job_id,
                now=self._shop.clock.now(),
            )
            if await claims.complete(session, self._job_id, self._attempt, report_id) is None:
                raise Fenced


def _not_stored(error: BaseException) -> None:
    _log.warning("report_job.not_stored", error=type(error).__name__)


def _keys_of(unnamed: Sequence[tuple[UUID, str]]) -> dict[UUID, str]:
    return {line: merchant_names.merchant_key(description) for line, description in unnamed}


def _news(outcome: Outcome) -> dict[str, Any]:
    eta = None if outcome.finish is None else jobs.NOW + timedelta(seconds=outcome.finish)
    return {
        **_usage_increments(outcome.usage),
        "waiting_for": outcome.waiting_for,
        "estimated_completion_at": eta,
    }


def _usage_increments(usage: Usage) -> dict[str, Any]:
    return {
        "calls": ReportJob.calls + usage.calls,
        "rejected_calls": ReportJob.rejected_calls + usage.rejected_calls,
        "retry_count": ReportJob.retry_count + usage.retries,
        "prompt_tokens": ReportJob.prompt_tokens + usage.prompt_tokens,
        "completion_tokens": ReportJob.completion_tokens + usage.completion_tokens,
        "waited_seconds": ReportJob.waited_seconds + usage.waited_seconds,
    }
