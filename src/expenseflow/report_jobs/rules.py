"""The life of a job as pure decisions: which change is allowed, what a state is called.

Pending --claim--> Processing --> Completed | Failed
   |                  |  ^ lease expired or given back: claimed again (attempt + 1)
   | cancel           | cancel
   v                  v
Cancelled <-- CancellationRequested
"""

from enum import IntEnum

LEASE_SECONDS = 5.0
"""How long a claim lasts without a beat."""
BEAT_SECONDS = 1.0
SWEEP_SECONDS = 1.0
MAX_CRASHES = 3
"""A job that took its worker down this often without settling a line in between is Failed."""
KEY_LIFETIME_HOURS = 24
MAX_KEY_LENGTH = 255
POSTS_PER_MINUTE = 200

CRASHED = (
    "The report could not be generated: the service stopped three times while working on it. "
    "Nothing is lost. Try again; if it happens again, tell your administrator."
)
BROKEN = (
    "The report could not be generated because of a fault in the service. Nothing is lost. "
    "Try again; if it happens again, tell your administrator."
)
NO_ACCOUNTS = (
    "No accounts are set up, so no charge can be booked. Ask your administrator to load the "
    "chart of accounts, then try again."
)


class Status(IntEnum):
    """Stored as these numbers, shown by these names."""

    Pending = 0
    Processing = 1
    Completed = 2
    Failed = 3
    Cancelled = 4
    CancellationRequested = 5


ACTIVE = frozenset({Status.Pending, Status.Processing, Status.CancellationRequested})
FINISHED = frozenset(Status) - ACTIVE

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.Pending: frozenset({Status.Processing, Status.Cancelled}),
    Status.Processing: frozenset(
        # To itself: a claim after the lease expired or was given back.
        {Status.Processing, Status.Completed, Status.Failed, Status.CancellationRequested}
    ),
    Status.CancellationRequested: frozenset({Status.Cancelled}),
    Status.Completed: frozenset(),
    Status.Failed: frozenset(),
    Status.Cancelled: frozenset(),
}


def sources_of(target: Status) -> frozenset[Status]:
    """The states from which `target` may be reached: what a compare-and-set may expect."""
    return frozenset(state for state, targets in TRANSITIONS.items() if target in targets)


def progress_percent(status: Status, *, processed: int, total: int) -> int:
    """0 to 100, rounded down; 100 only when Completed."""
    if status is Status.Completed:
        return 100
    return min(99, processed * 100 // total) if total else 0


def status_message(
    status: Status, *, processed: int, total: int, waiting_for: str | None, error: str | None
) -> str:
    """What a submitter reads beside the bar."""
    working = f"Processing line {processed} of {total}"
    match status:
        case Status.Pending:
            return "Job queued for processing"
        case Status.Processing:
            return f"{working} ({waiting_for})" if waiting_for else working
        case Status.Completed:
            return "Report generated successfully"
        case Status.CancellationRequested:
            return "Cancellation requested, job will stop shortly"
        case Status.Cancelled:
            return "Cancelled by user"
        case Status.Failed:
            return error or BROKEN
