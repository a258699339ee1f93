"""One budget a provider, shared by every worker through the database.

An exchange is one short transaction: the row is locked, calls that have ended are heard, what may
leave is granted and booked. What is decided is pure (`hearing`, `admission`, `planner`).
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Coroutine, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import psycopg
import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra.db import Database
from expenseflow.pacing import admission, hearing, repository, views
from expenseflow.pacing.messages import Ask, Ended, Policy, Reply
from expenseflow.pacing.state import State

_STATES = TypeAdapter(State)
_log = structlog.get_logger(__name__)
T = TypeVar("T")

CANCEL_PATIENCE_S: Final = 0.3
"""A job is to stop within a second, whatever the database does."""


def provider_id(base_url: str | None, api_key: str | None, model: str) -> str:
    """The name of a budget: the same address, key and model share one. Tells nothing of the key."""
    named = "\x1f".join(("expenseflow provider", base_url or "", api_key or "", model))
    return hashlib.sha256(named.encode()).hexdigest()


_OF_ALL = (SQLAlchemyError, psycopg.Error, OSError, TimeoutError)
"""The database did not do it, whoever asked."""
Change = Callable[[State, float], Any]
"""What one run wants of the state, at a time of the database."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """Somebody waits for what a change says."""

    change: Change
    reply: asyncio.Future[Any]


class SharedPacing:
    """Admission to one provider, for the runs of one worker.

    The row is one for all workers, so they queue for it. Runs that ask while an exchange of their
    worker is under way share the next one: reading, writing and committing are paid once, and of
    the worker's connections no more than one waits for the row.
    """

    def __init__(self, database: Database, provider: str, policy: Policy) -> None:
        self._database = database
        self._provider = provider
        self._policy = policy
        self._wishes: list[_Wish] = []
        self._at_work: list[_Wish] = []
        self._granting: asyncio.Task[None] | None = None

    async def exchange(self, ended: Sequence[Ended], ask: Ask) -> Reply:
        """Hear how calls ended and grant what may leave now."""

        def change(state: State, now: float) -> Reply:
            hearing.hear(state, ended, now)
            return admission.admit(state, ask, self._policy, now)

        return await _to_its_end(self._wish(change))

    async def leave(self, ended: Sequence[Ended], job: str) -> None:
        """The job is done with the provider."""

        def change(state: State, now: float) -> None:
            hearing.hear(state, ended, now)
            admission.leave(state, job)

        await _to_its_end(self._wish(change))

    async def _wish(self, change: Change) -> Any:
        wish = _Wish(change, asyncio.get_running_loop().create_future())
        self._wishes.append(wish)
        if self._granting is None or self._granting.done():
            # What it logs is of all who ask, not of the one who happened to ask first.
            self._granting = asyncio.create_task(self._grant_all(), context=Context())
        try:
            return await wish.reply
        finally:
            self._stop_if_nobody_waits()

    def _stop_if_nobody_waits(self) -> None:
        """All who asked were cancelled: nothing waits for the row, and no connection is kept."""
        if self._granting is not None and not _waiting([*self._at_work, *self._wishes]):
            self._granting.cancel()
            self._granting = None

    async def _grant_all(self) -> None:
        """Until nobody asks; each time all who asked meanwhile, in their order."""
        while self._wishes:
            wishes = self._at_work = self._wishes
            self._wishes = []
            try:
                await self._grant_each(wishes)
            except asyncio.CancelledError:
                for wish in _waiting(wishes):
                    wish.reply.cancel()
                raise

    async def _grant_each(self, wishes: Sequence[_Wish]) -> None:
        """What is wrong with one of them alone is raised there alone."""
        try:
            await self._grant(wishes)
        except _OF_ALL as error:
            _raise_in(wishes, error)
        except Exception as error:  # noqa: BLE001  # raised in the one that asked
            if len(wishes) == 1:
                _raise_in(wishes, error)
                return
            for wish in wishes:
                await self._grant_each([wish])

    async def _grant(self, wishes: Sequence[_Wish]) -> None:
        async with self._database.transaction() as session:
            state, now = await _locked(session, self._provider)
            state.set_clock(now)
            granted = [(wish, wish.change(state, now)) for wish in _waiting(wishes)]
            await _save(session, self._provider, state)
        for wish, reply in granted:
            if not wish.reply.done():
                wish.reply.set_result(reply)


async def known(session: AsyncSession, provider: str, policy: Policy) -> views.Known:
    """What is known of a provider, for a person; before the first call what the settings say."""
    found = await repository.look(session, provider)
    if found is None:
        return views.known(State(), await repository.now(session), policy)
    return views.known(_read(found[0]), found[1], policy)


def _read(stored: str) -> State:
    """The stored state; members that cannot be read are begun anew.

    All but the totals can be found out again, and those shall not fall because of the others.
    """
    try:
        return _STATES.validate_json(stored)
    except ValidationError as error:
        broken = {each["loc"][0] for each in error.errors() if each["loc"]}
        _log.warning("pacing.unreadable_state", members=sorted(map(str, broken)))
    if not broken:
        return State()
    members: dict[str, Any] = json.loads(stored)
    return _STATES.validate_python(
        {name: value for name, value in members.items() if name not in broken}
    )


def _raise_in(wishes: Sequence[_Wish], error: Exception) -> None:
    for wish in _waiting(wishes):
        wish.reply.set_exception(error)


def _waiting(wishes: Sequence[_Wish]) -> list[_Wish]:
    """Those whose run was not cancelled meanwhile."""
    return [wish for wish in wishes if not wish.reply.done()]


async def _to_its_end(transaction: Coroutine[Any, Any, T]) -> T:
    """A few milliseconds: a cancel lets it finish, rather than cut the connection it uses."""
    task = asyncio.ensure_future(transaction)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=CANCEL_PATIENCE_S)
        task.cancel()
        raise


async def _locked(session: AsyncSession, provider: str) -> tuple[State, float]:
    found = await repository.lock(session, provider)
    if found is None:
        await repository.add(session, provider, _STATES.dump_json(State()).decode())
        found = await repository.lock(session, provider)
    if found is None:
        raise RuntimeError("a provider's row vanished while it was being made")
    return _read(found[0]), found[1]


async def _save(session: AsyncSession, provider: str, state: State) -> None:
    await repository.save(session, provider, _STATES.dump_json(state).decode())
