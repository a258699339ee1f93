"""What can stand in the way of a report job."""

from collections.abc import Sequence
from uuid import UUID

from expenseflow.kit.errors import ExpenseFlowError


class JobNotFound(ExpenseFlowError):
    """There is no such report job."""


class ActiveJobExists(ExpenseFlowError):
    """A report for this period is already being generated."""

    def __init__(self, existing_job_id: UUID) -> None:
        super().__init__(
            "A report for this period is already being generated. Watch or cancel that job.",
            existing_job_id=existing_job_id,
        )


class NoTransactions(ExpenseFlowError):
    """There is nothing to report in this period. Import a statement that covers it."""


class NothingLeftToReport(ExpenseFlowError):
    """Every transaction of this period already stands on a submitted report."""

    def __init__(self, report_ids: Sequence[UUID] = ()) -> None:
        super().__init__(report_ids=list(report_ids))


class NothingLeftToRetry(ExpenseFlowError):
    """Every line of this job has its codes; there is nothing left to retry."""


class JobFinished(ExpenseFlowError):
    """The job has already finished, so it cannot be cancelled."""


class NotRetryable(ExpenseFlowError):
    """Only the latest job of a period can be retried, and only once it has finished."""


class TooManyJobs(ExpenseFlowError):
    """Too many report jobs were requested in the last minute. Wait a moment, then try again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)


class TooManyStreams(ExpenseFlowError):
    """You have too many open streams; close one, or use the one of all your jobs.

    Fields: retry_after, seconds.
    """


class NoWebhook(ExpenseFlowError):
    """No webhook is set up to be told of alerts."""


class IdempotencyKeyReused(ExpenseFlowError):
    """This Idempotency-Key was used before with another request body."""


class InvalidIdempotencyKey(ExpenseFlowError):
    """An Idempotency-Key is 1 to 255 visible ASCII characters."""


class Fenced(Exception):
    """Another attempt owns the job now, or it is to stop: roll back and write nothing more."""
