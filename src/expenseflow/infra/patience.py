"""How long we wait for the database, and how we notice that it is silent.

A worker is patient: its work comes back by itself. Somebody who waits for an answer is told within
two seconds that the database cannot be had. Cancelling a task is not enough for that: the driver
then waits for the server to agree. So the connection is cut, below the driver.
"""

import asyncio
import contextlib
import math
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import waiting
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus

GRACE_SECONDS = 0.1
"""What has arrived is still read, by a loop that stood still until the time was over."""
LEAST_SECONDS = 0.25
"""What a wait gets however little of the budget is left: a ROLLBACK, the end of a COMMIT."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Of the users of one pool; all in seconds."""

    pool: float = 5.0
    """For a connection, while none of the others comes back."""
    queue: float = 5.0
    """For a connection, while others come and go."""
    connect: float = 2.0
    answer: float = 15.0
    """No statement of ours takes this long; a server that is silent so long is gone."""
    ping: float = 15.0
    """For the sign of life that is asked of a connection before it is used again."""
    budget: float = math.inf
    """For all ordinary statements of a request together, from when it has a connection."""
    statement: float = 0.0
    """After so long the server itself ends a statement, also one that waits for a lock; 0: never.
    Shorter than the budget, so that the connection stays whole and the server works for nobody
    who is gone."""
    doubt: float = math.inf
    """A statement that takes longer than this makes us ask whether the server still answers."""


PATIENT = Patience()
HURRIED = Patience(
    pool=1.2, connect=0.75, answer=15.0, ping=0.4, budget=1.4, statement=1.2, doubt=0.6
)
"""Of requests: a failure is told within two seconds. A wait of a second for a lock is none."""
BACKSTAGE = Patience(pool=1.2, connect=0.75, answer=5.0, ping=0.4, statement=5.0)
"""Of what a server does for everybody: it looks at its health, and at the jobs that are watched."""


@dataclass(slots=True)
class Budget:
    """What is left of the time of one request."""

    seconds: float
    end: float
    """By the clock of the event loop."""

    @property
    def left(self) -> float:
        return max(LEAST_SECONDS, self.end - asyncio.get_running_loop().time())

    def lift(self) -> None:
        """From here on work is done that may take its time."""
        self.end = math.inf


_budget: ContextVar[Budget | None] = ContextVar("database_budget", default=None)


@contextmanager
def within(seconds: float) -> Generator[Budget]:
    """Whatever is asked of the database in this block has this long, all together."""
    budget = Budget(seconds, asyncio.get_running_loop().time() + seconds)
    token = _budget.set(budget)
    try:
        yield budget
    finally:
        _budget.reset(token)


def begin_anew() -> None:
    """Now it has a connection; while it waited in the queue nothing was asked of the database."""
    budget = _budget.get()
    if budget is not None and budget.end < math.inf:
        budget.end = asyncio.get_running_loop().time() + budget.seconds


def left() -> float:
    """Seconds of the request that asks; without end where nobody waits for an answer."""
    budget = _budget.get()
    return math.inf if budget is None else budget.left


class ImpatientConnection(psycopg.AsyncConnection[Any]):
    """Cuts itself when the server has not answered in time.

    Every wait of the driver passes here: statements, BEGIN and COMMIT, the ping of the pool.
    """

    patience = PATIENT
    is_pinged = False
    is_pooled = False
    """A pooler stands between the server and us."""
    still_answers: Callable[[], Awaitable[bool]] | None = None
    """Asks on another connection whether the server is there at all."""

    async def wait(
        self,
        gen: PQGen[RV],
        interval: float = 0.1,
        timeout: float | None = None,  # noqa: ASYNC109  # the driver's own signature
    ) -> RV:
        most = self.patience.ping if self.is_pinged else self.patience.answer
        watch = _Watch(self, min(most, left()))
        try:
            if self.is_pooled:
                return await self._wait_or_hang_up(gen, interval, timeout)
            return await super().wait(gen, interval, timeout)
        finally:
            watch.end()

    async def _wait_or_hang_up(
        self,
        gen: PQGen[RV],
        interval: float,
        timeout: float | None,  # noqa: ASYNC109  # as above
    ) -> RV:
        """Whoever is cancelled hangs up.

        The driver would ask the server to cancel the statement and wait for it. Through a pooler
        that may take seconds, be lost, and with old ones hit somebody else's statement.
        """
        try:
            return await waiting.wait_async(gen, self.pgconn.socket, interval, timeout)
        except asyncio.CancelledError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise

    async def ping(self) -> None:
        """Ask the server for a sign of life, outside any transaction.

        Raises psycopg.OperationalError or psycopg.InterfaceError when there is none.
        """
        self.is_pinged = True
        try:
            await self.set_autocommit(True)  # the driver's own signature
            await self.execute("SELECT 1")
            await self.set_autocommit(False)
        finally:
            self.is_pinged = False


class _Watch:
    """Over one wait: when it takes long, the server is doubted; when it is too long, cut.

    One timer in nearly every case: a wait is short, and timers cost more than it does.
    """

    __slots__ = ("_asking", "_connection", "_descriptor", "_end", "_loop", "_timer")

    def __init__(self, connection: ImpatientConnection, seconds: float) -> None:
        self._connection = connection
        self._descriptor = connection.fileno()
        self._loop = loop = asyncio.get_running_loop()
        self._end = loop.time() + seconds
        self._asking: asyncio.Task[None] | None = None
        doubt = math.inf if connection.still_answers is None else connection.patience.doubt
        self._timer: asyncio.TimerHandle | None = None
        if doubt < seconds:
            self._timer = loop.call_later(doubt, self._doubt)
        elif seconds < math.inf:
            self._timer = loop.call_later(seconds, self._is_over)

    def end(self) -> None:
        """It is over, in time or not."""
        if self._timer is not None:
            self._timer.cancel()
        if self._asking is not None:
            self._asking.cancel()

    def _doubt(self) -> None:
        self._asking = self._loop.create_task(self._cut_unless_answered())
        self._timer = None
        if self._end < math.inf:
            self._timer = self._loop.call_at(self._end, self._is_over)

    def _is_over(self) -> None:
        self._timer = self._loop.call_later(GRACE_SECONDS, cut, self._descriptor)

    async def _cut_unless_answered(self) -> None:
        """A server that hangs is not waited for as long as work may take."""
        ask = self._connection.still_answers
        while ask is not None and await ask():  # noqa: ASYNC110  # nothing else tells us
            await asyncio.sleep(self._connection.patience.doubt)
        cut(self._descriptor)


def cut(descriptor: int) -> None:
    """Shut the socket below a connection down; whoever waits on it fails at once."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as other:
        other.shutdown(socket.SHUT_RDWR)


def _forget(opening: asyncio.Task[ImpatientConnection]) -> None:
    """Nobody wants it any more, also if it has succeeded in this very moment."""
    opening.cancel()
    opening.add_done_callback(_close)


def _close(opened: asyncio.Task[ImpatientConnection]) -> None:
    if not opened.cancelled() and opened.exception() is None:
        opened.result().pgconn.finish()


Connect = Callable[[], Coroutine[Any, Any, ImpatientConnection]]


class Doorman:
    """Opens connections for one pool, and asks for it whether the server still answers."""

    def __init__(self, patience: Patience, to_server: Connect, *, is_pooled: bool) -> None:
        """`to_server` opens a connection that nobody but the server itself answers on."""
        self._patience = patience
        self._is_pooled = is_pooled
        self._to_server = to_server
        self._asking: asyncio.Task[bool] | None = None

    async def connect(self, *words: Any, **given: Any) -> ImpatientConnection:
        """A new connection; raises psycopg.OperationalError, also when it takes too long."""
        opening = ImpatientConnection.connect(*words, **given)
        connection = await self._within(self._patience.connect, opening)
        connection.patience = self._patience
        connection.is_pooled = self._is_pooled
        connection.still_answers = self._still_answers
        return connection

    async def _still_answers(self) -> bool:
        """One question at a time, whoever asks; the answer is for all of them."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asking)

    async def _ask(self) -> bool:
        try:
            connection = await self._within(self._patience.connect, self._to_server())
        except psycopg.errors.ConnectionTimeout:
            return False
        except psycopg.Error:  # "too many connections" is an answer too
            return True
        await connection.close()
        return True

    @staticmethod
    async def _within(
        seconds: float, connecting: Coroutine[Any, Any, ImpatientConnection]
    ) -> ImpatientConnection:
        """The driver knows whole seconds only, from two on, and for each address again."""
        opening = asyncio.create_task(connecting)
        try:
            for patience in (seconds, GRACE_SECONDS):
                done, _ = await asyncio.wait({opening}, timeout=patience)
                if done:
                    return opening.result()
        except asyncio.CancelledError:
            _forget(opening)
            raise
        _forget(opening)
        raise psycopg.errors.ConnectionTimeout("the database does not let us in")
