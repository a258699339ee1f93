"""One run of the model tier: it asks pacing, sends what may leave, and tells what came of it."""

import asyncio
import itertools
import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final, Protocol

from expenseflow.categorization.calls import Caller
from expenseflow.categorization.fates import Fates
from expenseflow.categorization.foresight import Foresight
from expenseflow.categorization.outcomes import Charge, Merchant, Outcome, Usage
from expenseflow.categorization.telling import Telling
from expenseflow.categorization.under_way import UnderWay
from expenseflow.categorization.work import Work
from expenseflow.kit.clock import Clock
from expenseflow.kit.completions import BadAnswer
from expenseflow.pacing.messages import Ask, Ended, Granted, Hold, Reply

AT_LIMIT: Final = "waiting for the AI service's limit"
OUTAGE: Final = "the AI service is not available, trying again"
TURN: Final = "waiting for its turn at the AI service"
WORDS: Final[Mapping[Hold | None, str | None]] = {
    "limit": AT_LIMIT, "outage": OUTAGE, "turn": TURN, "answers": None, None: None,
}  # fmt: skip

_WORTH_TELLING_S: Final = 0.4
"""A shorter wait is none to a person."""
_HELD_TOLD_S: Final = 5.0
"""Seconds held back that are told although nothing else is new."""
_GOODBYE_S: Final = 0.3
_SHORTEST_PAUSE_S: Final = 0.015
"""Between two exchanges, so that calls that end together are heard together."""


class Pacing(Protocol):
    """Whoever knows the provider's limits and what all workers have sent."""

    async def exchange(self, ended: Sequence[Ended], ask: Ask) -> Reply:
        """Take note of calls that have ended; say what may leave now."""
        ...

    async def leave(self, ended: Sequence[Ended], job: str) -> None:
        """This run needs nothing more."""
        ...


class Asking:
    """One `settle`: its calls, and what becomes of their lines."""

    def __init__(
        self,
        *,
        caller: Caller,
        pacing: Pacing,
        clock: Clock,
        rng: random.Random,
        patience: float,
        job: str,
        work: Work,
        telling: Telling,
        leaving: asyncio.Event,
    ) -> None:
        """Once `leaving` is set no call leaves any more; those under way are waited for."""
        self._caller = caller
        self._pacing = pacing
        self._clock = clock
        self._patience = patience
        self._job = job
        self._work = work
        self._telling = telling
        self._leaving = leaving
        self._group = asyncio.TaskGroup()
        self._news = asyncio.Event()
        self._ended: list[tuple[float, Ended]] = []
        self._under_way: dict[int, UnderWay] = {}
        self._calls: set[asyncio.Task[None]] = set()
        self._later: set[asyncio.Task[None]] = set()
        """Lines that are tried again after a while."""
        self._numbers = itertools.count()
        self._fates = Fates(work, self, rng)
        self._asked_before: set[Merchant] = set()
        self._over: str | None = None
        """Why no call will leave any more, in words."""
        self._out_of_patience = False
        self._told: tuple[str | None, float | None] = (None, None)
        self._foresight = Foresight()
        self._held = self._held_since_asked = 0.0
        """Seconds calls were held back that nobody was told of, and that pacing does not know."""

    async def settle(self) -> None:
        try:
            async with self._group:
                self._group.create_task(self._telling.run())
                trouble = await self._ask_all()
                if trouble is None and (self._over is not None or not self._leaving.is_set()):
                    self._give_up_rest()
                for task in self._later:
                    task.cancel()
                self._telling.end()
        except BaseExceptionGroup as failures:
            await self._leave_early()
            raise failures.exceptions[0] from None
        except asyncio.CancelledError:
            await self._leave_early()
            raise
        if trouble is not None:
            await self._leave_early()
            raise trouble
        await self._pacing.leave(self._take_ended(), self._job)

    async def _leave_early(self) -> None:
        """Cancelled or broken off: others need not wait until it shows that we are gone."""
        with suppress(Exception):
            async with asyncio.timeout(_GOODBYE_S):
                await self._pacing.leave(self._take_ended(), self._job)

    # --- asking -----------------------------------------------------------------------------

    async def _ask_all(self) -> Exception | None:
        """Until no line is left, no call has a chance any more, or we are leaving.

        What is wrong when pacing cannot be asked is returned: first what is paid for is taken.
        """
        trouble: Exception | None = None
        try:
            while self._over is None and self._work.open and not self._leaving.is_set():
                await self._ask()
        except Exception as error:  # noqa: BLE001  # raised by `settle` in the end
            trouble = error
        if self._out_of_patience:
            for call in self._calls:
                call.cancel()
        elif self._calls:
            await asyncio.wait(self._calls)  # they are paid for, and each ends in time
        return trouble

    async def _ask(self) -> None:
        self._news.clear()
        reply = await self._pacing.exchange(self._take_ended(), self._asked())
        self._fates.judge(reply)
        self._send(reply)
        self._lose_patience(reply)
        self._say(reply)
        await self._pause(reply)

    @property
    def _waiting(self) -> bool:
        return bool(self._work.fresh or self._work.parts)

    def _asked(self) -> Ask:
        held, self._held_since_asked = self._held_since_asked, 0.0
        return Ask(
            held=held,
            job=self._job,
            fresh=self._work.fresh,
            parts=self._work.parts,
            under_way=len(self._under_way),
            fixed_characters=self._work.fixed_characters,
            line_characters=self._work.line_characters,
        )

    def _send(self, reply: Reply) -> None:
        for granted in reply.parts:
            self._start(self._work.take_part(granted.lines), granted)
        for granted in reply.fresh:
            self._start(self._work.take(granted.lines), granted)

    def _start(self, batch: Sequence[Charge], granted: Granted) -> None:
        number = next(self._numbers)
        merchants = {charge.merchant for charge in batch}
        again = not merchants.isdisjoint(self._asked_before)
        call = UnderWay(batch, granted, self._clock.monotonic(), again)
        self._asked_before |= merchants
        self._under_way[number] = call
        task = self._group.create_task(self._call(number, call))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _pause(self, reply: Reply) -> None:
        """Until a call ends, or it is worthwhile to ask again."""
        started = self._clock.monotonic()
        await self._clock.sleep(min(reply.wait, _SHORTEST_PAUSE_S))
        left = reply.wait - (self._clock.monotonic() - started)
        if left > 0 and not self._news.is_set():
            await self._sleep_or_news(left)
        if reply.hold in ("limit", "outage", "turn") and self._waiting:
            held = self._clock.monotonic() - started
            self._held += held
            self._held_since_asked += held

    async def _sleep_or_news(self, seconds: float) -> None:
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        news = asyncio.ensure_future(self._news.wait())
        leaving = asyncio.ensure_future(self._leaving.wait())
        waits = {sleeping, news, leaving}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    # --- what holds it back -----------------------------------------------------------------

    def _lose_patience(self, reply: Reply) -> None:
        if reply.silent_for >= self._patience:
            self._out_of_patience = True
            self.end(reply.words)

    def _say(self, reply: Reply) -> None:
        """Tell what holds the run back, and when it is likely to be done, if that has changed."""
        held = reply.hold if reply.wait >= _WORTH_TELLING_S or reply.hold == "outage" else None
        waiting_for = WORDS[held] if self._waiting else None
        finish = self._finish(reply)
        now = self._clock.monotonic()
        at = self._foresight.update(None if finish is None else now + finish, now)
        if (waiting_for, at) != self._told or self._held >= _HELD_TOLD_S:
            self._told = (waiting_for, at)
            self._telling.tell(self._outcome())

    def _finish(self, reply: Reply) -> float | None:
        """Seconds until all is likely to be answered: what waits, and what is under way."""
        if reply.hold == "outage":
            return max(0.0, self._patience - reply.silent_for)  # then the rest is flagged
        if reply.finish is None:
            return None
        now = self._clock.monotonic()
        left = [call.left(reply, now) for call in self._under_way.values()]
        return max([reply.finish, *left])

    def _outcome(self, usage: Usage | None = None) -> Outcome:
        """News without lines: how things stand."""
        waiting_for, at = self._told
        finish = None if at is None else max(0.0, at - self._clock.monotonic())
        held, self._held = self._held, 0.0
        usage = replace(usage or Usage(), waited_seconds=held)
        return Outcome(usage=usage, waiting_for=waiting_for, finish=finish)

    # --- what becomes of lines without an answer (fates.Consequences) ------------------------

    def try_later(self, charge: Charge, seconds: float) -> None:
        task = self._group.create_task(self._try_later(charge, seconds))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _try_later(self, charge: Charge, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._work.alone(charge)
        self._news.set()

    def give_up(self, charge: Charge, words: str) -> None:
        self._work.settle([charge.merchant])
        self._telling.tell(replace(self._outcome(), given_up={charge.merchant: words}))

    def end(self, words: str) -> None:
        if self._over is None:
            self._over = words
            self._news.set()

    # --- calls ------------------------------------------------------------------------------

    async def _call(self, number: int, call: UnderWay) -> None:
        try:
            heard = await self._caller.call(call.batch)
        except asyncio.CancelledError:
            self._telling.tell(self._outcome(Usage(calls=1)))
            raise
        finally:
            del self._under_way[number]
        now = self._clock.monotonic()
        known_bad = self._fates.is_known_bad(call.batch)
        self._ended.append((now, call.ended(heard, now, known_bad=known_bad)))
        self._work.settle(list(heard.answers))
        usage = replace(heard.usage, retries=int(call.retry))
        self._telling.tell(replace(self._outcome(usage), answers=heard.answers))
        self._fates.heard(call.batch, heard, probe=call.granted.probe)
        self._news.set()

    def _take_ended(self) -> list[Ended]:
        now = self._clock.monotonic()
        ended, self._ended = self._ended, []
        return [replace(call, ago=now - at) for at, call in ended]

    def _give_up_rest(self) -> None:
        """What is open when everything has ended, in one go, with the reason it ended."""
        if self._work.open:
            words = self._over or BadAnswer.words
            given_up = dict.fromkeys(self._work.open, words)
            self._told = (None, self._clock.monotonic())
            self._telling.tell(replace(self._outcome(), given_up=given_up))
            self._work.settle(list(given_up))
