"""The model tier: distinct merchants in batches to a provider; every one answered or given up.

When a call may leave and how many lines it holds is decided by `pacing`; here is decided what
becomes of lines. A failed batch is split without a charge; a line is charged only for calls of its
own. What is the provider's state (limit, outage) is never charged to lines.
"""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, Protocol

from expenseflow.categorization.calls import Caller, Completer, Heard
from expenseflow.categorization.foresight import Foresight
from expenseflow.categorization.outcomes import Charge, Merchant, Outcome, PastLine, Usage
from expenseflow.categorization.telling import OnOutcome, Telling
from expenseflow.categorization.work import Work
from expenseflow.chart.service import Chart
from expenseflow.kit.clock import Clock
from expenseflow.kit.completions import BadAnswer
from expenseflow.pacing.messages import Ask, Ended, Granted, Hold, Reply

PAUSES: Final = (0.5, 1.0, 2.0)
"""Before each further try of a line on its own, with full jitter."""
AT_LIMIT: Final = "waiting for the AI service's limit"
OUTAGE: Final = "the AI service is not available, trying again"
TURN: Final = "waiting for its turn at the AI service"
WORDS: Final[Mapping[Hold | None, str | None]] = {
    "limit": AT_LIMIT, "outage": OUTAGE, "turn": TURN, "answers": None, None: None,
}  # fmt: skip

_USELESS_IN_A_ROW: Final = 50
_WORTH_TELLING_S: Final = 0.4
"""A shorter wait is none to a person."""
_GOODBYE_S: Final = 0.3
_SHORTEST_PAUSE_S: Final = 0.015
"""Between two exchanges, so that calls that end together are heard together."""
_OVERDUE: Final = 1.5


class Pacing(Protocol):
    """Whoever knows the provider's limits and what all workers have sent."""

    async def exchange(self, ended: Sequence[Ended], ask: Ask) -> Reply:
        """Take note of calls that have ended; say what may leave now."""
        ...

    async def leave(self, ended: Sequence[Ended], job: str) -> None:
        """This run needs nothing more."""
        ...


class ModelTier:
    """Settles charges by asking a provider."""

    def __init__(
        self,
        completer: Completer,
        pacing: Pacing,
        clock: Clock,
        *,
        outage_patience: float = 120.0,
        rng: random.Random | None = None,
    ) -> None:
        self._completer = completer
        self._pacing = pacing
        self._clock = clock
        self._outage_patience = outage_patience
        self._rng = rng or random.Random()  # noqa: S311  # jitter, not a secret

    async def settle(
        self,
        charges: Sequence[Charge],
        *,
        job: str,
        chart: Chart,
        past: Mapping[Merchant, Sequence[PastLine]],
        on_outcome: OnOutcome,
    ) -> None:
        """Return when each merchant has been answered or given up, exactly once.

        `job` names this run among all that ask the provider. `on_outcome` is awaited with what is
        new, one after another; what it raises ends everything and is raised here. Cancelling this
        cancels the calls in flight.
        """
        if not charges:
            return
        run = _Run(
            caller=Caller(self._completer, chart, past),
            pacing=self._pacing,
            clock=self._clock,
            rng=self._rng,
            patience=self._outage_patience,
            job=job,
            work=Work(charges, chart=chart, past=past),
            telling=Telling(on_outcome),
        )
        await run.settle()


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A call that has left."""

    batch: Sequence[Charge]
    granted: Granted
    started: float
    retry: bool


class _Run:
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
    ) -> None:
        self._caller = caller
        self._pacing = pacing
        self._clock = clock
        self._rng = rng
        self._patience = patience
        self._job = job
        self._work = work
        self._telling = telling
        self._group = asyncio.TaskGroup()
        self._news = asyncio.Event()
        self._ended: list[tuple[float, Ended]] = []
        self._under_way: dict[int, _UnderWay] = {}
        self._calls: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count()
        self._tries: dict[Merchant, int] = {}
        self._unclear: list[tuple[_UnderWay, Heard]] = []
        self._doubts: Counter[Merchant] = Counter()
        """Batches that came back as garbage and held the merchant."""
        self._spare: int | None = None
        self._useless = 0
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
                await self._ask_all()
                self._give_up_rest()
                self._telling.end()
        except BaseExceptionGroup as failures:
            await self._leave_early()
            raise failures.exceptions[0] from None
        except asyncio.CancelledError:
            await self._leave_early()
            raise

    async def _leave_early(self) -> None:
        """Cancelled or broken off: others need not wait until it shows that we are gone."""
        with suppress(Exception):
            async with asyncio.timeout(_GOODBYE_S):
                await self._pacing.leave(self._take_ended(), self._job)

    # --- asking -----------------------------------------------------------------------------

    async def _ask_all(self) -> None:
        """Until no line is left, or no call has a chance any more."""
        while self._over is None and self._work.open:
            self._news.clear()
            reply = await self._pacing.exchange(self._take_ended(), self._asked())
            self._spare = reply.spare
            self._judge(reply)
            self._send(reply)
            self._lose_patience(reply)
            self._say(reply)
            await self._pause(reply)
        if self._out_of_patience:
            for call in self._calls:
                call.cancel()
        elif self._calls:
            await asyncio.wait(self._calls)  # they are paid for, and each ends in time
        await self._pacing.leave(self._take_ended(), self._job)

    def _judge(self, reply: Reply) -> None:
        """What silences and errors mean is known once the provider's state is: an outage or not."""
        unclear, self._unclear = self._unclear, []
        for call, heard in unclear:
            if reply.hold == "outage" or call.granted.probe:
                self._work.again(call.batch)
            else:
                self._failed(call.batch, heard)

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
            self._start(self._work.take_part(), granted, retry=True)
        for granted in reply.fresh:
            self._start(self._work.take(granted.lines), granted, retry=False)

    def _start(self, batch: Sequence[Charge], granted: Granted, *, retry: bool) -> None:
        number = next(self._numbers)
        again = retry and any(charge.merchant in self._tries for charge in batch)
        call = _UnderWay(batch, granted, self._clock.monotonic(), again)
        for charge in batch:
            self._tries.setdefault(charge.merchant, 0)
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
        try:
            await asyncio.wait({sleeping, news}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            news.cancel()

    # --- what holds it back -----------------------------------------------------------------

    def _lose_patience(self, reply: Reply) -> None:
        if reply.silent_for >= self._patience:
            self._out_of_patience = True
            self._end(reply.words)

    def _say(self, reply: Reply) -> None:
        """Tell what holds the run back, and when it is likely to be done, if that has changed."""
        held = reply.hold if reply.wait >= _WORTH_TELLING_S or reply.hold == "outage" else None
        waiting_for = WORDS[held] if self._waiting else None
        finish = self._finish(reply)
        now = self._clock.monotonic()
        at = self._foresight.update(None if finish is None else now + finish, now)
        if (waiting_for, at) != self._told:
            self._told = (waiting_for, at)
            self._telling.tell(self._outcome())

    def _finish(self, reply: Reply) -> float | None:
        """Seconds until all is likely to be answered: what waits, and what is under way."""
        if reply.hold == "outage":
            return max(0.0, self._patience - reply.silent_for)  # then the rest is flagged
        if reply.finish is None:
            return None
        now = self._clock.monotonic()
        left = [_left(call, reply, now) for call in self._under_way.values()]
        return max([reply.finish, *left])

    def _outcome(self, usage: Usage | None = None) -> Outcome:
        """News without lines: how things stand."""
        waiting_for, at = self._told
        finish = None if at is None else max(0.0, at - self._clock.monotonic())
        held, self._held = self._held, 0.0
        usage = replace(usage or Usage(), waited_seconds=held)
        return Outcome(usage=usage, waiting_for=waiting_for, finish=finish)

    def _end(self, words: str) -> None:
        if self._over is None:
            self._over = words
            self._news.set()

    # --- calls ------------------------------------------------------------------------------

    async def _call(self, number: int, call: _UnderWay) -> None:
        try:
            heard = await self._caller.call(call.batch)
        except asyncio.CancelledError:
            self._telling.tell(self._outcome(Usage(calls=1)))
            raise
        finally:
            del self._under_way[number]
        now = self._clock.monotonic()
        self._ended.append((now, _ended(call, heard, took=now - call.started)))
        self._work.settle(list(heard.answers))
        usage = replace(heard.usage, retries=int(call.retry))
        self._telling.tell(replace(self._outcome(usage), answers=heard.answers))
        self._follow(call, heard)
        self._news.set()

    def _follow(self, call: _UnderWay, heard: Heard) -> None:
        """What becomes of the lines that have no answer."""
        batch = call.batch
        match heard.ending:
            case "limited" | "down":
                self._work.again(batch)
            case "refused":
                self._end(heard.words)
            case "answered":
                self._useless = 0
                self._failed(batch, heard)
            case "useless":
                self._useless += 1
                if self._useless >= _USELESS_IN_A_ROW:
                    self._end(heard.words)
                else:
                    self._failed(batch, heard)
            case "suspect":
                self._unclear.append((call, heard))

    def _failed(self, batch: Sequence[Charge], heard: Heard) -> None:
        left = [charge for charge in batch if charge.merchant in self._work.open]
        if len(batch) == 1 and left:
            self._alone(left[0], heard)
        elif left:
            if heard.ending == "useless":
                self._doubts.update(charge.merchant for charge in left)
            self._work.split(left, spare=self._spare)

    def _alone(self, charge: Charge, heard: Heard) -> None:
        """A call of its own failed: try again after a pause, or give the line up."""
        tried = self._tries[charge.merchant]
        if heard.hopeless or tried >= self._most_tries(charge.merchant, heard):
            self._work.settle([charge.merchant])
            self._telling.tell(replace(self._outcome(), given_up={charge.merchant: heard.words}))
            return
        self._tries[charge.merchant] = tried + 1
        self._group.create_task(self._try_later(charge, self._rng.uniform(0.0, PAUSES[tried])))

    def _most_tries(self, merchant: Merchant, heard: Heard) -> int:
        """Fewer after garbage for the batches that held the line too: four times is enough."""
        doubts = self._doubts[merchant] if heard.ending == "useless" else 0
        return max(1, len(PAUSES) - doubts)

    async def _try_later(self, charge: Charge, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._work.again([charge])
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


def _left(call: _UnderWay, reply: Reply, now: float) -> float:
    """Seconds a call is likely to take still; one that is long overdue is likely to time out."""
    passed, usual = now - call.started, reply.cost.latency(len(call.batch))
    if passed <= _OVERDUE * usual:
        return max(0.0, usual - passed)
    return max(0.0, reply.timeout - passed) + reply.cost.latency(1)


def _ended(call: _UnderWay, heard: Heard, *, took: float) -> Ended:
    return Ended(
        granted=call.granted,
        ending=heard.ending,
        ago=0.0,
        took=took,
        lines=len(call.batch),
        characters=heard.characters,
        prompt_tokens=heard.usage.prompt_tokens,
        completion_tokens=heard.usage.completion_tokens,
        retry_after=heard.retry_after,
        limits=heard.limits,
        words=heard.words if heard.ending not in ("answered", "limited") else "",
        about=tuple(str(hash(charge.merchant)) for charge in call.batch),
    )
