"""Keeps the leases of this worker's jobs from a thread of its own.

A thread, because a lease must outlive an event loop that is busy for some seconds. Each beat also
brings back the status, so that a cancel whose notification was missed is seen within a second,
and an attempt that lost its job (it was paused past its lease) stops at once.
"""

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

import psycopg
import structlog

from expenseflow.infra.db import KEEPALIVES, libpq_url
from expenseflow.infra.patience import cut
from expenseflow.report_jobs import rules
from expenseflow.report_jobs.rules import Status

_log = structlog.get_logger(__name__)

BEAT_PATIENCE_SECONDS = 2.0
"""A server that accepts and then never answers must not hold up the beats of every job."""


class Stop(Enum):
    """Why a run is told to stop."""

    CANCEL = "cancel"
    LOST = "lost"
    DRAIN = "drain"
    TROUBLE = "trouble"


OnStop = Callable[[Stop], None]
"""Called from the keeper's thread, perhaps more than once."""

_BOUNDS = """
SELECT set_config('statement_timeout', '2s', false), set_config('lock_timeout', '1s', false)
"""

_LOOK = """
SELECT held.id, job.status, coalesce(job.attempt = held.attempt, false)
FROM unnest(%(ids)s::uuid[], %(attempts)s::int[]) AS held(id, attempt)
LEFT JOIN report_generation_jobs AS job ON job.id = held.id
"""

# SKIP LOCKED: a final transaction may hold its row for seconds, and the other jobs need their
# beat meanwhile. The sweep skips locked rows too, so a row that is being written is safe.
_BEAT = """
UPDATE report_generation_jobs AS job
SET lease_expires_at = clock_timestamp() + make_interval(secs => %(lease)s)
FROM (
    SELECT id FROM report_generation_jobs
    JOIN unnest(%(ids)s::uuid[], %(attempts)s::int[]) AS held(id, attempt) USING (id, attempt)
    WHERE status IN (1, 5)
    FOR UPDATE OF report_generation_jobs SKIP LOCKED
) AS mine
WHERE job.id = mine.id
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A claim this worker holds."""

    job_id: UUID
    attempt: int
    on_stop: OnStop


class LeaseKeeper:
    """Beats once a second for every job held, on a connection of its own."""

    def __init__(self, dsn: str, *, beat: float = rules.BEAT_SECONDS) -> None:
        self._dsn = libpq_url(dsn)
        self._beat_seconds = beat
        self._held: dict[UUID, Held] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join(timeout=5)

    def hold(self, job_id: UUID, attempt: int, on_stop: OnStop) -> None:
        """Keep this claim alive until it is let go; an earlier one of the same job is lost."""
        with self._lock:
            displaced = self._held.get(job_id)
            self._held[job_id] = Held(job_id, attempt, on_stop)
        if displaced is not None:
            displaced.on_stop(Stop.LOST)

    def let_go(self, job_id: UUID, attempt: int) -> None:
        """Beat no more for this claim."""
        with self._lock:
            held = self._held.get(job_id)
            if held is not None and held.attempt == attempt:
                del self._held[job_id]

    def cancel(self, job_id: UUID) -> None:
        """A cancel was notified: stop the run if it is ours."""
        with self._lock:
            held = self._held.get(job_id)
        if held is not None:
            held.on_stop(Stop.CANCEL)

    @property
    def busy(self) -> bool:
        """Whether any claim is held."""
        return bool(self._snapshot())

    def _snapshot(self) -> list[Held]:
        with self._lock:
            return list(self._held.values())

    def _run(self) -> None:
        connection: psycopg.Connection | None = None
        while not self._closing.wait(self._beat_seconds):
            try:
                connection = connection or self._connect()
                with _cut_after(BEAT_PATIENCE_SECONDS, connection):
                    self.beat(connection)
            except Exception as error:  # noqa: BLE001  # without beats every job would be lost
                _log.warning("lease.beat_failed", error=type(error).__name__)
                connection = _closed(connection)
        _closed(connection)

    def _connect(self) -> psycopg.Connection:
        connection = psycopg.connect(
            self._dsn,
            autocommit=True,
            connect_timeout=2,
            application_name="expenseflow leases",
            **KEEPALIVES,
        )
        # Not as options of the connection: a pooler refuses those, also one that keeps sessions.
        connection.execute(_BOUNDS)
        return connection

    def beat(self, connection: psycopg.Connection) -> None:
        """Renew every lease that is still ours and stop the runs that are not."""
        held = self._snapshot()
        if not held:
            return
        named = {
            "ids": [one.job_id for one in held],
            "attempts": [one.attempt for one in held],
            "lease": rules.LEASE_SECONDS,
        }
        connection.execute(_BEAT, named)
        self._stop_the_others(held, connection.execute(_LOOK, named).fetchall())

    def _stop_the_others(
        self, held: Sequence[Held], rows: Sequence[tuple[UUID, int | None, bool]]
    ) -> None:
        now = {job_id: (status, ours) for job_id, status, ours in rows}
        for one in held:
            status, ours = now[one.job_id]
            if ours and status == Status.Completed:
                continue  # by this very run, which is just hearing that its commit went through
            if not ours or status not in (Status.Processing, Status.CancellationRequested):
                one.on_stop(Stop.LOST)
            elif status == Status.CancellationRequested:
                one.on_stop(Stop.CANCEL)


@contextmanager
def _cut_after(seconds: float, connection: psycopg.Connection) -> Generator[None]:
    """Cut the connection when the block takes longer; what waits on it then fails."""
    timer = threading.Timer(seconds, cut, [connection.fileno()])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _closed(connection: psycopg.Connection | None) -> None:
    if connection is not None:
        connection.close()
