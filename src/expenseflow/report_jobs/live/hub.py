"""Who watches which job in this process, and the newest state of each for them.

All watchers of a job share one read of it; each keeps the newest state it has not sent yet, and
nothing else, so that a slow reader costs no more than a quick one.
"""

import asyncio
import itertools
import math
from collections import defaultdict
from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from expenseflow.identity.tokens import Claims
from expenseflow.report_jobs.errors import TooManyStreams

MOST_KNOWN = 500
"""Of how many jobs a watcher remembers what it has told; the rest ended long ago."""
TURNS = 15
"""Watchers are shown that we live in so many groups, one after another."""
LATE_BEATS = 2
"""A client that takes nothing for so many rounds is cut."""
_COME_BACK_SECONDS = 10
_turns = itertools.count()


@dataclass(frozen=True, slots=True)
class State:
    """A job as clients see it at a version."""

    job_id: UUID
    user_id: UUID
    version: int
    is_final: bool
    finished_at: datetime | None
    is_waiting: bool
    """Its place in the queue may change although its version does not."""
    data: bytes
    """The JSON of a ReportJob."""
    event: bytes
    """It as an event, with the version as its id."""
    event_of_many: bytes
    """It as an event among those of other jobs: there is no one place to come back to, so no id."""


class Watcher:
    """One client: of one job, or of all jobs of a person (`job_id` is None)."""

    __slots__ = (
        "_known", "_late_beats", "_newest", "_ready", "_sent_by_last_beat", "_task", "claims",
        "has_ended", "is_cut", "is_dismissed", "is_sending", "job_id", "sent", "since", "turn",
    )  # fmt: skip

    def __init__(
        self, claims: Claims, job_id: UUID | None = None, *, since: datetime | None = None
    ) -> None:
        """`since`: when the client was told which jobs there are, by the database's clock."""
        self.claims = claims
        self.job_id = job_id
        self.since = since
        self.turn = next(_turns) % TURNS
        """When it is its turn to be shown that we live."""
        self.has_ended = False
        self.is_cut = False
        self.is_dismissed = False
        """It is its turn to go elsewhere, and may be back at once."""
        self.is_sending = False
        self.sent = 0
        """Messages that the client has taken."""
        self._sent_by_last_beat = 0
        self._late_beats = 0
        self._task: asyncio.Task[Any] | None = None
        self._newest: dict[UUID, State] = {}
        self._known: dict[UUID, tuple[int, bytes | None]] = {}
        self._ready = asyncio.Event()

    @property
    def known(self) -> list[UUID]:
        """The jobs of which the client has a state."""
        return list(self._known)

    def knows(self, job_id: UUID, version: int, data: bytes | None = None) -> None:
        """The client has the job at this version; without data by its own word."""
        self._known[job_id] = (version, data)

    def offer(self, state: State) -> None:
        """Hold the state for the client instead of an older one, unless it has it."""
        if self._is_news(state):
            self._newest[state.job_id] = state
            self._ready.set()

    def _is_news(self, state: State) -> bool:
        if state.job_id not in self._known:
            # What had ended before the client came is no news to it.
            ended = state.finished_at
            return ended is None or self.since is None or ended > self.since
        version, data = self._known[state.job_id]
        if data == state.data:  # a beat of the worker, nothing that anybody sees
            return False
        if state.version != version:
            return state.version > version
        return data is not None and data != state.data

    async def news(self) -> list[State]:
        """What the client does not have yet; nothing: it is to end, or to see that we live."""
        await self._ready.wait()
        if self.has_ended:
            return []
        self._ready.clear()
        states, self._newest = list(self._newest.values()), {}
        for state in states:
            # A final state may come again by another way; its text is only ballast.
            self._known.pop(state.job_id, None)
            self._known[state.job_id] = (state.version, None if state.is_final else state.data)
        while len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        return states

    def beat(self) -> None:
        """Have the client shown that we live; one that takes nothing for long is cut.

        No timer for each message: thousands of them a second cost more than the messages.
        """
        if self.is_sending and self.sent == self._sent_by_last_beat:
            self._late_beats += 1
            if self._late_beats >= LATE_BEATS:
                self._cut()
            return
        self._late_beats, self._sent_by_last_beat = 0, self.sent
        self._ready.set()

    def is_served_by(self, task: asyncio.Task[Any] | None) -> None:
        """Who to cancel when the client takes nothing."""
        self._task = task

    def _cut(self) -> None:
        self.is_cut = True
        if self._task is not None:
            self._task.cancel()

    def end(self) -> None:
        """No more news."""
        self.has_ended = True
        self._ready.set()


class Hub:
    """The watchers of one API process."""

    def __init__(self, *, per_user: int) -> None:
        self._per_user = per_user
        self._of_job: dict[UUID, set[Watcher]] = {}
        self._of_user: dict[UUID, set[Watcher]] = {}
        self._counts: defaultdict[UUID, int] = defaultdict(int)
        self._open: dict[UUID, dict[UUID, State]] = {}
        """By person and job, the last states of watched jobs that may still change."""
        self._dirty_jobs: set[UUID] = set()
        self._dirty_people: set[UUID] = set()
        self._wake = asyncio.Event()
        self._doubt = asyncio.Event()
        self._is_closed = False
        self.is_hearing = False
        """Whether changes are told to us; else they are found by asking."""

    def __len__(self) -> int:
        return sum(self._counts.values())

    @contextmanager
    def watching(self, watcher: Watcher) -> Generator[None]:
        """The client hears of changes for as long as the block runs, beginning with what it missed.

        Raises TooManyStreams.
        """
        self._add(watcher)
        try:
            yield
        finally:
            self._remove(watcher)

    def _add(self, watcher: Watcher) -> None:
        user_id = watcher.claims.user_id
        if self._counts[user_id] >= self._per_user:
            raise TooManyStreams(retry_after=_COME_BACK_SECONDS)
        self._counts[user_id] += 1
        watcher.is_served_by(asyncio.current_task())
        if watcher.job_id is None:
            self._of_user.setdefault(user_id, set()).add(watcher)
            self.look_at([user_id])
            self.read_again(watcher.known)  # they may have ended since they were read
        else:
            self._of_job.setdefault(watcher.job_id, set()).add(watcher)
            self.read_again([watcher.job_id])
        if self._is_closed:
            watcher.end()

    def _remove(self, watcher: Watcher) -> None:
        user_id, job_id = watcher.claims.user_id, watcher.job_id
        self._counts[user_id] -= 1
        if not self._counts[user_id]:
            del self._counts[user_id]
        groups, key = (self._of_user, user_id) if job_id is None else (self._of_job, job_id)
        groups[key].discard(watcher)
        if not groups[key]:
            del groups[key]
            self._forget_unwatched(user_id)

    def _forget_unwatched(self, user_id: UUID) -> None:
        if user_id in self._of_user:
            return
        theirs = self._open.pop(user_id, {})
        if left := {job_id: theirs[job_id] for job_id in theirs.keys() & self._of_job.keys()}:
            self._open[user_id] = left

    def changed(self, job_id: UUID, user_id: UUID) -> None:
        """Somebody says that the job has changed."""
        if job_id in self._of_job or user_id in self._of_user:
            self.read_again([job_id])

    def read_again(self, job_ids: Iterable[UUID]) -> None:
        """These jobs may have changed."""
        self._dirty_jobs.update(job_ids)
        if self._dirty_jobs:
            self._wake.set()

    def look_at(self, people: Iterable[UUID]) -> None:
        """These people may have begun jobs."""
        self._dirty_people.update(people)
        if self._dirty_people:
            self._wake.set()

    async def dirty(self) -> tuple[set[UUID], set[UUID]]:
        """The jobs to read again and the people to look at, once there are some."""
        await self._wake.wait()
        self._wake.clear()
        jobs, self._dirty_jobs = self._dirty_jobs, set()
        people, self._dirty_people = self._dirty_people, set()
        return jobs, people

    def deliver(self, state: State) -> None:
        """The newest state for everybody who watches the job."""
        of_job = self._of_job.get(state.job_id, ())
        of_user = self._of_user.get(state.user_id, ())
        for watcher in (*of_job, *of_user):
            watcher.offer(state)
        if state.is_final or not (of_job or of_user):
            self._open.get(state.user_id, {}).pop(state.job_id, None)
        else:
            self._open.setdefault(state.user_id, {})[state.job_id] = state

    def beat(self, turn: int) -> None:
        """Show the clients of this turn that we live."""
        for watcher in self._everybody():
            if watcher.turn == turn:
                watcher.beat()

    @property
    def open_jobs(self) -> set[UUID]:
        """The watched jobs that may still change."""
        return {job_id for jobs in self._open.values() for job_id in jobs}

    @property
    def waiting_jobs(self) -> list[UUID]:
        """Those whose place in the queue may change."""
        return [
            state.job_id for jobs in self._open.values() for state in jobs.values()
            if state.is_waiting
        ]  # fmt: skip

    @property
    def people(self) -> list[UUID]:
        """Whoever watches all of their jobs."""
        return list(self._of_user)

    @property
    def sign_ins(self) -> set[UUID]:
        """The sign-ins that streams were opened with."""
        return {watcher.claims.sign_in_id for watcher in self._everybody()}

    def doubt(self, user_id: UUID | None = None) -> None:
        """The sign-ins of this person, or of anybody, may stand no longer."""
        if user_id is None or user_id in self._counts:
            self._doubt.set()

    async def doubted(self, seconds: float) -> None:
        """Return once somebody's sign-ins are in doubt, after so many seconds in any case."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._doubt.wait()
        self._doubt.clear()

    def end_of(self, sign_ins: Collection[UUID]) -> None:
        """These sign-ins stand no longer."""
        for watcher in self._everybody():
            if watcher.claims.sign_in_id in sign_ins:
                watcher.end()

    def dismiss(self, turns: int) -> None:
        """The streams end in so many turns, of which this is one."""
        here = [watcher for watcher in self._everybody() if not watcher.has_ended]
        for watcher in here[: math.ceil(len(here) / turns)]:
            watcher.is_dismissed = True
            watcher.end()

    def close(self) -> None:
        """Every stream ends, and those that come now end at once."""
        self._is_closed = True
        for watcher in self._everybody():
            watcher.end()

    def _everybody(self) -> list[Watcher]:
        groups = (*self._of_job.values(), *self._of_user.values())
        return [watcher for group in groups for watcher in group]
