"""The API, and a worker beside it, in one process and one event loop."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import structlog
import uvicorn
from starlette.types import ASGIApp

from expenseflow.app import listening, wiring, worker
from expenseflow.app.refusals import CannotStart
from expenseflow.app.wiring import Parts
from expenseflow.identity.models import User
from expenseflow.infra.db import Address
from expenseflow.infra.patience import PATIENT, Patience
from expenseflow.infra.settings import Settings
from expenseflow.report_jobs.live.hearing import kept_up_to_date

_log = structlog.get_logger(__name__)
T = TypeVar("T")

GRACE_SECONDS = 9
"""How long requests that are being answered may take once we stop; a PDF of 5,000 lines does."""
WORKER_PAUSE = 1.0
END_AT_LAST_SECONDS = 12.0
"""A process that has not ended in good order by then, its drain not counted, ends all the same."""
MEANT_AFTER_SECONDS = 0.5
"""A second Ctrl-C within so short a time is one that was pressed twice."""
SIGNALS = tuple(  # the last one is a closed terminal; there is none on Windows
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
INTERRUPTED = 130
TABLES = User.metadata
"""All tables. A worker asks nothing about people, but what it writes refers to theirs: so it has
to load them."""


def quiet_config(app: ASGIApp, *, grace: int) -> uvicorn.Config:
    """How we answer HTTP; `grace` seconds for what is being answered once we stop."""
    return uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        log_config=None,
        log_level="warning",  # that we serve is said by ourselves, in our own form
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=grace,
    )


class Quiet(uvicorn.Server):
    """uvicorn without its own signal handlers: the whole process stops in our order."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that answers, and perhaps a worker beside it."""

    parts: Parts
    worker_stops: asyncio.Event

    async def drain(self, seconds: float) -> None:
        """Be about to stop for so long; the worker stops at once, others have its jobs sooner."""
        self.worker_stops.set()
        if seconds > 0:
            await self.parts.drain.run(self.parts.hub, seconds)


@asynccontextmanager
async def serving(
    parts: Parts, listener: socket.socket, *, with_worker: bool
) -> AsyncGenerator[Serving]:
    """Answer requests, and do the jobs, for as long as the block runs; then stop in good order."""
    server = Quiet(quiet_config(_application(parts), grace=GRACE_SECONDS))
    parts.drain.is_on = False
    api = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.Event()
    working = asyncio.create_task(keep_working(parts, stopping)) if with_worker else None
    pools = parts.metrics.pools
    try:
        await has_started(server, api)
        _log.info("server.started", address=listening.address(listener))
        with (
            pools.watched("api", parts.database.pool),
            pools.watched("backstage", parts.backstage.pool),
        ):
            async with announced(parts), kept_up_to_date(parts.hub, parts.backstage, parts.clock):
                yield Serving(parts, stopping)
    finally:
        stopping.set()
        parts.drain.is_on = True  # also of who stops without a drain
        server.should_exit = True
        await api
        _log.info("server.stopped")
        if working is not None:
            await working


@asynccontextmanager
async def announced(parts: Parts) -> AsyncGenerator[None]:
    """What changes in this process is said to the others for as long as the block runs."""
    saying = asyncio.create_task(parts.announcer.run())
    try:
        yield
    finally:
        saying.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await saying


async def keep_working(parts: Parts, stopping: asyncio.Event, *, only: UUID | None = None) -> None:
    """A worker until `stopping` is set; one that fell over is started again.

    With `only` it does that one job and no other.
    """
    while not stopping.is_set():
        try:
            if only is None:
                await worker.run_worker(parts, stopping)
            else:
                await worker.work_on(parts, only, stopping)
        except Exception:  # noqa: BLE001  # whatever it was, jobs must go on
            _log.exception("worker.fell_over")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), WORKER_PAUSE)


def _end_at_once() -> None:
    """A database that hangs holds up whoever says goodbye to it; leases run out by themselves."""
    _log.error("process.ended_at_once", seconds=END_AT_LAST_SECONDS)
    os._exit(1)


class Stopper:
    """Hears Ctrl-C, SIGTERM, a closed terminal: one sets `stopping`, another Ctrl-C insists."""

    def __init__(self, *, drain_seconds: float = 0) -> None:
        self.stopping = asyncio.Event()
        self.drain_seconds = drain_seconds
        """How long to drain before the end begins. Who pressed Ctrl-C is not kept waiting."""
        self.exit_code = 0
        """130 after Ctrl-C; else 0: SIGTERM is how a service is told that it is done."""
        self._heard_at = 0.0

    @contextmanager
    def listening(self) -> Generator["Stopper"]:
        with on_signals(self._heard):
            yield self

    def _heard(self, number: signal.Signals) -> None:
        now = asyncio.get_running_loop().time()
        if self.stopping.is_set():
            if number is signal.SIGINT and now - self._heard_at > MEANT_AFTER_SECONDS:
                _log.warning("process.ended_at_once", under_way="goes on with the next start")
                os._exit(INTERRUPTED)
            return  # asked twice to end in good order, we still do
        self._heard_at = now
        if number is signal.SIGINT:
            self.exit_code, self.drain_seconds = INTERRUPTED, 0
        self.stopping.set()
        _insist(self.drain_seconds + END_AT_LAST_SECONDS)


_insisting: list[threading.Timer] = []
"""Until `run` has ended: its last act is to wait for threads, and they may hang as well."""


def _insist(seconds: float) -> None:
    timer = threading.Timer(seconds, _end_at_once)
    timer.daemon = True
    _insisting.append(timer)
    timer.start()


@contextmanager
def on_signals(heard: Callable[[signal.Signals], None]) -> Generator[None]:
    """Call `heard` in the event loop instead of ending the process."""
    loop = asyncio.get_running_loop()
    wanted = [one for one in SIGNALS if signal.getsignal(one) != signal.SIG_IGN]  # nohup
    for number in wanted:
        loop.add_signal_handler(number, heard, number)
    try:
        yield
    finally:
        for number in wanted:
            loop.remove_signal_handler(number)


@asynccontextmanager
async def parts_of(
    settings: Settings, where: Address, *, patience: Patience = PATIENT
) -> AsyncGenerator[Parts]:
    """Everything a process is made of, given back at the end.

    Raises:
        CannotStart: the signing key cannot be read or made.
    """
    try:
        parts = wiring.build(settings, where, patience=patience)
    except (OSError, ValueError) as error:
        raise CannotStart(_no_key(settings, error)) from error
    try:
        yield parts
    finally:
        await parts.close()


def _no_key(settings: Settings, error: OSError | ValueError) -> str:
    if settings.signing_key is not None:
        return f"EXPENSEFLOW_SIGNING_KEY cannot be used ({error})"
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return (
        f"The data folder {settings.data_dir} cannot be used ({reason}); make it writable, "
        "or choose another one with EXPENSEFLOW_DATA_DIR"
    )


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end on the fastest event loop there is."""
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(main)
    finally:
        while _insisting:
            _insisting.pop().cancel()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    if sys.platform == "win32":
        return asyncio.SelectorEventLoop  # psycopg needs it
    import uvloop  # noqa: PLC0415  # there is none for Windows

    return uvloop.new_event_loop


def _application(parts: Parts) -> ASGIApp:
    from expenseflow.app.web import create_app  # noqa: PLC0415  # slow to load, only servers need it

    return create_app(parts)


async def has_started(server: uvicorn.Server, api: asyncio.Task[None]) -> None:
    """Wait until it answers.

    Raises:
        CannotStart: it ended before it did.
    """
    while not server.started:
        if api.done():
            await api
            raise CannotStart("The server stopped before it had started")
        await asyncio.sleep(0.005)
