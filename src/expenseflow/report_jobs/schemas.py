"""The JSON of report jobs (contract, section 1)."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from expenseflow.kit.period import PERIOD_PATTERN
from expenseflow.report_jobs import rules
from expenseflow.report_jobs.overview import PeriodOverview
from expenseflow.report_jobs.rules import Status
from expenseflow.report_jobs.service import JobView, tiers_of
from expenseflow.web.wire import TotalOut, UtcTime, WireIn, WireOut

StatusName = Literal[
    "Pending", "Processing", "Completed", "Failed", "Cancelled", "CancellationRequested"
]
Period = Annotated[str, Field(pattern=PERIOD_PATTERN, examples=["2026-01"])]


class ReportJobIn(WireIn):
    """Which month to report."""

    period: Period


class TiersOut(WireOut):
    """Lines settled by each tier."""

    rule: int
    memory: int
    similar: int
    model: int
    manual: int


class UsageOut(WireOut):
    """What the AI provider was asked for this job."""

    calls: int
    rejected_calls: int
    prompt_tokens: int
    completion_tokens: int
    waited_seconds: float


class ReportJobOut(WireOut):
    """A job as a person sees it."""

    id: UUID
    period: str
    status: StatusName
    total_lines: int
    processed_lines: int
    failed_lines: int
    retry_count: int
    progress_percent: int = Field(ge=0, le=100)
    status_message: str
    queue_position: int | None
    estimated_completion_at: UtcTime | None
    started_at: UtcTime | None
    completed_at: UtcTime | None
    created_at: UtcTime
    generated_report_id: UUID | None
    error_message: str | None
    tiers: TiersOut
    usage: UsageOut


def job_out(view: JobView) -> ReportJobOut:
    """The JSON of a job."""
    job, status = view.job, Status(view.job.status)
    return ReportJobOut(
        id=job.id,
        period=job.period,
        status=status.name,
        total_lines=job.total_lines,
        processed_lines=job.processed_lines,
        failed_lines=job.failed_lines,
        retry_count=job.retry_count,
        progress_percent=rules.progress_percent(
            status, processed=job.processed_lines, total=job.total_lines
        ),
        status_message=rules.status_message(
            status,
            processed=job.processed_lines,
            total=job.total_lines,
            waiting_for=job.waiting_for,
            error=job.error_message,
        ),
        queue_position=view.queue_position,
        estimated_completion_at=_to_the_second(job.estimated_completion_at),
        started_at=job.started_at,
        completed_at=job.completed_at,
        created_at=job.created_at,
        generated_report_id=job.generated_report_id,
        error_message=job.error_message,
        tiers=TiersOut(**tiers_of(job)),
        usage=UsageOut(
            calls=job.calls,
            rejected_calls=job.rejected_calls,
            prompt_tokens=job.prompt_tokens,
            completion_tokens=job.completion_tokens,
            waited_seconds=round(job.waited_seconds, 3),
        ),
    )


def _to_the_second(moment: datetime | None) -> datetime | None:
    # An estimate to the microsecond would claim what nobody knows.
    if moment is None:
        return None
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


class PeriodReportOut(WireOut):
    """A report of the period."""

    id: UUID
    status: Literal["Draft", "Submitted"]


class PeriodOut(WireOut):
    """One month of the caller."""

    period: str
    transaction_count: int
    totals: list[TotalOut]
    reports: list[PeriodReportOut]
    active_job_id: UUID | None


def period_out(overview: PeriodOverview) -> PeriodOut:
    """The JSON of a month."""
    return PeriodOut(
        period=overview.period,
        transaction_count=overview.transaction_count,
        totals=[TotalOut.of(total) for total in overview.totals],
        reports=[
            PeriodReportOut(id=report.id, status="Submitted" if report.status else "Draft")
            for report in overview.reports
        ],
        active_job_id=overview.active_job_id,
    )
